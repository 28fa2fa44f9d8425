"""Working calendars as values: a working week with shifts, exceptions and make-up days.

`Calendar.shifts_on` answers for one day; `worktime` turns calendars into arrays for fast date arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .errors import CannotScheduleCalendar

MINUTES_A_DAY = 24 * 60

Shift = tuple[int, int]
"""Working time of one shift as minutes after midnight, half-open; past 1440 it ends on the next day."""


@dataclass(frozen=True, slots=True)
class CalendarException:
    """Other hours from `first` to `last` (inclusive): none for a holiday, some for a make-up day 调休."""

    first: date
    last: date
    shifts: tuple[Shift, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class WorkWeek:
    """Another working week from `first` to `last` (inclusive), such as summer hours; Monday first."""

    first: date
    last: date
    week: tuple[tuple[Shift, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """When work is done: `week` (Monday first), replaced by `work_weeks`, replaced by `exceptions`.

    Of several entries for one day the first one counts.
    """

    id: int | str
    week: tuple[tuple[Shift, ...], ...]
    name: str = ""
    exceptions: tuple[CalendarException, ...] = ()
    work_weeks: tuple[WorkWeek, ...] = ()

    def __post_init__(self) -> None:
        for week in (self.week, *(w.week for w in self.work_weeks)):
            if len(week) != 7:
                raise CannotScheduleCalendar(self.id, f"has a week of {len(week)} days")
            for shifts in week:
                self._check(shifts)
        for entry in self.exceptions:
            self._check(entry.shifts)
        spans = [(e.first, e.last) for e in self.exceptions] + [(w.first, w.last) for w in self.work_weeks]
        for first, last in spans:
            if last < first:
                raise CannotScheduleCalendar(self.id, f"has an entry that ends before it begins ({first})")
        if not any(self.week) and not any(e.shifts for e in self.exceptions) and not self._weeks_work():
            raise CannotScheduleCalendar(self.id, "has no working time")

    def shifts_on(self, day: date) -> tuple[Shift, ...]:
        """Shifts that begin on this day."""
        for entry in self.exceptions:
            if entry.first <= day <= entry.last:
                return entry.shifts
        for other in self.work_weeks:
            if other.first <= day <= other.last:
                return other.week[day.weekday()]
        return self.week[day.weekday()]

    def _weeks_work(self) -> bool:
        return any(any(w.week) for w in self.work_weeks)

    def _check(self, shifts: tuple[Shift, ...]) -> None:
        end = 0
        for start, finish in shifts:
            if start < end or finish <= start or start >= MINUTES_A_DAY or finish > 2 * MINUTES_A_DAY:
                raise CannotScheduleCalendar(self.id, f"has shifts that overlap or run backwards: {shifts}")
            end = finish


EIGHT_HOURS: tuple[Shift, ...] = ((8 * 60, 12 * 60), (13 * 60, 17 * 60))


def standard_week(shifts: tuple[Shift, ...] = EIGHT_HOURS, days: int = 5) -> tuple[tuple[Shift, ...], ...]:
    """A week that works the same shifts on its first `days` days, Monday first."""
    return (shifts,) * days + ((),) * (7 - days)


STANDARD = Calendar(id="standard", week=standard_week())
"""Monday to Friday, 8 to 12 and 13 to 17: the calendar of plans that name none."""

ROUND_THE_CLOCK: tuple[tuple[Shift, ...], ...] = (((0, MINUTES_A_DAY),),) * 7
"""A week without rest, for machines and for time on the clock."""

ALWAYS = Calendar(id="elapsed time", week=ROUND_THE_CLOCK)
"""Time on the clock as a calendar."""
