"""Conditions joined by and / or: they read as a sentence, mean what they say, and nothing unknown gets through."""

import datetime as dt
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client

from panshi.domains.accounts.services import rebuild_accounts
from panshi.ground.identity.models import Person
from panshi.web.generic.spans import named_span, some_days
from panshi.web.generic.where import BadWhere, Group, Rule, decode, encode
from tests.factories.accounts import make_account
from tests.factories.organisation import Company, make_person

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Person], Client]
DRAWER = {"HX-Request": "true", "HX-Target": "drawer-body"}


def shown(browser: Client, *where: Any, **more: str) -> tuple[set[str], str]:
    """The names in the list under a sentence, and the page's text."""
    answer = browser.get("/accounts/", {"where": json.dumps(where), **more})
    assert answer.status_code == 200
    page = answer.content.decode()
    found = set(re.findall(r'<td class="p1 title"[^>]*><a [^>]*>([^<]*)</a>', page))
    return found, re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.fixture
def browser(company: Company, signed_in: SignedIn) -> Client:
    """Signed in as the owner of four accounts."""
    mine = {"owner": company.owner, "unit": company.units.east_one}
    make_account("浙江甲", region="330100", abc_class="A", sales_12m=10, phone="0571-1", **mine)
    make_account("浙江乙", region="330200", abc_class="B", sales_12m=6_000_000, **mine)
    make_account("浙江丙", region="330200", abc_class="C", sales_12m=10, registered_capital=500, **mine)
    make_account("上海丁", region="310000", abc_class="A", sales_12m=9_000_000, **mine)
    make_account(
        "浙江外", region="330100", abc_class="A", owner=company.outsider, unit=company.units.south_one
    )
    rebuild_accounts()
    return signed_in(company.owner)


SENTENCES: list[tuple[list[Any], set[str], str]] = [
    (
        ["all", ["region", "is", "330000"], ["any", ["abc", "is", "A"], ["sales", "ge", "500万"]]],
        {"浙江甲", "浙江乙"},
        "地区在浙江",
    ),
    (["any", ["abc", "is", "C"], ["sales", "ge", "9000000"]], {"浙江丙", "上海丁"}, "ABC 分类为 C 类"),
    (["!any", ["abc", "is", "C"], ["region", "is", "310000"]], {"浙江甲", "浙江乙"}, "不满足"),
    (["all", ["abc", "not", "A", "B"]], {"浙江丙"}, "ABC 分类不是 A 类 或 B 类"),
    (["all", ["phone", "filled"]], {"浙江甲"}, "电话不为空"),
    (["all", ["phone", "has", "571"]], {"浙江甲"}, "电话包含“571”"),
    (["all", ["capital", "empty"], ["region", "not", "310000"]], {"浙江甲", "浙江乙"}, "注册资本为空"),
    (["all", ["capital", "between", "100", "600"]], {"浙江丙"}, "注册资本 100 元 ~ 600 元"),
    (["all", ["owner", "not", "me"]], set(), "负责人不是 我"),
    (["all", ["contact", "last", "30"]], set(), "最近接触在近 30 天内"),
    (["all", ["contact", "empty"], ["abc", "is", "C"]], {"浙江丙"}, "最近接触为空"),
    (["all", ["called", "has", "浙江"], ["!all", ["abc", "is", "A"], ["sales", "le", "10"]]],
     {"浙江乙", "浙江丙"}, "不满足（ABC 分类为 A 类 且 近 12 个月销售 ≤ 10 元）"),
]  # fmt: skip


@pytest.mark.parametrize(("where", "names", "words"), SENTENCES)
def test_a_sentence_shows_what_it_says(
    browser: Client, where: list[Any], names: set[str], words: str
) -> None:
    found, text = shown(browser, *where)
    assert found == names
    assert words in text


def test_sentence_and_chips_narrow_together(browser: Client) -> None:
    found, _text = shown(browser, "any", ["abc", "is", "A"], ["abc", "is", "B"], region="330000")
    assert found == {"浙江甲", "浙江乙"}


