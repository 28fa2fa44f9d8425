"""Quiet hours and free days: when a person may be disturbed again, and when the digest comes."""

import datetime as dt

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from panshi.calc.reference.official_days import official_years
from panshi.calc.working_time import WorkCalendar
from panshi.ground.notices import quiet
from panshi.ground.notices.models import Rhythm

HERE = timezone.get_default_timezone()
WORKS = WorkCalendar(official_years()).is_working


def loud_again(rhythm: Rhythm, moment: dt.datetime) -> dt.datetime:
    return quiet.loud_again(rhythm, moment, works=WORKS)


def digest_day(rhythm: Rhythm, moment: dt.datetime) -> bool:
    return quiet.digest_day(rhythm, moment, works=WORKS)


def local(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=HERE)


def rhythm(first: str = "22:00", last: str = "08:00", *, holidays: bool = True, **more: object) -> Rhythm:
    return Rhythm(
        quiet_from=dt.time.fromisoformat(first),
        quiet_to=dt.time.fromisoformat(last),
        quiet_on_holidays=holidays,
        **more,
    )


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-20T15:00", "2026-11-20T15:00"),  # a Friday afternoon
        ("2026-11-20T23:00", "2026-11-23T08:00"),  # Friday night: the week begins on Monday
        ("2026-11-24T03:00", "2026-11-24T08:00"),
        ("2026-11-24T08:00", "2026-11-24T08:00"),
        ("2026-11-24T22:00", "2026-11-25T08:00"),
        ("2026-11-21T12:00", "2026-11-23T08:00"),  # Saturday
        ("2026-10-03T12:00", "2026-10-08T08:00"),  # National Day
        ("2026-10-10T12:00", "2026-10-10T12:00"),  # a Saturday made up for
    ],
)
def test_mail_waits_for_the_end_of_quiet(moment: str, expected: str) -> None:
    assert loud_again(rhythm(), local(moment)) == local(expected)


def test_who_works_on_holidays_is_only_left_alone_at_night() -> None:
    assert loud_again(rhythm(holidays=False), local("2026-10-03T12:00")) == local("2026-10-03T12:00")
    assert loud_again(rhythm(holidays=False), local("2026-10-03T23:00")) == local("2026-10-04T08:00")


def test_quiet_hours_within_a_day_and_none_at_all() -> None:
    assert loud_again(rhythm("12:00", "14:00"), local("2026-11-24T13:00")) == local("2026-11-24T14:00")
    assert loud_again(rhythm("12:00", "14:00"), local("2026-11-24T03:00")) == local("2026-11-24T03:00")
    assert loud_again(rhythm("09:00", "09:00"), local("2026-11-24T09:00")) == local("2026-11-24T09:00")


@given(
    st.builds(dt.datetime.combine, st.dates(dt.date(2025, 1, 1), dt.date(2027, 12, 1)), st.times()),
    st.times(),
    st.times(),
    st.booleans(),
)
def test_the_answer_is_never_early_and_never_quiet(
    moment: dt.datetime, first: dt.time, last: dt.time, holidays: bool
) -> None:
    asked = moment.replace(tzinfo=HERE)
    chosen = Rhythm(quiet_from=first, quiet_to=last, quiet_on_holidays=holidays)
    found = loud_again(chosen, asked)
    assert found >= asked
    assert loud_again(chosen, found) == found
    assert not holidays or WORKS(found.date())


def test_a_digest_comes_at_its_hour_on_its_days() -> None:
    daily = rhythm(digest="daily", digest_at=dt.time(8))
    assert not digest_day(daily, local("2026-11-24T07:59"))
    assert digest_day(daily, local("2026-11-24T08:00"))
    assert not digest_day(daily, local("2026-11-21T09:00"))  # Saturday
    weekly = rhythm(digest="weekly", digest_at=dt.time(8))
    assert digest_day(weekly, local("2026-11-23T09:00"))
    assert not digest_day(weekly, local("2026-11-24T09:00"))
    assert digest_day(weekly, local("2026-10-08T09:00"))  # Thursday, the first day after the holidays
    assert not digest_day(rhythm(digest="never"), local("2026-11-24T09:00"))
