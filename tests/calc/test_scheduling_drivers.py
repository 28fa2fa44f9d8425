"""Why a date is what it is: driving links, chains back to the cause, critical paths, contradictions, bad plans."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from panshi.calc.scheduling.calendars import STANDARD
from panshi.calc.scheduling.cpm import schedule
from panshi.calc.scheduling.drivers import Drivers, Reason
from panshi.calc.scheduling.errors import (
    CannotScheduleAmount,
    CannotScheduleHierarchy,
    CannotScheduleReference,
)
from panshi.calc.scheduling.model import (
    DAY,
    HOUR,
    Activity,
    Assignment,
    Constraint,
    ConstraintKind,
    Estimate,
    LagUnit,
    Link,
    LinkKind,
    Plan,
    Resource,
)

K = ConstraintKind


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def plan(*activities: Activity, links: tuple[Link, ...] = ()) -> Plan:
    return Plan(
        activities=activities,
        links=links,
        calendars=(STANDARD,),
        calendar="standard",
        start=at("2025-01-06T08:00"),
    )


def day(name: str, days: float, **more: object) -> Activity:
    return Activity(id=name, duration=round(days * 8 * HOUR), **more)  # type: ignore[arg-type]


CHAIN = plan(
    day("survey", 2),
    day("permit", 1),
    day("dig", 3),
    day("pour", 1),
    day("sign", 1),
    links=(
        Link("survey", "dig"),
        Link("permit", "dig"),
        Link("dig", "pour"),
        Link("sign", "pour", LinkKind.SS),
    ),
)


def test_the_chain_of_drivers_leads_back_to_the_first_cause() -> None:
    drivers = Drivers(schedule(CHAIN))
    assert drivers.links("dig") == (Link("survey", "dig"),)
    chain = drivers.chain("pour")
    assert [(d.activity, d.reason) for d in chain] == [
        ("survey", Reason.PROJECT_START),
        ("dig", Reason.LINK),
        ("pour", Reason.LINK),
    ]
    assert chain[-1].at == at("2025-01-13T08:00")
    assert drivers.critical_paths() == (("survey", "dig", "pour"),)


def test_parallel_critical_paths_are_all_found_up_to_a_limit() -> None:
    twins = plan(
        *(day(name, 1) for name in ("a", "b", "c", "d", "e")),
        links=(Link("a", "c"), Link("b", "c"), Link("c", "d"), Link("c", "e")),
    )
    drivers = Drivers(schedule(twins))
    paths = {("a", "c", "d"), ("b", "c", "d"), ("a", "c", "e"), ("b", "c", "e")}
    assert set(drivers.critical_paths()) == paths
    assert len(drivers.critical_paths(limit=3)) == 3


@pytest.mark.parametrize(
    ("activity", "reason"),
    [
        (day("x", 1), Reason.PROJECT_START),
        (day("x", 1, constraint=Constraint(K.SNET, at("2025-01-08T08:00"))), Reason.CONSTRAINT),
        (day("x", 1, constraint=Constraint(K.MSO, at("2025-01-08T08:00"))), Reason.CONSTRAINT),
        (day("x", 1, constraint=Constraint(K.ALAP)), Reason.AS_LATE_AS_POSSIBLE),
        (day("x", 1, actual_start=at("2025-01-07T08:00")), Reason.ACTUAL),
    ],
)
def test_what_no_link_decides_names_its_reason(activity: Activity, reason: Reason) -> None:
    drivers = Drivers(schedule(plan(activity, day("end", 9))))
    assert [d.reason for d in drivers.of("x")] == [reason]


def test_the_status_date_is_a_reason_too() -> None:
    found = schedule(replace(CHAIN, status_date=at("2025-01-15T08:00")))
    assert [d.reason for d in Drivers(found).of("survey")] == [Reason.STATUS_DATE]
    assert found.dates("survey").early_start == at("2025-01-15T08:00")


def test_a_summary_is_driven_like_its_first_leaf() -> None:
    case = plan(
        day("a", 2), Activity(id="s"), day("b", 1, parent="s"), day("c", 1, parent="s"),
        links=(Link("a", "s"), Link("b", "c")),
    )  # fmt: skip
    drivers = Drivers(schedule(case))
    assert drivers.of("s")[0].link == Link("a", "b")


def test_a_constraint_against_the_links_is_reported_with_the_chain_that_causes_it() -> None:
    activities = {a.id: a for a in CHAIN.activities}
    pinned = replace(activities["pour"], constraint=Constraint(K.MSO, at("2025-01-08T08:00")))
    found = schedule(replace(CHAIN, activities=(*CHAIN.activities[:3], pinned, CHAIN.activities[4])))
    (conflict,) = Drivers(found).conflicts()
    assert (conflict.activity, conflict.kind, conflict.on) == ("pour", K.MSO, at("2025-01-08T08:00"))
    assert conflict.chain == ("survey", "dig", "pour")
    assert conflict.scheduled == at("2025-01-08T08:00")
    assert conflict.possible == at("2025-01-13T08:00")
    assert found.dates("dig").total_float == -3 * 8 * HOUR


def test_a_deadline_that_cannot_hold_is_reported_and_gives_negative_float() -> None:
    activities = {a.id: a for a in CHAIN.activities}
    due = replace(activities["dig"], deadline=at("2025-01-09T17:00"))
    found = schedule(replace(CHAIN, activities=(*CHAIN.activities[:2], due, *CHAIN.activities[3:])))
    (conflict,) = Drivers(found).conflicts()
    assert (conflict.kind, conflict.on, conflict.chain) == (None, at("2025-01-09T17:00"), ("survey", "dig"))
    assert conflict.possible == at("2025-01-10T17:00")
    assert found.dates("survey").total_float == -8 * HOUR
    assert Drivers(schedule(CHAIN)).conflicts() == ()


def test_lag_in_working_time_skips_the_weekend_and_elapsed_lag_does_not() -> None:
    lags = (Link("a", "b", lag=16 * HOUR), Link("a", "c", lag=2 * DAY, unit=LagUnit.ELAPSED))
    case = plan(day("a", 4), day("b", 1), day("c", 1), links=lags)
    found = schedule(case)
    assert found.dates("b").early_start == at("2025-01-14T08:00")
    assert found.dates("c").early_start == at("2025-01-13T08:00")


def test_an_activity_lasts_as_long_as_its_slowest_resource() -> None:
    people = (Resource(id="full"), Resource(id="half"))
    case = replace(
        plan(day("a", 1), day("b", 1)),
        resources=people,
        assignments=(
            Assignment(activity="a", resource="full", work=8 * HOUR),
            Assignment(activity="a", resource="half", units=0.5, work=8 * HOUR),
        ),
    )
    assert schedule(case).dates("a").early_finish == at("2025-01-07T17:00")
    assert schedule(case).dates("b").early_finish == at("2025-01-06T17:00")


def test_plans_that_contradict_themselves_are_refused() -> None:
    with pytest.raises(CannotScheduleReference, match="used twice"):
        plan(day("a", 1), day("a", 2))
    with pytest.raises(CannotScheduleReference, match="'z'"):
        plan(day("a", 1), links=(Link("a", "z"),))
    with pytest.raises(CannotScheduleReference, match="calendar"):
        plan(day("a", 1, calendar="moon"))
    with pytest.raises(CannotScheduleHierarchy, match="contain each other"):
        plan(day("a", 1, parent="b"), day("b", 1, parent="a"))
    with pytest.raises(CannotScheduleHierarchy, match="the summary that contains it"):
        plan(day("a", 1, parent="s"), day("s", 1), links=(Link("a", "s"),))
    with pytest.raises(CannotScheduleAmount, match="finished before"):
        day("a", 1, actual_start=at("2025-01-07T08:00"), actual_finish=at("2025-01-06T08:00"))
    with pytest.raises(CannotScheduleAmount, match="'a' -> 'b' has an endless lag"):
        Link("a", "b", lag=-(10**13))
    with pytest.raises(CannotScheduleAmount, match="'b' does not lie in the years"):
        schedule(plan(day("a", 1), day("b", 1), links=(Link("a", "b", lag=-(10**12)),)))
    with pytest.raises(CannotScheduleAmount, match="needs a date"):
        Constraint(K.MSO)
    with pytest.raises(CannotScheduleAmount, match="ascending"):
        Estimate(3, 2, 4)
    with pytest.raises(CannotScheduleAmount, match="no start date"):
        replace(CHAIN, start=None, activities=(day("a", 1, deadline=at("2025-01-07T08:00")),), links=())
