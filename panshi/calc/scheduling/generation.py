"""Schedule generation one activity at a time: the serial and the parallel scheme, and double justification.

These are the schemes of Kelley (1963) as described by Kolisch & Hartmann (1999), for any time scale; the
vectorised twin for hundreds of activity lists is `lockstep`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from .resources import IntArray, Precedence, ResourceProblem

Priorities = npt.NDArray[np.float64]


class _Profile:
    """Free units as a step function of time: `free[k]` holds from `times[k]` until `times[k + 1]`."""

    def __init__(self, problem: ResourceProblem) -> None:
        self.times: list[int] = [0]
        self.free: list[list[int]] = [problem.capacities.tolist()]
        if problem.profiles:
            length = max(len(profile) for profile in problem.profiles.values()) + 1
            table = problem.capacity_until(length).T
            changes = [0, *(1 + np.flatnonzero((table[1:] != table[:-1]).any(axis=1))).tolist()]
            self.times, self.free = changes, [table[at].tolist() for at in changes]

    def earliest_fit(self, earliest: int, duration: int, demand: Sequence[int]) -> int:
        """First period from `earliest` on from which the demand fits for the whole duration."""
        if not duration:
            return earliest
        start, k = earliest, bisect_right(self.times, earliest) - 1
        while k < len(self.times) and self.times[k] < start + duration:
            if any(need > units for need, units in zip(demand, self.free[k], strict=True)):
                start = self.times[k + 1]
            k += 1
        return start

    def fits_now(self, time: int, duration: int, demand: Sequence[int]) -> bool:
        """Whether the demand fits from exactly this period on."""
        return self.earliest_fit(time, duration, demand) == time

    def occupy(self, start: int, duration: int, demand: Sequence[int]) -> None:
        """Take the demand for the duration."""
        if not duration:
            return
        first, last = self._cut(start), self._cut(start + duration)
        for k in range(first, last):
            self.free[k] = [units - need for units, need in zip(self.free[k], demand, strict=True)]

    def next_change(self, time: int) -> int | None:
        """The first later period in which the free units change."""
        k = bisect_right(self.times, time)
        return self.times[k] if k < len(self.times) else None

    def _cut(self, time: int) -> int:
        k = bisect_left(self.times, time)
        if k == len(self.times) or self.times[k] != time:
            self.times.insert(k, time)
            self.free.insert(k, list(self.free[k - 1]))
        return k


def activity_list(problem: ResourceProblem, keys: Priorities) -> list[int]:
    """Activities by ascending key, none before its predecessor (a lower key waits for the predecessor)."""
    raised = keys.astype(float).tolist()
    for i in problem.order:
        for link in problem.successors[i]:
            raised[link.successor] = max(raised[link.successor], raised[i])
    position = {activity: at for at, activity in enumerate(problem.order)}
    return sorted(range(problem.size), key=lambda i: (raised[i], position[i]))


def serial_schedule(problem: ResourceProblem, keys: Priorities) -> IntArray:
    """Starts (n): activities in the order of their keys, each as early as precedence and resources allow."""
    profile = _Profile(problem)
    starts = _releases(problem)
    durations, demands = problem.durations.tolist(), problem.demands.tolist()
    for i in activity_list(problem, keys):
        earliest = max(
            [starts[i], *(starts[link.predecessor] + link.lag for link in problem.predecessors[i])]
        )
        starts[i] = profile.earliest_fit(earliest, durations[i], demands[i])
        profile.occupy(starts[i], durations[i], demands[i])
    return np.array(starts, dtype=np.int64)


def parallel_schedule(problem: ResourceProblem, keys: Priorities) -> IntArray:
    """Starts (n): time runs forward, and at each moment the eligible activities start in the order of keys."""
    profile = _Profile(problem)
    starts = _releases(problem)
    durations, demands = problem.durations.tolist(), problem.demands.tolist()
    waiting = [len(links) for links in problem.predecessors]
    # Of the activities whose predecessors are all scheduled: (key, activity), and from when they may start.
    open_now = {i: starts[i] for i in range(problem.size) if not waiting[i]}
    now = 0
    while open_now:
        ready = [i for i, earliest in open_now.items() if earliest <= now]
        for i in sorted(ready, key=lambda i: (keys[i], i)):
            if not profile.fits_now(now, durations[i], demands[i]):
                continue
            starts[i] = now
            profile.occupy(now, durations[i], demands[i])
            del open_now[i]
            for link in problem.successors[i]:
                follower = link.successor
                waiting[follower] -= 1
                starts[follower] = max(starts[follower], now + link.lag)
                if not waiting[follower]:
                    open_now[follower] = starts[follower]
        now = _next_moment(now, open_now, profile, ready)
    return np.array(starts, dtype=np.int64)


def reversed_problem(problem: ResourceProblem) -> ResourceProblem:
    """The same problem with time running backwards; needs constant capacities and no releases."""
    own = problem.durations.tolist()
    links = tuple(
        Precedence(link.successor, link.predecessor, link.lag + own[link.successor] - own[link.predecessor])
        for link in problem.precedences
    )
    return ResourceProblem(problem.durations, links, problem.demands, problem.capacities, names=problem.names)


def justify(problem: ResourceProblem, starts: IntArray) -> IntArray:
    """Starts after double justification: all activities to the right, then back to the left.

    The makespan never grows (Valls, Ballestín, Quintanilla 2005, "Justification and RCPSP"): with leads, for which the
    theorem does not hold, a result that is longer is thrown away. A problem that cannot be reversed is only moved to
    the left.
    """
    order = starts.astype(float)
    if problem.is_reversible:
        mirrored = reversed_problem(problem)
        order = -(starts + problem.durations).astype(float)
        right = serial_schedule(mirrored, order)
        order = -(right + problem.durations).astype(float)
    better = serial_schedule(problem, order)
    return better if problem.makespan(better) <= problem.makespan(starts) else starts


def _releases(problem: ResourceProblem) -> list[int]:
    if problem.releases is None:
        return [0] * problem.size
    return [max(0, release) for release in problem.releases.tolist()]


def _next_moment(now: int, open_now: dict[int, int], profile: _Profile, tried: list[int]) -> int:
    """When something can change: capacity is freed, an activity becomes ready, or one was added just now."""
    if any(earliest <= now and i not in tried for i, earliest in open_now.items()):
        return now
    moments = [earliest for earliest in open_now.values() if earliest > now]
    change = profile.next_change(now)
    if change is not None:
        moments.append(change)
    return min(moments, default=now)
