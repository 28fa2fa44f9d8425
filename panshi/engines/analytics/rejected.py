"""Writes rejected rows back as a CSV a person can open, mend and import again.

Cells that a spreadsheet would run as a formula are neutralised.
"""

import csv
import re
from pathlib import Path
from typing import Final

import duckdb

from panshi.engines.analytics.tables import Table

BATCH: Final = 10_000
FORMULA: Final = re.compile(r"[=+\-@\t\r]")
NUMBER: Final = re.compile(r"[+-]?[\d.,]+")


def neutral(cell: str) -> str:
    """`cell` with an apostrophe before what a spreadsheet would take for a formula; numbers stay numbers."""
    return f"'{cell}" if FORMULA.match(cell) and not NUMBER.fullmatch(cell) else cell


def write_rejected_rows(
    connection: duckdb.DuckDBPyConnection, table: Table, target: Path, judged: str = "facts"
) -> int:
    """Write the rows of `source` that the relation `judged` gives a reason: row, reason, cells. Returns how many."""
    cells = ", ".join(f"CAST(c{position} AS VARCHAR)" for position in range(len(table.headings)))
    result = connection.execute(
        f"SELECT row, judged.reason, {cells} FROM {judged} AS judged JOIN source USING (row) "
        f"WHERE judged.reason IS NOT NULL ORDER BY row"
    )
    written = 0
    with target.open("w", encoding="utf-8-sig", newline="") as stream:  # the mark makes Excel read UTF-8
        writer = csv.writer(stream)
        writer.writerow(["row", "reason", *map(neutral, table.headings)])
        while rows := result.fetchmany(BATCH):
            writer.writerows([row[0], row[1], *(neutral(cell or "") for cell in row[2:])] for row in rows)
            written += len(rows)
    return written
