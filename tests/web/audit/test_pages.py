"""The audit trail as compliance reads it: every kind in words, what may be read of whom, filters, exports, the seal."""

import csv
import datetime as dt
from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver

from panshi.domains.accounts.events import MONEY_CHANGED
from panshi.domains.accounts.models import Account
from panshi.domains.accounts.services import Placement, create_account, update_account
from panshi.ground.audit.kinds import all_kinds
from panshi.ground.audit.models import Event
from panshi.ground.audit.sealing import seal_pending
from panshi.ground.audit.services import draft
from panshi.ground.identity.models import Person
from panshi.ground.identity.services import give_role
from panshi.web.audit.words import FACTS
from panshi.web.generic.kinds import KINDS
from tests.factories.organisation import AT, SINCE, SYSTEM, Company

Browser = Callable[[Person], Client]
NAME = "玄武岩密封件有限公司"
pytestmark = pytest.mark.django_db


@pytest.fixture
def account(company: Company, at: dt.datetime) -> Account:
    """An account whose telephone somebody changed."""
    placement = Placement(owner_id=company.owner.pk, unit_id=company.units.east_one.pk)
    account = create_account(values={"name": NAME}, code="XWY-000777", placement=placement, by=SYSTEM, at=at)
    by = company.viewer("owner")
    update_account(
        account=account, values={"phone": "021-66667777"}, expected_version=account.version, by=by, at=at
    )
    return account


@pytest.fixture
def compliance(company: Company, signed_in: Browser) -> Client:
    return signed_in(company.compliance)


def said(answer: HttpResponse) -> str:
    if answer.streaming:
        return b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return answer.content.decode()


def change_of(account: Account) -> Event:
    return Event.objects.get(kind="accounts.changed", account_id=account.pk)


def test_every_kind_and_every_fact_has_words() -> None:
    assert get_resolver().url_patterns, "loading every room declares what it records"
    declared = {name: kind for name, kind in all_kinds().items() if not name.startswith("tests.")}
    assert set(KINDS) == set(declared)
    named = {field for kind in declared.values() for field in kind.fields}
    assert named <= set(FACTS)


def test_the_trail_says_what_happened_in_words_newest_first(
    account: Account, company: Company, compliance: Client
) -> None:
    page = said(compliance.get("/audit/"))
    assert page.index("修改客户档案") < page.index("建立客户档案")
    assert company.owner.name in page
    assert f'href="/accounts/{account.pk}/"' in page


def test_an_event_opens_with_its_facts_and_both_values(account: Account, compliance: Client) -> None:
    address = f"/audit/{change_of(account).pk}/"
    for headers in ({}, {"HX-Request": "true"}):
        drawer = said(compliance.get(address, headers=headers))
        assert "021-66667777" in drawer
        assert "等待封存" in drawer
        assert NAME in drawer
        assert ("<html" in drawer) is not bool(headers)


def test_who_holds_the_trail_but_not_the_account_learns_only_that_it_happened(
    account: Account, company: Company, signed_in: Browser
) -> None:
    administrator = signed_in(company.administrator)
    for address in ("/audit/", f"/audit/{change_of(account).pk}/", "/audit/export/?format=csv"):
        page = said(administrator.get(address))
        assert NAME not in page
        assert "021-66667777" not in page
        assert account.code not in page
        assert f"#{account.pk}" in page


def test_bank_details_are_told_to_those_who_may_know_them(
    account: Account, company: Company, signed_in: Browser, at: dt.datetime
) -> None:
    """The general manager sees the account but not its bank; compliance sees both."""
    event = draft_money(account, at)
    assert "changed_field_of_bank" in said(signed_in(company.compliance).get(f"/audit/{event.pk}/"))
    give_audit(company)
    assert "changed_field_of_bank" not in said(signed_in(company.general_manager).get(f"/audit/{event.pk}/"))


