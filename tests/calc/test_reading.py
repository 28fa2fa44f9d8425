"""Amounts and days as people type them: read where the meaning is certain, refused otherwise."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.calc.money import read_amount
from panshi.calc.periods import DayOrder, Period, add_months, day_order, month_of, read_day
from panshi.calc.reading import Problem, Unreadable


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1234.5", "1234.5"),
        ("1,234.50元", "1234.50"),
        ("１，２３４．５０", "1234.5"),
        ("￥1,234", "1234"),
        ("¥ -12.3", "-12.3"),
        ("-¥12.3", "-12.3"),
        ("(1,234.50)", "-1234.5"),
        ("（１２）", "-12"),
        ("12.5-", "-12.5"),
        ("\u221212", "-12"),
        ("RMB 30", "30"),
        ("人民币30元整", "30"),
        ("1.2万元", "12000"),
        ("3亿", "300000000"),
        ("1e3", "1000"),
        (" 7 ", "7"),
        (".5", "0.5"),
        ("-0.00004", "0"),
        ("2.00005", "2.0001"),
        ("99999999999999.9999", "99999999999999.9999"),
    ],
)
def test_certain_amounts_are_read(text: str, amount: str) -> None:
    assert read_amount(text) == Decimal(amount)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", Problem.MISSING),
        ("\u3000", Problem.MISSING),
        ("abc", Problem.UNREADABLE),
        ("1.234,50", Problem.UNREADABLE),
        ("1,23", Problem.UNREADABLE),
        ("12,34,567", Problem.UNREADABLE),
        ("$5", Problem.UNREADABLE),
        ("5%", Problem.UNREADABLE),
        ("(5", Problem.UNREADABLE),
        ("-(5)", Problem.UNREADABLE),
        ("--5", Problem.UNREADABLE),
        ("1_000", Problem.UNREADABLE),
        ("#N/A", Problem.UNREADABLE),
        ("NaN", Problem.UNREADABLE),
        ("1e20", Problem.TOO_LARGE),
        ("99999999999999.99999", Problem.TOO_LARGE),
        ("9" * 5000, Problem.TOO_LARGE),
    ],
)
def test_uncertain_amounts_are_refused(text: str, problem: Problem) -> None:
    with pytest.raises(Unreadable) as refused:
        read_amount(text)
    assert refused.value.problem is problem


@given(st.decimals(-(10**13), 10**13, places=4))
def test_written_amounts_come_back(amount: Decimal) -> None:
    assert read_amount(str(amount)) == amount
    assert read_amount(f"{amount:,.4f}元") == amount


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-2-3", date(2026, 2, 3)),
        ("2026/02/03", date(2026, 2, 3)),
        ("2026.2.3", date(2026, 2, 3)),
        ("2026年2月3日", date(2026, 2, 3)),
        ("２０２６－０２－０３", date(2026, 2, 3)),
        ("20260203", date(2026, 2, 3)),
        ("2026-02-03 23:59:59", date(2026, 2, 3)),
        ("2026/2/3 8:05 PM", date(2026, 2, 3)),
        ("2026-02-03T20:00:00Z", date(2026, 2, 4)),
        ("2026-02-03T20:00:00+08:00", date(2026, 2, 3)),
        ("2026-02-03T20:00:00.123-0500", date(2026, 2, 4)),
        ("46056", date(2026, 2, 3)),
        ("46056.75", date(2026, 2, 3)),
        ("2/2/2026", date(2026, 2, 2)),
    ],
)
def test_certain_days_are_read(text: str, day: date) -> None:
    assert read_day(text) == day


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", Problem.MISSING),
        ("2026/2/30", Problem.IMPOSSIBLE),
        ("20261301", Problem.IMPOSSIBLE),
        ("0026-01-01", Problem.IMPOSSIBLE),
        ("2026-01-01 25:00", Problem.IMPOSSIBLE),
        ("3/4/2026", Problem.AMBIGUOUS),
        ("2026年2月", Problem.UNREADABLE),
        ("12345", Problem.UNREADABLE),
        ("26-1-1", Problem.UNREADABLE),
        ("infinity", Problem.UNREADABLE),
        ("昨天", Problem.UNREADABLE),
    ],
)
def test_uncertain_days_are_refused(text: str, problem: Problem) -> None:
    with pytest.raises(Unreadable) as refused:
        read_day(text)
    assert refused.value.problem is problem


def test_the_column_decides_the_order_of_day_and_month() -> None:
    assert day_order(["3/4/2026", "13/4/2026"]) is DayOrder.DAY_FIRST
    assert day_order(["3/4/2026", "4/13/2026"]) is DayOrder.MONTH_FIRST
    assert day_order(["13/4/2026", "4/13/2026"]) is None
    assert day_order(["3/4/2026", "2026-01-13"]) is None
    assert read_day("3/4/2026 8:26", DayOrder.DAY_FIRST) == date(2026, 4, 3)
    assert read_day("3/4/2026", DayOrder.MONTH_FIRST) == date(2026, 3, 4)


@given(st.dates(date(1955, 1, 1), date(2099, 12, 31)))
def test_written_days_come_back(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    for text in (day.isoformat(), f"{day:%Y%m%d}", f"{day.year}年{day.month}月{day.day}日", str(serial)):
        assert read_day(text) == day


def test_the_period_before() -> None:
    assert Period(date(2026, 1, 1), date(2026, 3, 31)).previous() == Period(
        date(2025, 10, 1), date(2025, 12, 31)
    )
    assert Period(date(2026, 3, 1), date(2026, 3, 31)).previous() == Period(
        date(2026, 2, 1), date(2026, 2, 28)
    )
    assert Period(date(2026, 3, 5), date(2026, 3, 9)).previous() == Period(
        date(2026, 2, 28), date(2026, 3, 4)
    )
    with pytest.raises(ValueError, match="before it begins"):
        Period(date(2026, 3, 2), date(2026, 3, 1))


@given(st.dates(date(1950, 1, 1), date(2150, 1, 1)), st.dates(date(1950, 1, 1), date(2150, 1, 1)))
def test_the_period_before_ends_the_day_before(one: date, other: date) -> None:
    period = Period(min(one, other), max(one, other))
    before = period.previous()
    assert before.last + timedelta(days=1) == period.first
    if period.whole_months:
        assert before.whole_months == period.whole_months
    else:
        assert before.last - before.first == period.last - period.first
    assert period.first in period
    assert before.last not in period


def test_months() -> None:
    assert month_of(date(2026, 2, 3)) == date(2026, 2, 1)
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2026, 1, 31), -2) == date(2025, 11, 30)
