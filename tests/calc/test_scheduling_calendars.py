"""Calendars: shifts, holidays, make-up days and other weeks; array arithmetic equals walking minute by minute."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.calc.scheduling.calendars import (
    EIGHT_HOURS,
    ROUND_THE_CLOCK,
    STANDARD,
    Calendar,
    CalendarException,
    Shift,
    WorkWeek,
    standard_week,
)
from panshi.calc.scheduling.errors import CannotScheduleCalendar
from panshi.calc.scheduling.worktime import WEEK, WorkTable

MONDAY = datetime.fromisoformat("2025-01-06T00:00")
HOUR = 3600

SPRING_FESTIVAL = Calendar(
    id="China 2025",
    week=standard_week(),
    exceptions=(
        CalendarException(date(2025, 1, 28), date(2025, 2, 4), name="春节"),
        CalendarException(date(2025, 1, 26), date(2025, 1, 26), EIGHT_HOURS, "调休"),
        CalendarException(date(2025, 2, 8), date(2025, 2, 8), EIGHT_HOURS, "调休"),
    ),
)
NIGHTS = Calendar(id="nights", week=standard_week(((22 * 60, 30 * 60),), 5))
SUMMER = Calendar(
    id="summer",
    week=standard_week(),
    work_weeks=(WorkWeek(date(2025, 1, 13), date(2025, 1, 19), standard_week(((6 * 60, 13 * 60),), 6)),),
)
CALENDARS = (SPRING_FESTIVAL, NIGHTS, SUMMER, Calendar(id="machine", week=ROUND_THE_CLOCK))


def table(*calendars: Calendar) -> WorkTable:
    return WorkTable.of([(c,) for c in calendars], MONDAY)


def moved(calendar: Calendar, text: str, hours: float) -> str:
    known = table(calendar)
    instant = np.array([known.seconds(datetime.fromisoformat(text))])
    after = known.add(instant, np.array([int(hours * HOUR)]), np.array([0]))
    return (known.origin + timedelta(seconds=int(after[0]))).isoformat(timespec="minutes")


@pytest.mark.parametrize(
    ("calendar", "start", "hours", "finish"),
    [
        (STANDARD, "2025-01-06T08:00", 8, "2025-01-06T17:00"),
        (STANDARD, "2025-01-06T08:00", 4, "2025-01-06T12:00"),
        (STANDARD, "2025-01-10T16:00", 2, "2025-01-13T09:00"),
        (STANDARD, "2025-01-06T17:00", -8, "2025-01-06T08:00"),
        (STANDARD, "2025-01-13T08:00", -1, "2025-01-10T16:00"),
        (STANDARD, "2025-01-11T10:30", 0, "2025-01-11T10:30"),
        (SPRING_FESTIVAL, "2025-01-24T08:00", 16, "2025-01-26T17:00"),
        (SPRING_FESTIVAL, "2025-01-27T08:00", 16, "2025-02-05T17:00"),
        (SPRING_FESTIVAL, "2025-02-07T17:00", 8, "2025-02-08T17:00"),
        (NIGHTS, "2025-01-06T22:00", 8, "2025-01-07T06:00"),
        (NIGHTS, "2025-01-06T22:00", 9, "2025-01-07T23:00"),
        (NIGHTS, "2025-01-11T06:00", -9, "2025-01-10T05:00"),
        (SUMMER, "2025-01-10T16:00", 8, "2025-01-13T13:00"),
        (SUMMER, "2025-01-18T06:00", 8, "2025-01-20T09:00"),
        (STANDARD, "1999-12-31T16:00", 2, "2000-01-03T09:00"),
        (STANDARD, "2999-12-31T16:00", 2, "3000-01-01T09:00"),
    ],
)
def test_work_is_counted_over_shifts_holidays_and_make_up_days(
    calendar: Calendar, start: str, hours: float, finish: str
) -> None:
    assert moved(calendar, start, hours) == finish


def walk(calendar: Calendar, minutes: int) -> list[bool]:
    """Whether each minute after Monday is worked, by asking the calendar day by day."""
    worked = [False] * minutes
    for day in range(-1, minutes // 1440 + 1):
        for begin, end in calendar.shifts_on((MONDAY + timedelta(days=day)).date()):
            for minute in range(max(day * 1440 + begin, 0), min(day * 1440 + end, minutes)):
                worked[minute] = True
    return worked


@pytest.mark.parametrize("calendar", CALENDARS, ids=lambda c: str(c.id))
def test_arrays_agree_with_a_walk_minute_by_minute(calendar: Calendar) -> None:
    known = table(calendar)
    worked = np.array(walk(calendar, 40 * 1440))
    done = np.append(0, np.cumsum(worked)) * 60
    shift = known.seconds(MONDAY)
    minutes = np.arange(0, 40 * 1440, 7)
    row = np.zeros(len(minutes), np.int64)
    first = int(known.work_before(np.array([shift]), np.array([0]))[0])
    assert (known.work_before(minutes * 60 + shift, row) - first == done[minutes]).all()
    starts = known.next_start(minutes * 60 + shift, row) - shift
    inside = starts < 40 * 86_400
    assert worked[starts[inside] // 60].all()
    assert (done[starts[inside] // 60] == done[minutes[inside]]).all()


@given(
    st.lists(st.integers(-3 * WEEK, 300 * WEEK), min_size=1, max_size=20),
    st.integers(-500 * HOUR, 500 * HOUR),
    st.integers(0, 3),
)
def test_adding_work_and_measuring_it_agree(instants: list[int], amount: int, which: int) -> None:
    known = table(*CALENDARS)
    at = np.array(instants)
    row = np.full(len(at), which)
    there = known.add(at, np.full(len(at), amount), row)
    assert (known.between(at, there, row) == amount).all()
    back = known.add(there, np.full(len(at), -amount), row)
    assert (known.between(at, back, row) == 0).all()


@given(st.integers(-2 * WEEK, 200 * WEEK), st.integers(0, 3))
def test_next_start_and_previous_finish_enclose_idle_time(instant: int, which: int) -> None:
    known, row = table(*CALENDARS), np.array([which])
    at = np.array([instant])
    start, finish = known.next_start(at, row), known.previous_finish(at, row)
    assert finish[0] <= instant <= start[0]
    assert known.between(finish, start, row)[0] == 0


def test_two_calendars_together_work_when_both_do() -> None:
    morning = Calendar(id="morning", week=standard_week(((6 * 60, 10 * 60),), 7))
    both = WorkTable.of([(STANDARD, morning)], MONDAY)
    at = np.array([both.seconds(datetime.fromisoformat("2025-01-10T08:00"))])
    there = both.add(at, np.array([3 * HOUR]), np.array([0]))
    assert both.origin + timedelta(seconds=int(there[0])) == datetime.fromisoformat("2025-01-13T09:00")


@pytest.mark.parametrize(
    "shifts",
    [
        ((8 * 60, 8 * 60),),
        ((9 * 60, 8 * 60),),
        ((8 * 60, 12 * 60), (11 * 60, 17 * 60)),
        ((25 * 60, 26 * 60),),
    ],
)
def test_shifts_that_overlap_or_run_backwards_are_refused(shifts: tuple[Shift, ...]) -> None:
    with pytest.raises(CannotScheduleCalendar, match="'odd'"):
        Calendar(id="odd", week=standard_week(shifts))


def test_a_calendar_without_working_time_is_refused() -> None:
    with pytest.raises(CannotScheduleCalendar, match="'idle' has no working time"):
        Calendar(id="idle", week=standard_week((), 7))
    with pytest.raises(CannotScheduleCalendar, match="week of 5 days"):
        Calendar(id="short", week=standard_week()[:5])
    with pytest.raises(CannotScheduleCalendar, match="ends before"):
        Calendar(
            id="x", week=standard_week(), exceptions=(CalendarException(date(2025, 2, 2), date(2025, 2, 1)),)
        )


def test_a_calendar_that_stops_working_is_refused_only_where_work_is_needed() -> None:
    shop = Calendar(
        id="fair",
        week=((),) * 7,
        exceptions=(CalendarException(date(2025, 1, 6), date(2025, 1, 8), EIGHT_HOURS),),
    )
    assert moved(shop, "2025-01-06T08:00", 24) == "2025-01-08T17:00"
    with pytest.raises(CannotScheduleCalendar, match="'fair' has no working time where"):
        moved(shop, "2025-01-06T08:00", 25)


def test_two_calendars_that_never_meet_are_refused_by_name() -> None:
    with pytest.raises(CannotScheduleCalendar, match=r"standard \+ nights"):
        WorkTable.of([(STANDARD, NIGHTS)], MONDAY)
