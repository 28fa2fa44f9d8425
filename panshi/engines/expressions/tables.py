"""Decision tables: columns, rows and hit policy, checked cell by cell and compiled into bit masks.

For every column the values are cut into pieces that all rows treat alike, each with the mask of the rows that accept
it. Deciding is one look-up a column and one AND, whatever the number of rows; the same pieces answer which rows overlap
and what no row covers.
"""

import enum
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final

from panshi.engines.expressions.cells import MOST_LENGTH, read_cell, read_result, write_cell
from panshi.engines.expressions.kinds import BadExpression, Exact, Given, Kind, exact
from panshi.engines.expressions.reading import is_name
from panshi.engines.expressions.running import check, compile_expression
from panshi.engines.expressions.sets import ORDERED, CellSet, Members, Ordered, steps

MOST_ROWS: Final = 1_000
MOST_COLUMNS: Final = 40
MOST_CHOICES: Final = 200


class HitPolicy(enum.StrEnum):
    """Which of the matching rows answers: the first, the only one allowed, or all of them."""

    FIRST = "first"
    UNIQUE = "unique"
    COLLECT = "collect"


@dataclass(frozen=True, slots=True)
class Column:
    """One input or output. A `formula` makes an input out of the others; a required input must not be missing."""

    name: str
    label: str
    kind: Kind
    choices: tuple[str, ...] = ()
    required: bool = True
    formula: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One rule: a condition per input, a result per output, and a remark."""

    cells: tuple[str, ...]
    results: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table as people write it."""

    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    rows: tuple[Row, ...]
    policy: HitPolicy = HitPolicy.FIRST


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong where: `row` and `column` count from 0, None for the whole; outputs follow the inputs."""

    row: int | None
    column: int | None
    code: str
    params: Mapping[str, str | int]


class BadTable(BadExpression):
    """A table with problems cannot be run."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("bad_table", {"count": len(self.problems)})


@dataclass(frozen=True, slots=True)
class Outcome:
    """Which rows matched (from 0) and what they say, one mapping a row."""

    rows: tuple[int, ...]
    outputs: tuple[Mapping[str, Exact], ...]


@dataclass(frozen=True, slots=True)
class Pieces:
    """How the rows cut one column: masks of the rows that accept each piece.

    Ordered kinds: `masks[i]` belongs to the values between `cuts[i-1]` and `cuts[i]`. Listed kinds: `named` gives the
    mask of each value mentioned, `masks[0]` that of any other.
    """

    kind: Kind
    cuts: tuple[int, ...]
    masks: tuple[int, ...]
    named: Mapping[str | bool, int]
    missing: int

    def mask(self, value: Exact) -> int:
        """The rows that accept the value."""
        if value is None:
            return self.missing
        if self.kind in ORDERED:
            return self.masks[bisect_right(self.cuts, 2 * steps(value, self.kind))]  # type: ignore[arg-type]
        return self.named.get(value, self.masks[0])  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class CompiledTable:
    """A table ready to run."""

    table: Table
    cells: tuple[tuple[CellSet, ...], ...]
    pieces: tuple[Pieces, ...]
    results: tuple[tuple[Exact, ...], ...]
    formulas: Mapping[tuple[int, int], str]
    kinds: Mapping[str, Kind]
    texts: tuple[tuple[str, ...], ...]

    def values(self, given: Mapping[str, Given]) -> dict[str, Exact]:
        """The inputs in exact form, computed ones included. Raises `BadExpression` naming the input."""
        found: dict[str, Exact] = {}
        for column in self.table.inputs:
            if not column.formula:
                found[column.name] = _taken(column, given)
        for column in self.table.inputs:
            if column.formula:
                found[column.name] = compile_expression(column.formula, self.kinds).run(found)
        return found

    def decide(self, given: Mapping[str, Given]) -> Outcome:
        """The rows that match and their results. Raises `BadExpression` (a value of the wrong kind, several_rows)."""
        return self.decide_exactly(self.values(given))

    def decide_exactly(self, values: Mapping[str, Exact]) -> Outcome:
        """Like `decide`, with what `values` answered."""
        mask = -1
        for column, pieces in zip(self.table.inputs, self.pieces, strict=True):
            mask &= pieces.mask(values[column.name])
        rows = self._chosen(mask & ((1 << len(self.table.rows)) - 1))
        return Outcome(rows, tuple(self._results(row, values) for row in rows))

    def _chosen(self, mask: int) -> tuple[int, ...]:
        if not mask:
            return ()
        first = (mask & -mask).bit_length() - 1
        if self.table.policy is HitPolicy.FIRST:
            return (first,)
        if self.table.policy is HitPolicy.COLLECT:
            return tuple(bits(mask))
        if mask & (mask - 1):
            raise BadExpression("several_rows", {"rows": "、".join(str(row + 1) for row in bits(mask))})
        return (first,)

    def _results(self, row: int, values: Mapping[str, Exact]) -> Mapping[str, Exact]:
        names = [column.name for column in self.table.outputs]
        found = dict(zip(names, self.results[row], strict=True))
        if self.formulas:
            for place, name in enumerate(names):
                if formula := self.formulas.get((row, place)):
                    found[name] = compile_expression(formula, self.kinds).run(values)
        return found


