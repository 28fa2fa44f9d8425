"""Public reference data: complete, consistent, and found by the names people write."""

import pytest

from panshi.calc.reference import divisions, industries


def test_every_division_lies_in_a_province_of_the_standard() -> None:
    codes = divisions.divisions()
    assert sum(code.endswith("0000") for code in codes) == 34
    assert all(divisions.province_of(code) in codes for code in codes)
    assert all(len(code) == 6 and code.isdecimal() for code in codes)


def test_no_two_provinces_or_prefectures_share_a_stem() -> None:
    named = [code for code in divisions.divisions() if code.endswith("00")]
    assert (
        len(divisions.stems()) >= len(named) - 2
    )  # 吉林 is a province and a city, 海南 a province and a prefecture


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("320500", "320500"),
        ("苏州", "320500"),
        ("苏州市", "320500"),
        ("江苏省苏州市", "320500"),
        ("江苏 苏州", "320500"),
        ("江苏", "320000"),
        ("吉林", "220000"),
        ("吉林市", "220200"),
        ("北京朝阳区", "110105"),
        ("内蒙古", "150000"),
        ("延边", "222400"),
        ("仙桃市", ""),
        ("湖北仙桃市", "429004"),
        ("火星", ""),
    ],
)
def test_divisions_are_found_as_people_write_them(written: str, code: str) -> None:
    assert divisions.find(written) == code


def test_divisions_have_labels_in_both_languages() -> None:
    assert divisions.label("320500") == "江苏 苏州市"
    assert divisions.label("110105", english=True) == "Chaoyang District, Beijing"
    assert divisions.label("610000", english=True) == "Shaanxi"
    assert divisions.label("999999") == "999999"


def test_industries_are_the_twenty_sections_and_their_ninety_seven_divisions() -> None:
    codes = industries.industries()
    assert sum(len(code) == 1 for code in codes) == 20
    assert [code[1:] for code in codes if len(code) == 3] == [f"{number:02d}" for number in range(1, 98)]
    assert all(code[0] in codes for code in codes)


@pytest.mark.parametrize(
    ("written", "code"),
    [("C34", "C34"), ("34", "C34"), ("通用设备制造业", "C34"), ("通用设备制造", "C34"), ("机械", "C34"),
     ("Finance", "J"), ("物流", "G59"), ("占星", "")],
)  # fmt: skip
def test_industries_are_found_as_people_write_them(written: str, code: str) -> None:
    assert industries.find(written) == code


def test_every_everyday_word_means_an_industry_that_exists() -> None:
    assert all(
        industries.find(word) in industries.industries() for word in ("机械", "电子", "环保工程", "it")
    )