def test_each_part_can_be_taken_out(browser: Client) -> None:
    where = ["all", ["abc", "is", "A"], ["any", ["region", "is", "310000"], ["sales", "le", "10"]]]
    page = browser.get("/accounts/", {"where": json.dumps(where), "sort": "-sales"}).content.decode()
    links = [link.replace("&amp;", "&") for link in re.findall(r'class="remove" href="([^"]*)"', page)]
    left = [parse_qs(urlsplit(link).query) for link in links]
    assert [json.loads(one["where"][0]) for one in left] == [["all", where[2]], ["all", where[1]]]
    assert all(one["sort"] == ["-sales"] for one in left)


HOSTILE: list[str] = [
    "x",
    "[]",
    "{}",
    "[" * 5000,
    '["all"]',
    '["all",["abc","is"]]',
    '["all",["abc"]]',
    '["all",["abc","sideways","A"]]',
    '["all",["abc","is","Z"]]',
    '["all",["owner__password","has","a"]]',
    '["all",["sales","ge","NaN"]]',
    '["all",["sales","between","",""]]',
    '["all",["contact","last","-5"]]',
    '["all",["contact","last","٣"]]',
    '["all",["contact","during","sometime"]]',
    '["all",["contact","between","2026-13-01","x"]]',
    '["all",["owner","is","99999999999999999999"]]',
    '["all",["unit","is","x"]]',
    '["all",["region","is","xx"]]',
    '["all",["abc","is","A\\u0000"]]',
    '["all",["all",["all",["abc","is","A"]]]]',
    json.dumps(["all", *[["abc", "is", "A"]] * 40]),
    json.dumps(["any", *[["any", *[["abc", "is", "A"]] * 12]] * 12]),
    json.dumps(["all", ["abc", "is", "A" * 9000]]),
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_condition_is_left_out_and_told(browser: Client, text: str) -> None:
    answer = browser.get("/accounts/", {"where": text})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert 'class="say warn"' in page or text == '["all"]'
    assert "浙江甲" in page


def test_an_unknown_condition_leaves_the_others(browser: Client) -> None:
    found, text = shown(browser, "all", ["abc", "is", "A"], ["custom.9", "is", "x"])
    assert found == {"浙江甲", "上海丁"}
    assert "条件“custom.9”在本列表中不存在或您无权使用" in text


def test_a_hidden_figure_cannot_be_asked_for(company: Company, signed_in: SignedIn) -> None:
    make_account("甲", owner=company.outsider, unit=company.units.south_one, sales_12m=777)
    agent = make_person("客服甲", role="service_agent", unit=company.units.south_one)
    found, text = shown(signed_in(agent), "all", ["sales", "ge", "9999999"])
    assert found == {"甲"}
    assert "无权使用" in text


def test_the_form_keeps_lines_and_offers_what_belongs_to_the_filter(browser: Client) -> None:
    given = {
        "part": "where",
        "w.join": "any",
        "w.0.f": "contact",
        "w.0.o": "last",
        "w.0.v": "30",
        "w.act": "group",
    }
    page = browser.get("/accounts/", given, headers=DRAWER).content.decode()
    assert re.search(r'name="w.0.v" value="30"', page)
    assert '<option value="during"' in page
    assert 'name="w.1.0.f"' in page
    assert re.search(r'<option value="any" selected>', page)


def test_a_line_without_a_value_is_asked_for_again(browser: Client) -> None:
    given = {"part": "where", "w.join": "all", "w.0.f": "sales", "w.0.o": "ge", "w.0.v": "", "w.act": "apply"}
    answer = browser.get("/accounts/", given, headers=DRAWER)
    assert answer.status_code == 200
    assert "请填写这个条件" in answer.content.decode()


def test_the_finished_form_leads_to_the_list(browser: Client) -> None:
    given = urlencode(
        [
            ("part", "where"), ("region", "330000"), ("w.join", "any"), ("w.0.f", "abc"), ("w.0.o", "is"),
            ("w.0.v", "A"), ("w.0.v", "B"), ("w.1.join", "all"), ("w.1.not", "on"), ("w.1.0.f", "sales"),
            ("w.1.0.o", "between"), ("w.1.0.v", ""), ("w.1.0.v", "5万"), ("w.2.f", ""), ("w.act", "apply"),
        ]
    )  # fmt: skip
    plain = browser.get("/accounts/?" + given)
    asked = parse_qs(urlsplit(plain["Location"]).query)
    expected = ["any", ["abc", "is", "A", "B"], ["!all", ["sales", "between", "", "5万"]]]
    assert json.loads(asked["where"][0]) == expected
    assert asked["region"] == ["330000"]
    scripted = browser.get("/accounts/?" + given, headers=DRAWER)
    assert json.loads(scripted["HX-Location"])["target"] == "#list"


def test_lines_and_groups_can_be_dropped(browser: Client) -> None:
    where = json.dumps(["all", ["abc", "is", "A"], ["any", ["abc", "is", "B"], ["sales", "ge", "7"]]])
    form = {"part": "where", "w.join": "all", "w.0.f": "abc", "w.0.o": "is", "w.0.v": "A",
            "w.1.join": "any", "w.1.0.f": "abc", "w.1.1.f": "sales", "w.1.1.o": "ge", "w.1.1.v": "7"}  # fmt: skip
    opened = browser.get("/accounts/", {"part": "where", "where": where}, headers=DRAWER).content.decode()
    assert 'name="w.1.1.v" value="7"' in opened
    inner = browser.get("/accounts/", {**form, "w.act": "drop.1.0"}, headers=DRAWER).content.decode()
    assert 'name="w.1.0.v" value="7"' in inner
    assert 'name="w.1.1.f"' not in inner
    outer = browser.get("/accounts/", {**form, "w.act": "drop.1"}, headers=DRAWER).content.decode()
    assert "w.1" not in outer


def test_an_export_holds_the_rows_of_the_sentence(browser: Client) -> None:
    where = json.dumps(["any", ["abc", "is", "C"], ["sales", "ge", "9000000"]])
    answer: Any = browser.get("/accounts/export/", {"format": "csv", "where": where})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "浙江丙" in text
    assert "上海丁" in text
    assert "浙江甲" not in text


def test_text_and_sentence_are_the_same_thing() -> None:
    group = Group("any", True, (Rule("a", "is", ("1", "2")), Group("all", False, (Rule("b", "empty"),))))
    assert decode(encode(group)) == group
    with pytest.raises(BadWhere):
        decode('["all",["any",["any",["a","is"]]]]')


@pytest.mark.parametrize(
    ("code", "on", "first", "last"),
    [
        ("month", "2026-02-11", "2026-02-01", "2026-02-28"),
        ("last-month", "2026-01-31", "2025-12-01", "2025-12-31"),
        ("next-month", "2026-12-31", "2027-01-01", "2027-01-31"),
        ("quarter", "2026-05-31", "2026-04-01", "2026-06-30"),
        ("last-quarter", "2026-02-01", "2025-10-01", "2025-12-31"),
        ("next-quarter", "2026-11-30", "2027-01-01", "2027-03-31"),
        ("year", "2026-05-31", "2026-01-01", "2026-12-31"),
        ("last-year", "2024-02-29", "2023-01-01", "2023-12-31"),
        ("week", "2026-11-22", "2026-11-16", "2026-11-22"),
        ("next-week", "2026-11-22", "2026-11-23", "2026-11-29"),
        ("yesterday", "2026-03-01", "2026-02-28", "2026-02-28"),
    ],
)
def test_spans_move_with_the_clock(code: str, on: str, first: str, last: str) -> None:
    _words, start, end = named_span(code, dt.date.fromisoformat(on))
    assert (str(start), str(end)) == (first, last)


def test_spans_of_days_count_today() -> None:
    on = dt.date(2026, 11, 21)
    assert some_days("last")("1", on)[1:] == (on, on)
    assert some_days("last")("30", on)[1:] == (dt.date(2026, 10, 23), on)
    assert some_days("next")("7", on)[1:] == (on, dt.date(2026, 11, 27))
    assert some_days("ago")("30", on)[1:] == (None, dt.date(2026, 10, 21))
