"""A resource-constrained problem as a CP-SAT model: intervals, cumulatives, precedences, one objective.

Solver and model live for one round; what is known from outside (a schedule, a bound) narrows the domains.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from panshi.calc.scheduling.goals import Goal, LeastChange, Makespan, WeightedLateness
from panshi.calc.scheduling.resources import IntArray, ResourceProblem

if TYPE_CHECKING:
    from ortools.sat.python import cp_model


@dataclass(frozen=True, eq=False)
class ConstraintModel:
    """The model and its start variables, one per activity."""

    model: cp_model.CpModel
    starts: list[cp_model.IntVar]


def constraint_model(
    problem: ResourceProblem, goal: Goal, horizon: int, bound: int, hint: IntArray | None
) -> ConstraintModel:
    """The model of all schedules that finish within `horizon` and cost at least `bound` (known to hold).

    `hint` is a schedule to start from; it should be complete and feasible.
    """
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    latest = horizon - problem.tails
    starts = [
        model.new_int_var(int(first), max(int(first), int(last)), f"start {i}")
        for i, (first, last) in enumerate(zip(problem.earliest, latest, strict=True))
    ]
    intervals = [
        model.new_fixed_size_interval_var(start, int(length), f"run {i}")
        for i, (start, length) in enumerate(zip(starts, problem.durations, strict=True))
    ]
    for link in problem.precedences:
        model.add(starts[link.successor] >= starts[link.predecessor] + link.lag)
    for resource in range(len(problem.capacities)):
        _add_resource(model, problem, resource, intervals, horizon)
    _add_objective(model, problem, goal, starts, horizon, bound, hint)
    if hint is not None:
        for start, value in zip(starts, hint, strict=True):
            model.add_hint(start, int(value))
    return ConstraintModel(model, starts)


def _add_resource(
    model: cp_model.CpModel,
    problem: ResourceProblem,
    resource: int,
    intervals: list[cp_model.IntervalVar],
    horizon: int,
) -> None:
    """One cumulative; where the profile is below its peak, a fixed interval takes the missing units."""
    users = np.flatnonzero((problem.demands[:, resource] > 0) & (problem.durations > 0)).tolist()
    if not users:
        return
    runs = [intervals[i] for i in users]
    needs = [int(problem.demands[i, resource]) for i in users]
    peak = int(problem.capacities[resource])
    if resource in problem.profiles:
        supply = problem.capacity_until(horizon)[resource]
        peak = int(supply.max(initial=0))
        edges = np.flatnonzero(np.diff(supply, prepend=-1, append=-1)).tolist()
        for begin, end in pairwise(edges):
            missing = peak - int(supply[begin])
            if missing:
                runs.append(model.new_fixed_size_interval_var(begin, end - begin, f"missing {begin}"))
                needs.append(missing)
    model.add_cumulative(runs, needs, peak)


def _add_objective(
    model: cp_model.CpModel,
    problem: ResourceProblem,
    goal: Goal,
    starts: list[cp_model.IntVar],
    horizon: int,
    bound: int,
    hint: IntArray | None,
) -> None:
    match goal:
        case Makespan():
            makespan = model.new_int_var(bound, max(bound, horizon), "makespan")
            for i, start in enumerate(starts):
                if not problem.successors[i]:
                    model.add(makespan >= start + int(problem.durations[i]))
            if hint is not None:
                model.add_hint(makespan, problem.makespan(hint))
            model.minimize(makespan)
        case WeightedLateness(due=due, weights=weights):
            _add_distances(model, starts, due - problem.durations, weights, horizon, hint, one_sided=True)
        case LeastChange(present=present, weights=weights):
            _add_distances(model, starts, present, weights, horizon, hint, one_sided=False)


def _add_distances(
    model: cp_model.CpModel,
    starts: list[cp_model.IntVar],
    targets: IntArray,
    weights: IntArray,
    horizon: int,
    hint: IntArray | None,
    one_sided: bool,
) -> None:
    """Minimise the weighted distances of starts from targets; one-sided: only being later costs."""
    distances = []
    for i in np.flatnonzero(weights).tolist():
        target = int(targets[i])
        distance = model.new_int_var(0, horizon + abs(target), f"distance {i}")
        model.add(distance >= starts[i] - target)
        if not one_sided:
            model.add(distance >= target - starts[i])
        if hint is not None:
            off = int(hint[i]) - target
            model.add_hint(distance, max(0, off) if one_sided else abs(off))
        distances.append(int(weights[i]) * distance)
    model.minimize(sum(distances))
