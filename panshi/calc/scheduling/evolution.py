"""A genetic search over activity lists: hundreds of schedules a generation, decoded in lockstep.

For the makespan it alternates between left- and right-justified schedules, so that every child is also a step
of forward-backward improvement: the bi-population algorithm of Debels & Vanhoucke (2007), "A
decomposition-based genetic algorithm for the resource-constrained project-scheduling problem", Operations
Research 55, vectorised. It is deterministic for a seed and a number of generations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .generation import parallel_schedule
from .goals import Goal, Makespan, WeightedLateness
from .lockstep import Keys, Lockstep
from .priorities import Rule, latest_starts, priorities
from .resources import IntArray, ResourceProblem

_Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Breeding:
    """How children come about; the defaults were tuned on PSPLIB J120 (see benchmarks/rcpsp.py)."""

    population: int = 256
    """Schedules in one generation."""
    patience: int = 80
    """Generations without improvement after which a population is inbred."""
    loyalty: float = 0.8
    """Chance that a better schedule of the last generation but one survives its worse child."""
    justified: float = 0.02
    """Share of children that are only justified, neither crossed nor mutated."""
    mutation: float = 0.005
    """Chance that an activity's key is disturbed…"""
    jump: float = 1.5
    """…by a normal deviate of so many mean durations."""
    shortest: float = 0.25
    """Least and…"""
    longest: float = 0.75
    """…greatest part of the father's makespan that a child keeps."""


@dataclass
class _Generation:
    """Schedules seen in the direction they were decoded in, and what they cost."""

    starts: IntArray
    costs: IntArray
    backwards: bool


