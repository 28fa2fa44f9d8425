"""Forward and backward pass on calendars, one group of the sweep at a time.

Each link turns a date of one end into a bound for the other; each activity turns its bounds into its dates.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .bounds import NEVER
from .cycles import BoolArray, IntArray
from .narrow import BackwardLoop, ForwardLoop
from .sweep import Sweep
from .timeline import FF, FS, SF, SS, EarlyDates, LateDates, Timeline

NARROW = 80
"""Groups with fewer links are solved by plain loops (measured: array calls cost as much as some eighty links)."""


@dataclass(frozen=True, eq=False)
class _Step:
    """Links that need one kind of treatment, cut by group of the sweep."""

    positions: IntArray
    cuts: list[int]

    @classmethod
    def where(cls, mask: BoolArray, sweep: Sweep) -> _Step:
        positions = np.flatnonzero(mask)
        return cls(positions, positions.searchsorted(sweep.starts[sweep.cuts]).tolist())

    def at(self, group: int) -> IntArray | None:
        first, last = self.cuts[group], self.cuts[group + 1]
        return self.positions[first:last] if first < last else None


def forward(line: Timeline, late: LateDates | None = None) -> EarlyDates:
    """Early dates; with `late`, activities as late as possible pass their late dates on to those that are not."""
    sweep, count = line.topology.forward, line.count
    order = sweep.order
    source, floor = _forward_sources(line, late is not None)[order], _forward_floors(line)[order]
    before, lags = _Step.where(line.kinds[order] >= FF, sweep), _Lags(line, sweep, 1)
    ends = np.empty(4 * count, np.int64)
    if late is not None:
        ends[2 * count :] = np.concatenate((late.start, late.finish))
    logic, asked = np.empty(count, np.int64), np.empty(len(order), np.int64)
    successors = line.successors[order]
    preceded = np.zeros(count, bool)
    preceded[successors] = True
    _settle(line, ends, logic, np.flatnonzero(~preceded), None)
    loop = ForwardLoop(line, order, source, floor, ends, logic, asked)
    for number, group in enumerate(sweep.groups()):
        begin = group.links.start
        if group.links.stop - begin < NARROW:
            loop.solve(group)
            continue
        bound = ends[source[group.links]]
        if (at := before.at(number)) is not None:
            bound[at - begin] = line.lanes.before(successors[at], bound[at - begin])
        lags.shift(number, begin, bound)
        bound = np.maximum(bound, floor[group.links])
        asked[order[group.links]] = bound
        _settle(line, ends, logic, group.targets, np.maximum.reduceat(bound, group.starts))
    return EarlyDates(ends[:count], ends[count : 2 * count], logic, asked)


def _forward_sources(line: Timeline, with_late: bool) -> IntArray:
    """Position of the predecessor's date in [early start, early finish, late start, late finish]."""
    source = line.predecessors + np.where((line.kinds == FS) | (line.kinds == FF), line.count, 0)
    if with_late:
        alap = line.bounds.alap
        source = source + np.where(alap[line.predecessors] & ~alap[line.successors], 2 * line.count, 0)
    return source


def _forward_floors(line: Timeline) -> IntArray:
    """A finish-to-finish link never pulls its successor before the start of the project."""
    return np.where(line.kinds == FF, line.start, NEVER)


def _settle(
    line: Timeline, ends: IntArray, logic: IntArray, leaves: IntArray, bound: IntArray | None
) -> None:
    """Early dates of these leaves from the bounds of their links (None: nothing precedes them)."""
    bounds, lanes = line.bounds, line.lanes
    reached = np.maximum(bounds.source[leaves] if bound is None else bound, bounds.floor[leaves])
    reached = lanes.next_start(leaves, reached, bounds.milestone)
    logic[leaves] = reached
    start = np.minimum(np.maximum(reached, bounds.low[leaves]), bounds.high[leaves])
    fixed = bounds.finish[leaves]
    if bound is None:
        fixed = np.maximum(fixed, bounds.source_finish[leaves])
    ends[leaves] = start
    ends[leaves + line.count] = np.where(fixed == NEVER, lanes.after(leaves, start), fixed)


