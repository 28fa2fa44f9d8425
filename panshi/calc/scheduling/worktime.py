"""Date arithmetic on many calendars at once: cumulative working time as sorted arrays, searched, never walked.

Work done before an instant is a piecewise linear function W; adding work is one of its two inverses, so that a
finish falls on the end of a working period and a start on the beginning of one, as in Microsoft Project.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np
import numpy.typing as npt

from .calendars import Calendar, Shift
from .cycles import IntArray
from .errors import CannotScheduleCalendar

DAY = 86_400
WEEK = 7 * DAY
DAYS_AHEAD = 3 * 366
FURTHEST_DAYS = 100 * 366


@dataclass(frozen=True, eq=False)
class WorkTable:
    """Working periods of several calendars over the common span [0, `span`) seconds after `origin`, a Monday.

    Calendar c occupies one block of each array, shifted by c x span, so that one search serves all calendars.
    Before and after the span its first and last week repeat for ever; both are regular weeks.
    `starts` and `lengths` describe the periods, `before` the work of the same calendar before each of them.
    """

    names: Sequence[int | str]
    origin: datetime
    span: int
    starts: IntArray
    lengths: IntArray
    before: IntArray
    totals: IntArray
    first_week: IntArray
    last_week: IntArray

    @classmethod
    def of(
        cls, calendars: Sequence[tuple[Calendar, ...]], start: datetime, days_ahead: int = DAYS_AHEAD
    ) -> WorkTable:
        """Table for projects around `start`; a tuple of several calendars works when all of them work.

        Right for any date; fastest for those from the start to `days_ahead` later.
        """
        origin, days = _span([c for group in calendars for c in group], start, days_ahead)
        span = days * DAY
        blocks = []
        for group in calendars:
            periods = _periods(group[0], origin.date(), days)
            for other in group[1:]:
                periods = _common(periods, _periods(other, origin.date(), days))
            if not len(periods[0]):
                raise CannotScheduleCalendar(_name(group), "has no working time")
            blocks.append(periods)
        shift = [c * span for c in range(len(blocks))]
        lengths = [np.append(0, ends - starts) for starts, ends in blocks]
        work = [np.append(0, np.cumsum(length)) for length in lengths]
        table = cls(
            names=[_name(group) for group in calendars],
            origin=origin,
            span=span,
            starts=np.concatenate([np.append(0, b[0]) + s for b, s in zip(blocks, shift, strict=True)]),
            lengths=np.concatenate(lengths),
            before=np.concatenate([w[:-1] + s for w, s in zip(work, shift, strict=True)]),
            totals=np.array([w[-1] for w in work]),
            first_week=np.zeros(len(blocks), np.int64),
            last_week=np.zeros(len(blocks), np.int64),
        )
        every = np.arange(len(blocks))
        table.first_week[:] = table.work_before(np.full(len(blocks), WEEK), every)
        table.last_week[:] = table.totals - table.work_before(np.full(len(blocks), span - WEEK), every)
        return table

    def seconds(self, moment: datetime) -> int:
        """Whole seconds from the origin."""
        return int((moment - self.origin) // timedelta(seconds=1))

    def work_before(self, instant: IntArray, calendar: IntArray) -> IntArray:
        """Working seconds of each calendar from the origin to each instant, negative before the origin."""
        weeks: IntArray | None = None
        if len(instant) and (instant.min() < 0 or instant.max() >= self.span):
            weeks = np.minimum(instant // WEEK, 0) + np.maximum((instant - self.span) // WEEK + 1, 0)
            instant = instant - weeks * WEEK
        shift = calendar * self.span
        key = instant + shift
        k = self.starts.searchsorted(key, "right") - 1
        done: IntArray = self.before[k] + np.minimum(key - self.starts[k], self.lengths[k]) - shift
        if weeks is not None:
            done += weeks * np.where(weeks < 0, self.first_week[calendar], self.last_week[calendar])
        return done

    def earliest(self, work: IntArray, calendar: IntArray) -> IntArray:
        """First instant at which this much work is done: the end of a period rather than the start of the next."""
        total = self.totals[calendar]
        low, high = work <= 0, work > total
        weeks: IntArray | None = None
        if low.any() or high.any():
            before, after = self._week_work(calendar, low, high)
            weeks = np.where(low, -((-work) // before + 1), np.where(high, -((total - work) // after), 0))
            work = work - weeks * np.where(low, before, after)
        return self._instant(work, calendar, "left", weeks)

    def latest(self, work: IntArray, calendar: IntArray) -> IntArray:
        """Last instant at which no more than this work is done: the start of a period."""
        total = self.totals[calendar]
        low, high = work < 0, work >= total
        weeks: IntArray | None = None
        if low.any() or high.any():
            before, after = self._week_work(calendar, low, high)
            weeks = np.where(low, work // before, np.where(high, (work - total) // after + 1, 0))
            work = work - weeks * np.where(low, before, after)
        return self._instant(work, calendar, "right", weeks)

    def add(self, instant: IntArray, amount: IntArray, calendar: IntArray) -> IntArray:
        """Each instant moved by signed working seconds; zero leaves it where it is, even in idle time."""
        moved = self.work_before(instant, calendar) + amount
        result = instant.copy()
        for sign, inverse in ((amount > 0, self.earliest), (amount < 0, self.latest)):
            if sign.all():
                return inverse(moved, calendar)
            if sign.any():
                result[sign] = inverse(moved[sign], calendar[sign])
        return result

    def next_start(self, instant: IntArray, calendar: IntArray) -> IntArray:
        """The instant itself where work goes on, otherwise the start of the next working period."""
        return self.latest(self.work_before(instant, calendar), calendar)

    def previous_finish(self, instant: IntArray, calendar: IntArray) -> IntArray:
        """The instant itself inside or at the end of a period, otherwise the end of the period before."""
        return self.earliest(self.work_before(instant, calendar), calendar)

    def between(self, first: IntArray, second: IntArray, calendar: IntArray) -> IntArray:
        """Signed working seconds from `first` to `second`."""
        return self.work_before(second, calendar) - self.work_before(first, calendar)

    def _instant(self, work: IntArray, calendar: IntArray, side: str, weeks: IntArray | None) -> IntArray:
        shift = calendar * self.span
        key = work + shift
        k = self.before.searchsorted(key, "left" if side == "left" else "right") - 1
        instant: IntArray = self.starts[k] + (key - self.before[k]) - shift
        return instant if weeks is None else instant + weeks * WEEK

    def _week_work(
        self, calendar: IntArray, low: npt.NDArray[np.bool_], high: npt.NDArray[np.bool_]
    ) -> tuple[IntArray, IntArray]:
        before, after = self.first_week[calendar], self.last_week[calendar]
        idle = (low & (before == 0)) | (high & (after == 0))
        if idle.any():
            culprit = int(calendar[int(idle.argmax())])
            raise CannotScheduleCalendar(self.names[culprit], "has no working time where the plan needs some")
        return np.maximum(before, 1), np.maximum(after, 1)


def _name(group: tuple[Calendar, ...]) -> int | str:
    return group[0].id if len(group) == 1 else " + ".join(str(c.id) for c in group)


def _span(calendars: Sequence[Calendar], start: datetime, days_ahead: int) -> tuple[datetime, int]:
    """Monday before, and days to, everything irregular in the calendars, with a regular week at either end."""
    first, last = start.date(), _shifted(start.date(), min(days_ahead, FURTHEST_DAYS))
    earliest, latest = _shifted(first, -FURTHEST_DAYS), _shifted(first, FURTHEST_DAYS)
    for calendar in calendars:
        irregular = [(e.first, e.last) for e in calendar.exceptions]
        irregular += [(w.first, w.last) for w in calendar.work_weeks]
        for begin, end in irregular:
            first, last = min(first, max(begin, earliest)), max(last, min(end, latest))
    monday = _shifted(first, -first.weekday() - 14)
    days = (last - monday).days + 14
    return datetime.combine(monday, time()), days + -days % 7


def _shifted(day: date, days: int) -> date:
    return date.fromordinal(min(max(day.toordinal() + days, 8), date.max.toordinal() - 60))


def _periods(calendar: Calendar, first: date, days: int) -> tuple[IntArray, IntArray]:
    """Start and end of every working period in seconds after midnight of `first`, a Monday, for so many days."""
    patterns: list[tuple[Shift, ...]] = list(calendar.week)
    pattern = np.arange(-1, days) % 7
    for other in reversed(calendar.work_weeks):
        where = slice(*_days(other.first, other.last, first, days))
        pattern[where] = np.arange(-1, days)[where] % 7 + len(patterns)
        patterns.extend(other.week)
    for entry in reversed(calendar.exceptions):
        pattern[slice(*_days(entry.first, entry.last, first, days))] = len(patterns)
        patterns.append(entry.shifts)
    counts = np.array([len(p) for p in patterns])
    shifts = np.array([s for p in patterns for s in p], np.int64).reshape(-1, 2) * 60
    per_day = counts[pattern]
    offset = np.repeat((np.cumsum(counts) - counts)[pattern] - (np.cumsum(per_day) - per_day), per_day)
    rows = shifts[offset + np.arange(per_day.sum())]
    midnight = np.repeat(np.arange(-1, days) * DAY, per_day)
    return _disjoint(rows[:, 0] + midnight, rows[:, 1] + midnight, days * DAY)


def _days(first: date, last: date, origin: date, days: int) -> tuple[int, int]:
    """Positions of these days in an array that begins the day before `origin`."""
    begin, end = (first - origin).days + 1, (last - origin).days + 2
    return min(max(begin, 0), days + 1), min(max(end, 0), days + 1)


def _disjoint(starts: IntArray, ends: IntArray, span: int) -> tuple[IntArray, IntArray]:
    """Periods inside the span, cut where a night shift runs into the next day's."""
    if not len(starts):
        return starts, ends
    reached = np.maximum.accumulate(np.append(0, ends[:-1]))
    starts, ends = np.maximum(starts, reached), np.minimum(ends, span)
    kept = starts < ends
    return starts[kept], ends[kept]


def _common(one: tuple[IntArray, IntArray], two: tuple[IntArray, IntArray]) -> tuple[IntArray, IntArray]:
    """Periods in which both work."""
    edges = np.unique(np.concatenate((*one, *two)))
    both = np.ones(max(len(edges) - 1, 0), bool)
    for starts, ends in (one, two):
        k = starts.searchsorted(edges[:-1], "right") - 1
        both &= (k >= 0) & (edges[:-1] < ends[k])
    return edges[:-1][both], edges[1:][both]
