"""Calendars of Microsoft Project XML: working weeks, exceptions, recurring exceptions, inheritance from a base.

A calendar without its own entry for a day takes its base calendar's, so that every `Calendar` stands alone.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from xml.etree.ElementTree import Element

from panshi.calc.scheduling.calendars import (
    MINUTES_A_DAY,
    Calendar,
    CalendarException,
    Shift,
    WorkWeek,
    standard_week,
)

from .xml_values import day, flag, integer, minute_of_day, text

Note = Callable[[str], None]
Week = tuple[tuple[Shift, ...], ...]

DAILY, YEARLY, MONTHLY, WEEKLY = 1, 2, 4, 6
MAX_OCCURRENCES = 4000


def read_calendars(root: Element, note: Note) -> tuple[Calendar, ...]:
    """All calendars of a project; `note` is told what is not understood."""
    elements = {integer(e, "UID"): e for e in root.iterfind("Calendars/Calendar")}
    done: dict[int, Calendar] = {}
    for uid in elements:
        _resolve(uid, elements, done, note)
    return tuple(done[uid] for uid in elements)


def _resolve(
    uid: int, elements: dict[int, Element], done: dict[int, Calendar], note: Note
) -> Calendar | None:
    """Calendar with this number after those it is based on; None for one that does not exist."""
    if uid in done or uid not in elements:
        return done.get(uid)
    element = elements[uid]
    pending = {**elements}
    del pending[uid]
    above = integer(element, "BaseCalendarUID", -1)
    base = _resolve(above, pending, done, note) if above >= 0 else None
    done[uid] = _calendar(uid, element, base, note)
    return done[uid]


def _calendar(uid: int, element: Element, base: Calendar | None, note: Note) -> Calendar:
    inherited = base.week if base else standard_week()
    days = element.findall("WeekDays/WeekDay")
    exceptions = [
        e for item in element.iterfind("Exceptions/Exception") for e in _exceptions(uid, item, note)
    ]
    if not element.findall("Exceptions/Exception"):
        exceptions = [e for item in days if integer(item, "DayType") == 0 for e in _one_exception(item)]
    own_weeks = tuple(_work_week(item, inherited) for item in element.iterfind("WorkWeeks/WorkWeek"))
    plain = Calendar(
        id=uid,
        name=text(element, "Name"),
        week=_week([item for item in days if integer(item, "DayType") > 0], inherited),
    )
    return replace(
        plain,
        exceptions=(*exceptions, *(base.exceptions if base else ())),
        work_weeks=(*own_weeks, *(base.work_weeks if base else ())),
    )


def _week(days: list[Element], inherited: Week) -> Week:
    """Working week, Monday first; Project counts days from Sunday, 1 to 7."""
    week = list(inherited)
    for item in days:
        number = integer(item, "DayType")
        if 1 <= number <= 7:
            week[(number - 2) % 7] = _shifts(item) if flag(item, "DayWorking") else ()
    return tuple(week)


def _shifts(item: Element) -> tuple[Shift, ...]:
    """Working times in ascending order; an end at or before the start, such as 00:00, lies on the next day."""
    found = []
    for span in item.iterfind("WorkingTimes/WorkingTime"):
        start, finish = minute_of_day(span, "FromTime"), minute_of_day(span, "ToTime")
        if start is not None and finish is not None:
            found.append((start, finish if finish > start else finish + MINUTES_A_DAY))
    return tuple(sorted(found))


def _work_week(item: Element, inherited: Week) -> WorkWeek:
    first, last = _span(item)
    return WorkWeek(first, last, _week(item.findall("WeekDays/WeekDay"), inherited))


def _span(item: Element) -> tuple[date, date]:
    period = item.find("TimePeriod")
    if period is None:
        return date.min, date.max
    return day(period, "FromDate") or date.min, day(period, "ToDate") or date.max


def _one_exception(item: Element) -> list[CalendarException]:
    first, last = _span(item)
    shifts = _shifts(item) if flag(item, "DayWorking") else ()
    return [CalendarException(first, last, shifts, text(item, "Name"))]


def _exceptions(uid: int, item: Element, note: Note) -> list[CalendarException]:
    """One entry for a span of days, or one for each occurrence of a recurring exception."""
    kind, first, last = integer(item, "Type", DAILY), *_span(item)
    step = max(integer(item, "Period", 1), 1)
    if kind == DAILY and step == 1:
        return _one_exception(item)
    rules: dict[int, Callable[[date], bool]] = {
        DAILY: lambda d: (d - first).days % step == 0,
        YEARLY: lambda d: (
            _is_month_day(d, integer(item, "MonthDay")) and d.month == integer(item, "Month") + 1
        ),
        MONTHLY: lambda d: _is_month_day(d, integer(item, "MonthDay")) and _months(first, d) % step == 0,
        WEEKLY: lambda d: _on_weekday(d, item) and (_sunday(d) - _sunday(first)).days // 7 % step == 0,
    }
    rule = rules.get(kind)
    if rule is None:
        name = text(item, "Name") or "without a name"
        note(f"calendar {uid}: exception {name} recurs by position in the month or year and is left out")
        return []
    plain = _one_exception(item)[0]
    dates = [d for d in _days(first, last) if rule(d)][: integer(item, "Occurrences") or MAX_OCCURRENCES]
    return [replace(plain, first=d, last=d) for d in dates]


def _days(first: date, last: date) -> Iterator[date]:
    for offset in range(min((last - first).days, 36_525) + 1):
        yield first + timedelta(days=offset)


def _is_month_day(found: date, number: int) -> bool:
    return found.day == min(number, months.monthrange(found.year, found.month)[1])


def _months(first: date, found: date) -> int:
    return (found.year - first.year) * 12 + found.month - first.month


def _on_weekday(found: date, item: Element) -> bool:
    """Project keeps weekdays as bits, Sunday lowest."""
    return bool(integer(item, "DaysOfWeek") >> (found.isoweekday() % 7) & 1)


def _sunday(found: date) -> date:
    return found - timedelta(days=found.isoweekday() % 7)
