"""Date arithmetic of `worktime` and `lanes` for one instant at a time, on the same tables.

Long thin plans have thousands of groups with a handful of links each; there a bisection beats an array call.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable

import numpy as np

from .lanes import Lanes
from .worktime import WorkTable

Add = Callable[[int, int, int], int]
Place = Callable[[int, int], int]


class Points:
    """Instants of single activities: the scalar twin of `Lanes`."""

    def __init__(self, lanes: Lanes, milestone: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> None:
        self.add = adder(lanes.table)
        self.next_start_on = next_starter(lanes.table)
        self.previous_finish_on = previous_finisher(lanes.table)
        self._milestone = milestone.data
        self._first = lanes.first.data
        self._calendar, self._snap = lanes.calendar.data, lanes.snap.data
        self._amount, self._remaining = lanes.amount.data, lanes.remaining.data

    def after(self, activity: int, start: int) -> int:
        """Finish of an activity that starts then."""
        first, last = self._first[activity], self._first[activity + 1]
        if last - first == 1:
            return self.add(start, self._amount[first], self._calendar[first])
        return max(self.add(start, self._amount[k], self._calendar[k]) for k in range(first, last))

    def before(self, activity: int, finish: int) -> int:
        """Start of an activity that finishes then."""
        first, last = self._first[activity], self._first[activity + 1]
        return min(self.add(finish, -self._amount[k], self._calendar[k]) for k in range(first, last))

    def before_remaining(self, activity: int, finish: int) -> int:
        """Instant from which the remaining work is done by then."""
        first, last = self._first[activity], self._first[activity + 1]
        if last - first == 1:
            return self.add(finish, -self._remaining[first], self._calendar[first])
        return min(self.add(finish, -self._remaining[k], self._calendar[k]) for k in range(first, last))

    def next_start(self, activity: int, instant: int) -> int:
        """First instant at which one of the lanes can work; a milestone may stay at the end of a period."""
        first, last = self._first[activity], self._first[activity + 1]
        if last - first == 1 and not self._milestone[activity]:
            return self.next_start_on(instant, self._snap[first])
        return min(self._place(self._milestone[activity], instant, self._snap[k]) for k in range(first, last))

    def previous_finish(self, activity: int, instant: int) -> int:
        """The instant itself, or the end of the last period before it when no work lies between."""
        first, last = self._first[activity], self._first[activity + 1]
        if last - first == 1:
            return self.previous_finish_on(instant, self._snap[first])
        return max(self.previous_finish_on(instant, self._snap[k]) for k in range(first, last))

    def _place(self, milestone: int, instant: int, calendar: int) -> int:
        if milestone and self.previous_finish_on(instant, calendar) == instant:
            return instant
        return self.next_start_on(instant, calendar)


def adder(table: WorkTable) -> Add:
    """`WorkTable.add` for one instant; whatever leaves the table goes through the table itself."""
    starts: list[int] = table.starts.tolist()
    lengths: list[int] = table.lengths.tolist()
    before: list[int] = table.before.tolist()
    span, totals = table.span, table.totals.tolist()

    def add(instant: int, amount: int, calendar: int) -> int:
        if amount and 0 <= instant < span:
            shift = calendar * span
            key = instant + shift
            k = bisect_right(starts, key) - 1
            idle = key - starts[k]
            work = before[k] + (idle if idle < lengths[k] else lengths[k]) + amount
            if shift < work < shift + totals[calendar]:
                k = (bisect_left(before, work) if amount > 0 else bisect_right(before, work)) - 1
                return starts[k] + work - before[k] - shift
        elif not amount:
            return instant
        return int(table.add(_one(instant), _one(amount), _one(calendar))[0])

    return add


def next_starter(table: WorkTable) -> Place:
    """`WorkTable.next_start` for one instant."""
    starts: list[int] = table.starts.tolist()
    lengths: list[int] = table.lengths.tolist()
    span = table.span

    def next_start(instant: int, calendar: int) -> int:
        if 0 <= instant < span:
            shift = calendar * span
            key = instant + shift
            k = bisect_right(starts, key)
            if key - starts[k - 1] < lengths[k - 1]:
                return instant
            if k < len(starts) and starts[k] < shift + span:
                return starts[k] - shift
        return int(table.next_start(_one(instant), _one(calendar))[0])

    return next_start


def previous_finisher(table: WorkTable) -> Place:
    """`WorkTable.previous_finish` for one instant."""
    starts: list[int] = table.starts.tolist()
    lengths: list[int] = table.lengths.tolist()
    span = table.span

    def previous_finish(instant: int, calendar: int) -> int:
        if 0 <= instant < span:
            key = instant + calendar * span
            k = bisect_left(starts, key) - 1
            if k >= 0 and lengths[k] and starts[k] >= calendar * span:
                end = starts[k] + lengths[k]
                return instant if key <= end else end - calendar * span
        return int(table.previous_finish(_one(instant), _one(calendar))[0])

    return previous_finish


def _one(value: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([value], np.int64)
