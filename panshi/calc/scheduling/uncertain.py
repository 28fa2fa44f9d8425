"""A network whose durations are not known: three-point estimates, links, and both passes over many runs.

PERT looks at it once with expected durations, Monte Carlo ten thousand times with drawn ones; both use the
passes below, vectorised over the runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .cycles import BoolArray
from .errors import CannotScheduleAmount
from .model import Estimate, LinkKind
from .sweep import Topology

FloatArray = npt.NDArray[np.float64]


class Tie(NamedTuple):
    """A link between activities by position; `lag` in the unit of the estimates."""

    predecessor: int
    successor: int
    kind: LinkKind = LinkKind.FS
    lag: float = 0.0


@dataclass(frozen=True, eq=False)
class UncertainNetwork:
    """Estimates of activities 0 … n-1 and the ties between them; `floors` (n) are earliest starts.

    Raises CannotScheduleCycle when the ties close a circle, CannotScheduleAmount when floors do not fit.
    """

    estimates: tuple[Estimate, ...]
    ties: tuple[Tie, ...] = ()
    floors: FloatArray | None = None
    names: Sequence[int | str] = ()

    def __post_init__(self) -> None:
        if self.floors is not None and len(self.floors) != self.size:
            raise CannotScheduleAmount(f"{len(self.floors)} floors for {self.size} activities")
        self.order  # noqa: B018 - raises when there is a cycle

    @classmethod
    def of(
        cls, estimates: Iterable[tuple[float, float, float]], predecessors: Iterable[Iterable[int]]
    ) -> UncertainNetwork:
        """A network of finish-to-start ties from textbook tables: (o, m, p) and predecessors of each row."""
        ties = tuple(Tie(i, j) for j, before in enumerate(predecessors) for i in before)
        return cls(tuple(Estimate(*row) for row in estimates), ties)

    @property
    def size(self) -> int:
        """Number of activities."""
        return len(self.estimates)

    @cached_property
    def points(self) -> FloatArray:
        """Optimistic, most likely and pessimistic durations (n, 3)."""
        rows = [(e.optimistic, e.most_likely, e.pessimistic) for e in self.estimates]
        return np.array(rows, dtype=float).reshape(self.size, 3)

    @cached_property
    def order(self) -> tuple[int, ...]:
        """A topological order."""
        sources = np.array([tie.predecessor for tie in self.ties], np.int64)
        targets = np.array([tie.successor for tie in self.ties], np.int64)
        names = self.names or range(self.size)
        return tuple(Topology.of(self.size, sources, targets, names).order.tolist())

    @cached_property
    def before(self) -> tuple[tuple[Tie, ...], ...]:
        """The ties that end at each activity."""
        found: list[list[Tie]] = [[] for _ in range(self.size)]
        for tie in self.ties:
            found[tie.successor].append(tie)
        return tuple(map(tuple, found))

    @cached_property
    def after(self) -> tuple[tuple[Tie, ...], ...]:
        """The ties that begin at each activity."""
        found: list[list[Tie]] = [[] for _ in range(self.size)]
        for tie in self.ties:
            found[tie.predecessor].append(tie)
        return tuple(map(tuple, found))

    def early_starts(self, durations: FloatArray) -> FloatArray:
        """Early starts (n, runs) for durations (n, runs)."""
        starts = np.zeros_like(durations)
        if self.floors is not None:
            starts += self.floors[:, None]
        for j in self.order:
            for tie in self.before[j]:
                bound = starts[tie.predecessor] + distance(tie, durations)
                np.maximum(starts[j], bound, out=starts[j])
        return starts

    def late_starts(self, durations: FloatArray, finish: FloatArray) -> FloatArray:
        """Late starts (n, runs) that keep the finish (runs) of each run."""
        starts = finish - durations
        for i in reversed(self.order):
            for tie in self.after[i]:
                bound = starts[tie.successor] - distance(tie, durations)
                np.minimum(starts[i], bound, out=starts[i])
        return starts

    def critical(self, durations: FloatArray) -> tuple[BoolArray, FloatArray]:
        """Which activities have no float in which run (n, runs), and the finish of each run (runs)."""
        early = self.early_starts(durations)
        finish = (early + durations).max(axis=0, initial=0.0)
        slack = self.late_starts(durations, finish)
        slack -= early
        return slack <= 1e-9 * np.maximum(finish, 1.0), finish


def distance(tie: Tie, durations: FloatArray) -> FloatArray:
    """Least time from start to start in every run (runs), for durations (n, runs)."""
    if tie.kind is LinkKind.FS and not tie.lag:  # nearly all ties of real plans: no copy
        plain: FloatArray = durations[tie.predecessor]
        return plain
    least: FloatArray = np.full_like(durations[0], tie.lag)
    if tie.kind in (LinkKind.FS, LinkKind.FF):
        least += durations[tie.predecessor]
    if tie.kind in (LinkKind.FF, LinkKind.SF):
        least -= durations[tie.successor]
    return least
