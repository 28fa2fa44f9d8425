"""ABC analysis against hand-worked figures and laws; the reference ledger is in tests/cli/test_abc.py."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.calc.value.abc import (
    AbcClass,
    AbcParameters,
    Standing,
    Ties,
    classify,
    gini,
    movement,
    top_share,
)

# The worked example of docs/algorithms/abc.md.
WORKED = [
    ("甲", Decimal(500)),
    ("乙", Decimal(250)),
    ("丙", Decimal(150)),
    ("丁", Decimal(60)),
    ("戊", Decimal(40)),
    ("己", Decimal(0)),
    ("庚", Decimal(-20)),
]

totals = st.dictionaries(st.integers(0, 10_000), st.decimals(-(10**9), 10**9, places=4), max_size=40).map(
    lambda each: list(each.items())
)


def classes(pairs: list[tuple[str, Decimal]], **parameters: object) -> str:
    return "".join(row.abc_class for row in classify(pairs, AbcParameters(**parameters)).rows)  # type: ignore[arg-type]


def test_worked_example() -> None:
    analysis = classify(WORKED)
    assert [(row.account, str(row.abc_class)) for row in analysis.rows] == [
        ("甲", "A"), ("乙", "A"), ("丙", "A"), ("丁", "B"), ("戊", "C"),
    ]  # fmt: skip
    assert [row.cumulative_share for row in analysis.rows] == [
        Decimal("0.5"), Decimal("0.75"), Decimal("0.9"), Decimal("0.96"), Decimal(1),
    ]  # fmt: skip
    assert analysis.non_positive == (("己", Decimal(0)), ("庚", Decimal(-20)))
    assert (analysis.net_total, analysis.positive_total, analysis.accounts) == (980, 1000, 7)
    assert analysis.top_share == Decimal("0.5")
    assert analysis.gini == Decimal("0.444")
    assert analysis.classes[AbcClass.A].total == 900


def test_the_account_that_crosses_the_threshold_still_belongs_above_it() -> None:
    assert classes([("a", Decimal(79)), ("b", Decimal(11)), ("c", Decimal(10))]) == "AAB"
    assert classes([("a", Decimal(80)), ("b", Decimal(10)), ("c", Decimal(10))]) == "ABB"


def test_equal_totals_at_a_threshold_follow_the_chosen_rule() -> None:
    pairs = [("a", Decimal(40)), ("b", Decimal(20)), ("c", Decimal(20)), ("d", Decimal(20))]
    assert classes(pairs, a=Decimal("0.6")) == "AABB"
    assert classes(pairs, a=Decimal("0.6"), ties=Ties.TOGETHER) == "AAAA"


def test_nothing_positive_gives_no_figures() -> None:
    analysis = classify([("a", Decimal(0)), ("b", Decimal(-1))])
    assert (analysis.rows, analysis.top_share, analysis.gini, analysis.net_total) == ((), None, None, -1)
    with pytest.raises(ValueError, match="positive"):
        gini([])
    with pytest.raises(ValueError, match="positive"):
        top_share([Decimal(0)], Decimal("0.2"))


@pytest.mark.parametrize(("a", "b"), [("0", "0.9"), ("0.9", "0.8"), ("0.8", "1.1")])
def test_senseless_thresholds_are_refused(a: str, b: str) -> None:
    with pytest.raises(ValueError, match="thresholds"):
        AbcParameters(a=Decimal(a), b=Decimal(b))


def test_gini_of_equals_is_zero_and_of_one_owner_is_near_one() -> None:
    assert gini([Decimal(7)] * 12) == 0
    assert gini([Decimal("0.0001")] * 999 + [Decimal(10**9)]) > Decimal("0.998")


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=25))
def test_gini_is_half_the_relative_mean_difference(values: list[int]) -> None:
    differences = sum(abs(one - other) for one in values for other in values)
    expected = Fraction(differences, 2 * len(values) * sum(values))
    assert abs(Fraction(gini([Decimal(each) for each in values])) - expected) < Fraction(1, 10**11)


@given(totals)
def test_classes_partition_the_positive_accounts_and_sums_agree(pairs: list[tuple[int, Decimal]]) -> None:
    analysis = classify(pairs)
    assert sum(held.accounts for held in analysis.classes.values()) == len(analysis.rows)
    assert sum(Fraction(held.total) for held in analysis.classes.values()) == Fraction(
        analysis.positive_total
    )
    assert Fraction(analysis.net_total) == sum(Fraction(total) for _, total in pairs)
    letters = "".join(row.abc_class for row in analysis.rows)
    assert letters == "".join(sorted(letters))
    assert not analysis.rows or analysis.rows[-1].cumulative_share == 1


@given(totals, st.randoms())
def test_the_order_of_the_input_never_matters(pairs: list[tuple[int, Decimal]], random: object) -> None:
    shuffled = list(pairs)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert classify(shuffled) == classify(pairs)


@given(totals)
def test_equal_totals_get_equal_classes_when_kept_together(pairs: list[tuple[int, Decimal]]) -> None:
    found: dict[Decimal, set[AbcClass]] = {}
    for row in classify([(key, total.quantize(Decimal("1e7"))) for key, total in pairs],
                        AbcParameters(ties=Ties.TOGETHER)).rows:  # fmt: skip
        found.setdefault(row.total, set()).add(row.abc_class)
    assert all(len(each) == 1 for each in found.values())


def test_movement_names_the_accounts_behind_each_cell() -> None:
    before = classify(
        [("a", Decimal(90)), ("b", Decimal(8)), ("c", Decimal(2)), ("d", Decimal(-1))]
    ).standings()
    after = classify(
        [("a", Decimal(1)), ("b", Decimal(95)), ("d", Decimal(5)), ("e", Decimal(0))]
    ).standings()
    moved = movement(before, after)
    assert moved.cells == {
        (Standing.A, Standing.C): ("a",),
        (Standing.B, Standing.A): ("b",),
        (Standing.C, Standing.ABSENT): ("c",),
        (Standing.NON_POSITIVE, Standing.B): ("d",),
        (Standing.ABSENT, Standing.NON_POSITIVE): ("e",),
    }
    assert moved.count(Standing.A, Standing.C) == 1
    assert moved.count(Standing.C, Standing.C) == 0