def draft_money(account: Account, at: dt.datetime) -> Event:
    event = draft(MONEY_CHANGED, at=at, by_id=None, account_id=account.pk, fields=["changed_field_of_bank"])
    event.save()
    return event


def give_audit(company: Company) -> None:
    """The general manager also administrates: two roles add up."""
    give_role(
        person=company.general_manager, unit=company.units.head, role="administrator", since_on=SINCE,
        by=SYSTEM, at=AT,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("query", "there", "away"),
    [
        ("kind=accounts.changed", "修改客户档案", "建立客户档案"),
        ("kind=accounts.created&account={account}", "建立客户档案", "修改客户档案"),
        ("by={owner}", "修改客户档案", "新建人员"),
        ("by=none", "建立客户档案", "修改客户档案"),
        ("at.from=2026-11-21&at.to=2026-11-21", "修改客户档案", "没有符合条件的记录"),
        ("at.to=2026-11-20", "没有符合条件的记录", '<td class="p1 title"'),
        ("at.from=2026-11-22", "没有符合条件的记录", '<td class="p1 title"'),
        ("at.from=0001-01-01", "修改客户档案", "没有符合条件的记录"),
        ("at.to=9999-12-31", "修改客户档案", "没有符合条件的记录"),
    ],
)
def test_filters(
    account: Account, company: Company, compliance: Client, query: str, there: str, away: str
) -> None:
    asked = query.format(account=account.pk, owner=company.owner.pk)
    rows = said(compliance.get(f"/audit/?{asked}", headers={"HX-Request": "true", "HX-Target": "list"}))
    rows = rows.partition('<form class="card')[2]
    assert there in rows
    assert away not in rows


def test_an_export_holds_the_rows_and_is_itself_recorded(account: Account, compliance: Client) -> None:
    answer = compliance.get("/audit/export/?format=csv&kind=accounts.changed")
    rows = list(csv.reader(said(answer).splitlines()))
    assert [row[0] for row in rows[:-1]] == ["事件", "修改客户档案"]
    assert rows[-1][0].startswith("导出说明：")
    exported = Event.objects.get(kind="audit.exported")
    assert '"listed":"audit"' in exported.payload
    assert "导出列表" in said(compliance.get("/audit/"))


def test_the_chain_says_how_far_it_is_sealed(account: Account, compliance: Client, at: dt.datetime) -> None:
    waiting = Event.objects.count()
    page = said(compliance.get("/audit/chain/"))
    assert f"有 {waiting} 件事等待封存" in page
    assert "panshi audit verify" in page
    assert seal_pending("a key of the tests", at=at) == waiting
    page = said(compliance.get("/audit/chain/"))
    assert "全部事件已封存" in page
    assert str(waiting) in page
    assert "封存序号" in said(compliance.get(f"/audit/{change_of(account).pk}/"))


def test_only_holders_of_the_permission_see_it(
    account: Account, company: Company, signed_in: Browser
) -> None:
    for name in ("owner", "director", "operations", "general_manager", "newcomer"):
        browser = signed_in(getattr(company, name))
        for address in ("/audit/", "/audit/export/", "/audit/chain/", f"/audit/{change_of(account).pk}/"):
            assert browser.get(address).status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        *("page=1" + "0" * 30, "sort=payload", "kind=nonsense", "kind=&by=0", "by=1' OR 1=1"),
        *("account=" + "9" * 40, "account=987654", "at.from=0000-00-00", "at.to=-999999", "after=%00"),
        *("part=filters&by=987654", "part=filters&account=987654", "at.from=0001-01-01&at.to=9999-12-31"),
        "q=%00",
    ],
)
def test_nonsense_in_the_address_is_said_not_followed(
    account: Account, compliance: Client, query: str
) -> None:
    assert compliance.get(f"/audit/?{query}").status_code == 200


@pytest.mark.parametrize("key", [0, 987654321, 2**63, 10**30])
def test_events_that_are_not_there(compliance: Client, key: int) -> None:
    assert compliance.get(f"/audit/{key}/").status_code == 404
