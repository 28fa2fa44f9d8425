"""Writes tables for people: XLSX in constant memory and CSV in pieces, numbers as numbers, dates as dates.

Text that a spreadsheet would run as a formula is disarmed by an apostrophe in both.
"""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import IO, Final

import xlsxwriter

PIECE: Final = 2000
MOST_ROWS: Final = 1_048_575
"""What an XLSX sheet holds below its headings."""

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Value = str | int | float | Decimal | dt.date | None


def disarm(value: Value) -> Value:
    """The value; text that begins like a formula gets an apostrophe before it (OWASP: CSV injection)."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def csv_pieces(headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[str]:
    """A CSV file that Excel opens as UTF-8, in pieces of many rows."""
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
    yield buffer.getvalue()


def write_xlsx(target: IO[bytes], headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> int:
    """Write a workbook of one sheet; answers how many rows, which the format limits to 1 048 575."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(target, options)
    sheet = book.add_worksheet()
    bold, day = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.freeze_panes(1, 0)
    for place, heading in enumerate(headings):
        sheet.set_column(place, place, 18)
        sheet.write_string(0, place, str(disarm(heading)), bold)
    count = 0
    for count, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            _write(sheet, count, place, value, day)
        if count == MOST_ROWS:
            break
    book.close()
    return count


def _write(
    sheet: "xlsxwriter.Worksheet", row: int, place: int, value: Value, day: "xlsxwriter.Format"
) -> None:
    if isinstance(value, dt.date):
        sheet.write_datetime(row, place, dt.datetime(value.year, value.month, value.day), day)  # noqa: DTZ001
    elif isinstance(value, str):
        sheet.write_string(row, place, str(disarm(value)))
    elif value is not None:
        sheet.write_number(row, place, value)
