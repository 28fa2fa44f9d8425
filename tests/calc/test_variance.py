"""The trailing mean and when leaving it must be explained: worked examples, edges, and laws that always hold."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.calc.variance import VarianceRule, judge

RULE = VarianceRule(periods=6, least=3, share=Decimal("0.3"), amount=Decimal(1000))
AMOUNTS = st.decimals(-(10**9), 10**9, places=2)


def d(*values: int) -> list[Decimal]:
    return [Decimal(value) for value in values]


def test_a_worked_example() -> None:
    found = judge(Decimal(60_000), d(90_000, 110_000, 100_000, 95_000, 105_000, 100_000), RULE)
    assert found is not None
    assert (found.mean, found.deviation, found.share) == (Decimal(100_000), Decimal(-40_000), Decimal("-0.4"))


def test_exactly_the_share_is_not_more_than_it() -> None:
    assert judge(Decimal(13_000), d(10_000, 10_000, 10_000), RULE) is None
    assert judge(Decimal("13000.01"), d(10_000, 10_000, 10_000), RULE) is not None
    assert judge(Decimal(7_000), d(10_000, 10_000, 10_000), RULE) is None


def test_small_money_is_left_alone() -> None:
    assert judge(Decimal(1_998), d(999, 999, 999), RULE) is None
    assert judge(Decimal(1_999), d(999, 999, 999), RULE) is not None


def test_new_accounts_are_not_compared() -> None:
    assert judge(Decimal(90_000), d(10_000, 10_000), RULE) is None
    assert judge(Decimal(90_000), [], RULE) is None


def test_months_without_trade_count_as_nothing() -> None:
    found = judge(Decimal(20_000), d(60_000, 0, 0), RULE)
    assert found is None  # the mean is 20 000, not 60 000
    assert judge(Decimal(0), d(60_000, 0, 0), RULE) is not None


def test_without_a_positive_mean_the_amount_decides() -> None:
    found = judge(Decimal(5_000), d(0, 0, 0), RULE)
    assert found is not None
    assert found.share is None
    assert judge(Decimal(999), d(0, 0, 0), RULE) is None
    returned = judge(Decimal(5_000), d(-6_000, 0, 0), RULE)
    assert returned is not None
    assert returned.mean == Decimal(-2000)


def test_only_the_last_periods_count() -> None:
    long_ago = d(900_000, 900_000)
    assert judge(Decimal(10_000), long_ago + d(*[10_000] * 6), RULE) is None


def test_a_rule_must_make_sense() -> None:
    with pytest.raises(ValueError, match="positive periods"):
        VarianceRule(periods=0, least=1, share=Decimal(0), amount=Decimal(0))


@given(AMOUNTS, st.lists(AMOUNTS, max_size=30))
def test_the_parts_agree(actual: Decimal, before: list[Decimal]) -> None:
    found = judge(actual, before, RULE)
    if found is not None:
        assert found.deviation == found.actual - found.mean
        assert abs(found.deviation) >= RULE.amount - 1
        assert len(before) >= found.periods >= RULE.least
        assert found.share is None or (found.share > 0) == (found.deviation > 0)


@given(st.lists(AMOUNTS, min_size=3, max_size=30))
def test_trading_as_ever_asks_nothing(before: list[Decimal]) -> None:
    last = before[-6:]
    mean = sum(last, Decimal(0)) / len(last)
    assert judge(mean, before, RULE) is None
