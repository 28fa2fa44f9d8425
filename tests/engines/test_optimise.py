"""The optimiser: proven optima, every goal, bounds that hold, time that is kept, and a search that can be stopped."""

from __future__ import annotations

import subprocess
import sys
import threading
from itertools import product

import numpy as np
import pytest

from panshi.calc.scheduling.goals import Goal, LeastChange, Makespan, WeightedLateness
from panshi.calc.scheduling.resources import CannotScheduleResources, ResourceProblem
from panshi.engines.optimise.board import Improvement
from panshi.engines.optimise.optimiser import Ending, optimise

SMALL = ResourceProblem.of(
    [3, 2, 2, 1, 2], [[3], [3], [], [], []], [[2], [1], [2], [1], [1]], [2], names=list("ABCDE")
)


def best_by_enumeration(problem: ResourceProblem, goal: Goal, last: int) -> int:
    """The least cost over all starts up to `last`: slow and certain."""
    every = np.array(list(product(range(last + 1), repeat=problem.size)))
    costs = goal.cost(every, problem.durations)
    return next(int(costs[k]) for k in np.argsort(costs, kind="stable") if not problem.violations(every[k]))


def test_the_worked_example_takes_as_long_as_its_work_asks_for() -> None:
    assert int(SMALL.durations @ SMALL.demands[:, 0]) == 15
    found = optimise(SMALL, seconds=20)
    assert (found.cost, found.bound, found.ending) == (8, 8, Ending.OPTIMAL)


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize(
    "goal",
    [
        Makespan(),
        WeightedLateness(due=np.array([4, 2, 2, 9, 3]), weights=np.array([1, 3, 2, 5, 1])),
        LeastChange(present=np.array([2, 0, 5, 5, 0]), weights=np.array([1, 1, 2, 1, 3])),
        LeastChange(present=np.array([2, 0, 5, 5, 0]), weights=np.array([1, 1, 2, 1, 3]), latest=8),
    ],
)
def test_small_problems_are_solved_to_proven_optimality(goal: Goal, workers: int) -> None:
    found = optimise(SMALL, goal, seconds=20, workers=workers)
    assert SMALL.violations(found.starts) == []
    assert found.ending is Ending.OPTIMAL
    assert found.gap == 0
    last = 8 - int(SMALL.durations.min()) if isinstance(goal, LeastChange) and goal.latest else 7
    if not (isinstance(goal, LeastChange) and goal.latest):
        assert found.cost == best_by_enumeration(SMALL, goal, last)
    else:
        assert SMALL.makespan(found.starts) <= 8
        assert found.cost >= best_by_enumeration(SMALL, goal, last)
    assert found.cost == int(goal.cost(found.starts, SMALL.durations))


def test_a_holiday_moves_work_behind_it_and_releases_hold() -> None:
    closed = np.array([2, 2, 0, 0, 2, 2, 2, 2])
    problem = ResourceProblem.of(
        [2, 3, 1], [[], [], []], [[1], [2], [1]], [2], profiles={0: closed}, releases=np.array([0, 0, 1])
    )
    found = optimise(problem, seconds=20)
    assert problem.violations(found.starts) == []
    assert (found.cost, found.ending) == (7, Ending.OPTIMAL)
    assert found.starts.tolist() == [0, 4, 1]


def test_a_target_nobody_can_meet_is_said_so() -> None:
    goal = LeastChange(present=np.zeros(5, dtype=np.int64), weights=np.ones(5, dtype=np.int64), latest=4)
    with pytest.raises(CannotScheduleResources, match="no schedule meets the goal"):
        optimise(SMALL, goal, seconds=20)


def hard(seed: int = 0, n: int = 60) -> ResourceProblem:
    """A problem nobody closes in a second."""
    random = np.random.default_rng(seed)
    successors = [
        sorted({int(j) for j in random.integers(i + 1, n, 2)}) if i < n - 1 else [] for i in range(n)
    ]
    return ResourceProblem.of(
        random.integers(1, 11, n), successors, random.integers(0, 9, (n, 4)), [11, 11, 11, 11]
    )


def test_bound_and_gap_are_reported_and_time_is_kept() -> None:
    problem, heard = hard(), list[Improvement]()
    found = optimise(problem, seconds=2, workers=2, on_improvement=heard.append)
    assert problem.violations(found.starts) == []
    assert found.ending is Ending.TIME
    assert problem.critical_length <= found.bound < found.cost
    assert found.gap == pytest.approx((found.cost - found.bound) / found.cost)
    costs = [step.cost for step in heard if step.cost is not None]
    bounds = [step.bound for step in heard]
    assert costs == sorted(costs, reverse=True)
    assert bounds == sorted(bounds)
    assert costs[-1] == found.cost
    # Generous, because the machine may be busy; a search that ignores its limit runs for minutes.
    assert found.seconds < 20


def test_stopping_returns_the_best_schedule_so_far() -> None:
    problem, asked = hard(1), threading.Event()

    def heard(step: Improvement) -> None:
        if step.cost is not None:
            asked.set()

    found = optimise(problem, seconds=600, stop=asked.is_set, on_improvement=heard)
    assert found.ending is Ending.CANCELLED
    assert problem.violations(found.starts) == []
    assert not [t for t in threading.enumerate() if t.name == "CP-SAT"]


def test_the_present_plan_is_never_made_worse() -> None:
    problem = hard(2)
    good = optimise(problem, seconds=1, seed=1)
    again = optimise(problem, seconds=0.01, seed=2, present=good.starts)
    assert again.cost <= good.cost


def test_problems_without_resources_or_activities_are_trivial() -> None:
    chain = ResourceProblem.of([2, 3], [[1], []], [[], []], [])
    assert optimise(chain, seconds=5).starts.tolist() == [0, 2]
    empty = ResourceProblem.of([], [], [], [4])
    assert optimise(empty, seconds=5).cost == 0


def test_the_solver_is_imported_only_when_it_is_needed() -> None:
    program = (
        "import sys, numpy as np\n"
        "from panshi.engines.optimise.optimiser import optimise\n"
        "from panshi.calc.scheduling.resources import ResourceProblem\n"
        "optimise(ResourceProblem.of([2, 3], [[1], []], [[1], [1]], [1]), seconds=5)\n"
        "assert not any(name.startswith('ortools') for name in sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
