"""Saved views: kept, changed, shared with the right people, deleted and brought back; never more than one may see."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from panshi.ground.identity.models import Person
from panshi.ground.settings.models import ListView
from tests.factories.accounts import make_account
from tests.factories.organisation import Company

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Person], Client]


def tabs(browser: Client, address: str = "/accounts/?sort=code") -> dict[str, str]:
    """The tabs of the list: words → address."""
    page = browser.get(address).content.decode()
    row = page[page.index('<div class="views">') : page.index("</nav>", page.index('<div class="views">'))]
    found = re.findall(r'<a href="([^"]*)"[^>]*>(.*?)</a>', row)
    return {re.sub("<[^>]+>", "", words).strip(): to.replace("&amp;", "&") for to, words in found}


def names(answer: Any) -> list[str]:
    return re.findall(r'<td class="p1 title"[^>]*><a [^>]*>([^<]*)</a>', answer.content.decode())


def keep(browser: Client, query: str, **fields: object) -> ListView:
    answer = browser.post(f"/accounts/?{query}", {"act": "keep", **fields})
    assert answer.status_code == 302, answer.content.decode()
    view: ListView = ListView.objects.order_by("-pk").first()
    return view


def test_a_view_keeps_conditions_sort_and_columns(company: Company, signed_in: SignedIn) -> None:
    mine = {"owner": company.owner, "unit": company.units.east_one}
    make_account("甲", abc_class="A", sales_12m=1, **mine)
    make_account("乙", abc_class="A", sales_12m=2, **mine)
    make_account("丙", abc_class="B", sales_12m=3, **mine)
    browser = signed_in(company.owner)
    where = json.dumps(["any", ["abc", "is", "A"], ["sales", "ge", "100"]])
    browser.post("/accounts/", {"act": "columns", "columns": ["code"]})
    view = keep(browser, f"sort=-sales&where={where}", name="要紧的", columns="1")
    browser.post("/accounts/", {"act": "columns", "columns": ["phone"]})
    shown = browser.get("/accounts/" + tabs(browser)["要紧的"])
    assert names(shown) == ["乙", "甲"]
    assert re.findall(r'data-label="([^"]*)"', shown.content.decode())[:2] == ["客户", "客户编号"]
    assert view.sharing == "private"


def test_the_shown_view_is_marked_and_can_be_brought_up_to_date(
    company: Company, signed_in: SignedIn
) -> None:
    browser = signed_in(company.owner)
    view = keep(browser, "abc=A", name="甲类")
    assert "甲类" in tabs(browser, f"/accounts/?view={view.pk}&abc=A")
    changed = f"/accounts/?view={view.pk}&abc=B"
    assert "甲类 （已改动）" in tabs(browser, changed)
    browser.post(changed, {"act": "update", "view": view.pk})
    view.refresh_from_db()
    assert view.query == "abc=B"
    assert "甲类" in tabs(browser, changed)


def test_a_view_of_the_same_name_replaces_ones_own(company: Company, signed_in: SignedIn) -> None:
    browser = signed_in(company.owner)
    keep(browser, "abc=A", name="甲类")
    keep(browser, "abc=B", name=" 甲类 ")
    assert list(ListView.objects.values_list("name", "query")) == [("甲类", "abc=B")]


def test_a_view_is_shared_with_a_units_people_and_shows_each_their_own(
    company: Company, signed_in: SignedIn
) -> None:
    make_account("东一", owner=company.owner, unit=company.units.east_one, abc_class="A")
    make_account("东二", owner=company.colleague, unit=company.units.east_one, abc_class="A")
    leader = signed_in(company.supervisor)
    keep(leader, "abc=A", name="本组甲类", sharing="unit", unit=company.units.east_one.pk)
    assert set(names(leader.get("/accounts/?abc=A"))) == {"东一", "东二"}
    member = signed_in(company.owner)
    assert names(member.get("/accounts/" + tabs(member)["本组甲类"])) == ["东一"]
    assert "本组甲类" not in tabs(signed_in(company.outsider))


def test_a_view_for_everybody_is_found_by_everybody(company: Company, signed_in: SignedIn) -> None:
    keep(signed_in(company.operations), "abc=A", name="全公司甲类", sharing="all")
    for person in (company.owner, company.outsider, company.general_manager):
        assert "全公司甲类" in tabs(signed_in(person))


@pytest.mark.parametrize(
    ("who", "sharing", "unit"),
    [
        ("owner", "all", None),
        ("owner", "unit", "east_one"),
        ("supervisor", "all", None),
        ("supervisor", "unit", "south_one"),
        ("teammate", "unit", "east_one"),
    ],
)
def test_one_shares_no_further_than_one_leads(
    company: Company, signed_in: SignedIn, who: str, sharing: str, unit: str | None
) -> None:
    key = getattr(company.units, unit).pk if unit else ""
    fields = {"act": "keep", "name": "越界", "sharing": sharing, "unit": key}
    assert signed_in(getattr(company, who)).post("/accounts/?abc=A", fields).status_code == 403
    assert not ListView.objects.exists()


def test_what_a_reader_may_not_use_is_left_out_and_told(company: Company, signed_in: SignedIn) -> None:
    keep(signed_in(company.operations), "sales.min=1&abc=A", name="有销售的", sharing="all")
    member = signed_in(company.teammate)
    page = member.get("/accounts/" + tabs(member)["有销售的"]).content.decode()
    assert "“sales.min”不是本列表的条件" in page
    assert "ABC 分类" in page


def test_nobody_changes_another_persons_view(company: Company, signed_in: SignedIn) -> None:
    view = keep(signed_in(company.operations), "abc=A", name="公用", sharing="all")
    private = keep(signed_in(company.operations), "abc=B", name="私用")
    other = signed_in(company.owner)
    for act in ("update", "rename", "drop", "restore"):
        assert other.post("/accounts/", {"act": act, "view": view.pk, "name": "改"}).status_code == 403
        assert other.post("/accounts/", {"act": act, "view": private.pk, "name": "改"}).status_code == 404
    assert list(ListView.objects.order_by("pk").values_list("name", "query", "removed_at")) == [
        ("公用", "abc=A", None),
        ("私用", "abc=B", None),
    ]


def test_who_looks_after_views_may_remove_a_shared_one(company: Company, signed_in: SignedIn) -> None:
    leader = signed_in(company.supervisor)
    unit = company.units.east_one.pk
    view = keep(leader, "abc=A", name="本组", sharing="unit", unit=unit)
    manager = signed_in(company.operations)
    answer = manager.post("/accounts/", {"act": "drop", "view": view.pk})
    view.refresh_from_db()
    assert (answer.status_code, view.removed_at is None) in {(302, False), (404, True)}


def test_a_deleted_view_can_be_brought_back(company: Company, signed_in: SignedIn) -> None:
    browser = signed_in(company.owner)
    view = keep(browser, "abc=A", name="甲类")
    browser.post("/accounts/", {"act": "drop", "view": view.pk})
    assert "甲类" not in tabs(browser)
    assert "甲类" in browser.get("/accounts/?part=views").content.decode()
    keep(browser, "abc=B", name="甲类")
    browser.post("/accounts/", {"act": "restore", "view": view.pk})
    view.refresh_from_db()
    assert view.removed_at is None
    assert view.name.startswith("甲类 ")
    assert "甲类" in tabs(browser)


def test_a_view_can_be_renamed_but_not_to_a_name_in_use(company: Company, signed_in: SignedIn) -> None:
    browser = signed_in(company.owner)
    keep(browser, "abc=A", name="甲类")
    view = keep(browser, "abc=B", name="乙类")
    assert browser.post("/accounts/", {"act": "rename", "view": view.pk, "name": "甲类"}).status_code == 422
    browser.post("/accounts/", {"act": "rename", "view": view.pk, "name": "中等"})
    assert {"甲类", "中等"} <= set(tabs(browser))


def test_the_list_opens_with_the_view_one_chose(company: Company, signed_in: SignedIn) -> None:
    browser = signed_in(company.owner)
    view = keep(browser, "abc=A", name="甲类")
    browser.post("/accounts/", {"act": "start", "start": str(view.pk)})
    assert browser.get("/accounts/")["Location"] == f"/accounts/?view={view.pk}&abc=A"
    assert browser.get("/accounts/?view=all").status_code == 200
    browser.post("/accounts/", {"act": "drop", "view": view.pk})
    assert browser.get("/accounts/").status_code == 200
    browser.post("/accounts/", {"act": "start", "start": "mine"})
    assert browser.get("/accounts/")["Location"] == "/accounts/?owner=me"
    browser.post("/accounts/", {"act": "start", "start": "nonsense"})
    assert browser.get("/accounts/").status_code == 200


@pytest.mark.parametrize("name", ["", "   ", "字" * 41, "a\x00b"])
def test_a_view_needs_a_proper_name(company: Company, signed_in: SignedIn, name: str) -> None:
    answer = signed_in(company.owner).post("/accounts/?abc=A", {"act": "keep", "name": name})
    assert answer.status_code == 422
    assert not ListView.objects.exists()


def test_many_views_stand_behind_more_and_the_one_shown_in_sight(
    company: Company, signed_in: SignedIn
) -> None:
    browser = signed_in(company.owner)
    views = [keep(browser, "abc=A", name=f"视图{number}") for number in range(6)]
    shown = tabs(browser, f"/accounts/?view={views[5].pk}&abc=A")
    assert len(shown) == 7
    assert "视图5" in shown
    assert "视图4" in browser.get("/accounts/?sort=code").content.decode()