def bits(mask: int) -> list[int]:
    """The places of the bits set, lowest first."""
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found


def _taken(column: Column, given: Mapping[str, Given]) -> Exact:
    if column.name not in given:
        raise BadExpression("no_such_value", {"name": column.label or column.name})
    try:
        value = exact(given[column.name], column.kind)
    except BadExpression as error:
        raise BadExpression(error.code, {**error.params, "name": column.label or column.name}) from error
    if value is None and column.required:
        raise BadExpression("value_missing", {"name": column.label or column.name})
    if column.kind is Kind.CHOICE and value is not None and value not in column.choices:
        raise BadExpression("value_choice", {"name": column.label or column.name, "value": str(value)[:40]})
    return value


def check_table(table: Table) -> tuple[Problem, ...]:
    """Everything wrong with a table, cell by cell; nothing when it can be run."""
    problems = _shape(table)
    if problems:
        return tuple(problems)
    given = {one.name: one.kind for one in table.inputs if not one.formula}
    kinds = _kinds(table)
    for place, column in enumerate(table.inputs):
        if column.formula:
            problems += _tried(None, place, partial(check, column.formula, given, wanted=column.kind))
    for number, row in enumerate(table.rows):
        for place, (column, cell) in enumerate(zip(table.inputs, row.cells, strict=True)):
            problems += _tried(number, place, partial(read_cell, cell, column.kind, column.choices))
        for place, (column, cell) in enumerate(zip(table.outputs, row.results, strict=True)):
            problems += _tried(number, len(table.inputs) + place, partial(_result, cell, column, kinds))
    return tuple(problems)


def _kinds(table: Table) -> dict[str, Kind]:
    return {column.name: column.kind for column in table.inputs}


def _tried(row: int | None, column: int | None, reading: Callable[[], object]) -> list[Problem]:
    try:
        reading()
    except BadExpression as error:
        return [Problem(row, column, error.code, error.params)]
    return []


def _formula(cell: str) -> str:
    """The formula of a result cell that begins with an equals sign; "" for a plain value."""
    text = cell.strip()
    return text[1:].strip() if text.startswith(("=", "＝")) else ""


def _result(cell: str, column: Column, kinds: Mapping[str, Kind]) -> Exact:
    if formula := _formula(cell):
        if len(formula) > MOST_LENGTH:
            raise BadExpression("cell_length", {"most": MOST_LENGTH})
        check(formula, kinds, wanted=column.kind)
        return None
    return read_result(cell, column.kind, column.choices)


