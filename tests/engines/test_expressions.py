"""Expressions: exact, checked, and unable to reach anything or to run for long."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.engines.expressions import BadExpression, Kind, check, compute, evaluate, names_of, truth

NAMES = {
    "x": Kind.NUMBER,
    "金额": Kind.MONEY,
    "区域": Kind.TEXT,
    "签订日": Kind.DATE,
    "加急": Kind.BOOLEAN,
    "标签": Kind.LIST,
}
VALUES = {
    "x": 3,
    "金额": Decimal("1000000000000.01"),
    "区域": "华东",
    "签订日": dt.date(2026, 1, 31),
    "加急": True,
    "标签": ["重点", "集团"],
}
HOSTILE = json.loads((Path(__file__).parent / "hostile_expressions.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("x + 2 * 3", 9),
        ("(x + 2) * 3", 15),
        ("-x ^ 2", -9),
        ("10 - 4 - 3", 3),
        ("x / 4", "0.75"),
        ("0.1 + 0.2 == 0.3", True),
        ("金额 * 2", "2000000000000.02"),
        ("区域 == '华东' and not (x > 5)", True),
        ("区域 in ['华南', '华东']", True),
        ("区域 not in ['华南', '华东']", False),
        ("x in [1..10]", True),
        ("x in (3..5]", False),
        ("x in [1, 2, 3]", True),
        ("'重点' in 标签", True),
        ("签订日 + 1", "2026-02-01"),
        ("签订日 - date('2026-01-01')", 30),
        ("签订日 >= d('2026-01-31')", True),
        ("加急 ? 'A' : 'B'", "A"),
        ("round(x / 7, 2)", "0.43"),
        ("max(x, 5) - min(x, 5)", 2),
        ("len(区域)", 2),
        ("startsWith(区域, '华')", True),
        ("区域 + '\"' + \"'\"", "华东\"'"),
        ("true or x / 0 > 1", True),
    ],
)
def test_expressions_mean_what_they_say(expression: str, result: object) -> None:
    check(expression, NAMES)
    assert evaluate(expression, VALUES, NAMES) == result


def test_fen_are_told_apart_at_a_trillion() -> None:
    low, high = Decimal("999999999999.99"), Decimal("1000000000000.00")
    for places in range(1, 9):
        step = Decimal(1).scaleb(-places)
        assert truth("a < b", {"a": high, "b": high + step}, {"a": Kind.NUMBER, "b": Kind.NUMBER})
        assert not truth("a == b", {"a": high, "b": high + step}, {"a": Kind.NUMBER, "b": Kind.NUMBER})
    assert truth("金额 >= 1000000000000.00", {"金额": high}, NAMES)
    assert not truth("金额 >= 1000000000000.00", {"金额": low}, NAMES)
    assert compute("金额 + 0.01", {"金额": low}, NAMES) == high


@given(
    st.decimals(min_value=-(10**18), max_value=10**18, places=2),
    st.decimals(min_value=-(10**18), max_value=10**18, places=2),
)
def test_comparison_and_sums_agree_with_decimals(a: Decimal, b: Decimal) -> None:
    names, values = {"a": Kind.MONEY, "b": Kind.MONEY}, {"a": a, "b": b}
    assert truth("a < b", values, names) is (a < b)
    assert truth("a == b", values, names) is (a == b)
    assert compute("a + b", values, names) == a + b
    assert compute("a - b", values, names) == a - b


@pytest.mark.parametrize(("what", "expression"), HOSTILE, ids=[what for what, _expression in HOSTILE])
def test_hostile_expressions_are_refused_or_harmless(what: str, expression: str) -> None:
    """Each is refused by name or type, or at the latest when it runs; the quote trick is only a text."""
    if what == "quote break-out":
        assert compute(expression, VALUES, NAMES) == "a') or true or ("
        return
    with pytest.raises(BadExpression):
        compute(expression, VALUES, NAMES)
    with pytest.raises(BadExpression):
        compute(expression, VALUES)


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("(" * 30 + "1" + ")" * 30, "too_deep"),
        ("[" * 100_000, "too_long"),
        ("加急 ? " * 30 + "1" + " : 2" * 30, "too_deep"),
        ("1+" * 300 + "1", "too_many_parts"),
        ("'" + "a" * 3_000 + "'", "too_long"),
        ("y > 1", "unknown_name"),
        ("foo(1)", "unknown_function"),
        ("9 ^ 7", "exponent"),
        ("x > 'a'", "types"),
        ("x and 加急", "operand"),
        ("x in [5..1]", "range_order"),
        ("max()", "arguments"),
    ],
)
def test_what_is_wrong_is_said(expression: str, code: str) -> None:
    with pytest.raises(BadExpression) as refused:
        check(expression, NAMES)
    assert refused.value.code == code


def test_large_but_lawful_expressions_run() -> None:
    assert evaluate("+".join(["x"] * 200), VALUES, NAMES) == 600
    assert truth("not " * 300 + "加急", VALUES, NAMES)
    assert evaluate("-" * 300 + "x", VALUES, NAMES) == 3


def test_a_condition_must_yield_a_truth() -> None:
    with pytest.raises(BadExpression) as refused:
        check("x + 1", NAMES, wanted=Kind.BOOLEAN)
    assert refused.value.code == "yields"
    with pytest.raises(BadExpression):
        truth("x + 1", VALUES, NAMES)


def test_missing_values_are_errors_unless_asked_for() -> None:
    empty = {**VALUES, "x": None}
    with pytest.raises(BadExpression) as refused:
        truth("x > 1", empty, NAMES)
    assert (refused.value.code, refused.value.params) == ("empty_value", {"name": "x"})
    assert truth("x == null or x > 1", empty, NAMES)
    assert not truth("x != null and x > 1", empty, NAMES)
    with pytest.raises(BadExpression) as refused:
        truth("x > 1", {}, NAMES)
    assert refused.value.code == "no_such_value"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x", "abc"),
        ("x", True),
        ("x", float("nan")),
        ("x", 10**30),
        ("x", "1e999999999"),
        ("x", Decimal("1E-30")),
        ("区域", 5),
        ("区域", "a" * 5_000),
        ("签订日", "2026-02-30"),
        ("加急", "yes"),
        ("标签", ["a"] * 2_000),
        ("标签", [object()]),
        ("区域", object()),
    ],
)
def test_values_of_another_kind_are_refused(name: str, value: object) -> None:
    expression = {
        "x": "x > 1",
        "区域": "区域 == 'a'",
        "签订日": "签订日 > d('2026-01-01')",
        "加急": "加急",
    }.get(name, "'a' in 标签")
    with pytest.raises(BadExpression):
        truth(expression, {name: value}, NAMES)


def test_kinds_follow_from_use_where_none_are_declared() -> None:
    assert truth("金额 > 500000", {"金额": "1000000.00"})
    assert truth("编号 == '007'", {"编号": "007"})
    assert truth("到期 >= d('2026-01-01')", {"到期": "2026-03-01"})
    assert truth("a > b", {"a": "10", "b": "9"})
    assert evaluate("到期 + 30", {"到期": "2026-03-01"}) == "2026-03-31"
    assert truth("contract.amount > 10 and contract.urgent", {"contract": {"amount": "11", "urgent": True}})


def test_names_are_told() -> None:
    assert names_of("a.b > 1 and 金额 < max(c, 2)") == ("a.b", "金额", "c")
