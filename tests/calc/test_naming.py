"""The key under which two spellings of an account name meet."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.calc.naming import matching_name, matching_names

NAMES = st.text(
    st.one_of(st.characters(), st.sampled_from("有限责任公司股份集团甲乙（）() ＡＢab.,-co ltd")), max_size=30
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("华为技术有限公司", "华为技术"),
        ("华为（中国）有限公司", "华为(中国)有限公司"),
        ("华为（中国）有限公司", "华为中国有限责任公司"),
        ("上海 恒达\u3000机械股份有限公司", "上海恒达机械有限公司"),
        ("ＡＢＢ（中国）有限公司", "abb(中国)有限公司"),
        ("Acme Trading Co., Ltd.", "ACME TRADING"),
        ("Acme, Inc.", "acme llc"),
        ("三一重工股份有限公司", "三一重工·股份有限公司"),
    ],
)
def test_spellings_of_one_organisation_meet(one: str, other: str) -> None:
    assert matching_name(one) == matching_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("中国建筑集团有限公司", "中国建筑有限公司"),
        ("上海恒达机械有限公司", "上海恒达机械有限公司北京分公司"),
        ("恒达机械（上海）有限公司", "恒达机械（北京）有限公司"),
        ("Marco", "Mar"),
    ],
)
def test_different_organisations_stay_apart(one: str, other: str) -> None:
    assert matching_name(one) != matching_name(other)


def test_a_name_of_nothing_but_a_legal_form_keeps_a_key() -> None:
    assert matching_name("公司")
    assert matching_name("Co.")


@given(NAMES)
def test_the_key_of_a_key_is_itself(name: str) -> None:
    assert matching_name(matching_name(name)) == matching_name(name)


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E)))
def test_width_never_matters(name: str) -> None:
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in name)
    assert unicodedata.normalize("NFKC", wide) == name
    assert matching_name(wide) == matching_name(name)


@given(st.lists(st.sampled_from(["甲公司", "甲", "乙"]), max_size=6))
def test_many_names_are_keyed_once_each(names: list[str]) -> None:
    assert matching_names(names) == {name: matching_name(name) for name in names}