def _shape(table: Table) -> list[Problem]:
    """Problems of columns and sizes; the cells are read only when there are none."""
    problems: list[Problem] = []
    if not table.inputs or not table.outputs:
        problems.append(Problem(None, None, "no_columns", {}))
    if len(table.inputs) + len(table.outputs) > MOST_COLUMNS:
        problems.append(Problem(None, None, "many_columns", {"most": MOST_COLUMNS}))
    if not table.rows:
        problems.append(Problem(None, None, "no_rows", {}))
    if len(table.rows) > MOST_ROWS:
        problems.append(Problem(None, None, "many_rows", {"most": MOST_ROWS}))
    for columns, first in ((table.inputs, 0), (table.outputs, len(table.inputs))):
        names: set[str] = set()
        for place, column in enumerate(columns):
            if code := _bad_column(column, names, is_input=first == 0):
                problems.append(Problem(None, first + place, code, {"name": column.name[:40]}))
            names.add(column.name)
    for number, row in enumerate(table.rows):
        if len(row.cells) != len(table.inputs) or len(row.results) != len(table.outputs):
            problems.append(Problem(number, None, "row_width", {}))
    return problems


def _bad_column(column: Column, taken: set[str], *, is_input: bool) -> str:
    """The code of what is wrong with a column, "" when nothing is."""
    if not is_name(column.name) or "." in column.name or len(column.name) > 40:
        return "column_name"
    if column.name in taken:
        return "column_twice"
    if column.kind is Kind.LIST or (column.formula and not is_input):
        return "column_kind"
    if column.kind is Kind.CHOICE:
        if not column.choices or len(set(column.choices)) != len(column.choices):
            return "column_choices"
        if len(column.choices) > MOST_CHOICES or not all(one.strip() for one in column.choices):
            return "column_choices"
    return ""


@lru_cache(maxsize=256)
def compile_table(table: Table) -> CompiledTable:
    """The table ready to run. Raises `BadTable` with every problem."""
    if problems := check_table(table):
        raise BadTable(problems)
    kinds = _kinds(table)
    cells = tuple(
        tuple(
            read_cell(text, column.kind, column.choices)
            for text, column in zip(row.cells, table.inputs, strict=True)
        )
        for row in table.rows
    )
    return CompiledTable(
        table=table,
        cells=cells,
        pieces=tuple(
            cut(column.kind, [row[place] for row in cells]) for place, column in enumerate(table.inputs)
        ),
        results=tuple(
            tuple(
                _result(text, column, kinds) for text, column in zip(row.results, table.outputs, strict=True)
            )
            for row in table.rows
        ),
        formulas={
            (number, place): formula
            for number, row in enumerate(table.rows)
            for place, text in enumerate(row.results)
            if (formula := _formula(text))
        },
        kinds=kinds,
        texts=tuple(tuple(write_cell(cell) for cell in row) for row in cells),
    )


def cut(kind: Kind, cells: Sequence[CellSet]) -> Pieces:
    """The pieces into which the cells of one column cut its values."""
    missing = sum(1 << row for row, cell in enumerate(cells) if cell.empty)
    if kind in ORDERED:
        changes: dict[int, int] = defaultdict(int)
        for row, cell in enumerate(cells):
            assert isinstance(cell, Ordered)
            for one in cell.cuts:
                changes[one] ^= 1 << row
        places, masks, mask = sorted(changes), [0], 0
        for one in places:
            mask ^= changes[one]
            masks.append(mask)
        return Pieces(kind, tuple(places), tuple(masks), {}, missing)
    listed = [(row, cell) for row, cell in enumerate(cells) if isinstance(cell, Members)]
    mentioned = dict.fromkeys(value for _row, cell in listed for value in cell.values)
    other = sum(1 << row for row, cell in listed if cell.negated)
    named = {value: sum(1 << row for row, cell in listed if cell.holds(value)) for value in mentioned}
    return Pieces(kind, (), (other,), named, missing)


def evaluate_table(table: Table, values: Mapping[str, Given]) -> Outcome:
    """Decide with a table, compiled once and kept. Raises `BadTable` or `BadExpression`."""
    return compile_table(table).decide(values)
