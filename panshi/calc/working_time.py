"""Working days and working hours by the official Chinese calendar: deadlines forward, time used between two moments.

Moments are local (China) and naive. A calendar is a value: years with the State Council's notice, and the hours of a
working day. In a year without a notice weekdays count as working days and every answer that touched it is provisional.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

ONE_DAY: Final = timedelta(days=1)
FURTHEST: Final = 3660
"""Calendar days a search goes at most: whoever asks for more made a mistake."""

Span = tuple[time, time]


@dataclass(frozen=True, slots=True)
class OfficialYear:
    """One year's notice: days off (weekends inside a holiday may stand there too) and weekend days that are worked."""

    off: frozenset[date]
    made_up: frozenset[date]


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment found by counting working time; `provisional` when a year without a notice was counted through."""

    at: datetime
    provisional: bool


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Official years and the working hours of a day, as spans in order; both ends of the day bound all of them."""

    years: Mapping[int, OfficialYear] = field(default_factory=dict)
    hours: tuple[Span, ...] = ((time(8, 30), time(17, 30)),)

    def __post_init__(self) -> None:
        last: time | None = None
        for start, end in self.hours:
            if start >= end or (last is not None and start < last):
                raise ValueError("working hours must follow one another and end after they begin")
            last = end
        if not self.hours:
            raise ValueError("a working day needs hours")

    @property
    def minutes_a_day(self) -> int:
        """Working minutes of one whole working day."""
        return sum(_minutes(start, end) for start, end in self.hours)

    def is_official(self, day: date) -> bool:
        """Whether the year of this day has a notice."""
        return day.year in self.years

    def is_working(self, day: date) -> bool:
        """Whether work is done on this day: by the notice, otherwise Monday to Friday."""
        year = self.years.get(day.year)
        if year is None:
            return day.weekday() < 5
        return day in year.made_up or (day.weekday() < 5 and day not in year.off)

    def next_moment(self, moment: datetime) -> datetime:
        """The moment itself inside working hours, otherwise the next start of work."""
        for day in _days_from(moment.date()):
            if not self.is_working(day):
                continue
            for start, end in self.hours:
                if day > moment.date() or moment.time() < start:
                    return datetime.combine(day, start)
                if moment.time() < end:
                    return moment
        raise ValueError("no working day within ten years")

    def after_days(self, moment: datetime, days: int) -> Deadline:
        """`days` working days later at the same time of day: Friday 16:00 and two days make Tuesday 16:00.

        What arrives outside working hours counts from the next start of work. `days` below 0 raises ValueError.
        """
        if not 0 <= days <= FURTHEST // 2:
            raise ValueError(f"{days} working days cannot be counted")
        start = self.next_moment(moment)
        provisional = not (self.is_official(moment.date()) and self.is_official(start.date()))
        left = days
        for day in _days_from(start.date()):
            provisional = provisional or not self.is_official(day)
            if left == 0 and self.is_working(day):
                return Deadline(datetime.combine(day, start.time()), provisional)
            if self.is_working(day):
                left -= 1
        raise ValueError("no such working day within ten years")

    def after_minutes(self, moment: datetime, minutes: int) -> Deadline:
        """The moment at which so many working minutes have passed; at the end of a span rather than the next start."""
        if not 0 <= minutes <= FURTHEST // 2 * self.minutes_a_day:
            raise ValueError(f"{minutes} working minutes cannot be counted")
        start = self.next_moment(moment)
        provisional = not (self.is_official(moment.date()) and self.is_official(start.date()))
        left = timedelta(minutes=minutes)
        if not left:
            return Deadline(start, provisional)
        for day in _days_from(start.date()):
            provisional = provisional or not self.is_official(day)
            for opens, end in self._spans(day):
                begin = max(opens, start)
                if end - begin >= left:
                    return Deadline(begin + left, provisional)
                left -= max(end - begin, timedelta())
        raise ValueError("no such working moment within ten years")

    def before_days(self, moment: datetime, days: int) -> datetime:
        """The same time of day `days` working days earlier: when a reminder ahead of a deadline is due."""
        day, left = moment.date(), days
        while left > 0:
            day -= ONE_DAY
            if self.is_working(day):
                left -= 1
        return datetime.combine(day, moment.time())

    def minutes_between(self, start: datetime, end: datetime) -> int:
        """Whole working minutes from `start` to `end`; 0 when `end` is not later."""
        if end <= start:
            return 0
        total, day = timedelta(), start.date()
        while day <= end.date():
            for begin, finish in self._spans(day):
                total += max(min(finish, end) - max(begin, start), timedelta())
            day += ONE_DAY
        return int(total // timedelta(minutes=1))

    def _spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """The working spans of one day as moments; none on a day off."""
        if self.is_working(day):
            for start, end in self.hours:
                yield datetime.combine(day, start), datetime.combine(day, end)


def _minutes(start: time, end: time) -> int:
    return (end.hour - start.hour) * 60 + end.minute - start.minute


def _days_from(day: date) -> Iterator[date]:
    """The day and those after it, ten years long."""
    for number in range(FURTHEST):
        yield day + timedelta(days=number)
