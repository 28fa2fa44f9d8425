"""Totals per account of one foreign file, without any store: what `panshi abc` analyses.

The file is opened, its columns found, its lines read and summed by DuckDB alone.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

import duckdb

from panshi.calc.periods import DayOrder
from panshi.engines.analytics.facts import read_facts
from panshi.engines.analytics.failures import UnreadableTable
from panshi.engines.analytics.headings import Field, guess, locate
from panshi.engines.analytics.rejected import write_rejected_rows
from panshi.engines.analytics.tables import Table, connect, open_table

REJECTED_SHOWN = 20


class Returns(StrEnum):
    """What becomes of returns: `net` counts negative lines, `exclude` drops them and cancelled documents."""

    NET = "net"
    EXCLUDE = "exclude"


@dataclass(frozen=True, slots=True)
class Question:
    """Which columns and lines of a file to sum; columns not named are guessed from the headings."""

    columns: Mapping[Field, str] = field(default_factory=dict)
    first: date | None = None
    last: date | None = None
    returns: Returns = Returns.NET
    cancelled_prefix: str | None = None
    order: DayOrder | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that could not be used: its row in the file, the reason code, and the cells that were looked at."""

    row: int
    reason: str
    cells: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class FileTotals:
    """Totals per account and how the lines of the file were used."""

    columns: Mapping[Field, str]
    lines_read: int
    lines_used: int
    lines_without_account: int
    reasons: Mapping[str, int]
    rejected: tuple[Rejected, ...]
    totals: tuple[tuple[str, Decimal], ...]
    first: date | None
    last: date | None

    @property
    def lines_rejected(self) -> int:
        """Lines with an account that could not be read."""
        return sum(self.reasons.values())


def file_totals(path: Path, question: Question, rejected_shown: int = REJECTED_SHOWN) -> FileTotals:
    """Sum one file by account. Raises `UnreadableTable` when it is no table or lacks a needed column."""
    with tempfile.TemporaryDirectory(prefix="panshi-") as folder, _connected(Path(folder)) as connection:
        table = open_table(connection, path, Path(folder), tuple(question.columns.values()))
        columns = find_columns(table, question)
        read_facts(connection, table, columns, question.order)
        names = {each: table.headings[at] for each, at in columns.items()}
        return _summary(connection, question, names, rejected_shown)


