"""The pure resource-constrained scheduling problem and the checks of a schedule against it.

Time is an integer number of periods from 0, activities are numbered 0 … n-1 and never interrupted; how a
plan with calendars becomes such a problem is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .errors import CannotSchedule, CannotScheduleCycle

IntArray = npt.NDArray[np.int64]


class CannotScheduleResources(CannotSchedule):
    """No schedule can respect the resources; the message names the activity or resource that is the reason."""


class Precedence(NamedTuple):
    """Start of `successor` is at least `lag` periods after the start of `predecessor` (lag may be negative)."""

    predecessor: int
    successor: int
    lag: int


@dataclass(frozen=True, eq=False)
class ResourceProblem:
    """Activities, precedences and renewable resources (Pritsker, Watters, Wolfe 1969).

    `durations` (n) in periods, `demands` (n, R) in units per period while an activity runs, `capacities`
    (R) units available in every period. `profiles` maps a resource to its capacity per period where that is
    not constant (holidays, shifts); behind its end the constant capacity holds again. `releases` (n) are
    earliest starts. Every finish-start, start-start, … link is one start-to-start `Precedence`.
    Raises CannotScheduleResources when an activity can never run, CannotScheduleCycle for circular precedences.
    """

    durations: IntArray
    precedences: tuple[Precedence, ...]
    demands: IntArray
    capacities: IntArray
    releases: IntArray | None = None
    profiles: dict[int, IntArray] = field(default_factory=dict)
    names: Sequence[str] = ()
    resource_names: Sequence[str] = ()

    def __post_init__(self) -> None:
        self._check_shapes()
        self._check_demands()
        self.order  # noqa: B018 - raises when there is a cycle

    @classmethod
    def of(
        cls,
        durations: Iterable[int],
        successors: Iterable[Iterable[int]],
        demands: Iterable[Iterable[int]],
        capacities: Iterable[int],
        **more: object,
    ) -> ResourceProblem:
        """A problem from plain lists, `successors` being finish-to-start links without lag as in PSPLIB."""
        lengths = np.array(list(durations), dtype=np.int64)
        limits = np.array(list(capacities), dtype=np.int64)
        needs = np.array([list(row) for row in demands], dtype=np.int64).reshape(len(lengths), len(limits))
        links = tuple(
            Precedence(i, j, int(lengths[i])) for i, followers in enumerate(successors) for j in followers
        )
        return cls(lengths, links, needs, limits, **more)  # type: ignore[arg-type]

    @property
    def size(self) -> int:
        """Number of activities."""
        return len(self.durations)

    @cached_property
    def predecessors(self) -> tuple[tuple[Precedence, ...], ...]:
        """The precedences that end at each activity."""
        found: list[list[Precedence]] = [[] for _ in range(self.size)]
        for link in self.precedences:
            found[link.successor].append(link)
        return tuple(map(tuple, found))

    @cached_property
    def successors(self) -> tuple[tuple[Precedence, ...], ...]:
        """The precedences that begin at each activity."""
        found: list[list[Precedence]] = [[] for _ in range(self.size)]
        for link in self.precedences:
            found[link.predecessor].append(link)
        return tuple(map(tuple, found))

    @cached_property
    def order(self) -> tuple[int, ...]:
        """A topological order of the activities (Kahn 1962); activities on a cycle are named."""
        waiting = [len(links) for links in self.predecessors]
        ready = [i for i in range(self.size) if not waiting[i]]
        for i in ready:
            for link in self.successors[i]:
                waiting[link.successor] -= 1
                if not waiting[link.successor]:
                    ready.append(link.successor)
        if len(ready) < self.size:
            raise CannotScheduleCycle((tuple(self.name(i) for i in self._cycle(waiting)),))
        return tuple(ready)

    @cached_property
    def earliest(self) -> IntArray:
        """Earliest starts (n) when resources are unlimited, not before 0 or the release."""
        starts = (
            np.zeros(self.size, dtype=np.int64) if self.releases is None else np.maximum(self.releases, 0)
        )
        for i in self.order:
            for link in self.successors[i]:
                starts[link.successor] = max(starts[link.successor], starts[i] + link.lag)
        return starts

    @cached_property
    def tails(self) -> IntArray:
        """Periods from the start of each activity (n) to the end of the plan when resources are unlimited."""
        tails = self.durations.copy()
        for i in reversed(self.order):
            for link in self.successors[i]:
                tails[i] = max(tails[i], link.lag + tails[link.successor])
        return tails

    @property
    def critical_length(self) -> int:
        """Makespan with unlimited resources, the length of the critical path."""
        return int((self.earliest + self.tails).max(initial=0))

    @cached_property
    def is_reversible(self) -> bool:
        """Whether time may run backwards: constant capacities and no release that binds."""
        return not self.profiles and (self.releases is None or not (self.releases > 0).any())

    @cached_property
    def horizon(self) -> int:
        """A time before which every activity can have finished, even one after the other."""
        gaps = sum(max(0, link.lag - int(self.durations[link.predecessor])) for link in self.precedences)
        quiet = max((len(profile) for profile in self.profiles.values()), default=0)
        latest_release = 0 if self.releases is None else int(self.releases.max(initial=0))
        return int(self.durations.sum()) + gaps + max(quiet, latest_release)

    def name(self, activity: int) -> str:
        """What people call the activity."""
        return self.names[activity] if activity < len(self.names) else str(activity)

    def resource_name(self, resource: int) -> str:
        """What people call the resource."""
        known = resource < len(self.resource_names)
        return self.resource_names[resource] if known else f"resource {resource + 1}"

    def capacity_until(self, horizon: int) -> IntArray:
        """Capacities per resource and period (R, horizon)."""
        table = np.repeat(self.capacities[:, None], horizon, axis=1)
        for resource, profile in self.profiles.items():
            length = min(horizon, len(profile))
            table[resource, :length] = profile[:length]
        return table

    def usage(self, starts: IntArray) -> IntArray:
        """Units in use per resource and period (R, makespan)."""
        changes = np.zeros((len(self.capacities), self.makespan(starts) + 1), dtype=np.int64)
        np.add.at(changes.T, starts, self.demands)
        np.add.at(changes.T, starts + self.durations, -self.demands)
        return changes.cumsum(axis=1)[:, :-1]

    def makespan(self, starts: IntArray) -> int:
        """The last finish."""
        return int((starts + self.durations).max(initial=0))

    def violations(self, starts: IntArray) -> list[str]:
        """Every precedence, release and capacity the starts break, in words; empty for a valid schedule."""
        found = [
            f"{self.name(link.successor)} starts before {self.name(link.predecessor)} allows"
            for link in self.precedences
            if starts[link.successor] < starts[link.predecessor] + link.lag
        ]
        earliest = np.zeros(self.size) if self.releases is None else np.maximum(self.releases, 0)
        found += [f"{self.name(int(i))} starts too early" for i in np.flatnonzero(starts < earliest)]
        if not found:
            usage = self.usage(starts)
            over = usage > self.capacity_until(usage.shape[1])
            found = [
                f"{self.resource_name(int(r))} is over its capacity in period {t}"
                for r, t in np.argwhere(over)
            ]
        return found

    def _cycle(self, waiting: list[int]) -> list[int]:
        # Every activity still waiting has a waiting predecessor: walking back must close a circle.
        path = [next(i for i in range(self.size) if waiting[i])]
        while True:
            before = next(
                link.predecessor for link in self.predecessors[path[-1]] if waiting[link.predecessor]
            )
            if before in path:
                return path[path.index(before) :][::-1]
            path.append(before)

    def _check_shapes(self) -> None:
        shape = (self.size, len(self.capacities))
        if self.demands.shape != shape:
            raise CannotScheduleResources(f"demands have shape {self.demands.shape}, expected {shape}")
        if (self.durations < 0).any() or (self.demands < 0).any() or (self.capacities < 0).any():
            raise CannotScheduleResources("durations, demands and capacities must not be negative")

    def _check_demands(self) -> None:
        # Behind the profiles the constant capacity holds, so what fits there can always be scheduled.
        working = self.durations > 0
        for i, r in np.argwhere((self.demands > self.capacities) & working[:, None]):
            limit = int(self.capacities[r])
            raise CannotScheduleResources(
                f"activity {self.name(int(i))} needs {int(self.demands[i, r])} of {self.resource_name(int(r))}, "
                + (f"which has only {limit}" if limit else "which has no capacity")
            )
