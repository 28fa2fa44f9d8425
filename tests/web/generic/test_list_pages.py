"""The generic list as a person meets it: pages that lose no row and repeat none, conditions, bad addresses, exports."""

import base64
import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client

from panshi.domains.accounts.models import Account
from panshi.ground.identity.models import Person
from panshi.web.generic.keyset import BadCursor, Order
from panshi.web.generic.lists import PAGE_SIZE
from tests.factories.accounts import make_account
from tests.factories.organisation import Company, make_person

Browser = Callable[[Person], Client]
FRAGMENT = {"HX-Request": "true", "HX-Target": "list"}
ROWS = 3 * PAGE_SIZE + 7


@pytest.fixture
def many(company: Company) -> list[str]:
    """More accounts than three pages hold, most of them equal in the sort key."""
    return [
        make_account(f"恒岳{number:03d}有限公司", owner=company.owner, unit=company.units.east_one,
                     sales_12m=number // 40 * 1000).name
        for number in range(ROWS)
    ]  # fmt: skip


def names(answer: HttpResponse) -> list[str]:
    """The names of the rows, in order."""
    return re.findall(r'<td class="p1 title"[^>]*><a [^>]*>([^<]*)</a>', answer.content.decode())


def link(answer: HttpResponse, relation: str) -> str:
    found = re.search(rf'rel="{relation}" href="([^"]*)"', answer.content.decode())
    return found[1].replace("&amp;", "&") if found else ""


@pytest.mark.parametrize("sort", ["name", "-name", "-sales", "sales", "abc", "-contact", "code"])
def test_walking_forwards_and_back_meets_every_row_once(
    many: list[str], company: Company, signed_in: Browser, sort: str
) -> None:
    browser = signed_in(company.owner)
    answer = browser.get("/accounts/", {"sort": sort})
    forwards = [names(answer)]
    while more := link(answer, "next"):
        answer = browser.get("/accounts/" + more)
        forwards.append(names(answer))
    met = [name for page in forwards for name in page]
    assert sorted(met) == sorted(many)
    backwards = [names(answer)]
    while more := link(answer, "prev"):
        answer = browser.get("/accounts/" + more)
        backwards.insert(0, names(answer))
    assert backwards == forwards


def test_a_page_number_shows_what_walking_there_shows(
    many: list[str], company: Company, signed_in: Browser
) -> None:
    browser = signed_in(company.owner)
    walked = browser.get("/accounts/" + link(browser.get("/accounts/?sort=-sales"), "next"))
    jumped = browser.get("/accounts/?sort=-sales&page=2")
    assert names(jumped) == names(walked)
    assert len(names(jumped)) == PAGE_SIZE


@pytest.mark.parametrize("sort", ["name", "-name", "-sales", "contact"])
def test_what_is_mine_by_several_ways_is_one_list(company: Company, signed_in: Browser, sort: str) -> None:
    """Unit, ownership and team are read apart and merged: no row twice, none lost, one order, one count."""
    for number in range(PAGE_SIZE + 30):
        way = number % 3
        make_account(
            f"恒岳{number:03d}有限公司",
            owner=company.supervisor if way == 0 else None,
            unit=company.units.east_one if way == 1 else company.units.south_one,
            team=(company.supervisor,) if way == 2 or number % 2 else (),
            sales_12m=number // 9,
        )
    browser = signed_in(company.supervisor)
    first = browser.get("/accounts/", {"sort": sort})
    second = browser.get("/accounts/" + link(first, "next"))
    met = names(first) + names(second)
    assert len(met) == len(set(met)) == PAGE_SIZE + 30
    assert names(browser.get("/accounts/", {"sort": sort, "page": "2"})) == names(second)
    assert names(browser.get("/accounts/" + link(second, "prev"))) == names(first)
    assert re.search(r'id="list-count"[^>]*>\s*80\b', first.content.decode())
    order = {"name": "pinyin", "-name": "-pinyin", "-sales": "-sales_12m", "contact": "last_contact_on"}[sort]
    keys = [order, "-pk" if order.startswith("-") else "pk"]
    assert met == list(Account.objects.order_by(*keys).values_list("name", flat=True))


def test_the_last_page_is_reached_from_the_end(many: list[str], company: Company, signed_in: Browser) -> None:
    answer = signed_in(company.owner).get("/accounts/?before=end")
    assert names(answer) == sorted(many)[-PAGE_SIZE:]
    assert not link(answer, "next")


def test_a_number_beyond_the_end_shows_the_last_page_and_says_so(
    many: list[str], company: Company, signed_in: Browser
) -> None:
    answer = signed_in(company.owner).get("/accounts/?page=99999")
    assert names(answer) == sorted(many)[-PAGE_SIZE:]
    assert "这里是最后一页" in answer.content.decode()


def test_rows_added_before_the_cursor_do_not_shift_the_next_page(
    many: list[str], company: Company, signed_in: Browser
) -> None:
    browser = signed_in(company.owner)
    onwards = link(browser.get("/accounts/"), "next")
    expected = names(browser.get("/accounts/" + onwards))
    make_account("阿尔法机械有限公司", owner=company.owner, unit=company.units.east_one)
    assert names(browser.get("/accounts/" + onwards)) == expected


def test_conditions_add_up_and_read_as_a_sentence(company: Company, signed_in: Browser) -> None:
    mine = {"owner": company.owner, "unit": company.units.east_one}
    make_account("甲一机械有限公司", abc_class="A", sales_12m=600_000, region="420100", **mine)
    make_account("甲二机械有限公司", abc_class="A", sales_12m=400_000, region="420100", **mine)
    make_account("乙一机械有限公司", abc_class="B", sales_12m=900_000, region="430100", **mine)
    answer = signed_in(company.owner).get("/accounts/?abc=A&abc=B&sales.min=50万&region=420000&owner=me")
    assert names(answer) == ["甲一机械有限公司"]
    text = re.sub(r"<[^>]+>|\s+", " ", answer.content.decode())
    for sentence in ("ABC 分类 是 A 类 或 B 类", "近 12 个月销售 ≥ 50 万元", "地区 湖北", "负责人 我"):
        assert sentence in re.sub(r"\s+", " ", text)


def test_a_chip_takes_its_condition_out_and_keeps_the_others(company: Company, signed_in: Browser) -> None:
    answer = signed_in(company.owner).get("/accounts/?abc=A&owner=me&sort=-sales")
    chips = re.findall(r'class="remove" href="([^"]*)"', answer.content.decode())
    asked = [dict(parse_qsl(urlsplit(chip.replace("&amp;", "&")).query)) for chip in chips]
    assert {"owner": "me", "sort": "-sales"} in asked
    assert {"abc": "A", "sort": "-sales"} in asked


def test_a_fragment_holds_the_list_alone(company: Company, signed_in: Browser) -> None:
    browser = signed_in(company.owner)
    whole, part = browser.get("/accounts/"), browser.get("/accounts/", headers=FRAGMENT)
    assert b"<html" in whole.content
    assert b"<html" not in part.content
    assert b'id="list"' in part.content
    assert "HX-Request" in part["Vary"]


HOSTILE = [
    "sort=id;drop table accounts_account",
    "sort=owner__password",
    "sort=-",
    "sort[]=name",
    "owner__password__startswith=a",
    "name__icontains=x",
    "pk__in=1",
    "abc=Z",
    "abc=" + "A" * 5000,
    "lifecycle='; drop table x; --",
    "owner=99999999999999999999999",
    "owner=-1",
    "owner=٣",
    "unit=abc",
    "unit=18446744073709551616",
    "sales.min=1e999999",
    "sales.min=NaN",
    "sales.max=<script>alert(1)</script>",
    "next.to=2026-13-45",
    "next.from=99999999999",
    "next.from=+999999",
    "contact.from=9999999",
    "region=xx",
    "moved=sideways",
    "q=%00",
    "q=" + "字" * 5000,
    "q='\"\\%_*:()|&!<->",
    "page=0",
    "page=-1",
    "page=1e9",
    "page=99999999999999999999999999",
    "page=٣",
    "after=!!!",
    "after=" + "A" * 20_000,
    "before=%00",
    "after=" + base64.urlsafe_b64encode(b"[" * 3000).decode(),
    "after=" + base64.urlsafe_b64encode(json.dumps(["name", 1, "a\x00", "1"]).encode()).decode(),
    "after=" + base64.urlsafe_b64encode(json.dumps(["name", 1, "a", str(2**70)]).encode()).decode(),
    "after=" + base64.urlsafe_b64encode(json.dumps(["-sales", 1, "NaN", "1"]).encode()).decode(),
    "sort=-sales&after=" + base64.urlsafe_b64encode(json.dumps(["-sales", 1, "NaN", "1"]).encode()).decode(),
    "after=" + base64.urlsafe_b64encode(json.dumps([["name"], {}, 1]).encode()).decode(),
    "part=../../etc/passwd",
    "part=count",
    "part=filters&at=<b>",
    "pk=9223372036854775808",
    "pk=x&pk=1",
    "&".join(f"x{number}=1" for number in range(500)),
]


@pytest.mark.parametrize("query", HOSTILE)
@pytest.mark.parametrize("address", ["/accounts/", "/people/", "/people/log/", "/accounts/export/"])
def test_a_hostile_address_is_left_out_and_never_breaks_the_page(
    company: Company, signed_in: Browser, address: str, query: str
) -> None:
    make_account("恒岳重工机械有限公司", owner=company.owner, unit=company.units.east_one)
    answer = signed_in(company.owner).get(f"{address}?{query}")
    assert answer.status_code in {200, 400, 404}
    if not answer.streaming:
        assert b"<script>alert" not in answer.content


def test_what_was_not_understood_is_said(company: Company, signed_in: Browser) -> None:
    text = signed_in(company.owner).get("/accounts/?owner__password=1&sort=id&abc=Z&page=x").content.decode()
    for sentence in ("不是本列表的条件", "不能按“id”排序", "条件“ABC 分类”的内容看不懂", "没有第 x 页"):
        assert sentence in text


def test_names_are_shown_never_run(company: Company, signed_in: Browser) -> None:
    name = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
    account = make_account(
        name, owner=company.owner, unit=company.units.east_one, phone='"><b>', website="javascript:alert(1)"
    )
    browser = signed_in(company.owner)
    for address in (
        "/accounts/",
        f"/accounts/{account.pk}/",
        f"/accounts/{account.pk}/profile/",
        f"/people/log/new/{account.pk}/",
    ):
        text = browser.get(address).content.decode()
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert 'href="javascript:' not in text


def test_a_cursor_of_another_order_is_refused() -> None:
    by_name = Order.by(Account, "name", ("pinyin",), descending=False)
    by_sales = Order.by(Account, "-sales", ("sales_12m",), descending=True)
    row = {"pinyin": "hengyue", "sales_12m": 1, "pk": 7}
    assert by_name.decode(by_name.encode(row, 3), Account).values == ("hengyue", 7)
    with pytest.raises(BadCursor):
        by_sales.decode(by_name.encode(row, 3), Account)


def test_a_column_that_may_be_null_cannot_order_a_list() -> None:
    with pytest.raises(ValueError, match="may be null"):
        Order.by(Account, "owner", ("owner",), descending=False)


def test_columns_and_views_are_remembered_for_the_person_alone(company: Company, signed_in: Browser) -> None:
    make_account(owner=company.owner, unit=company.units.east_one)
    browser = signed_in(company.owner)
    browser.post("/accounts/", {"act": "columns", "columns": ["code", "phone", "no_such_column"]})
    browser.post("/accounts/?abc=A&sort=-sales", {"act": "keep", "name": "湖北 A 类"})
    text = browser.get("/accounts/").content.decode()
    assert re.findall(r'data-label="([^"]*)"', text) == ["客户", "客户编号", "电话"]
    assert re.search(r"\?view=\d+&amp;abc=A&amp;sort=-sales", text)
    assert "湖北 A 类" not in signed_in(company.director).get("/accounts/").content.decode()


def exported(answer: HttpResponse) -> list[list[str]]:
    content = b"".join(answer.streaming_content)
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[-1][0].startswith("导出说明：")
    return rows[:-1]


def test_an_export_is_the_list_with_its_conditions_columns_and_order(
    company: Company, signed_in: Browser
) -> None:
    mine = {"owner": company.owner, "unit": company.units.east_one}
    make_account("甲一机械有限公司", abc_class="A", sales_12m=100, **mine)
    make_account("甲二机械有限公司", abc_class="A", sales_12m=300, **mine)
    make_account("乙一机械有限公司", abc_class="B", sales_12m=200, **mine)
    make_account("别人的机械有限公司", abc_class="A", owner=company.outsider, unit=company.units.south_one)
    browser = signed_in(company.owner)
    rows = exported(browser.get("/accounts/export/?format=csv&abc=A&sort=-sales"))
    shown = names(browser.get("/accounts/?abc=A&sort=-sales"))
    assert [row[0] for row in rows[1:]] == shown == ["甲二机械有限公司", "甲一机械有限公司"]
    assert rows[1][rows[0].index("近 12 个月销售")] == "300.00"


def test_an_export_disarms_formulas(company: Company, signed_in: Browser) -> None:
    make_account("=HYPERLINK(1)有限公司", owner=company.owner, unit=company.units.east_one)
    browser = signed_in(company.owner)
    assert exported(browser.get("/accounts/export/?format=csv"))[1][0] == "'=HYPERLINK(1)有限公司"
    book = b"".join(browser.get("/accounts/export/?format=xlsx").streaming_content)
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_an_export_needs_its_permission(company: Company, signed_in: Browser) -> None:
    assert signed_in(company.teammate).get("/accounts/export/?format=csv").status_code == 403


def test_a_column_and_a_condition_on_hidden_figures_do_not_exist(
    company: Company, signed_in: Browser
) -> None:
    make_account(
        owner=company.outsider, unit=company.units.south_one, team=(company.teammate,), sales_12m=777_000
    )
    agent = make_person("客服甲", role="service_agent", unit=company.units.south_one)
    text = signed_in(agent).get("/accounts/?sales.min=1").content.decode()
    assert "777" not in text
    assert "近 12 个月销售" not in text
    assert "不是本列表的条件" in text
