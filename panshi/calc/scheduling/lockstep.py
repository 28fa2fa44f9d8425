"""Serial schedule generation for hundreds of activity lists at once, vectorised over the lists with numpy.

All lists take their k-th step together; the free capacities of all resources in one period are packed into
one machine word, so that a single subtraction answers whether an activity fits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .resources import IntArray, ResourceProblem

Starts = npt.NDArray[np.int32]
Keys = npt.NDArray[np.float64]
Words = npt.NDArray[Any]  # uint32 or uint64, whichever holds the lanes

Clock = npt.NDArray[np.signedinteger[Any]]

_FEW = 64
_NO_LAG = -(1 << 30)


@dataclass(frozen=True)
class _Lanes:
    """Where each resource sits inside the words: a lane holds its capacity and one guard bit above.

    With all guard bits set before, `free - need` keeps a lane's guard exactly when the need fits in it.
    """

    word_of: list[int]
    shift_of: list[int]
    guards: list[int]

    @classmethod
    def fitting(cls, capacities: IntArray) -> _Lanes:
        word_of, shift_of, guards, used = [], [], [0], 0
        for capacity in capacities.tolist():
            width = int(capacity).bit_length() + 1
            if used + width > 63:
                guards.append(0)
                used = 0
            word_of.append(len(guards) - 1)
            shift_of.append(used)
            guards[-1] |= 1 << (used + width - 1)
            used += width
        return cls(word_of, shift_of, guards)

    def pack(self, units: IntArray) -> list[Words]:
        """Units (…, R) as one array (…) per word."""
        packed = [np.zeros(units.shape[:-1], dtype=np.uint64) for _ in self.guards]
        for resource, (word, shift) in enumerate(zip(self.word_of, self.shift_of, strict=True)):
            packed[word] |= units[..., resource].astype(np.uint64) << np.uint64(shift)
        kind = np.uint32 if max(self.guards) < 1 << 31 else np.uint64
        return [word.astype(kind) for word in packed]


class _Profiles:
    """Free capacity per period and list while the lists are being scheduled; grows when time runs out.

    Time runs down the arrays, so that a running maximum over time works on whole rows of lists at once.
    """

    def __init__(self, engine: Lockstep, lists: int) -> None:
        self.engine = engine
        self.lists = np.arange(lists)
        self.end = 0
        self._clock: Clock = np.zeros((0, 1), dtype=np.int32)
        self._free: list[Words] = []
        self._reach = np.arange(engine.longest, dtype=np.int32)[:, None]
        self._extend(engine.problem.critical_length * 2 + engine.longest)

    def earliest_fit(self, activities: IntArray, earliest: Starts) -> Starts:
        """First period, not before `earliest`, from which each list's activity fits for its whole duration."""
        engine = self.engine
        low = int(earliest.min())
        high = max(self.end, engine.settled, int(earliest.max())) + engine.longest
        if high + engine.longest > len(self._clock):
            self._extend(high * 3 // 2 + engine.longest)
        window = self._clock[low:high]
        full = window < earliest.astype(window.dtype)
        for word, need, guard in zip(self._free, engine.demands, engine.lanes.guards, strict=True):
            room = word[low:high] - need[activities]
            room &= word.dtype.type(guard)
            full |= room != word.dtype.type(guard)
        # Length of the free run that ends in each period: the period less the last full one (counted from 1, as
        # a product: choosing by `where` on such noise takes ten times as long).
        count = self._clock[1 : high - low + 1]
        last_full = _last_full(full, count, engine.longest)
        durations = engine.durations[activities]
        long_enough = (count - last_full) >= durations.astype(window.dtype)
        found = long_enough.argmax(axis=0).astype(np.int32) + (low + 1) - durations
        return np.where(durations == 0, earliest, found).astype(np.int32)

    def occupy(self, activities: IntArray, starts: Starts) -> None:
        """Take the demands of each list's activity from its start on."""
        durations = self.engine.durations[activities]
        self.end = max(self.end, int((starts + durations).max()))
        # As many cells for every list, the longest duration: behind an activity's finish nothing is taken.
        cells = (starts + self._reach) * len(self.lists) + self.lists
        running = self._reach < durations
        for word, need in zip(self._free, self.engine.demands, strict=True):
            word.reshape(-1)[cells] -= running * need[activities]

    def _extend(self, periods: int) -> None:
        previous = self._free
        # Narrow clocks are fast clocks: twice as many periods go through the processor at once.
        clock: Clock = np.arange(periods, dtype=np.int32)[:, None]
        self._clock = clock.astype(np.int16) if periods < 1 << 15 else clock
        lanes, lists = self.engine.lanes, len(self.lists)
        table = lanes.pack(self.engine.problem.capacity_until(periods).T)
        self._free = [
            np.repeat((word | word.dtype.type(guard))[:, None], lists, axis=1)
            for word, guard in zip(table, lanes.guards, strict=True)
        ]
        for word, old in zip(self._free, previous, strict=False):
            word[: len(old)] = old


def _last_full(full: npt.NDArray[np.bool_], count: Clock, reach: int) -> Clock:
    """For each period (counted from 1) the last full one up to it, 0 if none within `reach` periods is full.

    Doubling steps beat a running maximum threefold as long as few of them suffice.
    """
    if reach > _FEW:
        running: Clock = np.maximum.accumulate(full * count, axis=0)
        return running
    ahead = np.zeros((len(full) + reach - 1, full.shape[1]), dtype=count.dtype)
    np.multiply(full, count, out=ahead[reach - 1 :])
    covered = 1
    while covered < reach:
        step = min(covered, reach - covered)
        ahead = np.maximum(ahead[step:], ahead[:-step])
        covered += step
    return ahead


class Lockstep:
    """Decodes activity lists of one problem, forwards or, for reversible problems, with time reversed."""

    def __init__(self, problem: ResourceProblem, reverse: bool = False) -> None:
        self.problem = problem
        self.lanes = _Lanes.fitting(problem.capacities)
        self.durations = problem.durations.astype(np.int32)
        self.longest = int(problem.durations.max(initial=1))
        self.settled = max((len(profile) for profile in problem.profiles.values()), default=0)
        """From this period on the capacities are constant, so that everything fits behind everything."""
        self.demands = self.lanes.pack(np.where(self.durations[:, None] > 0, problem.demands, 0))
        self.sequence = np.array(problem.order[::-1] if reverse else problem.order, dtype=np.int64)
        self._before, self._lags = self._links(reverse)
        releases = np.zeros(problem.size) if problem.releases is None or reverse else problem.releases
        self._releases = np.maximum(releases, 0).astype(np.int32)

    def lists(self, keys: Keys) -> IntArray:
        """Activity lists (P, n) by ascending keys, never an activity before its predecessor.

        A key below that of a predecessor is raised to it; equal keys keep the topological order.
        """
        n = self.problem.size
        raised = np.concatenate([keys, np.full((len(keys), 1), -np.inf)], axis=1)
        for activity in self.sequence.tolist():
            for other in self._before[activity].tolist():
                if other < n:
                    np.maximum(raised[:, activity], raised[:, other], out=raised[:, activity])
        return self.sequence[np.argsort(raised[:, self.sequence], axis=1, kind="stable")]

    def decode(self, lists: IntArray) -> Starts:
        """Starts (P, n) when each list is scheduled activity by activity as early as possible."""
        rows, n = lists.shape
        # The row n belongs to the virtual predecessor that pads activities with few predecessors.
        starts = np.zeros((n + 1, rows), dtype=np.int32)
        profiles = _Profiles(self, rows)
        cells, before, lags = starts.reshape(-1), (self._before * rows).T, self._lags.T
        for activities in np.ascontiguousarray(lists.T):
            bounds = cells.take(before[:, activities] + profiles.lists) + lags[:, activities]
            earliest = np.maximum(bounds.max(axis=0, initial=0), self._releases[activities])
            found = profiles.earliest_fit(activities, earliest)
            cells[activities * rows + profiles.lists] = found
            profiles.occupy(activities, found)
        return np.ascontiguousarray(starts[:n].T)

    def _links(self, reverse: bool) -> tuple[IntArray, Starts]:
        """Predecessors and lags of every activity (n, widest), padded with the virtual activity n."""
        n, durations = self.problem.size, self.problem.durations.tolist()
        found: list[list[tuple[int, int]]] = [[] for _ in range(n)]
        for link in self.problem.precedences:
            if reverse:  # time from end to end is the same forwards and backwards
                lag = link.lag + durations[link.successor] - durations[link.predecessor]
                found[link.predecessor].append((link.successor, lag))
            else:
                found[link.successor].append((link.predecessor, link.lag))
        width = max((len(row) for row in found), default=0)
        before = np.full((n, width), n)
        lags = np.full((n, width), _NO_LAG, dtype=np.int32)
        for i, row in enumerate(found):
            for k, (other, lag) in enumerate(row):
                before[i, k], lags[i, k] = other, lag
        return before, lags
