"""Levelling within float: the same end date, but a steadier use of the resources.

Burgess & Killebrew (1962), "Variation in Activity Level on a Cyclical Arrow Diagram", Journal of Industrial
Engineering 13: activities are shifted inside their float, last first, to the start with the least sum of
squared usage, until nothing moves any more.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .resources import IntArray, ResourceProblem

_ROUNDS = 50
"""More rounds than any plan was seen to need; the sum falls in each, so it always ends."""


def unevenness(problem: ResourceProblem, starts: IntArray) -> float:
    """Sum over resources and periods of (usage / capacity)²; the smaller, the steadier."""
    share = problem.usage(starts) / np.maximum(problem.capacities, 1)[:, None]
    return float((share**2).sum())


def level_within_float(problem: ResourceProblem, starts: IntArray, finish: int | None = None) -> IntArray:
    """Starts (n) of a steadier schedule that keeps every precedence and the finish (default: the makespan).

    A feasible schedule stays feasible: no shift may push a resource over its capacity where it was not before.
    """
    end = max(problem.makespan(starts), finish or 0)
    levelled = starts.copy()
    load = np.zeros((len(problem.capacities), end), dtype=np.int64)
    usage = problem.usage(levelled)
    load[:, : usage.shape[1]] = usage
    limits = problem.capacity_until(end)
    movable = [i for i in problem.order[::-1] if problem.durations[i] > 0 and problem.demands[i].any()]
    for _ in range(_ROUNDS):
        moved = [_shift(problem, i, levelled, load, limits, end) for i in movable]
        if not any(moved):
            break
    return levelled


def _window(problem: ResourceProblem, activity: int, starts: IntArray, end: int) -> tuple[int, int]:
    """Earliest and latest start while everything else stays in place."""
    release = 0 if problem.releases is None else int(problem.releases[activity])
    before = [int(starts[link.predecessor]) + link.lag for link in problem.predecessors[activity]]
    after = [int(starts[link.successor]) - link.lag for link in problem.successors[activity]]
    return max([0, release, *before]), min([end - int(problem.durations[activity]), *after])


def _shift(
    problem: ResourceProblem,
    activity: int,
    starts: IntArray,
    load: npt.NDArray[np.int64],
    limits: IntArray,
    end: int,
) -> bool:
    """Move one activity to its best start; on a tie to the latest, which leaves room to its predecessors."""
    low, high = _window(problem, activity, starts, end)
    if low >= high:
        return False
    length, need = int(problem.durations[activity]), problem.demands[activity]
    here = int(starts[activity])
    load[:, here : here + length] -= need[:, None]
    # (u + d)² - u² = 2ud + d²: d² is the same everywhere, so only 2ud decides.
    worth = (need / np.maximum(problem.capacities, 1) ** 2) @ load[:, low : high + length]
    price = np.convolve(worth, np.ones(length), mode="valid")
    crowded = ((load + need[:, None] > limits)[need > 0, low : high + length]).any(axis=0)
    price[np.convolve(crowded, np.ones(length), mode="valid") > 0.5] = np.inf
    best = len(price) - 1 - int(price[::-1].argmin())
    better = price[best] < price[here - low] - 1e-9
    target = low + best if better else here
    load[:, target : target + length] += need[:, None]
    starts[activity] = target
    return bool(target != here)
