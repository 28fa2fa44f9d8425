"""The shipped process 调整大客户类别 told as stories."""

import datetime as dt

import pytest

from panshi.domains.accounts.models import (
    Account,
    ClassMembership,
    ClassOverride,
    ClassProposal,
    ClassProposalState,
    KeyClass,
)
from panshi.domains.accounts.services.classes import propose_class
from panshi.ground.audit.models import Event
from panshi.ground.base.models import NOT_PLANNED
from panshi.ground.base.refs import RecordRef
from panshi.ground.base.refusals import Refused
from panshi.ground.notices.models import Notice
from panshi.workflow import services
from panshi.workflow.models import Request
from tests.factories.accounts import make_account
from tests.factories.classes import make_member, make_proposal
from tests.factories.organisation import AT, SYSTEM, Company
from tests.stories.telling import Story, ship

pytestmark = pytest.mark.django_db
UNTIL = AT.date() + dt.timedelta(days=90)


@pytest.fixture(autouse=True)
def _shipped(company: Company) -> None:
    ship()


@pytest.fixture
def account(company: Company) -> Account:
    return make_account("恒岳重工有限公司", owner=company.owner, unit=company.units.east_one)


def ask(company: Company, *rows: ClassProposal, who: str = "supervisor") -> Story:
    refs = tuple(RecordRef("class.proposal", row.pk) for row in rows)
    return Story.begin(company, "key_account_class", refs, {"reason": "按评估结果"}, who=who)


def is_key(account: Account) -> bool:
    return bool(Account.objects.get(pk=account.pk).is_key)


def state(row: ClassProposal) -> str:
    return str(ClassProposal.objects.get(pk=row.pk).state)


def test_many_enter_and_leave_by_one_request(company: Company, account: Account) -> None:
    other = make_account("青松机械有限公司", owner=company.owner, unit=company.units.east_one)
    gone = make_member(other, KeyClass.GROUP)
    rows = make_proposal(account), make_proposal(other, KeyClass.GROUP, enters=False)
    story = ask(company, *rows)
    assert {state(row) for row in rows} == {ClassProposalState.SUBMITTED}
    story.agree("director")
    assert (story.waits(), ClassMembership.objects.standing().count()) == ([("operations", "node")], 1)
    story.agree("operations")
    entered = ClassMembership.objects.standing().get()
    gone.refresh_from_db()
    assert (story.state, {state(row) for row in rows}) == ("approved", {ClassProposalState.ACCEPTED})
    assert (entered.account_id, entered.key_class, entered.request_number) == (
        account.pk,
        "high_value",
        story.request.number,
    )
    assert entered.evidence == rows[0].evidence, "what it rested on is kept"
    assert (gone.to_on, gone.left_request_number) == (AT.date(), story.request.number)
    assert (is_key(account), is_key(other)) == (True, False)
    assert Event.objects.filter(kind="accounts.class_changed").count() == 2
    assert set(Notice.objects.filter(kind="accounts.class_moved").values_list("account_id", flat=True)) == {
        account.pk,
        other.pk,
    }


def test_a_large_account_passes_the_general_manager(company: Company, account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(sales_12m=20_000_000)
    story = ask(company, make_proposal(account))
    story.agree("director", "operations")
    assert (story.waits(), is_key(account)) == ([("deputy", "node")], False)
    story.agree("general_manager")
    assert is_key(account)


def test_strategic_is_countersigned_with_a_written_reason(company: Company, account: Account) -> None:
    viewer = company.viewer("owner")
    with pytest.raises(Refused, match="写明理由"):
        propose_class(account=account, key_class="strategic", enters=True, reason=" ", by=viewer, at=AT)
    row = propose_class(
        account=account, key_class="strategic", enters=True, reason="行业样板", by=viewer, at=AT
    )
    story = ask(company, row, who="owner")
    story.agree("supervisor", "director")
    assert (story.waits(), is_key(account)) == ([("strategic", "node")], False)
    story.agree("operations")
    assert (story.state, ClassMembership.objects.standing().get().reason) == ("approved", "行业样板")


def test_an_exception_holds_until_its_day(company: Company, account: Account) -> None:
    row = propose_class(
        account=account,
        key_class="important",
        enters=True,
        reason="重点项目期间",
        override_until_on=UNTIL,
        by=company.viewer("owner"),
        at=AT,
    )
    story = ask(company, row, who="owner")
    story.agree("supervisor", "director", "operations")
    held = ClassOverride.objects.standing().get()
    assert (held.is_in, held.until_on, held.request_number) == (True, UNTIL, story.request.number)
    assert ClassMembership.objects.standing().get().to_on == NOT_PLANNED


def test_turned_down_the_proposal_is_declined_and_nothing_flips(company: Company, account: Account) -> None:
    row = make_proposal(account)
    story = ask(company, row)
    story.reject("director")
    assert (story.state, state(row), is_key(account)) == ("rejected", ClassProposalState.DECLINED, False)


def test_taken_back_the_tables_proposals_wait_again(company: Company, account: Account) -> None:
    row = make_proposal(account)
    by_hand = propose_class(
        account=account, key_class="group", enters=True, reason="集采", by=company.viewer("owner"), at=AT
    )
    ask(company, row, by_hand).withdraw("supervisor")
    assert (state(row), state(by_hand)) == (ClassProposalState.OPEN, ClassProposalState.LAPSED)


def test_sent_back_and_handed_in_again(company: Company, account: Account) -> None:
    story = ask(company, make_proposal(account))
    story.send_back("director")
    story.resubmit("supervisor", reason="补充说明")
    story.agree("director", "operations")
    assert (story.state, is_key(account)) == ("approved", True)


def test_a_merged_account_goes_back_to_a_person(company: Company, account: Account) -> None:
    other = make_account("青松机械有限公司", owner=company.owner, unit=company.units.east_one)
    rows = make_proposal(account), make_proposal(other)
    story = ask(company, *rows)
    story.agree("director")
    Account.objects.filter(pk=other.pk).update(merged_into=account)
    story.agree("operations")
    assert (story.state, story.task().kind, ClassMembership.objects.exists()) == ("stuck", "refused", False)
    assert "青松机械有限公司" in story.request.remark
    story.resubmit("supervisor", leave_out=other.code)
    story.agree("director", "operations")
    assert (story.state, ClassMembership.objects.standing().get().account_id) == ("approved", account.pk)
    assert state(rows[1]) == ClassProposalState.OPEN, "what was left out is not decided"


def test_overdue_it_goes_further_up(company: Company, account: Account) -> None:
    story, later = ask(company, make_proposal(account)), AT + dt.timedelta(days=12)
    services.fire_due(by=SYSTEM, at=later)
    services.approve(task=story.task(), by=company.viewer("general_manager"), at=later)
    assert story.waits() == [("director", "node")]


def test_a_proposal_is_handed_in_once(company: Company, account: Account) -> None:
    row = make_proposal(account)
    with pytest.raises(Refused, match="无权申请"):
        ask(company, row, who="outsider")
    first = ask(company, row)
    with pytest.raises(Refused, match="已经提交"):
        ask(company, row)
    with pytest.raises(Refused, match=first.request.number):
        propose_class(
            account=account,
            key_class="high_value",
            enters=True,
            reason="再提",
            by=company.viewer("owner"),
            at=AT,
        )
    assert Request.objects.count() == 1
