"""Plans with calendars under limited resources: dates stay true, nobody does two things at once."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from panshi.calc.scheduling.axis import WorkAxis
from panshi.calc.scheduling.calendars import Calendar, CalendarException, standard_week
from panshi.calc.scheduling.cpm import schedule
from panshi.calc.scheduling.generation import serial_schedule
from panshi.calc.scheduling.limited import MOST_PERIODS, limited_plan
from panshi.calc.scheduling.model import (
    DAY,
    HOUR,
    Activity,
    Assignment,
    Constraint,
    ConstraintKind,
    Estimate,
    Link,
    LinkKind,
    Plan,
    Resource,
)
from panshi.calc.scheduling.pert import pert
from panshi.calc.scheduling.plan_risk import uncertain_plan
from panshi.calc.scheduling.resources import CannotScheduleResources
from panshi.calc.scheduling.schedule import Schedule

at = datetime.fromisoformat
MONDAY = at("2026-03-02 08:00")
WORKDAY = 8 * HOUR
OFFICE = Calendar(
    id="office", week=standard_week(), exceptions=(CalendarException(date(2026, 3, 4), date(2026, 3, 4)),)
)
PART_TIME = Calendar(id="part", week=standard_week(days=3))
LATE = Calendar(id="late", week=standard_week(((10 * 60, 20 * 60),), days=6))


def levelled(plan: Plan) -> Schedule:
    """Any schedule within the limits: here the one by latest starts."""
    limited = limited_plan(schedule(plan))
    problem = limited.problem
    starts = serial_schedule(problem, (problem.critical_length - problem.tails).astype(float))
    assert problem.violations(starts) == []
    return limited.levelled(starts)


def overloads(plan: Plan, found: Schedule) -> list[str]:
    """Resources that are asked for more than they have at some moment, by the final dates."""
    over = []
    for resource in plan.resources:
        used = [a for a in plan.assignments if a.resource == resource.id]
        spans = [
            (found.start[plan.index[a.activity]], found.finish[plan.index[a.activity]], a.units) for a in used
        ]
        for moment, _, _ in spans:
            if (
                sum(units for start, finish, units in spans if start <= moment < finish)
                > resource.capacity + 1e-9
            ):
                over.append(f"{resource.id} at {found.moment(int(moment))}")
    return over


def test_two_jobs_of_one_person_follow_each_other_around_the_holiday() -> None:
    plan = Plan(
        activities=(
            Activity(id=1, duration=WORKDAY),
            Activity(id=2, duration=2 * WORKDAY),
            Activity(id=3, milestone=True),
        ),
        links=(Link(1, 3), Link(2, 3)),
        calendars=(OFFICE,),
        resources=(Resource(id="z"),),
        assignments=(Assignment(activity=1, resource="z"), Assignment(activity=2, resource="z")),
        start=MONDAY,
        calendar="office",
    )
    found = levelled(plan)
    # Monday and Tuesday for 2, Wednesday is a holiday, Thursday for 1.
    assert found.dates(2).finish == at("2026-03-03 17:00")
    assert found.dates(1).start == at("2026-03-05 08:00")
    assert found.finish_date == at("2026-03-05 17:00")
    assert found.dates(1).early_start == MONDAY


def test_work_that_has_begun_stays_where_it_is() -> None:
    plan = Plan(
        activities=(
            Activity(id="begun", duration=3 * WORKDAY, actual_start=MONDAY),
            Activity(id="other", duration=WORKDAY),
        ),
        resources=(Resource(id="z"),),
        assignments=(Assignment(activity="begun", resource="z"), Assignment(activity="other", resource="z")),
        start=MONDAY,
    )
    found = levelled(plan)
    assert found.dates("begun").start == MONDAY
    assert found.dates("other").start == at("2026-03-05 08:00")


def test_halves_of_a_person_may_work_side_by_side() -> None:
    plan = Plan(
        activities=tuple(Activity(id=i, duration=WORKDAY, fixed_duration=True) for i in range(3)),
        resources=(Resource(id="z"),),
        assignments=tuple(Assignment(activity=i, resource="z", units=0.5) for i in range(3)),
        start=MONDAY,
    )
    found = levelled(plan)
    assert sorted(found.dates(i).start for i in range(3)) == [MONDAY, MONDAY, at("2026-03-03 08:00")]


def test_a_lead_that_closes_a_circle_with_a_resource_link_falls_back_to_dates() -> None:
    """2 must start two days before 1 ends, but one person does both: 1 goes first, and 2 after it."""
    plan = Plan(
        activities=(Activity(id=1, duration=2 * WORKDAY), Activity(id=2, duration=WORKDAY)),
        links=(Link(2, 1, LinkKind.SS, -3 * WORKDAY),),
        resources=(Resource(id="z"),),
        assignments=(Assignment(activity=1, resource="z"), Assignment(activity=2, resource="z")),
        start=MONDAY,
    )
    found = levelled(plan)
    assert overloads(plan, found) == []


def test_more_people_than_there_are_is_said_by_name() -> None:
    plan = Plan(
        activities=(Activity(id=1, name="吊装", duration=DAY),),
        resources=(Resource(id="c", name="吊车", capacity=1),),
        assignments=(Assignment(activity=1, resource="c", units=2),),
        start=MONDAY,
    )
    with pytest.raises(CannotScheduleResources, match="吊装 needs 2 of resource 吊车, which has only 1"):
        limited_plan(schedule(plan))


def test_plans_too_long_for_the_tables_are_refused_or_measured_in_longer_periods() -> None:
    """Without dates a period cannot be rounded; with dates a lag of centuries coarsens the grid."""
    endless = Plan(activities=(Activity(id=1, duration=10**9), Activity(id=2, duration=1)))
    with pytest.raises(CannotScheduleResources, match="1000000001 periods long"):
        limited_plan(schedule(endless))
    apart = Plan(
        activities=(Activity(id=1, duration=HOUR), Activity(id=2, duration=61)),
        links=(Link(1, 2, lag=500 * 2000 * HOUR),),
        start=MONDAY,
    )
    assert limited_plan(schedule(apart)).problem.critical_length <= MOST_PERIODS + 2


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    n = draw(st.integers(2, 7))
    calendars = [None, "office", "part", "late"]
    activities = tuple(
        Activity(
            id=i,
            duration=draw(st.integers(0, 20)) * HOUR,
            calendar=draw(st.sampled_from(calendars)),
            constraint=draw(
                st.sampled_from([Constraint(), Constraint(ConstraintKind.SNET, at("2026-03-11 10:00"))])
            ),
        )
        for i in range(n)
    )
    pairs = draw(st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=6))
    links = tuple(
        Link(i, j, draw(st.sampled_from(list(LinkKind))), draw(st.integers(-4, 9)) * HOUR)
        for i, j in sorted(set(pairs))
        if i < j
    )
    return Plan(
        activities=activities,
        links=links,
        calendars=(OFFICE, PART_TIME, LATE),
        resources=(
            Resource(id="z", calendar=draw(st.sampled_from([None, "office"]))),
            Resource(id="c", capacity=2),
        ),
        assignments=tuple(
            Assignment(
                activity=i, resource=draw(st.sampled_from("zc")), units=draw(st.sampled_from([0.5, 1]))
            )
            for i in range(n)
        ),
        start=MONDAY,
        calendar="office",
    )


@given(plans())
@settings(max_examples=60)
def test_nobody_is_asked_for_more_on_any_mixture_of_calendars(plan: Plan) -> None:
    free, found = schedule(plan), levelled(plan)
    assert overloads(plan, found) == []
    assert (found.start >= free.start).all()
    assert (found.early_start == free.early_start).all()


@given(plans())
@settings(max_examples=60)
def test_the_most_likely_durations_reproduce_the_schedule(plan: Plan) -> None:
    found = schedule(plan)
    axis = WorkAxis.of(found)
    # A lead may pull an activity before the start of the plan; the simulation never does.
    assume((axis.starts >= 0).all())
    network = uncertain_plan(axis)
    assert pert(network).early_start == pytest.approx(axis.starts, abs=1)


def test_estimates_are_measured_on_the_project_calendar() -> None:
    plan = Plan(
        activities=(
            Activity(id=1, duration=WORKDAY, estimate=Estimate(HOUR, WORKDAY, 3 * WORKDAY)),
            Activity(id=2, duration=0),
        ),
        links=(Link(1, 2, lag=WORKDAY),),
        start=MONDAY,
    )
    network = uncertain_plan(WorkAxis.of(schedule(plan)))
    assert np.allclose(network.points[0], [HOUR, WORKDAY, 3 * WORKDAY])
    assert network.ties[0].lag == WORKDAY
