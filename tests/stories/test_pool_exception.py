"""The shipped process 公海临时额度 told as stories."""

import datetime as dt
from typing import Any

import pytest

from panshi.domains.accounts.models import Pool, PoolException
from panshi.ground.base.refs import RecordRef
from panshi.ground.base.refusals import Refused
from panshi.ground.notices.models import Notice
from panshi.workflow import services
from panshi.workflow.bindings.subjects import CannotApplyAgain
from panshi.workflow.models import Request
from tests.factories.organisation import AT, SYSTEM, Company
from tests.factories.pools import make_pool
from tests.stories.telling import Story, ship

pytestmark = pytest.mark.django_db
UNTIL = AT.date() + dt.timedelta(days=60)


@pytest.fixture(autouse=True)
def _shipped(company: Company) -> None:
    ship()


@pytest.fixture
def pool(company: Company) -> Pool:
    return make_pool(company.units.east, held_limit=5)


def ask(company: Company, pool: Pool, who: str = "owner", **values: Any) -> Story:
    given = {"extra": "3", "until_on": UNTIL.isoformat(), "reason": "展会线索集中", **values}
    return Story.begin(company, "pool_exception", (RecordRef("pool", pool.pk),), given, who=who)


def test_agreed_the_applicant_may_hold_more_for_a_while(company: Company, pool: Pool) -> None:
    story = ask(company, pool)
    story.agree("supervisor", "director")
    granted = PoolException.objects.get()
    assert (granted.person_id, granted.extra, granted.until_on) == (company.owner.pk, 3, UNTIL)
    assert granted.request_number == story.request.number
    assert Notice.objects.filter(kind="accounts.pool_exception", person=company.owner).exists()


def test_many_more_pass_operations(company: Company, pool: Pool) -> None:
    story = ask(company, pool, extra="30")
    story.agree("supervisor", "director")
    assert (story.waits(), PoolException.objects.exists()) == ([("operations", "node")], False)
    story.agree("operations")
    assert story.state == "approved"


def test_turned_down_taken_back_or_sent_back(company: Company, pool: Pool) -> None:
    story = ask(company, pool)
    story.reject("supervisor")
    other = ask(company, pool)
    other.withdraw()
    assert (story.state, other.state, PoolException.objects.exists()) == ("rejected", "withdrawn", False)
    third = ask(company, pool)
    third.agree("supervisor")
    third.send_back("director")
    third.resubmit(extra="2")
    third.agree("director")
    assert PoolException.objects.get().extra == 2


def test_the_pool_was_closed_meanwhile(company: Company, pool: Pool) -> None:
    story = ask(company, pool)
    story.agree("supervisor")
    Pool.objects.filter(pk=pool.pk).update(active=False)
    story.agree("director")
    assert (story.state, story.task().kind, PoolException.objects.exists()) == ("stuck", "refused", False)
    Pool.objects.filter(pk=pool.pk).update(active=True)
    story.repeat()
    assert story.state == "approved"


def test_overdue_it_goes_to_the_director(company: Company, pool: Pool) -> None:
    story, later = ask(company, pool), AT + dt.timedelta(days=12)
    services.fire_due(by=SYSTEM, at=later)
    services.approve(task=story.task(), by=company.viewer("director"), at=later)
    assert story.state == "approved", "who agreed stands for both steps"


def test_what_cannot_be_applied_for(company: Company, pool: Pool) -> None:
    for values in ({"extra": "0"}, {"extra": "1.5"}, {"until_on": AT.date().isoformat()}):
        with pytest.raises(Refused):
            ask(company, pool, **values)
    with pytest.raises(Refused):
        ask(company, pool, who="outsider")
    Pool.objects.filter(pk=pool.pk).update(held_limit=None)
    with pytest.raises(Refused, match="不限制"):
        ask(company, pool)
    Pool.objects.filter(pk=pool.pk).update(held_limit=5)
    assert not Request.objects.exists()
    ask(company, pool)
    with pytest.raises(CannotApplyAgain):
        ask(company, pool)
    assert ask(company, pool, who="colleague").state == "running", "others apply for themselves"
