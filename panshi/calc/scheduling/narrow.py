"""Forward and backward pass over groups of few links, in plain loops.

Step for step what `passes` does with arrays for wide groups; a law in the tests holds both to the same dates.
"""

from __future__ import annotations

from itertools import pairwise

from .bounds import NEVER
from .cycles import IntArray
from .points import Points
from .sweep import Group
from .timeline import FF, SF, SS, Timeline


class _Loop:
    """What both directions need of the links, in the order of the sweep, as buffers that plain code reads fast."""

    def __init__(self, line: Timeline, order: IntArray, source: IntArray, ends: IntArray) -> None:
        self.points = Points(line.lanes, line.bounds.milestone)
        self.count = line.count
        self.end, self.source = ends.data, source.data
        self.kind = line.kinds[order].data
        self.working = line.working[order].data
        self.elapsed = line.elapsed[order].data
        self.calendar = line.calendar[line.successors[order]].data


class ForwardLoop(_Loop):
    """Writes the early dates of one group after the other into `ends`, `logic` and `asked`."""

    def __init__(
        self,
        line: Timeline,
        order: IntArray,
        source: IntArray,
        floor: IntArray,
        ends: IntArray,
        logic: IntArray,
        asked: IntArray,
    ) -> None:
        super().__init__(line, order, source, ends)
        lags = (line.working[order] != 0) | (line.elapsed[order] != 0)
        self.special = ((line.kinds[order] >= FF) | lags).data
        self.logic, self.asked, self.order = logic.data, asked.data, order.data
        self.floor, self.status = floor.data, line.bounds.floor.data
        self.low, self.high, self.fixed = line.bounds.low.data, line.bounds.high.data, line.bounds.finish.data

    def solve(self, group: Group) -> None:
        """Early dates of one group."""
        end, source, special, asked, order = self.end, self.source, self.special, self.asked, self.order
        begin = group.links.start
        starts = [*group.starts.tolist(), group.links.stop - begin]
        for leaf, (first, last) in zip(group.targets.tolist(), pairwise(starts), strict=True):
            reached = self.status[leaf]
            for k in range(begin + first, begin + last):
                instant = self._bound(k, leaf) if special[k] else end[source[k]]
                asked[order[k]] = instant
                if instant > reached:  # noqa: PLR1730 - a call of max() would cost as much as the link
                    reached = instant
            self._settle(leaf, reached)

    def _bound(self, k: int, leaf: int) -> int:
        instant = self.end[self.source[k]]
        if self.kind[k] >= FF:
            instant = self.points.before(leaf, instant)
        if self.working[k]:
            instant = self.points.add(instant, self.working[k], self.calendar[k])
        return max(instant + self.elapsed[k], self.floor[k])

    def _settle(self, leaf: int, reached: int) -> None:
        reached = self.points.next_start(leaf, reached)
        self.logic[leaf] = reached
        start = min(max(reached, self.low[leaf]), self.high[leaf])
        fixed = self.fixed[leaf]
        self.end[leaf] = start
        self.end[leaf + self.count] = self.points.after(leaf, start) if fixed == NEVER else fixed


class BackwardLoop(_Loop):
    """Writes the late dates of one group after the other into `ends`, counted back from `last`."""

    def __init__(
        self, line: Timeline, order: IntArray, source: IntArray, fixed: IntArray, ends: IntArray, last: int
    ) -> None:
        super().__init__(line, order, source, ends)
        kinds, lags = line.kinds[order], (line.working[order] != 0) | (line.elapsed[order] != 0)
        self.special = ((kinds == SS) | (kinds == SF) | lags | (fixed != NEVER)).data
        self.given, self.own, self.last = fixed.data, line.calendar.data, last
        bounds = line.bounds
        self.pin, self.cap, self.due, self.done = (
            bounds.pin.data,
            bounds.cap.data,
            bounds.due.data,
            bounds.done.data,
        )
        self.happened, self.started = bounds.happened.data, bounds.started.data

    def solve(self, group: Group) -> None:
        """Late dates of one group."""
        end, source, special = self.end, self.source, self.special
        begin = group.links.start
        starts = [*group.starts.tolist(), group.links.stop - begin]
        for leaf, (first, last) in zip(group.targets.tolist(), pairwise(starts), strict=True):
            reached = self.last
            for k in range(begin + first, begin + last):
                instant = self._bound(k, leaf) if special[k] else end[source[k]]
                if instant < reached:  # noqa: PLR1730 - as above
                    reached = instant
            self._settle(leaf, reached)

    def _bound(self, k: int, leaf: int) -> int:
        if self.given[k] != NEVER:
            return self.given[k]
        kind, instant = self.kind[k], self.end[self.source[k]]
        if kind == SS:
            instant = self.points.next_start_on(instant, self.own[leaf])
        elif kind == SF:
            instant = self.points.after(leaf, instant)
        if self.working[k]:
            instant = self.points.add(instant, -self.working[k], self.calendar[k])
        instant -= self.elapsed[k]
        return self.points.after(leaf, instant) if kind == SS else instant

    def _settle(self, leaf: int, finish: int) -> None:
        if self.happened[leaf]:
            finish = self.started[leaf]
        finish = min(finish, self.cap[leaf]) if self.pin[leaf] == NEVER else self.pin[leaf]
        finish = self.points.previous_finish(leaf, min(finish, self.due[leaf]))
        if self.done[leaf] != NEVER:
            finish = self.done[leaf]
        self.end[leaf] = self.points.before_remaining(leaf, finish)
        self.end[leaf + self.count] = finish
