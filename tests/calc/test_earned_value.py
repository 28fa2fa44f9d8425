"""Earned value and earned schedule against worked examples, and the laws between their figures."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from panshi.calc.scheduling.earned_value import BudgetedActivity, EarnedValue, earned_schedule, planned_values
from panshi.calc.scheduling.errors import CannotScheduleAmount


def money(text: str) -> Decimal:
    return Decimal(text)


def status(planned: int, earned: int, actual: int, budget: int) -> EarnedValue:
    return EarnedValue(
        planned=Decimal(planned), earned=Decimal(earned), actual=Decimal(actual), budget=Decimal(budget)
    )


def test_a_fence_half_built_for_too_much_money() -> None:
    """Four sides at 1 000 each, three planned, two and a half... the classic: PV 3 000, EV 2 500, AC 2 800."""
    now = status(3000, 2500, 2800, 4000)
    assert (now.schedule_variance, now.cost_variance) == (-500, -300)
    assert now.schedule_index == pytest.approx(money("0.8333"), abs=money("0.0001"))
    assert now.cost_index == pytest.approx(money("0.8929"), abs=money("0.0001"))
    assert now.estimate_as_budgeted == 4300
    assert now.estimate_at_cost_index == 4480
    assert now.estimate_at_both_indices == 4816
    assert now.estimate_bottom_up(money("1900")) == 4700
    assert now.to_complete(money("4480")) == 1680
    assert now.variance_at_completion(money("4480")) == -480
    assert now.to_complete_index() == money("1.25")
    assert now.to_complete_index(money("4300")) == 1


def test_where_nothing_was_spent_or_planned_there_is_no_ratio() -> None:
    begun = status(0, 0, 0, 100)
    assert begun.schedule_index is None
    assert begun.cost_index is None
    assert begun.estimate_at_cost_index is None
    assert begun.estimate_at_both_indices is None
    assert status(50, 50, 120, 100).to_complete_index() is None


def test_earned_schedule_reads_the_planned_curve_backwards() -> None:
    planned = [money(v) for v in ("10", "30", "60", "90", "100")]
    now = earned_schedule(planned, earned=money("45"), actual_time=money("3"))
    assert now.earned_time == money("2.5")
    assert now.schedule_variance == money("-0.5")
    assert now.schedule_index == pytest.approx(money("0.8333"), abs=money("0.0001"))
    assert now.estimated_duration == 6
    assert now.to_complete_index == money("1.25")


def test_a_late_project_that_is_finished_stays_late_in_earned_schedule() -> None:
    planned = [money("40"), money("100")]
    done = earned_schedule(planned, earned=money("100"), actual_time=money("4"))
    assert done.earned_time == 2
    assert done.schedule_index == money("0.5")
    assert done.to_complete_index is None
    assert status(100, 100, 90, 100).schedule_index == 1


def test_planned_value_spreads_budgets_evenly_and_takes_milestones_when_reached() -> None:
    plan = [
        BudgetedActivity(money("0"), money("4"), money("100")),
        BudgetedActivity(money("1.5"), money("2.5"), money("10")),
        BudgetedActivity(money("3"), money("3"), money("7")),
    ]
    assert planned_values(plan, 4) == (25, 55, 92, 117)


@pytest.mark.parametrize(
    ("planned", "earned"), [([], "0"), (["5", "4"], "1"), (["5", "9"], "10"), (["5", "9"], "-1")]
)
def test_curves_that_fall_and_values_outside_them_are_refused(planned: list[str], earned: str) -> None:
    with pytest.raises(CannotScheduleAmount):
        earned_schedule([money(v) for v in planned], money(earned), money("1"))


def test_more_earned_than_budgeted_and_negative_money_are_refused() -> None:
    with pytest.raises(CannotScheduleAmount):
        status(1, 11, 1, 10)
    with pytest.raises(CannotScheduleAmount):
        status(1, 1, -1, 10)


amounts = st.integers(1, 10**6)


@given(amounts, amounts, amounts, amounts)
def test_estimates_and_indices_agree(planned: int, earned: int, actual: int, budget: int) -> None:
    assume(earned <= budget)
    now = status(planned, earned, actual, budget)
    estimate = now.estimate_at_cost_index
    assert estimate is not None
    assert now.cost_index is not None
    # BAC / CPI is the same forecast as AC + (BAC - EV) / CPI.
    assert float(estimate) == pytest.approx(float(now.budget / now.cost_index))
    # Whoever works at CPI meets exactly this estimate.
    if earned < budget:
        needed = now.to_complete_index(estimate)
        assert needed is not None
        assert float(needed) == pytest.approx(float(now.cost_index))


@given(st.lists(st.integers(0, 50), min_size=1, max_size=12).filter(any), st.integers(0, 1000))
def test_the_planned_value_at_the_earned_time_is_the_earned_value(steps: list[int], part: int) -> None:
    planned, total = [], Decimal(0)
    for step in steps:
        total += step
        planned.append(total)
    earned = total * part / 1000
    time = earned_schedule(planned, earned, Decimal(1)).earned_time
    whole = int(time)
    curve = [Decimal(0), *planned]
    next_value = curve[min(whole + 1, len(curve) - 1)]
    assert float(curve[whole] + (next_value - curve[whole]) * (time - whole)) == pytest.approx(float(earned))