@contextmanager
def _connected(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = connect(folder)
    try:
        yield connection
    finally:
        connection.close()


def find_columns(table: Table, question: Question) -> dict[Field, int]:
    """The position of each needed column: the named ones as named, the rest guessed.

    Needed are an account, and an amount or a quantity and a price; a date when a period is asked for, a document
    when cancelled ones are dropped. Raises `UnreadableTable` (missing_column) naming the headings that are there.
    """
    columns = _named(table, question.columns)
    guessed = {each: at for each, at in guess(table.headings).items() if at not in columns.values()}
    if Field.ACCOUNT not in columns and Field.ACCOUNT not in guessed and Field.ACCOUNT_NAME in guessed:
        guessed[Field.ACCOUNT] = guessed[Field.ACCOUNT_NAME]
    by_product = Field.AMOUNT not in columns and (
        Field.QUANTITY in columns or Field.PRICE in columns or Field.AMOUNT not in guessed
    )
    measure = {Field.QUANTITY, Field.PRICE} if by_product else {Field.AMOUNT}
    optional = {Field.DATE, Field.DOCUMENT}
    for each in {Field.ACCOUNT, *measure, *optional} - columns.keys():
        if each in guessed:
            columns[each] = guessed[each]
    needed = [Field.ACCOUNT, *sorted(measure)]
    needed += [Field.DATE] if question.first or question.last else []
    needed += [Field.DOCUMENT] if question.returns is Returns.EXCLUDE and question.cancelled_prefix else []
    if missing := [each for each in needed if each not in columns]:
        raise UnreadableTable(
            "missing_column",
            f"no column found for: {', '.join(missing)}. The file has: {_listed(table)}. Name it, "
            f"for example --{missing[0]} COLUMN.",
        )
    return {each: columns[each] for each in Field if each in {*needed, *measure, *optional} & columns.keys()}


def _named(table: Table, names: Mapping[Field, str]) -> dict[Field, int]:
    columns = {}
    for each, name in names.items():
        position = locate(table.headings, name)
        if position is None:
            raise UnreadableTable(
                "missing_column", f"there is no column {name!r}. The file has: {_listed(table)}."
            )
        columns[each] = position
    return columns


def _listed(table: Table) -> str:
    return ", ".join(repr(heading[:60]) for heading in table.headings[:40])


def _wanted(question: Question, columns: Mapping[Field, str]) -> tuple[str, list[object]]:
    """The condition for a line to count, with its parameters."""
    conditions, values = ["true"], list[object]()
    if question.first:
        conditions.append("date >= ?")
        values.append(question.first)
    if question.last:
        conditions.append("date <= ?")
        values.append(question.last)
    if question.returns is Returns.EXCLUDE:
        by_product = Field.AMOUNT not in columns
        conditions.append("quantity > 0 AND price > 0" if by_product else "amount > 0")
        if question.cancelled_prefix:
            conditions.append("NOT coalesce(starts_with(document, ?), false)")
            values.append(question.cancelled_prefix)
    return " AND ".join(conditions), values


def _summary(
    connection: duckdb.DuckDBPyConnection, question: Question, names: Mapping[Field, str], rejected_shown: int
) -> FileTotals:
    condition, values = _wanted(question, names)
    days = "min(date), max(date)" if Field.DATE in names else "NULL, NULL"
    groups = connection.execute(
        f"SELECT account, reason, reason IS NULL AND account IS NOT NULL AND {condition} AS used, "
        f"count(*), sum(amount), {days} FROM facts GROUP BY ALL",
        values,
    ).fetchall()
    used = [group for group in groups if group[2]]
    reasons: Counter[str] = Counter()
    for _, reason, _, lines, *_rest in groups:
        if reason is not None:
            reasons[reason] += lines
    return FileTotals(
        columns=names,
        lines_read=sum(group[3] for group in groups),
        lines_used=sum(group[3] for group in used),
        lines_without_account=sum(group[3] for group in groups if group[0] is None),
        reasons=dict(sorted(reasons.items())),
        rejected=_rejected(connection, names, rejected_shown) if reasons else (),
        totals=tuple((group[0], group[4]) for group in used),
        first=min((group[5] for group in used if group[5]), default=None),
        last=max((group[6] for group in used if group[6]), default=None),
    )


def _rejected(
    connection: duckdb.DuckDBPyConnection, names: Mapping[Field, str], shown: int
) -> tuple[Rejected, ...]:
    cells = ", ".join(
        f"CAST(typed.{each} AS VARCHAR)"
        if each in (Field.ACCOUNT, Field.DOCUMENT)
        else f"coalesce(typed.{each}_raw, CAST(typed.{each} AS VARCHAR))"
        for each in names
    )
    rows = connection.execute(
        f"SELECT row, facts.reason, {cells} FROM facts JOIN typed USING (row) "
        f"WHERE facts.reason IS NOT NULL ORDER BY row LIMIT ?",
        [shown],
    ).fetchall()
    return tuple(Rejected(row[0], row[1], tuple(row[2:])) for row in rows)


def write_rejected(path: Path, question: Question, target: Path) -> None:
    """Write every rejected line of a file with its row number, reason and all its cells as CSV."""
    with tempfile.TemporaryDirectory(prefix="panshi-") as folder, _connected(Path(folder)) as connection:
        table = open_table(connection, path, Path(folder), tuple(question.columns.values()))
        read_facts(connection, table, find_columns(table, question), question.order)
        write_rejected_rows(connection, table, target)
