"""Writes tables for people: XLSX in constant memory and CSV in pieces, numbers as numbers, dates as dates.

Text that a spreadsheet would run as a formula is disarmed by an apostrophe in both.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Final

from panshi.engines.sheets.workbook import Sheet, Value, write_workbook

__all__ = ["Value", "csv_pieces", "disarm", "write_xlsx"]

PIECE: Final = 2000
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def disarm(value: Value) -> Value:
    """The value; text that begins like a formula gets an apostrophe before it (OWASP: CSV injection)."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def csv_pieces(headings: Sequence[str], rows: Iterable[Sequence[Value]], *, last: str = "") -> Iterator[str]:
    """A CSV file that Excel opens as UTF-8, in pieces of many rows; `last` stands alone in its last line."""
    buffer = io.StringIO()
    buffer.write("\ufeff")
    writer = csv.writer(buffer)
    writer.writerow([disarm(heading) for heading in headings])
    for count, row in enumerate(rows, start=1):
        writer.writerow(["" if value is None else disarm(value) for value in row])
        if count % PIECE == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    if last:
        writer.writerow([disarm(last)])
    yield buffer.getvalue()


def write_xlsx(
    target: IO[bytes],
    headings: Sequence[str],
    rows: Iterable[Sequence[Value]],
    *,
    notes: Sequence[tuple[str, str]] = (),
    name: str = "Sheet1",
    notes_name: str = "",
) -> int:
    """Write a workbook as a stream; answers how many rows, which the format limits to 1 048 575.

    `notes` (label, words) fill a second sheet; the first two, who took this out and when, stand at the foot of every
    printed page.
    """
    told = " · ".join(words for _label, words in notes[:2])
    table = Sheet(name, [str(disarm(one)) for one in headings], map(_disarmed, rows), footer=told)
    said = Sheet(notes_name, (), [[label, disarm(words)] for label, words in notes], widths=(16, 90))
    return write_workbook(target, [table, said] if notes else [table])


def _disarmed(row: Sequence[Value]) -> list[Value]:
    return [disarm(value) if isinstance(value, str) else value for value in row]
