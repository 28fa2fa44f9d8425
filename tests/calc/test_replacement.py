"""When a machine should be replaced."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from panshi.calc.replacement import Reading, Replacement, replacement

SINCE = dt.date(2020, 2, 29)


def due(
    years: int | None = None, hours: int | None = None, *readings: tuple[dt.date, int]
) -> Replacement | None:
    read = [Reading(on, count) for on, count in readings]
    return replacement(commissioned_on=SINCE, life_years=years, life_hours=hours, readings=read)


def test_years_end_on_the_day_it_was_put_to_use() -> None:
    assert due(8) == Replacement(dt.date(2028, 2, 29), "years")
    assert due(7) == Replacement(dt.date(2027, 2, 28), "years")


def test_hours_run_out_at_the_pace_of_the_readings() -> None:
    """1 000 hours in 100 days: the missing 8 000 take 800 days more."""
    found = due(None, 10_000, (dt.date(2024, 1, 1), 1_000), (dt.date(2024, 4, 10), 2_000))
    assert found == Replacement(dt.date(2024, 4, 10) + dt.timedelta(days=800), "hours", 10.0)


def test_one_reading_counts_from_the_day_of_use() -> None:
    found = due(None, 2_000, (SINCE + dt.timedelta(days=100), 1_000))
    assert found is not None
    assert found.on == SINCE + dt.timedelta(days=200)


def test_the_earlier_of_both_decides() -> None:
    found = due(30, 2_000, (SINCE + dt.timedelta(days=100), 1_000))
    assert found is not None
    assert found.cause == "hours"


def test_what_ran_longer_than_it_should_is_due_since_it_was_read() -> None:
    found = due(None, 900, (SINCE + dt.timedelta(days=100), 1_000))
    assert found is not None
    assert found.on == SINCE + dt.timedelta(days=100)


def test_nothing_known_gives_nothing() -> None:
    assert due() is None
    assert due(None, 5_000) is None
    assert due(None, 5_000, (SINCE, 0), (SINCE + dt.timedelta(days=100), 0)) is None
    assert replacement(commissioned_on=None, life_years=10, life_hours=None, readings=[]) is None


@given(
    years=st.integers(1, 100),
    hours=st.integers(1, 2_000_000),
    reads=st.dictionaries(
        st.dates(dt.date(2021, 1, 1), dt.date(2100, 1, 1)), st.integers(0, 2_000_000), max_size=4
    ),
)
def test_more_knowledge_never_puts_it_later(years: int, hours: int, reads: dict[dt.date, int]) -> None:
    both = due(years, hours, *sorted(reads.items()))
    alone = due(years)
    assert both is not None
    assert alone is not None
    assert both.on <= alone.on
