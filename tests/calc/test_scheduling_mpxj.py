"""Differential test: our dates, floats and critical flags equal those of MPXJ's `MicrosoftScheduler`.

Random plans with every link type, lag, calendar, constraint and state of progress; thousands of activities, no
difference. What we do differently on purpose is in `test_scheduling_differences`.
"""

from __future__ import annotations

import pytest

from panshi.calc.scheduling.cpm import schedule
from panshi.calc.scheduling.model import Plan
from tests.calc.scheduling_mpxj import schedule_with_mpxj
from tests.calc.scheduling_random import Mix, random_plans

pytestmark = pytest.mark.oracle

DATES = ("early_start", "early_finish", "late_start", "late_finish", "start", "finish")
FLOATS = ("total_float", "free_float")


def differences(plan: Plan) -> list[str]:
    """Every field in which the two engines disagree, with both values; a summary's critical flag is not compared."""
    theirs = schedule_with_mpxj(plan)
    found = []
    for ours in schedule(plan).rows():
        fields = (*DATES, *FLOATS) if ours.summary else (*DATES, *FLOATS, "critical")
        for field in fields:
            one, other = getattr(ours, field), getattr(theirs[ours.id], field)
            if one != other:
                found.append(f"{ours.id} {field}: ours {one}, MPXJ {other}")
    return found


@pytest.mark.parametrize(
    ("mix", "count", "size"),
    [
        pytest.param(Mix(constraints=0, deadlines=0), 4, 300, id="links, lags and calendars"),
        pytest.param(Mix(), 4, 500, id="constraints and deadlines"),
        pytest.param(Mix(links_per_activity=4, lags=0.8, constraints=0.3), 4, 300, id="dense"),
        pytest.param(Mix(alap=0.1), 10, 100, id="as late as possible"),
        pytest.param(Mix(progress=0.3), 10, 100, id="actual dates"),
        pytest.param(Mix(resources=0.4), 10, 100, id="resource calendars"),
        pytest.param(Mix(elapsed=0.1), 20, 40, id="elapsed durations"),
        pytest.param(Mix(summaries=0.4), 10, 100, id="summaries"),
        pytest.param(Mix(summaries=0.4, summary_links=0.2, lags=0.6), 30, 40, id="links of summaries"),
        pytest.param(
            Mix(alap=0.1, progress=0.3, resources=0.3, elapsed=0.1, summaries=0.3),
            40,
            30,
            id="all without links of summaries",
        ),
        pytest.param(
            Mix(alap=0.1, progress=0.2, resources=0.3, elapsed=0.05, summaries=0.4, summary_links=0.15),
            40,
            30,
            id="all without actual finishes",
        ),
    ],
)
def test_no_date_differs_from_microsofts(mix: Mix, count: int, size: int) -> None:
    for number, plan in enumerate(random_plans(2025, count, size, mix)):
        assert differences(plan) == [], f"plan {number}"


def test_one_plan_of_three_thousand_activities() -> None:
    plan = next(random_plans(7, 1, 3000, Mix(links_per_activity=2, constraints=0.05, round_the_clock=False)))
    assert differences(plan) == []
