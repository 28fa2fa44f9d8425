"""The shipped process 合并客户 told as stories."""

import datetime as dt
import json

import pytest

from panshi.domains.accounts.models import Account, Merge
from panshi.domains.accounts.reports.merging import MergeChoices
from panshi.ground.base.refusals import Refused
from panshi.workflow import services
from panshi.workflow.bindings.subjects import CannotApplyAgain
from panshi.workflow.models import Request
from tests.factories.accounts import make_account
from tests.factories.organisation import AT, SYSTEM, Company
from tests.stories.telling import Story, accounts, ship

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shipped(company: Company) -> None:
    ship()


@pytest.fixture
def pair(company: Company) -> tuple[Account, Account]:
    kept = make_account("恒岳重工有限公司", owner=company.owner, unit=company.units.east_one)
    gone = make_account("恒岳重工有限公司（东区）", owner=company.colleague, unit=company.units.east_one)
    return kept, gone


def ask(company: Company, pair: tuple[Account, Account], who: str = "supervisor") -> Story:
    kept, gone = pair
    choices = MergeChoices(reason="同一家", winner_version=kept.version, loser_version=gone.version)
    given = {"reason": "同一家", "choices": json.dumps(choices.plain()), "taken": ""}
    return Story.begin(company, "account_merge", accounts(kept.pk, gone.pk), given, who=who)


def merged(pair: tuple[Account, Account]) -> bool:
    return bool(Account.objects.get(pk=pair[1].pk).merged_into_id == pair[0].pk)


def test_agreed_it_merges_and_names_the_request(company: Company, pair: tuple[Account, Account]) -> None:
    story = ask(company, pair)
    assert story.waits() == [("superior", "node")]
    story.agree("director")
    assert (story.state, merged(pair)) == ("approved", True), "the director agreed once for both steps"
    assert Merge.objects.get().request_number == story.request.number


def test_a_key_account_passes_operations(company: Company, pair: tuple[Account, Account]) -> None:
    Account.objects.filter(pk=pair[0].pk).update(is_key=True)
    story = ask(company, pair)
    story.agree("director")
    assert (story.waits(), merged(pair)) == ([("operations", "node")], False)
    story.agree("operations")
    assert merged(pair)


def test_turned_down_or_taken_back_both_stay(company: Company, pair: tuple[Account, Account]) -> None:
    story = ask(company, pair)
    story.reject("director")
    assert (story.state, merged(pair)) == ("rejected", False)
    again = ask(company, pair)
    again.withdraw("supervisor")
    assert (again.state, merged(pair)) == ("withdrawn", False)


def test_sent_back_and_handed_in_again(company: Company, pair: tuple[Account, Account]) -> None:
    story = ask(company, pair)
    story.send_back("director")
    story.resubmit("supervisor", reason="查过工商登记")
    story.agree("director")
    assert merged(pair)


def test_one_of_both_went_another_way(company: Company, pair: tuple[Account, Account]) -> None:
    story = ask(company, pair)
    Account.objects.filter(pk=pair[1].pk).update(merged_into=make_account())
    story.agree("director")
    assert (story.state, story.task().kind, Merge.objects.count()) == ("stuck", "refused", 0)
    assert "已并入其他客户" in story.request.remark
    Account.objects.filter(pk=pair[1].pk).update(merged_into=None)
    story.repeat("supervisor")
    assert (story.state, merged(pair)) == ("approved", True)


def test_overdue_it_goes_to_the_general_manager(company: Company, pair: tuple[Account, Account]) -> None:
    story, later = ask(company, pair), AT + dt.timedelta(days=12)
    services.fire_due(by=SYSTEM, at=later)
    services.approve(task=story.task(), by=company.viewer("general_manager"), at=later)
    assert story.waits() == [("director", "node")]


def test_what_cannot_be_applied_for(company: Company, pair: tuple[Account, Account]) -> None:
    with pytest.raises(Refused):
        ask(company, pair, who="owner")
    with pytest.raises(Refused, match="重新比较"):
        Story.begin(
            company,
            "account_merge",
            accounts(pair[0].pk, pair[1].pk),
            {"reason": "同一家", "choices": "{}"},
            who="supervisor",
        )
    with pytest.raises(Refused, match="两家"):
        Story.begin(company, "account_merge", accounts(pair[0].pk), {}, who="supervisor")
    assert not Request.objects.exists()
    ask(company, pair)
    with pytest.raises(CannotApplyAgain):
        ask(company, (pair[1], pair[0]))
