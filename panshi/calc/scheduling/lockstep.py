"""Serial schedule generation for hundreds of activity lists at once, vectorised over the lists with numpy.

All lists take their k-th step together; the free capacities of all resources in a period are packed into one
machine word, so that one subtraction answers whether an activity fits.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from panshi.calc.scheduling.resources import IntArray, ResourceProblem

Words = npt.NDArray[np.unsignedinteger]
Schedules = npt.NDArray[np.int32]
Keys = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Lanes:
    """Where the resources sit inside the words: each lane is wide enough for its capacity and a guard bit."""

    words: int
    word_of: list[int]
    shift_of: list[int]
    guards: list[int]

    @classmethod
    def fitting(cls, capacities: IntArray) -> "_Lanes":
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
        return cls(len(guards), word_of, shift_of, guards)

    def pack(self, units: IntArray) -> list[Words]:
        """Units (…, R) as one array (…) per word."""
        packed = [np.zeros(units.shape[:-1], dtype=np.uint64) for _ in range(self.words)]
        for resource, (word, shift) in enumerate(zip(self.word_of, self.shift_of, strict=True)):
            packed[word] |= units[..., resource].astype(np.uint64) << np.uint64(shift)
        kind = np.uint32 if max(self.guards) < 1 << 31 else np.uint64
        return [word.astype(kind) for word in packed]


class Lockstep:
    """Decodes activity lists of one problem, forwards or with time reversed.

    Activities are renumbered inside in topological order, so that sorting keys stably never puts an activity
    before its predecessor when keys are equal.
    """

    def __init__(self, problem: ResourceProblem, reverse: bool = False) -> None:
        order = list(problem.order)
        rank = {activity: position for position, activity in enumerate(order)}
        n = problem.size
        durations = problem.durations.tolist()
        links: list[list[tuple[int, int]]] = [[] for _ in range(n)]
        for link in problem.precedences:
            if reverse:
                lag = link.lag + durations[link.successor] - durations[link.predecessor]
                links[link.predecessor].append((rank[link.successor], lag))
            else:
                links[link.successor].append((rank[link.predecessor], link.lag))
        self.sequence = order[::-1] if reverse else order
        self.links = links
        self.rank = np.array([rank[i] for i in range(n)])
        self.order = np.array(order)
        self.problem = problem
        self.reverse = reverse
        self.lanes = _Lanes.fitting(problem.capacities)
        self.durations = problem.durations.astype(np.int32)
        self.demands = self.lanes.pack(problem.demands)
        self.longest = int(problem.durations.max(initial=0))
        width = max((len(row) for row in links), default=0)
        # Padding points at a virtual activity n that starts at 0.
        self.before = np.full((n, width), n)
        self.lags = np.full((n, width), -(1 << 30), dtype=np.int32)
        for i, row in enumerate(links):
            for k, (other, lag) in enumerate(row):
                self.before[i, k] = order[other]
                self.lags[i, k] = lag

    def lists(self, keys: Keys) -> IntArray:
        """Precedence-feasible activity lists (P, n): ascending keys, raised where a predecessor's is higher."""
        raised = keys[:, self.order]
        if self.reverse:
            raised = raised[:, ::-1]
        sequence = np.array(self.sequence)
        place = np.empty(len(sequence), dtype=np.int64)
        place[sequence] = np.arange(len(sequence))
        for position, activity in enumerate(self.sequence):
            row = self.links[activity]
            if row:
                before = [place[self.order[other]] for other, _ in row]
                for other in before:
                    np.maximum(raised[:, position], raised[:, other], out=raised[:, position])
        return sequence[np.argsort(raised, axis=1, kind="stable")]

    def decode(self, lists: IntArray, floors: npt.NDArray[np.int32] | None = None) -> Schedules:
        """Starts (P, n) when each list is scheduled activity by activity at the earliest feasible period."""
        rows, n = lists.shape
        starts = np.zeros((rows, n + 1), dtype=np.int32)
        every = np.arange(rows)
        columns = np.ascontiguousarray(lists.T)
        horizon = self.problem.horizon + self.longest + 1
        clock = np.arange(horizon, dtype=np.int16 if horizon < 32000 else np.int32)
        free = [np.broadcast_to(word, (rows, horizon)).copy() for word in self._capacity(horizon)]
        flat = [word.reshape(-1) for word in free]
        guards = [word.dtype.type(guard) for word, guard in zip(free, self.lanes.guards, strict=True)]
        reach = np.arange(max(self.longest, 1), dtype=np.int32)
        end = 0
        last_bad = None
        for activities in columns:
            before = self.before[activities]
            earliest = (starts[every[:, None], before] + self.lags[activities]).max(axis=1, initial=0)
            lengths = self.durations[activities]
            low = int(earliest.min())
            high = max(end, int(earliest.max())) + self.longest
            window = clock[low:high]
            bad = window < earliest[:, None].astype(clock.dtype)
            needs = [word[activities] for word in self.demands]
            for word, need, guard in zip(free, needs, guards, strict=True):
                room = word[:, low:high] - need[:, None]
                room &= guard
                bad |= room != guard
            last = np.where(bad, window, clock.dtype.type(low - 1))
            np.maximum.accumulate(last, axis=1, out=last)
            fits = (window - last) >= lengths[:, None].astype(clock.dtype)
            first = fits.argmax(axis=1).astype(np.int32) + (low + 1) - lengths
            first = np.where(lengths == 0, earliest, first)
            starts[every, activities] = first
            end = max(end, int((first + lengths).max()))
            cells = (every * horizon + first)[:, None] + reach
            taken = reach < lengths[:, None]
            for word, need in zip(flat, needs, strict=True):
                word[cells] -= np.where(taken, need[:, None], word.dtype.type(0))
        return starts[:, :n]

    def _capacity(self, horizon: int) -> list[Words]:
        table = self.problem.capacity_until(horizon).T
        return [
            word | word.dtype.type(guard)
            for word, guard in zip(self.lanes.pack(table), self.lanes.guards, strict=True)
        ]