class Evolution:
    """Ever better schedules of one problem; call `advance` as long as there is time.

    `best` (n) and `cost` hold the best schedule so far, `schedules` counts what was generated.
    """

    def __init__(
        self, problem: ResourceProblem, goal: Goal, seed: int = 0, breeding: Breeding | None = None
    ) -> None:
        self.problem, self.goal = problem, goal
        self.breeding = breeding or Breeding()
        self.schedules = 0
        self._random = np.random.default_rng(seed)
        self._forward = Lockstep(problem)
        alternates = problem.is_reversible and isinstance(goal, Makespan)
        self._backward = Lockstep(problem, reverse=True) if alternates else None
        self._rate = (problem.demands / np.maximum(problem.capacities, 1)).sum(axis=1)
        self._current = self._decode(self._first_keys(), backwards=False)
        self._previous: _Generation | None = None
        self._retired: _Generation | None = None
        self._stale = 0
        self.best, self.cost = np.empty(0, dtype=np.int64), np.iinfo(np.int64).max
        self._remember()

    def advance(self) -> bool:
        """Breed one generation; tells whether it holds a new best schedule."""
        parents = self._current
        backwards = self._backward is not None and not parents.backwards
        seen = self._towards(parents, backwards)
        children = self._decode(self._breed(seen, parents.costs), backwards)
        if self._previous is not None:
            self._keep_elders(children, self._previous)
        # Only schedules of the same direction compare: without reversal these are the parents themselves.
        self._previous = parents if self._backward is not None else children
        self._stale = 0 if children.costs.min() < parents.costs.min() else self._stale + 1
        self._current = children
        better = self._remember()
        if self._stale > self.breeding.patience:
            self._renew()
        return better

    def adopt(self, starts: IntArray) -> None:
        """Let a schedule found elsewhere take the place of the worst one."""
        cost = int(self.goal.cost(starts, self.problem.durations))
        worst = int(self._current.costs.argmax())
        if cost < self._current.costs[worst]:
            newcomer = _Generation(starts[None], np.array([cost]), backwards=False)
            self._current.starts[worst] = (
                self._mirrored(newcomer)[0] if self._current.backwards else newcomer.starts[0]
            )
            self._current.costs[worst] = cost
            self._remember()

    def _first_keys(self) -> Keys:
        """Random disturbances, from slight to wild, of the best priority rules and their parallel schedules."""
        rules = [Rule.LST, Rule.LFT, Rule.MTS, Rule.GRPW_ALL]
        seeds = [parallel_schedule(self.problem, priorities(self.problem, rule)) for rule in rules]
        seeds += [latest_starts(self.problem)] * (8 if isinstance(self.goal, Makespan) else 2)
        if isinstance(self.goal, WeightedLateness):
            seeds += [self.goal.due - self.problem.durations] * 6
        size = self.breeding.population
        base = np.array(seeds, dtype=float)[np.arange(size) % len(seeds)]
        wildness = self._random.uniform(0, 2 * self._mean_duration, (size, 1))
        wildness[: len(seeds)] = 0
        return base + self._random.normal(size=base.shape) * wildness

    def _renew(self) -> None:
        """Start afresh beside an inbred population; when the new one is inbred as well, unite the two."""
        self._stale, self._previous = 0, None
        if self._retired is None:
            self._retired = self._current
            self._current = self._decode(self._first_keys(), backwards=False)
        else:
            self._current = self._united(self._current, self._retired)
            self._retired = None
        self._remember()

    def _united(self, one: _Generation, other: _Generation) -> _Generation:
        """The better half of each."""
        half = len(one.costs) // 2
        best, second = (np.argsort(g.costs, kind="stable")[:half] for g in (one, other))
        starts = np.concatenate([one.starts[best], self._towards(other, one.backwards)[second]])
        return _Generation(starts, np.concatenate([one.costs[best], other.costs[second]]), one.backwards)

    @property
    def _mean_duration(self) -> float:
        durations = self.problem.durations
        return float(durations[durations > 0].mean()) if durations.any() else 1.0

    def _decode(self, keys: Keys, backwards: bool) -> _Generation:
        engine = self._backward if backwards and self._backward is not None else self._forward
        starts = engine.decode(engine.lists(keys)).astype(np.int64)
        self.schedules += len(starts)
        return _Generation(starts, self.goal.cost(starts, self.problem.durations), backwards)

    def _towards(self, generation: _Generation, backwards: bool) -> IntArray:
        """Starts of a generation as seen in one direction of time."""
        return generation.starts if generation.backwards == backwards else self._mirrored(generation)

    def _mirrored(self, generation: _Generation) -> IntArray:
        """The same schedules with time counted from their last finish backwards."""
        finishes = generation.starts + self.problem.durations
        turned: IntArray = finishes.max(axis=1, keepdims=True) - finishes
        return turned

    def _breed(self, starts: IntArray, costs: IntArray) -> Keys:
        rows = len(starts)
        rivals = self._random.integers(0, rows, (2, rows))
        mothers = np.where(costs[rivals[0]] <= costs[rivals[1]], rivals[0], rivals[1])
        keys = self._cross(starts, starts[mothers])
        disturbed = self._random.random(keys.shape) < self.breeding.mutation
        keys += disturbed * self._random.normal(0, self.breeding.jump * self._mean_duration, keys.shape)
        unchanged = self._random.random(rows) < self.breeding.justified
        keys[unchanged] = starts[unchanged]
        return keys

    def _cross(self, fathers: IntArray, mothers: IntArray) -> Keys:
        """The father's order inside the part of his schedule that uses resources best, the mother's outside."""
        first, last = self._best_parts(fathers)
        before, inside = fathers < first[:, None], fathers <= last[:, None]
        apart = float(max(fathers.max(), mothers.max())) + 1
        return np.where(before, mothers - apart, np.where(inside, fathers, mothers + apart))

    def _best_parts(self, starts: IntArray) -> tuple[IntArray, IntArray]:
        """First and last period of a part of random length with (nearly) the highest use of resources."""
        rows, n = starts.shape
        finishes = starts + self.problem.durations
        makespans = finishes.max(axis=1, initial=1)
        periods = int(makespans.max()) + 1
        lengths = (
            makespans * self._random.uniform(self.breeding.shortest, self.breeding.longest, rows)
        ).astype(np.int64)
        row_of = np.repeat(np.arange(rows), n) * (periods + 1)
        rates = np.tile(self._rate, rows)
        cells = rows * (periods + 1)
        change = np.bincount(row_of + starts.ravel(), rates, cells)
        change -= np.bincount(row_of + finishes.ravel(), rates, cells)
        used = np.zeros((rows, periods + 2))
        used[:, 1:] = change.reshape(rows, -1).cumsum(axis=1).cumsum(axis=1)
        times = np.arange(periods)
        ends = np.minimum(times + lengths[:, None], periods)
        value = np.take_along_axis(used, ends, axis=1) - used[:, :periods]
        value += self._random.random(value.shape) * lengths[:, None]
        value[times + lengths[:, None] > makespans[:, None]] = -1
        first = value.argmax(axis=1)
        return first, first + lengths

    def _keep_elders(self, children: _Generation, elders: _Generation) -> None:
        kept: _Booleans = (elders.costs < children.costs) & (
            self._random.random(len(elders.costs)) < self.breeding.loyalty
        )
        children.starts[kept] = elders.starts[kept]
        children.costs[kept] = elders.costs[kept]

    def _remember(self) -> bool:
        leader = int(self._current.costs.argmin())
        if self._current.costs[leader] >= self.cost:
            return False
        starts = self._towards(self._current, backwards=False)
        self.best, self.cost = starts[leader].copy(), int(self._current.costs[leader])
        return True
