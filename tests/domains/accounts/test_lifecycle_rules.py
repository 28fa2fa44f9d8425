"""Lifecycle by events: trade wakes, silence puts to sleep, giving up is proposed; people's changes hold for a while."""

import datetime as dt
from typing import Any

import pytest

from panshi.domains.accounts import services
from panshi.domains.accounts.models import Account, LifecycleProposal, LifecycleRecord
from panshi.domains.accounts.reports import lifecycle_history
from panshi.domains.accounts.reports.lifecycle import LifecycleStep, tonight
from panshi.domains.accounts.services.lifecycle_rules import apply_rule
from panshi.ground.audit.models import Change, Event
from panshi.ground.base.models import NEVER
from panshi.ground.base.refusals import NotAllowed
from panshi.ground.base.viewer import Viewer
from panshi.ground.work.models import Job, JobState
from panshi.ground.work.running import run_job
from panshi.ground.work.services import enqueue
from tests.factories.accounts import make_account
from tests.factories.organisation import Company

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 21)


def days(count: int) -> dt.date:
    return TODAY - dt.timedelta(days=count)


@pytest.fixture
def make(company: Company) -> Any:
    """An account of the owner by its last trade so many days ago (None: never)."""

    def account(lifecycle: str, traded: int | None, since: int = 400, **more: Any) -> Account:
        return make_account(
            owner=company.owner,
            unit=company.units.east_one,
            lifecycle=lifecycle,
            lifecycle_since_on=days(since),
            last_trade_on=NEVER if traded is None else days(traded),
            **more,
        )

    return account


def run(system: Viewer, at: dt.datetime, on: dt.date = TODAY) -> dict[str, int]:
    return {step.value: apply_rule(step=step, on=on, by=system, at=at) for step in LifecycleStep}


def stage(account: Account) -> str:
    return str(Account.objects.values_list("lifecycle", flat=True).get(pk=account.pk))


def test_each_rule_at_its_edge(make: Any, system: Viewer, at: dt.datetime) -> None:
    fed = make("active", 0)  # the ledger reaches until today
    cases = [
        (make("potential", 3), "active"),
        (make("developing", 180), "active"),
        (make("developing", 181), "developing"),
        (make("dormant", 2, since=1), "active"),
        (make("lost", 5, since=4), "lost"),  # given up after that trade
        (make("lost", 3, since=4), "active"),
        (make("active", 180), "active"),
        (make("active", 181), "dormant"),
        (make("active", None, since=180), "active"),
        (make("active", None, since=181), "dormant"),
        (make("potential", None), "potential"),
    ]
    run(system, at)
    assert [(stage(account), wanted) for account, wanted in cases] == [(one, one) for _account, one in cases]
    assert stage(fed) == "active"


def test_the_reason_says_the_figures_and_nobody_did_it(
    make: Any, company: Company, system: Viewer, at: dt.datetime
) -> None:
    make("active", 0)
    quiet = make("active", 200)
    run(system, at)
    (step,) = lifecycle_history(quiet, viewer=company.viewer("owner"))
    assert step.reason == "最近一次交易在 2026-05-05，到 2026-11-21 已 200 天没有交易（规则：180 天）"
    assert (step.before, step.after, step.by) == ("合作中", "休眠", "")
    event = Event.objects.get(kind="accounts.lifecycle_changed", account_id=quiet.pk)
    assert event.by_id is None
    assert Change.objects.get(event=event).after == step.reason
    quiet.refresh_from_db()
    assert (quiet.lifecycle_since_on, quiet.version) == (TODAY, 2)


def test_a_ledger_nobody_fed_makes_nobody_dormant(make: Any, system: Viewer, at: dt.datetime) -> None:
    stale = make("active", 300)
    never = make("active", None)
    other = make("active", 200)  # the newest trade anywhere
    assert run(system, at) == {"wake": 0, "sleep": 1, "give_up": 0}
    assert (stage(stale), stage(never), stage(other)) == ("active", "dormant", "active")


def test_without_any_trade_nothing_is_judged(make: Any, system: Viewer, at: dt.datetime) -> None:
    make("active", None)
    assert run(system, at) == {"wake": 0, "sleep": 0, "give_up": 0}


def test_a_second_run_changes_nothing(make: Any, system: Viewer, at: dt.datetime) -> None:
    for lifecycle, traded in (("active", 0), ("active", 200), ("dormant", 500), ("potential", 3)):
        make(lifecycle, traded)
    assert run(system, at) == {"wake": 1, "sleep": 1, "give_up": 1}
    records = LifecycleRecord.objects.count()
    assert run(system, at) == {"wake": 0, "sleep": 0, "give_up": 0}
    assert LifecycleRecord.objects.count() == records


