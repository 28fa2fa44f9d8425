"""What a good schedule is: makespan, weighted lateness, or little change against the present plan.

Each goal prices many schedules at once; the engine that searches for the best one lives elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from .resources import IntArray

Numbers = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Makespan:
    """Finish the plan as early as possible; the cost is the last finish in periods."""

    is_regular: ClassVar[bool] = True
    """Whether starting something earlier never costs more."""
    bounds_makespan: ClassVar[bool] = True
    """Whether no better schedule is longer."""

    def cost(self, starts: Numbers, durations: Numbers) -> IntArray:
        """Cost of each schedule, `starts` being (…, n)."""
        latest: IntArray = (starts + durations).max(axis=-1, initial=0).astype(np.int64)
        return latest


@dataclass(frozen=True, eq=False)
class WeightedLateness:
    """Total weighted tardiness Σ w·max(0, finish - due); activities without a due date weigh nothing."""

    is_regular: ClassVar[bool] = True
    bounds_makespan: ClassVar[bool] = False

    due: IntArray
    weights: IntArray

    def cost(self, starts: Numbers, durations: Numbers) -> IntArray:
        """Cost of each schedule, `starts` being (…, n)."""
        late: IntArray = np.maximum(starts + durations - self.due, 0).astype(np.int64)
        total: IntArray = (late * self.weights).sum(axis=-1)
        return total


@dataclass(frozen=True, eq=False)
class LeastChange:
    """Stay near the present plan: Σ w·|start - present start|, finishing by `latest` when that is given."""

    is_regular: ClassVar[bool] = False
    bounds_makespan: ClassVar[bool] = False

    present: IntArray
    weights: IntArray
    latest: int | None = None

    def cost(self, starts: Numbers, durations: Numbers) -> IntArray:
        """Cost of each schedule, `starts` being (…, n)."""
        moved: IntArray = np.abs(starts - self.present).astype(np.int64)
        total: IntArray = (moved * self.weights).sum(axis=-1)
        return total


Goal = Makespan | WeightedLateness | LeastChange
