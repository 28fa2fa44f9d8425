"""Working time by the official calendar: worked examples of the guide, and laws that always hold."""

# ruff: noqa: DTZ001 - moments are local and naive here
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.calc.reference.official_days import official_years
from panshi.calc.working_time import OfficialYear, WorkCalendar

CALENDAR = WorkCalendar(official_years())
MOMENTS = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2026, 10, 1))


def test_the_worked_examples_of_the_guide() -> None:
    assert CALENDAR.after_days(datetime(2026, 11, 20, 16, 0), 2).at == datetime(2026, 11, 24, 16, 0)
    assert CALENDAR.after_days(datetime(2026, 9, 30, 16, 0), 1).at == datetime(2026, 10, 8, 16, 0)
    assert CALENDAR.after_minutes(datetime(2026, 11, 20, 16, 0), 240).at == datetime(2026, 11, 23, 11, 0)
    assert CALENDAR.after_days(datetime(2026, 11, 21, 10, 0), 1).at == datetime(2026, 11, 24, 8, 30)
    assert CALENDAR.minutes_between(datetime(2026, 9, 30, 16, 0), datetime(2026, 10, 8, 9, 0)) == 120


def test_make_up_days_are_worked_and_holidays_are_not() -> None:
    assert CALENDAR.is_working(date(2026, 10, 10))
    assert not CALENDAR.is_working(date(2026, 10, 5))


def test_a_year_without_a_notice_is_provisional_and_one_entered_is_not() -> None:
    late = datetime(2026, 12, 31, 16, 0)
    assert CALENDAR.after_days(late, 1).provisional
    assert CALENDAR.after_minutes(late, 180).provisional
    entered = WorkCalendar(
        {**official_years(), 2027: OfficialYear(frozenset({date(2027, 1, 1)}), frozenset())}
    )
    found = entered.after_days(late, 1)
    assert (found.at, found.provisional) == (datetime(2027, 1, 4, 16, 0), False)


@given(MOMENTS, st.integers(0, 5000))
def test_time_added_is_the_time_between(moment: datetime, minutes: int) -> None:
    start = CALENDAR.next_moment(moment).replace(second=0, microsecond=0)
    assert CALENDAR.minutes_between(start, CALENDAR.after_minutes(start, minutes).at) == minutes


@given(MOMENTS, st.integers(0, 40), st.integers(0, 40))
def test_days_add_up(moment: datetime, first: int, second: int) -> None:
    once = CALENDAR.after_days(CALENDAR.after_days(moment, first).at, second).at
    assert once == CALENDAR.after_days(moment, first + second).at


@given(
    MOMENTS, st.timedeltas(timedelta(0), timedelta(days=60)), st.timedeltas(timedelta(0), timedelta(days=60))
)
def test_working_time_is_additive(moment: datetime, one: timedelta, two: timedelta) -> None:
    start = moment.replace(second=0, microsecond=0)
    middle, end = (
        (start + one).replace(second=0, microsecond=0),
        (start + one + two).replace(second=0, microsecond=0),
    )
    parts = CALENDAR.minutes_between(start, middle) + CALENDAR.minutes_between(middle, end)
    assert parts == CALENDAR.minutes_between(start, end)


def test_nonsense_is_refused() -> None:
    for days in (-1, 10**6):
        with pytest.raises(ValueError, match="cannot be counted"):
            CALENDAR.after_days(datetime(2026, 1, 5), days)
    with pytest.raises(ValueError, match="hours"):
        WorkCalendar({}, ())