def test_a_change_by_a_person_holds(make: Any, company: Company, system: Viewer, at: dt.datetime) -> None:
    make("active", 0)
    account = make("active", 200)
    by = company.viewer("owner")
    services.change_lifecycle(account=account, to="dormant", reason="停产", by=by, at=at)
    services.change_lifecycle(account=account, to="active", reason="复产", by=by, at=at)
    run(system, at)
    assert stage(account) == "active"
    after = TODAY + dt.timedelta(days=90)
    make("active", -90)
    run(system, at, after)
    assert stage(account) == "dormant"


def test_giving_up_is_proposed_and_a_person_decides(
    make: Any, company: Company, system: Viewer, at: dt.datetime
) -> None:
    make("active", 0)
    first, second = make("dormant", 366), make("dormant", 400)
    make("dormant", 365)
    run(system, at)
    one, two = LifecycleProposal.objects.order_by("account_id")
    assert (one.account_id, two.account_id) == (first.pk, second.pk)
    by = company.viewer("owner")
    with pytest.raises(services.CannotAnswerProposal) as refusal:
        services.answer_proposal(proposal=one, accept=False, answer=" ", by=by, at=at)
    assert list(refusal.value.errors) == ["answer"]
    with pytest.raises(NotAllowed):
        services.answer_proposal(proposal=one, accept=True, answer="", by=company.viewer("outsider"), at=at)
    services.answer_proposal(proposal=one, accept=True, answer="已转向竞争对手", by=by, at=at)
    services.answer_proposal(proposal=two, accept=False, answer="明年复工", by=by, at=at)
    assert (stage(first), stage(second)) == ("lost", "dormant")
    assert LifecycleRecord.objects.get(account=first).reason.endswith("；已转向竞争对手")
    with pytest.raises(services.CannotAnswerProposal):
        services.answer_proposal(proposal=two, accept=True, answer="", by=by, at=at)
    assert run(system, at)["give_up"] == 0
    make("active", -90)
    assert (
        run(system, at, TODAY + dt.timedelta(days=90))["give_up"] == 2
    )  # the declined one, and one more in time


def test_trade_that_is_pushed_down_wakes_at_once(make: Any, company: Company, at: dt.datetime) -> None:
    account, other = make("dormant", 300), make("potential", None)
    figures = [
        services.SalesFigures(account.pk, 10, 0, days(1)),
        services.SalesFigures(other.pk, 0, 5, days(700)),
    ]  # type: ignore[arg-type]
    services.record_sales(
        figures=figures, source="ledger:2", as_of=TODAY, by=company.viewer("operations"), at=at
    )
    assert (stage(account), stage(other)) == ("active", "potential")
    record = LifecycleRecord.objects.get()
    assert (record.cause, record.reason, record.by_id) == ("trade", "台账记录 2026-11-20 有交易", None)


def test_a_contract_wakes_once(make: Any, company: Company, at: dt.datetime) -> None:
    account = make("qualified", None)
    sign = {"account": account, "reason": "签订合同 HT-2026-001", "by": company.viewer("owner"), "at": at}
    assert services.wake_by_contract(**sign)
    assert not services.wake_by_contract(**sign)
    assert (stage(account), LifecycleRecord.objects.get().cause) == ("active", "contract")


def test_proposals_lapse_when_trade_comes_back(
    make: Any, company: Company, system: Viewer, at: dt.datetime
) -> None:
    make("active", 0)
    account = make("dormant", 500)
    run(system, at)
    Account.objects.filter(pk=account.pk).update(last_trade_on=TODAY)
    run(system, at)
    assert LifecycleProposal.objects.get().state == "lapsed"
    assert stage(account) == "active"


def test_the_preview_counts_inside_ones_scope_and_changes_nothing(
    make: Any, company: Company, at: dt.datetime
) -> None:
    make("active", 0)
    make("active", 200)
    make("potential", 1)
    make("dormant", 500)
    seen = tonight(on=TODAY, viewer=company.viewer("owner"))
    assert {step.value: count for step, count in seen.counts.items()} == {"wake": 1, "sleep": 1, "give_up": 1}
    assert [change.to for change in seen.changes] == ["active", "dormant", "lost"]
    hidden = tonight(on=TODAY, viewer=company.viewer("outsider"))
    assert (sum(hidden.counts.values()), hidden.changes) == (0, ())
    assert not LifecycleRecord.objects.exists()


def test_the_nightly_job(make: Any, system: Viewer, at: dt.datetime) -> None:
    make("active", 0)
    quiet = make("active", 200)
    job = enqueue(kind="accounts.lifecycle", arguments={"due_on": TODAY.isoformat()}, by=system, at=at)
    assert run_job(job.pk, at=at)
    done = Job.objects.get(pk=job.pk)
    assert (done.state, done.result) == (JobState.DONE, {"wake": 0, "sleep": 1, "give_up": 0})
    assert stage(quiet) == "dormant"
