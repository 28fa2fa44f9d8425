"""What we do differently from MPXJ on purpose: each difference shown with both answers, and its reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from panshi.calc.scheduling.calendars import STANDARD, Calendar, standard_week
from panshi.calc.scheduling.cpm import schedule
from panshi.calc.scheduling.model import HOUR, Activity, Constraint, ConstraintKind, Link, LinkKind, Plan
from tests.calc.scheduling_mpxj import schedule_with_mpxj

pytestmark = pytest.mark.oracle


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def plan(*activities: Activity, links: tuple[Link, ...] = (), calendar: Calendar = STANDARD) -> Plan:
    return Plan(
        activities=activities,
        links=links,
        calendars=(calendar,),
        calendar=calendar.id,
        start=at("2025-01-06T08:00"),
    )


def test_work_counted_back_from_midnight_ends_with_the_working_day() -> None:
    """MPXJ counts half an hour back from 0:00 to 23:30, although the day ended at 17:00."""
    midnight = Constraint(ConstraintKind.MFO, at("2025-01-10T00:00"))
    case = plan(Activity(id="a", duration=HOUR // 2, constraint=midnight))
    assert schedule_with_mpxj(case)["a"].early_start == at("2025-01-09T23:30")
    assert schedule(case).dates("a").early_start == at("2025-01-09T16:30")


def test_a_late_finish_before_a_shift_that_ends_at_midnight_moves_back_to_the_shift_before() -> None:
    """MPXJ takes the coming midnight for the previous finish and leaves the date at the start of the shift."""
    evening = Calendar(id="evening", week=standard_week(((16 * 60, 24 * 60),)))
    due = at("2025-01-08T16:00")
    case = plan(
        Activity(id="a", duration=HOUR, deadline=due),
        Activity(id="end", duration=80 * HOUR),
        calendar=evening,
    )
    case = replace(case, start=at("2025-01-06T16:00"))
    assert schedule_with_mpxj(case)["a"].late_finish == due
    assert schedule(case).dates("a").late_finish == at("2025-01-08T00:00")


def test_a_summary_is_critical_when_anything_below_it_is() -> None:
    """MPXJ means to do so, but then derives the flag from the summary's own slack again."""
    pinned = Constraint(ConstraintKind.MSO, at("2025-01-07T08:00"))
    case = plan(
        Activity(id="s"),
        Activity(id="pinned", duration=8 * HOUR, parent="s", constraint=pinned),
        Activity(id="free", duration=HOUR, parent="s"),
        Activity(id="end", duration=80 * HOUR),
    )
    assert schedule(case).dates("pinned").critical
    assert not schedule_with_mpxj(case)["s"].critical
    assert schedule(case).dates("s").critical


def test_a_finished_successor_binds_nothing_through_a_summary_either() -> None:
    """MPXJ ignores finished successors of a link, but not of the links it makes for a summary."""
    day = at("2025-01-06T08:00")
    case = plan(
        Activity(id="a", duration=8 * HOUR),
        Activity(id="s"),
        Activity(id="b", duration=HOUR, parent="s", actual_start=day, actual_finish=at("2025-01-06T09:00")),
        Activity(id="end", duration=24 * HOUR),
        links=(Link("a", "s"),),
    )
    assert schedule_with_mpxj(case)["a"].total_float < 0
    assert schedule(case).dates("a").total_float == 16 * HOUR


def test_remaining_work_waits_for_the_status_date() -> None:
    """MPXJ has no status date; with one, unfinished work is never planned in the past."""
    started = Activity(id="a", duration=16 * HOUR, actual_start=at("2025-01-06T08:00"), remaining=4 * HOUR)
    case = plan(started, Activity(id="b", duration=HOUR), links=(Link("a", "b", LinkKind.SS),))
    assert schedule_with_mpxj(case)["a"].early_finish == schedule(case).dates("a").early_finish
    found = schedule(replace(case, status_date=at("2025-01-09T08:00")))
    assert found.dates("a").early_finish == at("2025-01-09T12:00")
    assert found.dates("b").early_start == at("2025-01-09T08:00")
