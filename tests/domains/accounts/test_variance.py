"""Variance notes: raised once from closed periods, kept to the ledger's figures, answered by the owner, escalated."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest

from panshi.domains.accounts.models import Account, VarianceNote
from panshi.domains.accounts.reports.variance import base_of, supervisors, variance_overview
from panshi.domains.accounts.services.locking import CannotChangeMerged
from panshi.domains.accounts.services.variance import CannotAnswerVariance, answer_variance
from panshi.domains.accounts.services.variance_notices import remind
from panshi.domains.ledger.models import AccountMonth
from panshi.domains.ledger.reports.variance import closed_period
from panshi.ground.audit.models import Event
from panshi.ground.base.refusals import NotAllowed, Stale
from panshi.ground.base.viewer import Viewer
from panshi.ground.notices.models import Notice
from panshi.ground.settings.services import change_setting
from panshi.ground.work.models import Job, JobState
from panshi.ground.work.running import run_job
from panshi.ground.work.services import enqueue
from tests.factories.accounts import make_account
from tests.factories.organisation import Company

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 21)
ANSWER = {"cause": "competitor", "answer": "对手降价", "measures": "重新报价"}

Traded = Callable[..., Account]


@pytest.fixture
def traded(company: Company) -> Traded:
    """An account of the owner with these amounts in the last months, the last one being October 2026."""

    def account(*amounts: int, **more: object) -> Account:
        values = {
            "owner": company.owner,
            "unit": company.units.east_one,
            "last_trade_on": dt.date(2026, 11, 3),
        }
        made = make_account(**(values | more))  # type: ignore[arg-type]
        for back, amount in enumerate(reversed(amounts)):
            index = 2026 * 12 + 9 - back
            month(made, dt.date(index // 12, index % 12 + 1, 1), amount)
        return made

    return account


def month(account: Account, first: dt.date, amount: int) -> None:
    if amount:
        AccountMonth.objects.update_or_create(
            account=account,
            month=first,
            currency="CNY",
            defaults={"lines": 1, "quantity": 1, "amount": Decimal(amount), "cost": Decimal(0)},
        )


def look(system: Viewer, at: dt.datetime, on: dt.date = TODAY) -> dict[str, int]:
    job = enqueue(kind="ledger.variance", arguments={"due_on": on.isoformat()}, by=system, at=at)
    run_job(job.pk)
    done = Job.objects.get(pk=job.pk)
    assert done.state == JobState.DONE, done.error
    return dict(done.result)


def test_a_fall_is_asked_of_the_owner_once(
    traded: Traded, company: Company, system: Viewer, at: dt.datetime
) -> None:
    fell = traded(*[500_000] * 6, 200_000)
    traded(*[500_000] * 6, 480_000)  # as ever
    traded(*[5_000] * 6, 0)  # too little money
    traded(500_000, 10_000)  # new
    assert look(system, at)["raised"] == 1
    note = VarianceNote.objects.get()
    assert (note.account_id, note.span, note.period_on) == (fell.pk, "month", dt.date(2026, 10, 1))
    assert (note.actual, note.mean, note.deviation) == (200_000, 500_000, -300_000)
    assert note.share == Decimal("-0.6")
    assert [figure.label for figure in base_of(note)] == [f"2026-{number:02}" for number in range(4, 10)]
    notice = Notice.objects.get(kind="accounts.variance_due")
    assert notice.person_id == company.owner.pk
    assert look(system, at) == {"raised": 0, "updated": 0, "withdrawn": 0, "corrected": 0, "told": 0}
    assert Notice.objects.filter(kind="accounts.variance_due").count() == 1
    assert Event.objects.filter(kind="accounts.variance_asked").count() == 1


def test_quarters_are_looked_at_too(traded: Traded, system: Viewer, at: dt.datetime) -> None:
    account = traded(*[100_000] * 9, *[250_000] * 3, 250_000)
    look(system, at)
    quarter = VarianceNote.objects.get(span="quarter")
    assert (quarter.account_id, quarter.period_on) == (account.pk, dt.date(2026, 7, 1))
    assert (quarter.actual, quarter.mean) == (750_000, 300_000)


def test_only_closed_and_fed_periods(traded: Traded) -> None:
    fed = dt.date(2026, 10, 28)
    assert closed_period("month", on=dt.date(2026, 11, 6), until=fed) == dt.date(2026, 10, 1)
    assert closed_period("month", on=dt.date(2026, 11, 5), until=fed) == dt.date(2026, 9, 1)
    assert closed_period("month", on=dt.date(2026, 11, 6), until=dt.date(2026, 10, 15)) is None
    assert closed_period("month", on=TODAY, until=None) is None
    assert closed_period("quarter", on=dt.date(2026, 10, 6), until=fed) == dt.date(2026, 7, 1)
    assert closed_period("quarter", on=dt.date(2026, 10, 5), until=fed) == dt.date(2026, 4, 1)
    assert closed_period("quarter", on=dt.date(2027, 1, 7), until=dt.date(2026, 12, 31)) == dt.date(
        2026, 10, 1
    )


def test_the_company_may_watch_key_accounts_only(
    traded: Traded, company: Company, system: Viewer, at: dt.datetime
) -> None:
    change_setting(
        code="ledger.variance_whom", value="key", reason="先看重点", expected_number=0, by=system, at=at
    )
    traded(*[500_000] * 6, 200_000)
    important = traded(*[500_000] * 6, 200_000, abc_class="A")
    assert look(system, at)["raised"] == 1
    assert VarianceNote.objects.get().account_id == important.pk


def test_a_corrected_ledger_moves_withdraws_and_asks_again(
    traded: Traded, system: Viewer, at: dt.datetime
) -> None:
    account = traded(*[500_000] * 6, 200_000)
    october = dt.date(2026, 10, 1)
    look(system, at)
    month(account, october, 150_000)
    assert look(system, at)["updated"] == 1
    assert VarianceNote.objects.get().actual == 150_000
    month(account, october, 490_000)
    assert look(system, at)["withdrawn"] == 1
    assert VarianceNote.objects.get().state == "withdrawn"
    month(account, october, 100_000)
    found = look(system, at)
    assert (found["updated"], found["told"]) == (1, 1)
    note = VarianceNote.objects.get()
    assert (note.state, note.actual) == ("open", 100_000)


def test_an_answer_survives_a_correction(
    traded: Traded, company: Company, system: Viewer, at: dt.datetime
) -> None:
    account = traded(*[500_000] * 6, 200_000)
    look(system, at)
    note = VarianceNote.objects.get()
    answer_variance(
        note=note, values=ANSWER, next_on=None, expected_version=1, by=company.viewer("owner"), at=at
    )
    month(account, dt.date(2026, 10, 1), 100_000)
    assert look(system, at)["corrected"] == 1
    note.refresh_from_db()
    assert (note.state, note.answer) == ("answered", "对手降价")
    assert (note.actual, note.answered_actual) == (100_000, 200_000)
    assert note.corrected_at is not None
    assert look(system, at)["corrected"] == 0
    month(account, dt.date(2026, 10, 1), 500_000)
    assert look(system, at)["corrected"] == 0  # marked before; the answer and its figures stay
    note.refresh_from_db()
    assert note.answered_actual == 200_000


def test_answering(traded: Traded, company: Company, system: Viewer, at: dt.datetime) -> None:
    traded(*[500_000] * 6, 200_000, team=(company.teammate,))
    look(system, at)
    note, owner = VarianceNote.objects.get(), company.viewer("owner")

    def answer(by: Viewer = owner, next_on: dt.date | None = None, version: int = 1, **changes: str) -> None:
        answer_variance(
            note=note, values=ANSWER | changes, next_on=next_on, expected_version=version, by=by, at=at
        )

    for wrong in ({"cause": ""}, {"cause": "weather"}, {"answer": "  "}, {"measures": "长" * 4001}):
        with pytest.raises(CannotAnswerVariance):
            answer(**wrong)
    with pytest.raises(CannotAnswerVariance):
        answer(next_on=TODAY - dt.timedelta(days=1))
    with pytest.raises(Stale):
        answer(version=7)
    for other in ("outsider", "teammate", "colleague"):
        with pytest.raises(NotAllowed):
            answer(by=company.viewer(other))
    note.refresh_from_db()
    assert (note.state, note.version) == ("open", 1)
    answer(next_on=TODAY)
    note.refresh_from_db()
    assert (note.state, note.answered_by_id, note.next_on) == ("answered", company.owner.pk, TODAY)
    assert Event.objects.filter(kind="accounts.variance_answered").count() == 1
    VarianceNote.objects.update(state="withdrawn")
    with pytest.raises(CannotAnswerVariance):
        answer(version=2)


def test_notes_of_merged_accounts_rest(
    traded: Traded, company: Company, system: Viewer, at: dt.datetime
) -> None:
    account = traded(*[500_000] * 6, 200_000)
    look(system, at)
    Account.objects.filter(pk=account.pk).update(merged_into=traded(*[500_000] * 7))
    assert VarianceNote.objects.open().count() == 0
    with pytest.raises(CannotChangeMerged):
        answer_variance(
            note=VarianceNote.objects.get(),
            values=ANSWER,
            next_on=None,
            expected_version=1,
            by=company.viewer("owner"),
            at=at,
        )


def test_trade_of_merged_accounts_counts_together(traded: Traded, system: Viewer, at: dt.datetime) -> None:
    winner = traded(*[500_000] * 6, 200_000)
    loser = traded(*[0] * 6, 290_000)
    Account.objects.filter(pk=loser.pk).update(merged_into=winner)
    assert look(system, at)["raised"] == 0


def test_without_an_owner_the_director_is_asked(
    traded: Traded, company: Company, system: Viewer, at: dt.datetime
) -> None:
    traded(*[500_000] * 6, 200_000, owner=None)
    look(system, at)
    assert Notice.objects.get(kind="accounts.variance_due").person_id == company.director.pk


def test_reminders_and_escalation(traded: Traded, company: Company, system: Viewer, at: dt.datetime) -> None:
    traded(*[500_000] * 6, 200_000)
    look(system, at)
    VarianceNote.objects.update(asked_at=at, due_on=TODAY + dt.timedelta(days=7))

    def on(days: int) -> tuple[int, int]:
        return remind(on=TODAY + dt.timedelta(days=days), by=system, at=at + dt.timedelta(days=days))

    assert [on(days) for days in (1, 2, 3, 3, 4, 6)] == [(0, 0), (0, 0), (1, 0), (0, 0), (0, 0), (1, 0)]
    assert on(10) == (1, 0)
    assert on(11) == (0, 1)
    assert on(12) == (0, 0)
    late = Notice.objects.get(kind="accounts.variance_late")
    assert late.person_id == company.supervisor.pk
    assert Notice.objects.filter(kind="accounts.variance_reminded").count() == 3
    with pytest.raises(NotAllowed):
        remind(on=TODAY, by=company.viewer("owner"), at=at)


def test_nobody_is_his_own_supervisor(company: Company) -> None:
    unit, on = company.units.east_one.pk, TODAY
    found = supervisors({(unit, company.owner.pk), (unit, company.supervisor.pk), (None, None)}, on=on)
    assert found[unit, company.owner.pk] == (company.supervisor.pk,)
    assert found[unit, company.supervisor.pk] == (company.director.pk,)
    assert found[None, None] == (company.operations.pk,)


def test_the_overview_stays_in_scope(
    traded: Traded, company: Company, system: Viewer, at: dt.datetime
) -> None:
    traded(*[500_000] * 6, 200_000)
    traded(*[500_000] * 6, 900_000, owner=company.outsider, unit=company.units.south_one)
    look(system, at)
    VarianceNote.objects.update(due_on=TODAY - dt.timedelta(days=1))
    east = variance_overview(on=TODAY, viewer=company.viewer("director"))
    assert (east.open, east.late, east.answered) == (1, 1, 0)
    assert [line.owner for line in east.owners] == [company.owner.name]
    everything = variance_overview(on=TODAY, viewer=company.viewer("general_manager"))
    assert everything.open == 2
    assert variance_overview(on=TODAY, viewer=company.viewer("teammate")).open == 0