def backward(line: Timeline, end: int) -> LateDates:
    """Late dates counted back from `end`; finished successors bind nothing."""
    bounds, count = line.bounds, line.count
    live = np.flatnonzero(~bounds.is_done[line.successors])
    sweep = Sweep.along(-line.topology.rank, -line.topology.depth, line.predecessors[live])
    order = live[sweep.order]
    kinds, predecessors = line.kinds[order], line.predecessors[order]
    fixed = _fixed_late_finish(line, end)[order]
    source = line.successors[order] + np.where(kinds >= FF, count, 0)
    starts = _Step.where((kinds == SS) & (fixed == NEVER), sweep)
    ends_at_start = _Step.where(kinds == SF, sweep)
    given, lags = _Step.where(fixed != NEVER, sweep), _Lags(line, sweep, -1, live)
    ends = np.empty(2 * count, np.int64)
    followed = np.zeros(count, bool)
    followed[predecessors] = True
    _settle_late(line, ends, np.flatnonzero(~followed), None, end)
    loop = BackwardLoop(line, order, source, fixed, ends, end)
    for number, group in enumerate(sweep.groups()):
        begin = group.links.start
        if group.links.stop - begin < NARROW:
            loop.solve(group)
            continue
        bound = ends[source[group.links]]
        if (at := starts.at(number)) is not None:
            calendar = line.calendar[predecessors[at]]
            bound[at - begin] = line.lanes.table.next_start(bound[at - begin], calendar)
        if (sf := ends_at_start.at(number)) is not None:
            bound[sf - begin] = line.lanes.after(predecessors[sf], bound[sf - begin])
        lags.shift(number, begin, bound)
        if at is not None:
            bound[at - begin] = line.lanes.after(predecessors[at], bound[at - begin])
        if (at := given.at(number)) is not None:
            bound[at - begin] = fixed[at]
        bound = np.minimum(np.minimum.reduceat(bound, group.starts), end)
        _settle_late(line, ends, group.targets, bound, end)
    resume, finish = ends[:count], ends[count:]
    return LateDates(np.where(bounds.is_started, bounds.started, resume), finish, resume)


def _settle_late(line: Timeline, ends: IntArray, leaves: IntArray, bound: IntArray | None, end: int) -> None:
    """Late dates of these leaves from the bounds of their links (None: nothing follows them)."""
    bounds, lanes = line.bounds, line.lanes
    pin = bounds.pin[leaves]
    if bound is None:
        finish = np.full(len(leaves), end)
    else:
        finish = np.where(bounds.happened[leaves], bounds.started[leaves], bound)
    finish = np.where(pin == NEVER, np.minimum(finish, bounds.cap[leaves]), pin)
    finish = lanes.previous_finish(leaves, np.minimum(finish, bounds.due[leaves]))
    finish = np.where(bounds.is_done[leaves], bounds.done[leaves], finish)
    ends[leaves] = lanes.before_remaining(leaves, finish)
    ends[leaves + line.count] = finish


def _fixed_late_finish(line: Timeline, end: int) -> IntArray:
    """Bound of each start-to-start link with a started end, `NEVER` for all other links.

    A start that has happened binds nothing any more. A successor that has started says how far its predecessor
    may lag behind what the successor has done, unless nothing follows it.
    """
    fixed = np.full(len(line.kinds), NEVER)
    started = line.bounds.is_started
    early, late = started[line.predecessors], started[line.successors]
    fixed[(line.kinds == SS) & (early | late)] = end
    which = np.flatnonzero((line.kinds == SS) & ~early & late & line.followed[line.successors])
    if len(which):
        successors = line.successors[which]
        done = line.lanes.after_done(successors, line.bounds.started[successors])
        fixed[which] = line.lanes.after(line.predecessors[which], done)
    return fixed


class _Lags:
    """Lags of the links in the order of a sweep, added (`sign` 1) or taken away (-1)."""

    def __init__(self, line: Timeline, sweep: Sweep, sign: int, live: IntArray | None = None) -> None:
        order = sweep.order if live is None else live[sweep.order]
        self._table = line.lanes.table
        self._working = sign * line.working[order]
        self._elapsed = sign * line.elapsed[order]
        self._calendar = line.calendar[line.successors[order]]
        self._on_calendar = _Step.where(self._working != 0, sweep)
        self._on_clock = _Step.where(self._elapsed != 0, sweep)

    def shift(self, group: int, begin: int, bound: IntArray) -> None:
        """Shift the bounds of one group, whose first link is `begin`, in place."""
        if (at := self._on_calendar.at(group)) is not None:
            bound[at - begin] = self._table.add(bound[at - begin], self._working[at], self._calendar[at])
        if (at := self._on_clock.at(group)) is not None:
            bound[at - begin] += self._elapsed[at]
