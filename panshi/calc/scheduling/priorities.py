"""Priority rules of resource-constrained scheduling: one key per activity, smaller keys first.

The rules and their names are those compared by Kolisch (1996), "Efficient priority rules for the
resource-constrained project scheduling problem", Journal of Operations Management 14.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from .resources import IntArray, ResourceProblem


class Rule(StrEnum):
    """The priority rules that `priorities` knows."""

    LFT = "LFT"
    """Latest finish time."""
    LST = "LST"
    """Latest start time."""
    MSLK = "MSLK"
    """Minimum slack: latest start less earliest start."""
    MTS = "MTS"
    """Most total successors."""
    GRPW = "GRPW"
    """Greatest rank positional weight: own duration and those of the direct successors."""
    GRPW_ALL = "GRPW*"
    """The same over all successors."""
    SPT = "SPT"
    """Shortest processing time."""
    GRD = "GRD"
    """Greatest resource demand: duration times its share of the capacities."""


def priorities(problem: ResourceProblem, rule: Rule) -> npt.NDArray[np.float64]:
    """Keys (n) of the activities under one rule; the activity with the smallest key goes first."""
    keys: npt.NDArray[np.float64] = _RULES[rule](problem).astype(np.float64)
    return keys


def latest_starts(problem: ResourceProblem) -> IntArray:
    """Latest starts (n) that keep the length of the critical path."""
    return problem.critical_length - problem.tails


def _latest_finishes(problem: ResourceProblem) -> IntArray:
    return latest_starts(problem) + problem.durations


def _slack(problem: ResourceProblem) -> IntArray:
    return latest_starts(problem) - problem.earliest


def _all_successors(problem: ResourceProblem) -> list[set[int]]:
    reached: list[set[int]] = [set() for _ in range(problem.size)]
    for i in reversed(problem.order):
        for link in problem.successors[i]:
            reached[i] |= reached[link.successor] | {link.successor}
    return reached


def _total_successors(problem: ResourceProblem) -> IntArray:
    return -np.array([len(followers) for followers in _all_successors(problem)])


def _positional_weight(problem: ResourceProblem) -> IntArray:
    direct = [{link.successor for link in links} for links in problem.successors]
    return _weigh(problem, direct)


def _total_positional_weight(problem: ResourceProblem) -> IntArray:
    return _weigh(problem, _all_successors(problem))


def _weigh(problem: ResourceProblem, followers: list[set[int]]) -> IntArray:
    own = problem.durations
    return -np.array([own[i] + sum(own[j] for j in after) for i, after in enumerate(followers)])


def _resource_demand(problem: ResourceProblem) -> npt.NDArray[np.float64]:
    share = problem.demands / np.maximum(problem.capacities, 1)
    demand: npt.NDArray[np.float64] = -(share.sum(axis=1) * problem.durations)
    return demand


_RULES: dict[Rule, Callable[[ResourceProblem], IntArray | npt.NDArray[np.float64]]] = {
    Rule.LFT: _latest_finishes,
    Rule.LST: latest_starts,
    Rule.MSLK: _slack,
    Rule.MTS: _total_successors,
    Rule.GRPW: _positional_weight,
    Rule.GRPW_ALL: _total_positional_weight,
    Rule.SPT: lambda problem: problem.durations,
    Rule.GRD: _resource_demand,
}
