"""Acts on many rows as a person meets them: picked, previewed with reasons, done, undone; nobody reaches further."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from panshi.domains.accounts.models import Account, TeamMember
from panshi.ground.audit.models import Event
from panshi.ground.identity.models import Person
from panshi.ground.settings.services import change_setting
from panshi.ground.work.models import Bulk, BulkState
from panshi.ground.work.running import run_job
from panshi.web.accounts.bulk import BULK
from tests.factories.accounts import make_account
from tests.factories.organisation import AT, SYSTEM, Company

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Person], Client]


@pytest.fixture
def four(company: Company) -> list[Account]:
    """Two that may change hands, one protected, one of another region."""
    mine = {"owner": company.owner, "unit": company.units.east_one}
    return [
        make_account("甲", abc_class="A", **mine),
        make_account("乙", abc_class="A", **mine),
        make_account("丙", abc_class="A", is_key=True, **mine),
        make_account("丁", abc_class="A", owner=company.outsider, unit=company.units.south_one),
    ]


def begin(browser: Client, accounts: list[Account], act: str = "assign", query: str = "", **more: str) -> str:
    """Pick rows on the list and go to the act; answers its address."""
    picked = {"act": act, "pk": [account.pk for account in accounts], **more}
    answer = browser.post(f"/accounts/bulk/?{query}", picked)
    return str(answer["Location"])


def setting(code: str, value: str) -> None:
    change_setting(code=code, value=value, reason="试", expected_number=0, by=SYSTEM, at=AT)


def owners() -> dict[str, int | None]:
    return dict(Account.objects.values_list("name", "owner_id"))


def test_the_preview_says_what_will_happen_and_why_not(
    company: Company, signed_in: SignedIn, four: list[Account]
) -> None:
    browser = signed_in(company.supervisor)
    address = begin(browser, four)
    before = owners()
    page = browser.post(address, {"owner": company.colleague.pk}).content.decode()
    figures = re.findall(r"<dd>(\d+)</dd>", page[page.index('class="figures"') :])
    assert figures[:3] == ["2", "0", "1"]  # the fourth is not among what the supervisor sees
    assert "重点客户变更负责人需要审批" in page
    assert owners() == before


def test_what_may_be_done_is_done_with_an_event_each_and_undone(
    company: Company, signed_in: SignedIn, four: list[Account]
) -> None:
    browser = signed_in(company.supervisor)
    address = begin(browser, four)
    browser.post(address, {"owner": company.colleague.pk, "why": "调岗", "confirmed": "1"})
    after = owners()
    assert [after[name] for name in "甲乙丙丁"] == [
        company.colleague.pk,
        company.colleague.pk,
        company.owner.pk,
        company.outsider.pk,
    ]
    events = Event.objects.filter(kind="accounts.assigned", by_id=company.supervisor.pk)
    assert sorted(events.values_list("account_id", flat=True)) == sorted(a.pk for a in four[:2])
    assert {change.after for change in events[0].changes.filter(field="reason")} == {"调岗"}
    result = browser.get(address).content.decode()
    assert "重点客户变更负责人需要审批" in result
    browser.post(address + "undo/")
    assert owners()["甲"] == company.owner.pk
    assert Bulk.objects.get().state == BulkState.UNDONE


def test_undo_leaves_what_changed_since(company: Company, signed_in: SignedIn, four: list[Account]) -> None:
    browser = signed_in(company.supervisor)
    address = begin(browser, four[:2])
    browser.post(address, {"owner": company.colleague.pk, "confirmed": "1"})
    Account.objects.filter(name="乙").update(owner=None)
    browser.post(address + "undo/")
    assert (owners()["甲"], owners()["乙"]) == (company.owner.pk, None)
    assert "之后又变更过" in browser.get(address).content.decode()


def test_it_is_done_once(company: Company, signed_in: SignedIn, four: list[Account]) -> None:
    browser = signed_in(company.supervisor)
    address = begin(browser, four[:1])
    for _again in range(2):
        browser.post(address, {"owner": company.colleague.pk, "confirmed": "1"})
    assert Event.objects.filter(kind="accounts.assigned", by_id=company.supervisor.pk).count() == 1
    browser.post(address + "undo/")
    assert browser.post(address + "undo/").status_code == 422


def test_who_may_not_assign_cannot_begin(company: Company, signed_in: SignedIn, four: list[Account]) -> None:
    browser = signed_in(company.owner)
    assert browser.post("/accounts/bulk/", {"act": "assign", "pk": [four[0].pk]}).status_code == 403
    assert "formaction" not in re.findall(
        r"<button[^>]*value=\"assign\"[^>]*>", browser.get("/accounts/").content.decode()
    )
    assert not Bulk.objects.exists()


def test_an_act_belongs_to_who_began_it(company: Company, signed_in: SignedIn, four: list[Account]) -> None:
    address = begin(signed_in(company.supervisor), four[:1])
    for other in (company.director, company.operations, company.owner):
        browser = signed_in(other)
        assert browser.get(address).status_code == 404
        assert browser.post(address, {"owner": company.colleague.pk, "confirmed": "1"}).status_code == 404
        assert browser.post(address + "undo/").status_code == 404
    assert owners()["甲"] == company.owner.pk


def test_rights_lost_between_preview_and_act_count(
    company: Company, signed_in: SignedIn, four: list[Account]
) -> None:
    browser = signed_in(company.supervisor)
    address = begin(browser, four[:2])
    Account.objects.filter(name="甲").update(unit=company.units.south_one, owner=company.outsider)
    browser.post(address, {"owner": company.colleague.pk, "confirmed": "1"})
    assert owners()["甲"] == company.outsider.pk
    assert owners()["乙"] == company.colleague.pk
    assert "您无权指派这家客户" in browser.get(address).content.decode()


def test_everything_that_matches_up_to_the_cap(
    company: Company, signed_in: SignedIn, four: list[Account]
) -> None:
    make_account("戊", abc_class="B", owner=company.owner, unit=company.units.east_one)
    browser = signed_in(company.supervisor)
    address = begin(browser, [], query="abc=A", everything="1")
    assert len(json.loads(Bulk.objects.get().keys)) == 3
    assert browser.get(address).status_code == 200
    setting("lists.bulk_most", "50")
    for number in range(51):
        make_account(f"多{number}", abc_class="C", owner=company.owner, unit=company.units.east_one)
    answer = browser.post("/accounts/bulk/?abc=C", {"act": "assign", "everything": "1"}, follow=True)
    assert "一次最多处理 50 条" in answer.content.decode()
    assert Bulk.objects.count() == 1


def test_many_must_be_typed_to_agree(
    company: Company, signed_in: SignedIn, four: list[Account], monkeypatch: Any
) -> None:

    monkeypatch.setitem(BULK[0].__dict__, "typed_above", 1)
    browser = signed_in(company.supervisor)
    address = begin(browser, four[:2])
    given = {"owner": company.colleague.pk, "confirmed": "1"}
    assert browser.post(address, given).status_code == 422
    assert browser.post(address, {**given, "typed": "3"}).status_code == 422
    assert owners()["甲"] == company.owner.pk
    assert browser.post(address, {**given, "typed": "2"}).status_code == 302
    assert owners()["甲"] == company.colleague.pk


def test_a_long_act_runs_in_the_background(
    company: Company, signed_in: SignedIn, four: list[Account]
) -> None:
    setting("lists.bulk_at_once", "1")
    browser = signed_in(company.supervisor)
    address = begin(browser, four[:3])
    browser.post(address, {"owner": company.colleague.pk, "confirmed": "1"})
    bulk = Bulk.objects.get()
    assert (bulk.state, owners()["甲"]) == (BulkState.RUNNING, company.owner.pk)
    assert "正在执行" in browser.get(address).content.decode()
    assert run_job(bulk.job_id)
    assert owners()["甲"] == company.colleague.pk
    assert "回到列表" in browser.get(address).content.decode()


def test_a_person_who_cannot_own_is_refused_at_the_field(
    company: Company, signed_in: SignedIn, four: list[Account]
) -> None:
    browser = signed_in(company.supervisor)
    address = begin(browser, four[:1])
    answer = browser.post(address, {"owner": company.newcomer.pk, "confirmed": "1"})
    assert answer.status_code == 422
    assert "此人没有担任任何组织的角色" in answer.content.decode()
    assert browser.post(address, {"owner": "999999999"}).status_code == 422
    assert owners()["甲"] == company.owner.pk


def test_a_person_joins_many_teams_and_leaves_them_again(
    company: Company, signed_in: SignedIn, four: list[Account]
) -> None:
    browser = signed_in(company.supervisor)
    TeamMember.objects.create(account=four[0], person=company.teammate, role="sponsor", since_on=AT.date())
    address = begin(browser, four[:3], act="join")
    browser.post(address, {"person": company.teammate.pk, "role": "sponsor", "confirmed": "1"})
    there = TeamMember.objects.filter(person=company.teammate, role="sponsor")
    assert there.count() == 3
    browser.post(address + "undo/")
    assert [member.account_id for member in there] == [four[0].pk]


def test_nothing_picked_is_said(company: Company, signed_in: SignedIn) -> None:
    answer = signed_in(company.supervisor).post("/accounts/bulk/", {"act": "assign"}, follow=True)
    assert "请先选择记录" in answer.content.decode()
    assert signed_in(company.supervisor).post("/accounts/bulk/", {"act": "burn"}).status_code == 404
