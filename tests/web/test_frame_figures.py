"""How figures, money and times are written."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import translation

from panshi.web.figures import ago, change, day, moment, money, number, percent, size

AT = dt.datetime(2026, 11, 21, 1, 30, tzinfo=dt.UTC)  # 09:30 in Shanghai


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [
        (1234567, 0, "1,234,567"),
        (Decimal("0.125"), 2, "0.13"),
        (-0.5, 0, "-1"),
        (1.005, 2, "1.01"),
        (None, 0, "–"),
    ],
)
def test_numbers_round_half_up_and_have_separators(value: int | None, places: int, shown: str) -> None:
    assert number(value, places) == shown


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (Decimal("12864000"), "wan", "1,286.4"),
        (Decimal("12864000.005"), "yuan", "12,864,000.01"),
        (Decimal("-500"), "wan", "-0.1"),
        (0, "wan", "0.0"),
    ],
)
def test_money_is_shown_in_the_chosen_unit_and_keeps_the_exact_amount(
    value: Decimal, unit: str, shown: str
) -> None:
    markup = money(value, unit)  # type: ignore[arg-type]
    assert markup.striptags() == shown
    assert f'value="{Decimal(value).quantize(Decimal("0.01"), "ROUND_HALF_UP")}"' in markup


def test_a_change_says_its_direction_in_words_too() -> None:
    assert "上升" in change(Decimal("0.082"))
    assert "8.2 %" in change(Decimal("0.082"))
    assert "下降" in change(-0.4)
    assert change(0).striptags() == "0.0 %"
    assert percent(Decimal("0.8")) == "80.0 %"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (AT - dt.timedelta(seconds=20), "刚刚"),
        (AT - dt.timedelta(minutes=20), "20 分钟前"),
        (AT - dt.timedelta(hours=3), "今天"),
        (AT - dt.timedelta(hours=10), "昨天"),
        (dt.date(2026, 11, 9), "12 天前"),
        (dt.date(2026, 11, 22), "明天"),
        (dt.date(2026, 12, 1), "10 天后"),
        (dt.date(2026, 6, 21), "5 个月前"),
        (dt.date(2023, 11, 21), "3 年前"),
    ],
)
def test_times_are_relative_with_the_absolute_one_on_hover(value: dt.date | dt.datetime, shown: str) -> None:
    markup = ago(value, AT)
    assert markup.striptags() == shown
    assert 'title="20' in markup


def test_days_and_moments_are_local() -> None:
    late = dt.datetime(2026, 11, 20, 17, 0, tzinfo=dt.UTC)
    assert day(late).striptags() == "2026-11-21"
    assert moment(late).striptags() == "2026-11-21 01:00"
    assert day(None) == ago(None, AT) == moment(None) == "–"


def test_sizes() -> None:
    assert [size(0), size(1536), size(512 * 1024**2), size(3 * 1024**3)] == [
        "0 B",
        "1.5 KB",
        "512.0 MB",
        "3.0 GB",
    ]


def test_words_follow_the_language() -> None:
    with translation.override("en"):
        assert ago(dt.date(2026, 11, 9), AT).striptags() == "12 days ago"
