"""The shipped process 变更客户负责人 told as stories."""

import datetime as dt
from typing import Any

import pytest

from panshi.domains.accounts.models import Account
from panshi.domains.accounts.services import CannotChangeProtected, assign_owner
from panshi.ground.base.refusals import Refused
from panshi.ground.identity.models import Person
from panshi.ground.notices.models import Notice
from panshi.workflow import services
from panshi.workflow.bindings.subjects import CannotApplyAgain
from panshi.workflow.models import Request, Task
from tests.factories.accounts import make_account
from tests.factories.organisation import AT, SYSTEM, Company
from tests.stories.telling import Story, accounts, ship

pytestmark = pytest.mark.django_db
LATER = AT + dt.timedelta(days=12)


@pytest.fixture(autouse=True)
def _shipped(company: Company) -> None:
    ship()


@pytest.fixture
def account(company: Company) -> Account:
    return make_account(
        "恒岳重工有限公司", owner=company.owner, unit=company.units.east_one, is_key=True, sales_12m=5000
    )


def ask(company: Company, *rows: Account, who: str = "owner", **values: Any) -> Story:
    given = {"act": "hand_over", "new_owner": company.colleague.pk, "reason": "分工调整", **values}
    return Story.begin(company, "owner_change", accounts(*(row.pk for row in rows)), given, who=who)


def owner_of(account: Account) -> Person | None:
    found: Account = Account.objects.select_related("owner").get(pk=account.pk)
    return found.owner


def test_it_goes_up_and_to_both_sides_and_then_the_owner_changes(company: Company, account: Account) -> None:
    story = ask(company, account)
    assert story.waits() == [("superior", "node")]
    story.agree("supervisor")
    assert story.waits() == [("hand_over", "node")], "the supervisor agreed already, the new owner not"
    story.agree("colleague")
    assert owner_of(account) == company.owner, "nothing changes before the end"
    story.agree("director")
    assert (story.state, owner_of(account)) == ("approved", company.colleague)
    told = set(Notice.objects.filter(account_id=account.pk).values_list("kind", "person_id"))
    assert ("accounts.owner_taken", company.owner.pk) in told
    assert ("accounts.owner_given", company.colleague.pk) in told


def test_a_large_key_account_goes_further_up(company: Company, account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(sales_12m=20_000_000)
    story = ask(company, account)
    story.agree("supervisor", "colleague", "director", "operations")
    assert story.waits() == [("deputy", "node")]
    story.agree("general_manager")
    assert (story.state, owner_of(account)) == ("approved", company.colleague)


def test_many_change_hands_together_or_none(company: Company, account: Account) -> None:
    other = make_account("青松机械有限公司", owner=company.owner, unit=company.units.east_one, is_key=True)
    story = ask(company, account, other)
    story.agree("supervisor", "colleague")
    Account.objects.filter(pk=other.pk).update(merged_into=make_account())
    story.agree("director")
    assert (story.state, story.waits()[0][1]) == ("stuck", "refused")
    assert "青松机械有限公司" in story.request.remark
    assert owner_of(account) == company.owner, "all change or none"
    story.resubmit(leave_out=other.code)
    story.agree("supervisor", "colleague", "director")
    assert (story.state, owner_of(account), owner_of(other)) == (
        "approved",
        company.colleague,
        company.owner,
    )


def test_turned_down_nothing_changes(company: Company, account: Account) -> None:
    story = ask(company, account)
    story.agree("supervisor")
    with pytest.raises(services.CannotReject):
        services.reject(task=story.task(), remark="", by=company.viewer("colleague"), at=AT)
    story.reject("colleague")
    assert (story.state, owner_of(account)) == ("rejected", company.owner)


def test_sent_back_it_returns_straight_to_who_sent_it(company: Company, account: Account) -> None:
    story = ask(company, account)
    story.agree("supervisor", "colleague")
    story.send_back("director")
    assert story.waits()[0][1] == "revise"
    story.resubmit(reason="写清楚了")
    assert story.waits() == [("director", "node")]
    story.agree("director")
    assert owner_of(account) == company.colleague


def test_taken_back_another_may_be_made(company: Company, account: Account) -> None:
    story = ask(company, account)
    story.withdraw()
    assert story.state == "withdrawn"
    again = ask(company, account)
    assert again.state == "running"


def test_a_second_request_is_told_where_the_first_is(company: Company, account: Account) -> None:
    first = ask(company, account)
    with pytest.raises(CannotApplyAgain) as refusal:
        ask(company, account)
    assert (refusal.value.number, refusal.value.request_id) == (first.request.number, first.key)
    assert Request.objects.count() == 1


def test_somebody_else_owns_it_meanwhile(company: Company, account: Account) -> None:
    story = ask(company, account)
    story.agree("supervisor", "colleague")
    Account.objects.filter(pk=account.pk).update(owner=company.teammate)
    story.agree("director")
    assert (story.state, story.task().kind) == ("stuck", "refused")
    assert "负责人已经变更" in story.request.remark
    assert owner_of(account) == company.teammate


def test_overdue_it_goes_to_the_director(company: Company, account: Account) -> None:
    story = ask(company, account)
    services.fire_due(by=SYSTEM, at=LATER)
    services.approve(task=story.task(), by=company.viewer("director"), at=LATER)
    assert story.waits() == [("hand_over", "node")]


def test_a_protected_account_is_released_but_a_key_account_never(company: Company, account: Account) -> None:
    free = {"act": "release", "new_owner": None}
    with pytest.raises(Refused, match="不能没有负责人"):
        ask(company, account, **free)
    Account.objects.filter(pk=account.pk).update(
        is_key=False, protected_until_on=AT.date() + dt.timedelta(days=30)
    )
    story = ask(company, account, **free)
    story.agree("supervisor", "director")
    assert (story.state, owner_of(account)) == ("approved", None)


def test_what_cannot_be_applied_for(company: Company, account: Account) -> None:
    with pytest.raises(Refused, match="请选择接任"):
        ask(company, account, new_owner=None)
    with pytest.raises(Refused, match="已经是负责人"):
        ask(company, account, new_owner=company.owner.pk)
    with pytest.raises(Refused):
        ask(company, account, new_owner=company.newcomer.pk)
    with pytest.raises(Refused, match="无权申请"):
        ask(company, account, who="outsider")
    with pytest.raises(Refused, match="没有负责人"):
        ask(company, make_account(unit=company.units.east_one), who="supervisor")
    assert not Request.objects.exists()
    assert not Task.objects.exists()


def test_there_is_no_way_past_the_request(company: Company, account: Account) -> None:
    with pytest.raises(CannotChangeProtected):
        assign_owner(account=account, owner=company.colleague, by=company.viewer("director"), at=AT)
    assert owner_of(account) == company.owner
