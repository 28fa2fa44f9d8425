"""The time scale of the Gantt chart: where a moment lies, what stands above it, which days are idle.

Dates get years, months, weeks, days or hours as the room allows; plans in periods get round numbers.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from panshi.calc.scheduling.calendars import STANDARD
from panshi.calc.scheduling.model import Plan
from panshi.calc.scheduling.schedule import Moment

_DAY = timedelta(days=1)
_HEADING = 46.0
"""Least width of a heading below."""


@dataclass(frozen=True)
class Tick:
    """A stretch of time with its heading; `left` and `right` in drawing units."""

    left: float
    right: float
    text: str


@dataclass(frozen=True)
class Scale:
    """Maps moments to the horizontal axis and knows its two rows of headings."""

    above: tuple[Tick, ...]
    below: tuple[Tick, ...]
    idle: tuple[tuple[float, float], ...]
    place: Callable[[Moment], float]


def scale_of(plan: Plan, first: Moment, last: Moment, left: float, right: float) -> Scale:
    """The scale from `first` to `last` between two horizontal positions."""
    if isinstance(first, datetime) and isinstance(last, datetime):
        return _dated(plan, first, last, left, right)
    assert isinstance(first, int)
    assert isinstance(last, int)
    return _counted(first, max(last, first + 1), left, right)


def _counted(first: int, last: int, left: float, right: float) -> Scale:
    unit = (right - left) / (last - first)
    steps = (step * 10**power for power in range(12) for step in (1, 2, 5))
    step = next(s for s in steps if s * unit >= _HEADING)

    def place(moment: Moment) -> float:
        assert isinstance(moment, int)
        return left + (moment - first) * unit

    marks = [first, *(m for m in range(first + step - first % step, last, step)), last]
    below = tuple(Tick(place(a), place(b), str(a)) for a, b in pairwise(marks))
    return Scale((Tick(left, right, "周期 Periods"),), below, (), place)


def _dated(plan: Plan, first: datetime, last: datetime, left: float, right: float) -> Scale:
    begin = datetime.combine(first.date(), time())
    end = max(datetime.combine(last.date(), time()) + _DAY, begin + _DAY)
    unit = (right - left) / ((end - begin) / _DAY)

    def place(moment: Moment) -> float:
        assert isinstance(moment, datetime)
        return left + (moment - begin) / _DAY * unit

    def ticks(cuts: Iterator[datetime], text: Callable[[datetime], str]) -> tuple[Tick, ...]:
        inside = [begin, *(cut for cut in cuts if begin < cut < end), end]
        return tuple(Tick(place(a), place(b), text(a)) for a, b in pairwise(inside))

    above, below = _headings(unit, begin, end, ticks)
    idle = tuple(_idle(plan, begin.date(), end.date(), place)) if unit >= 2 else ()
    return Scale(above, below, idle, place)


def _headings(
    unit: float,
    begin: datetime,
    end: datetime,
    ticks: Callable[[Iterator[datetime], Callable[[datetime], str]], tuple[Tick, ...]],
) -> tuple[tuple[Tick, ...], tuple[Tick, ...]]:
    if unit >= _HEADING * 4:
        hours = next(h for h in (1, 2, 3, 4, 6, 12) if h * unit / 24 >= _HEADING or h == 12)
        step = timedelta(hours=hours)
        return ticks(_every(begin, end, _DAY), _day), ticks(_every(begin, end, step), lambda t: f"{t:%H:%M}")
    months = ticks(_months(begin, end, 1), _month)
    if unit >= 15:
        return months, ticks(_every(begin, end, _DAY), lambda t: str(t.day))
    monday = begin - timedelta(days=begin.weekday())
    weeks = next((w for w in (1, 2) if w * 7 * unit >= _HEADING), 0)
    if weeks:
        step = timedelta(weeks=weeks)
        return months, ticks(_every(monday, end, step), lambda t: f"{t.month}/{t.day}")
    years = ticks(_months(begin, end, 12), lambda t: f"{t.year}年")
    size = next(m for m in (1, 3, 6, 12) if m * 30 * unit >= _HEADING or m == 12)
    return years, ticks(_months(begin, end, size), lambda t: f"{t.month}月" if size < 12 else str(t.year))


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d} 周{'一二三四五六日'[moment.weekday()]} {moment:%a}"


def _month(moment: datetime) -> str:
    return f"{moment.year}年{moment.month}月 {moment:%b}"


def _every(begin: datetime, end: datetime, step: timedelta) -> Iterator[datetime]:
    while begin < end:
        yield begin
        begin += step


def _months(begin: datetime, end: datetime, size: int) -> Iterator[datetime]:
    """First days of every `size`-th month of the year."""
    month = begin.year * 12 + begin.month - 1
    month -= month % size
    while (first := datetime(month // 12, month % 12 + 1, 1, tzinfo=begin.tzinfo)) < end:
        yield first
        month += size


def _idle(
    plan: Plan, first: date, last: date, place: Callable[[Moment], float]
) -> Iterator[tuple[float, float]]:
    """Days without work on the project calendar, joined to stretches."""
    calendar = next((c for c in plan.calendars if c.id == plan.calendar), STANDARD)
    begun: date | None = None
    day = first
    while day <= last:
        rests = day < last and not calendar.shifts_on(day)
        if rests and begun is None:
            begun = day
        if not rests and begun is not None:
            yield place(datetime.combine(begun, time())), place(datetime.combine(day, time()))
            begun = None
        day += _DAY
