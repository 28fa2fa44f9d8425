"""A list as a file: the same conditions, columns and order as on screen, as CSV or XLSX, streamed row by row.

Text that a spreadsheet would take for a formula is disarmed; money and dates stay numbers and dates.
"""

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Iterator, Sequence
from typing import IO
from urllib.parse import quote

import xlsxwriter
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from panshi.web.generic.columns import ChangeColumn, Column, MoneyColumn, Plain, Row
from panshi.web.generic.lists import Asked
from panshi.web.generic.windows import needed

CHUNK = 2000
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
XLSX_ROWS = 1_048_575


def disarm(value: Plain) -> Plain:
    """Text as text: an apostrophe before what would run as a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def export(asked: Asked, columns: Sequence[Column], kind: str, *, at: dt.datetime) -> HttpResponseBase:
    """The file of a list; `kind` is csv or xlsx (anything else is xlsx)."""
    day = timezone.localdate(at).isoformat()
    name = f"{asked.page.title}-{day}"
    if kind == "csv":
        answer = StreamingHttpResponse(csv_lines(asked, columns), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = _attachment(f"{name}.csv")
        return answer
    # The response closes the file, and closing an unnamed temporary file removes it.
    book = tempfile.TemporaryFile()  # noqa: SIM115
    write_xlsx(asked, columns, book)
    book.seek(0)
    return FileResponse(book, as_attachment=True, filename=f"{name}.xlsx")


def _attachment(name: str) -> str:
    return f"attachment; filename*=UTF-8''{quote(name)}"


def plain_rows(asked: Asked, columns: Sequence[Column]) -> Iterator[list[Plain]]:
    """All rows of the list in its order, read in chunks."""
    rows = asked.order.sorted(asked.rows()).values(*needed(asked, columns))
    makers = [column.plain for column in columns]
    row: Row
    for row in rows.iterator(chunk_size=CHUNK):
        yield [disarm(make(row)) for make in makers]


def csv_lines(asked: Asked, columns: Sequence[Column]) -> Iterator[str]:
    """The lines of a CSV file that Excel opens as UTF-8, in pieces of many rows."""
    buffer = io.StringIO()
    buffer.write("\ufeff")
    writer = csv.writer(buffer)
    writer.writerow([str(column.label) for column in columns])
    for count, row in enumerate(plain_rows(asked, columns), start=1):
        writer.writerow(["" if value is None else value for value in row])
        if count % CHUNK == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def write_xlsx(asked: Asked, columns: Sequence[Column], target: IO[bytes]) -> int:
    """Write a workbook in constant memory; answers how many rows, which a sheet limits to 1 048 575."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(target, options)
    sheet = book.add_worksheet()
    head = book.add_format({"bold": True, "bottom": 1})
    formats = [_format(book, column) for column in columns]
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.freeze_panes(1, 1)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, 32 if place == 0 else 16)
        sheet.write_string(0, place, str(column.label), head)
    count = 0
    for count, row in enumerate(plain_rows(asked, columns), start=1):
        for place, value in enumerate(row):
            if isinstance(value, dt.date):
                sheet.write_datetime(count, place, dt.datetime.combine(value, dt.time()), day)
            elif isinstance(value, str):
                sheet.write_string(count, place, value)
            elif value is not None:
                sheet.write_number(count, place, value, formats[place])
        if count == XLSX_ROWS:
            break
    sheet.autofilter(0, 0, count, max(len(columns) - 1, 0))
    book.close()
    return count


def _format(book: xlsxwriter.Workbook, column: Column) -> "xlsxwriter.Format | None":
    if isinstance(column, MoneyColumn):
        return book.add_format({"num_format": "#,##0.00"})
    return book.add_format({"num_format": "0.0%"}) if isinstance(column, ChangeColumn) else None
