"""Laws of a schedule on calendars, and that loops and arrays, and one date or another, give the same answer."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.calc.scheduling import passes
from panshi.calc.scheduling.cpm import schedule
from panshi.calc.scheduling.model import LinkKind
from panshi.calc.scheduling.schedule import Schedule
from tests.calc.scheduling_random import Mix, random_plan

EVERYTHING = Mix(
    alap=0.1, progress=0.2, resources=0.3, elapsed=0.1, summaries=0.3, summary_links=0.1, constraints=0.3
)
FREE = Mix(constraints=0, deadlines=0, lags=0.3, resources=0.2, elapsed=0.1)

seeds = st.integers(0, 10**9)


def arrays(found: Schedule) -> dict[str, list[int]]:
    return {name: value.tolist() for name, value in vars(found).items() if isinstance(value, np.ndarray)}


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_plain_loops_and_array_calls_give_the_same_dates(seed: int) -> None:
    plan = random_plan(Random(seed), 25, EVERYTHING)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passes, "NARROW", 0)
        wide = arrays(schedule(plan))
        patch.setattr(passes, "NARROW", 10**9)
        narrow = arrays(schedule(plan))
    assert wide == narrow


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_without_constraints_nothing_is_late_and_something_is_critical(seed: int) -> None:
    found = schedule(random_plan(Random(seed), 25, FREE))
    assert (found.early_finish <= found.end).all()
    assert (found.late_finish <= found.end).all()
    assert (found.free_float >= 0).all()
    assert found.critical.any()


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_plain_links_on_one_calendar_never_give_negative_float(seed: int) -> None:
    """On several calendars an event may move back over idle time of its own that is another's working time."""
    plan = random_plan(Random(seed), 25, replace(FREE, kinds=False, lags=0, elapsed=0, resources=0))
    plan = replace(plan, activities=tuple(replace(a, calendar=None) for a in plan.activities))
    found = schedule(plan)
    assert (found.total_float >= 0).all()
    assert (found.free_float <= found.total_float).all()
    index = plan.index
    for link in plan.links:
        assert link.kind is LinkKind.FS
        assert found.early_start[index[link.successor]] >= found.early_finish[index[link.predecessor]]
        assert found.late_finish[index[link.predecessor]] <= found.late_start[index[link.successor]]


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_every_early_start_is_asked_for_by_a_link_or_a_source(seed: int) -> None:
    plan = random_plan(Random(seed), 25, replace(FREE, resources=0))
    found = schedule(plan)
    held = {link.successor for link in plan.links}
    asked = np.full(len(plan.activities), -(2**62))
    np.maximum.at(asked, [plan.index[link.successor] for link in found.links], found.link_start)
    for activity in plan.activities:
        if activity.id in held:
            i = plan.index[activity.id]
            assert found.logic_start[i] == asked[i] == found.early_start[i]


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_the_order_of_activities_and_links_does_not_matter(seed: int) -> None:
    plan = random_plan(Random(seed), 30, replace(EVERYTHING, summary_links=0))
    draw = Random(seed)
    shuffled = replace(
        plan,
        activities=tuple(draw.sample(plan.activities, len(plan.activities))),
        links=tuple(draw.sample(plan.links, len(plan.links))),
    )
    ours = {row.id: row for row in schedule(plan).rows()}
    assert {row.id: row for row in schedule(shuffled).rows()} == ours
