"""Decision tables: cells, hit policies, coverage and interchange, against plain reckoning and against zen."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
import zen
from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.engines.expressions import (
    BadExpression,
    BadTable,
    Column,
    HitPolicy,
    Kind,
    Row,
    Table,
    check_table,
    compile_table,
    evaluate_table,
    from_plain,
    from_zen,
    overlaps_and_gaps,
    read_cell,
    to_plain,
    to_zen,
    write_cell,
)

TONNES = Column("月用量", "月用量(吨)", Kind.NUMBER)
SALES = Column("年销售额", "年销售额(元)", Kind.MONEY)
REGION = Column("区域", "区域", Kind.CHOICE, ("华东", "华南", "华北"))
GRADE = Column("等级", "等级", Kind.TEXT, required=False)
RATE = Column("折扣", "折扣", Kind.NUMBER, required=False)


def table(*rows: tuple[str, ...], policy: HitPolicy = HitPolicy.FIRST) -> Table:
    return Table((TONNES, SALES, REGION), (GRADE,), tuple(Row(one[:3], one[3:]) for one in rows), policy)


@pytest.mark.parametrize(
    ("text", "kind", "written"),
    [
        ("", Kind.NUMBER, "-"),
        ("任意", Kind.TEXT, "-"),
        ("≥ 500万", Kind.MONEY, ">= 5000000"),
        ("【1..10】", Kind.NUMBER, "[1..10]"),
        ("(0..5]", Kind.NUMBER, "(0..5]"),
        ("(0..5]", Kind.MONEY, "[0.01..5]"),
        ("1, 3, [5..7)", Kind.NUMBER, "1, 3, [5..7)"),
        ("[1..3], [2..5]", Kind.NUMBER, "[1..5]"),
        ("[1..3], [4..5]", Kind.NUMBER, "[1..3], [4..5]"),
        (">=20 且 <50", Kind.NUMBER, "[20..50)"),
        ("not(5)", Kind.NUMBER, "< 5, > 5"),
        ("20%", Kind.NUMBER, "0.2"),
        ("10~20", Kind.NUMBER, "[10..20]"),
        ("> -5", Kind.NUMBER, "> -5"),
        ("<= 5, 空", Kind.NUMBER, "<= 5, empty"),
        ("非空", Kind.TEXT, "not empty"),
        ("“华东”，华南", Kind.TEXT, '"华东", "华南"'),
        ("非(华东, 华南)", Kind.TEXT, 'not("华东", "华南")'),
        ("!= 华东", Kind.TEXT, 'not("华东")'),
        ('"a, b", c', Kind.TEXT, '"a, b", "c"'),
        ("是", Kind.BOOLEAN, "true"),
        ("> 2026/01/01", Kind.DATE, ">= 2026-01-02"),
        ("[2026-01-01..2026-12-31]", Kind.DATE, "[2026-01-01..2026-12-31]"),
    ],
)
def test_cells_are_read_as_people_write_them(text: str, kind: Kind, written: str) -> None:
    cell = read_cell(text, kind)
    assert write_cell(cell) == written
    assert read_cell(written, kind) == cell


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("5,000,000", Kind.MONEY, "thousands"),
        ("1,234", Kind.NUMBER, "thousands"),
        ("abc", Kind.NUMBER, "cell_number"),
        ("1.005", Kind.MONEY, "money_places"),
        ("[5..1]", Kind.NUMBER, "cell_range"),
        ("> 5 and < 3", Kind.NUMBER, "cell_void"),
        ("2026-02-30", Kind.DATE, "cell_date"),
        ("> 华东", Kind.TEXT, "cell_compare"),
        ('"华东', Kind.TEXT, "quote"),
        ("a,,b", Kind.TEXT, "cell_gap"),
        ("或许", Kind.BOOLEAN, "cell_truth"),
        ("华中", Kind.CHOICE, "cell_choice"),
        (", ".join(str(n) for n in range(0, 202, 2)), Kind.NUMBER, "cell_items"),
        ("9" * 30, Kind.NUMBER, "number_size"),
        ("1" * 600, Kind.TEXT, "cell_length"),
        ("__import__('os')", Kind.NUMBER, "cell_number"),
    ],
)
def test_bad_cells_say_why(text: str, kind: Kind, code: str) -> None:
    with pytest.raises(BadExpression) as refused:
        read_cell(text, kind, ("华东", "华南"))
    assert refused.value.code == code


def test_problems_name_row_and_column() -> None:
    bad = table((">= 20", "x", "华东", "A"), ("-", "-", "华中", "B"), ("-", "-", "-", "= 等级 + 1"))
    assert [(one.row, one.column, one.code) for one in check_table(bad)] == [
        (0, 1, "cell_number"),
        (1, 2, "cell_choice"),
        (2, 3, "unknown_name"),
    ]
    with pytest.raises(BadTable):
        evaluate_table(bad, {})


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ((Column("a b", "", Kind.TEXT),), "column_name"),
        ((Column("__class__", "", Kind.TEXT),), "column_name"),
        ((TONNES, TONNES), "column_twice"),
        ((Column("a", "", Kind.CHOICE),), "column_choices"),
        ((Column("a", "", Kind.LIST),), "column_kind"),
        ((), "no_columns"),
    ],
)
def test_bad_columns_say_why(columns: tuple[Column, ...], code: str) -> None:
    rows = (Row(("-",) * len(columns), ("A",)),)
    assert code in [one.code for one in check_table(Table(columns, (GRADE,), rows))]


def test_the_first_row_answers() -> None:
    rows = table((">= 20", ">= 500万", "-", "A"), (">= 20", "-", "-", "B"), ("-", "-", "-", "C"))
    values = {"月用量": 25, "年销售额": Decimal("4999999.99"), "区域": "华东"}
    assert evaluate_table(rows, values).rows == (1,)
    assert evaluate_table(rows, {**values, "年销售额": Decimal("5000000.00")}).outputs == ({"等级": "A"},)


def test_the_fen_decides_at_a_trillion() -> None:
    rows = table(("-", "> 1000000000000.00", "-", "A"), ("-", "-", "-", "B"))
    values: dict[str, Any] = {"月用量": 1, "区域": "华东"}
    assert evaluate_table(rows, {**values, "年销售额": Decimal("1000000000000.01")}).rows == (0,)
    assert evaluate_table(rows, {**values, "年销售额": Decimal("1000000000000.00")}).rows == (1,)


def test_unique_refuses_two_rows_and_collect_gives_all() -> None:
    lines = (("-", "-", "华东", "A"), (">= 20", "-", "-", "B"))
    values = {"月用量": 25, "年销售额": 0, "区域": "华东"}
    with pytest.raises(BadExpression) as refused:
        evaluate_table(table(*lines, policy=HitPolicy.UNIQUE), values)
    assert (refused.value.code, refused.value.params) == ("several_rows", {"rows": "1、2"})
    found = evaluate_table(table(*lines, policy=HitPolicy.COLLECT), values)
    assert found.rows == (0, 1)
    assert [one["等级"] for one in found.outputs] == ["A", "B"]
    assert (
        evaluate_table(table(*lines, policy=HitPolicy.COLLECT), {**values, "区域": "华北", "月用量": 1}).rows
        == ()
    )


def test_formulas_compute_inputs_and_results() -> None:
    share = Column("占比", "占比", Kind.NUMBER, formula="已用 / 额度")
    rows = Table(
        (Column("已用", "", Kind.MONEY), Column("额度", "", Kind.MONEY), share),
        (Column("余额", "", Kind.MONEY), GRADE),
        (Row(("-", "-", ">= 80%"), ("= 额度 - 已用", "紧")), Row(("-", "-", "-"), ("= 额度 - 已用", ""))),
    )
    found = evaluate_table(rows, {"已用": "80.00", "额度": "100.00"})
    assert (found.rows, found.outputs[0]) == ((0,), {"余额": Decimal(20), "等级": "紧"})
    with pytest.raises(BadExpression) as refused:
        evaluate_table(rows, {"已用": 1, "额度": 0})
    assert refused.value.code == "division"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"月用量": 1, "年销售额": 1}, "no_such_value"),
        ({"月用量": None, "年销售额": 1, "区域": "华东"}, "value_missing"),
        ({"月用量": "多", "年销售额": 1, "区域": "华东"}, "bad_number"),
        ({"月用量": 1, "年销售额": 1, "区域": "华中"}, "value_choice"),
    ],
)
def test_values_are_checked(values: Mapping[str, Any], code: str) -> None:
    with pytest.raises(BadExpression) as refused:
        evaluate_table(table(("-", "-", "-", "A")), values)
    assert refused.value.code == code


def test_overlaps_gaps_and_hidden_rows_are_found_with_examples() -> None:
    rows = table(
        (">= 20", ">= 500万", "-", "A"),
        (">= 20", "< 100万", "华东,华南", "B"),
        ("[10..20)", "-", "-", "C"),
        ("[12..15]", "-", "华东", "D"),
    )
    found = overlaps_and_gaps(rows)
    assert [(one.first, one.second) for one in found.overlaps] == [(2, 3)]
    assert found.hidden == (3,)
    assert [gap.cells for gap in found.gaps] == [
        ("< 10", "-", "-"),
        (">= 20", "<= 999999.99", '"华北"'),
        (">= 20", "[1000000..4999999.99]", "-"),
    ]
    for gap in found.gaps:
        assert evaluate_table(rows, gap.example).rows == ()


def test_fen_and_days_leave_no_gap_between_neighbours() -> None:
    day = Column("日", "", Kind.DATE)
    rows = Table(
        (SALES, day),
        (GRADE,),
        (
            Row(("<= 5", "-"), ("A",)),
            Row((">= 5.01", "<= 2026-01-31"), ("B",)),
            Row((">= 5.01", ">= 2026-02-01"), ("C",)),
        ),
    )
    assert overlaps_and_gaps(rows).gaps == ()


def test_missing_values_are_a_gap_where_an_input_may_be_missing() -> None:
    maybe = Column("月用量", "", Kind.NUMBER, required=False)
    rows = Table((maybe,), (GRADE,), (Row((">= 0",), ("A",)), Row(("< 0",), ("B",))))
    assert [gap.cells for gap in overlaps_and_gaps(rows).gaps] == [("empty",)]


def test_what_cannot_be_told_is_said() -> None:
    doubled = Column("双", "", Kind.NUMBER, formula="月用量 * 2")
    rows = Table((TONNES, doubled), (GRADE,), (Row((">= 1", ">= 5"), ("A",)),))
    assert "computed" in overlaps_and_gaps(rows).unsure


def test_a_table_made_to_exhaust_the_search_ends() -> None:
    """Every row fixes one of 16 columns apart from the others: the space has 2^16 corners and more."""
    columns = tuple(Column(f"c{n}", "", Kind.NUMBER) for n in range(24))
    rows = tuple(
        Row(tuple(f"> {n + 1}" if place in (n % 24, n * 7 % 24) else "-" for place in range(24)), ("A",))
        for n in range(120)
    )
    found = overlaps_and_gaps(Table(columns, (GRADE,), rows))
    assert found.more_overlaps > 0


CELLS = ["-", "5", ">= 5", "< 5", "[2..7]", "(2..7)", "not(3)", "1, 9", "empty", "not empty", "<= 2, empty"]
WORDS = ["-", "甲", "甲,乙", "not(甲)", "empty", "not empty", "not(甲,乙)"]


@st.composite
def small_tables(draw: st.DrawFn) -> Table:
    columns = (
        Column("a", "", Kind.NUMBER, required=False),
        Column("b", "", Kind.TEXT, required=False),
        Column("c", "", Kind.CHOICE, ("甲", "乙"), required=False),
    )
    row = st.tuples(st.sampled_from(CELLS), st.sampled_from(WORDS), st.sampled_from(WORDS))
    rows = draw(st.lists(row, min_size=1, max_size=6))
    return Table(
        columns, (GRADE,), tuple(Row(cells, (str(n),)) for n, cells in enumerate(rows)), HitPolicy.COLLECT
    )


POINTS = [
    {"a": a, "b": b, "c": c}
    for a, b, c in product(
        [None, *(Decimal(n) / 2 for n in range(21))], [None, "甲", "乙", "丙"], [None, "甲", "乙"]
    )
]


@given(small_tables())
@settings(max_examples=60)
def test_masks_agree_with_cells_and_coverage_with_every_point(rows: Table) -> None:
    compiled = compile_table(rows)
    matched = []
    for point in POINTS:
        plainly = tuple(
            n
            for n, cells in enumerate(compiled.cells)
            if all(cell.holds(point[name]) for cell, name in zip(cells, "abc", strict=True))
        )
        assert compiled.decide(point).rows == plainly
        matched.append(plainly)
    found = overlaps_and_gaps(rows)
    assert bool(found.gaps) is any(not one for one in matched)
    for gap in found.gaps:
        assert compiled.decide(gap.example).rows == ()
    pairs = {(one, two) for row in matched for one in row for two in row if one < two}
    assert {(one.first, one.second) for one in found.overlaps} == pairs
    for one in found.overlaps:
        assert {one.first, one.second} <= set(compiled.decide(one.example).rows)
    first = Table(rows.inputs, rows.outputs, rows.rows, HitPolicy.FIRST)
    reached = {row[0] for row in matched if row}
    assert set(overlaps_and_gaps(first).hidden) == set(range(len(rows.rows))) - reached
    assert set(found.hidden) == set(range(len(rows.rows))) - {n for one in matched for n in one}


@given(small_tables(), st.sampled_from([point for point in POINTS if None not in point.values()]))
@settings(max_examples=40)
def test_zen_agrees_about_what_we_hand_it(rows: Table, point: dict[str, Any]) -> None:
    graph = json.dumps(to_zen(rows, name="t"))
    answer = zen.ZenEngine().create_decision(graph).evaluate({**point, "a": float(point["a"])})["result"]
    ours = evaluate_table(rows, point).outputs
    assert [str(one["等级"]) for one in ours] == [str(one["等级"]) for one in answer]


def test_tables_survive_json_and_zen() -> None:
    rows = Table(
        (
            TONNES,
            SALES,
            REGION,
            Column("日", "", Kind.DATE, required=False),
            Column("双", "", Kind.NUMBER, formula="月用量 * 2"),
        ),
        (GRADE, RATE),
        (
            Row((">= 20", "500万", "华东", "> 2026-01-01", "-"), ("A", "= 月用量 / 100"), "说明"),
            Row(("-",) * 5, ("B", "0.1")),
        ),
        HitPolicy.UNIQUE,
    )
    assert from_plain(json.loads(json.dumps(to_plain(rows)))) == rows
    graph = json.loads(json.dumps(to_zen(rows, name="t")))
    assert from_zen(graph) == rows
    graph["nodes"][1]["content"]["rules"][1]["o0"] = "'C'"
    changed = from_zen(graph)
    assert changed.rows[1].results[0] == "'C'"
    assert (changed.inputs, changed.rows[0]) == (rows.inputs, rows.rows[0])
    assert check_table(changed) == ()
    values = {"月用量": 25, "年销售额": Decimal(5000000), "区域": "华东", "日": dt.date(2026, 2, 1), "双": 50}
    assert evaluate_table(replace(changed, policy=HitPolicy.FIRST), values).outputs[0]["折扣"] == Decimal(
        "0.25"
    )


@pytest.mark.parametrize(
    "data", [None, [], {}, {"nodes": 5}, {"nodes": []}, {"nodes": [{"type": "decisionTableNode"}]}]
)
def test_what_is_no_table_is_refused(data: object) -> None:
    with pytest.raises(BadExpression):
        from_zen(data)
    with pytest.raises(BadExpression):
        from_plain(data)
