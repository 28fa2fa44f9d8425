"""The tree of summaries and leaves as positions, and values rolled up along it.

A summary has no dates of its own: it begins with the first and ends with the last of its leaves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .cycles import BoolArray, IntArray
from .model import Plan

_LARGE = 2**62


@dataclass(frozen=True, eq=False)
class Tree:
    """Positions in `plan.activities`: the `leaves`, and `levels` of children and their parents, deepest first."""

    leaves: IntArray
    is_summary: BoolArray
    levels: tuple[tuple[IntArray, IntArray], ...]

    @classmethod
    def of(cls, plan: Plan) -> Tree:
        """Tree of a plan."""
        index = plan.index
        parent = np.array([-1 if a.parent is None else index[a.parent] for a in plan.activities], np.int64)
        is_summary = np.zeros(len(parent), bool)
        is_summary[parent[parent >= 0]] = True
        depth = np.zeros(len(parent), np.int64)
        above = parent.copy()
        while (above >= 0).any():
            depth += above >= 0
            above = np.where(above >= 0, parent[above], -1)
        levels = [np.flatnonzero(depth == d) for d in range(int(depth.max(initial=0)), 0, -1)]
        return cls(np.flatnonzero(~is_summary), is_summary, tuple((level, parent[level]) for level in levels))

    def widen(self, values: IntArray) -> IntArray:
        """Values of the leaves as values of all activities, 0 for summaries."""
        wide = np.zeros(len(self.is_summary), np.int64)
        wide[self.leaves] = values
        return wide

    def earliest(self, values: IntArray) -> IntArray:
        """Values of all activities, a summary's replaced by the smallest below it."""
        return self._rolled(values, _LARGE, np.minimum)

    def latest(self, values: IntArray) -> IntArray:
        """Values of all activities, a summary's replaced by the largest below it."""
        return self._rolled(values, -_LARGE, np.maximum)

    def any(self, mask: BoolArray) -> BoolArray:
        """A summary's entry tells whether anything below it is true."""
        return self.latest(mask.astype(np.int64)) > 0

    def all(self, mask: BoolArray) -> BoolArray:
        """A summary's entry tells whether everything below it is true."""
        return self.earliest(mask.astype(np.int64)) > 0

    def _rolled(self, values: IntArray, neutral: int, pick: np.ufunc) -> IntArray:
        rolled = np.where(self.is_summary, neutral, values)
        for children, parents in self.levels:
            pick.at(rolled, parents, rolled[children])
        return rolled
