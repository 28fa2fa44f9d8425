"""A list as a file: the same conditions, columns and order as on screen, as CSV or XLSX, read and written in pieces.

Text that a spreadsheet would take for a formula is disarmed; money and dates stay numbers and dates.
"""

import datetime as dt
import tempfile
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from panshi.engines.sheets.writing import csv_pieces, write_xlsx
from panshi.web.generic.columns import Column, Plain
from panshi.web.generic.lists import Asked
from panshi.web.generic.windows import needed

CHUNK = 2000
MOST_XLSX = 20_000
"""Above this many rows a workbook takes longer than anybody waits at a page; CSV streams and begins at once."""


def export(asked: Asked, columns: Sequence[Column], kind: str, *, at: dt.datetime) -> HttpResponseBase:
    """The file of a list; `kind` is csv or xlsx. A list too long for a workbook comes as CSV."""
    name = f"{asked.page.title}-{timezone.localdate(at).isoformat()}"
    headings = [str(column.label) for column in columns]
    rows = plain_rows(asked, columns)
    if kind == "csv" or asked.rows().order_by()[: MOST_XLSX + 1].count() > MOST_XLSX:
        answer = StreamingHttpResponse(csv_pieces(headings, rows), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.csv"
        return answer
    # The answer closes the file, and closing an unnamed temporary file removes it.
    book = tempfile.TemporaryFile()  # noqa: SIM115
    write_xlsx(book, headings, rows)
    book.seek(0)
    return FileResponse(book, as_attachment=True, filename=f"{name}.xlsx")


def plain_rows(asked: Asked, columns: Sequence[Column]) -> Iterator[list[Plain]]:
    """All rows of the list in its order, read in chunks."""
    found: Any = asked.rows()
    if asked.page.export_permission:  # taking rows out may reach less far than seeing them
        found = found.visible_to(asked.asking.viewer, asked.page.export_permission)
    rows = asked.order.sorted(found).values(*needed(asked, columns))
    makers = [column.plain for column in columns]
    for row in rows.iterator(chunk_size=CHUNK):
        yield [make(row) for make in makers]
