"""A list as a file: the same conditions, columns and order as on screen, as CSV or XLSX, read and written in pieces.

Short lists leave at once, long ones are written in the background by the same code. Text that a spreadsheet would take
for a formula is disarmed; money and dates stay numbers and dates; who took it out and when stands in the file.
"""

import datetime as dt
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from itertools import islice
from typing import Any, Final
from urllib.parse import quote

from django.conf import settings
from django.http import FileResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.engines.sheets.writing import csv_pieces, write_xlsx
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.reports import names_of
from panshi.ground.work.exports import CannotExport, Leaving, foot
from panshi.web.generic.columns import Column, Plain
from panshi.web.generic.extras import fill_rows
from panshi.web.generic.filters import Asking
from panshi.web.generic.lists import Asked, ListPage, read_asked
from panshi.web.generic.windows import needed

CHUNK: Final = 2000
SOURCE: Final = "list"
LISTS: dict[str, ListPage] = {}
"""Every list with an address, by name: what the background is told is the name alone."""


def exported_rows(asked: Asked) -> Any:
    """The rows of a list that the person may take out, which may reach less far than seeing them."""
    found: Any = asked.rows()
    if asked.page.export_permission:
        found = found.visible_to(asked.asking.viewer, asked.page.export_permission)
    return found


def plain_rows(asked: Asked, columns: Sequence[Column]) -> Iterator[list[Plain]]:
    """All rows of the list in its order, read in chunks."""
    rows = asked.order.sorted(exported_rows(asked)).values(*needed(asked, columns))
    makers = [column.plain for column in columns]
    found = rows.iterator(chunk_size=CHUNK)
    while chunk := list(islice(found, CHUNK)):
        if asked.page.fill is not None:
            fill_rows(chunk, columns, asked.page.fill)
        for row in chunk:
            yield [make(row) for make in makers]


def table(asked: Asked, columns: Sequence[Column], *, at: dt.datetime, count: int) -> Leaving:
    """The list as a table that leaves, with what it must say of itself."""
    viewer = asked.asking.viewer
    who = names_of([viewer.person_id]).get(viewer.person_id, "") if viewer.person_id is not None else ""
    said = [f"{one.label} {one.words}" for one in asked.applied]
    said += [asked.where.sentence] if asked.where else []
    said += [_("查找“%(words)s”") % {"words": asked.words}] if asked.words else []
    said += [_("所选的 %(count)s 条") % {"count": len(asked.picked)}] if asked.picked else []
    notes = [
        (_("导出人"), who),
        (_("导出时间"), f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}"),
        (_("列表"), str(asked.page.title)),
        (_("条件"), _("，且").join(said) or _("全部")),
        (_("范围"), _("只含导出人有权导出的记录，内部资料，请勿外传")),
    ]
    return Leaving(
        title=str(asked.page.title),
        headings=[str(column.label) for column in columns],
        rows=plain_rows(asked, columns),
        notes=notes,
        count=count,
    )


def export(asked: Asked, columns: Sequence[Column], kind: str, *, at: dt.datetime) -> HttpResponseBase:
    """The file of a list short enough to be waited for; `kind` is csv or xlsx."""
    name = f"{asked.page.title}-{timezone.localdate(at).isoformat()}"
    leaving = table(asked, columns, at=at, count=0)
    if kind == "csv":
        pieces = csv_pieces(leaving.headings, leaving.rows, last=foot(leaving.notes))
        answer = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.csv"
        return answer
    # The answer closes the file, and closing an unnamed temporary file removes it.
    book = tempfile.TemporaryFile()  # noqa: SIM115
    write_xlsx(
        book,
        leaving.headings,
        leaving.rows,
        notes=leaving.notes,
        name=leaving.title,
        notes_name=_("导出说明"),
    )
    book.seek(0)
    return FileResponse(book, as_attachment=True, filename=f"{name}.xlsx")


def arguments(asked: Asked, columns: Sequence[Column]) -> dict[str, Any]:
    """What the background needs to write the same list."""
    return {
        "list": asked.page.name,
        "query": asked.query(*(("pk", str(key)) for key in asked.picked)).lstrip("?"),
        "columns": [column.name for column in columns],
    }


def list_source(given: Mapping[str, Any], viewer: Viewer, at: dt.datetime) -> Leaving:
    """The table of a list by its arguments, as the person may see it now."""
    asked = asked_again(str(given["list"]), str(given["query"]), viewer, at)
    viewer.require(asked.page.export_permission or asked.page.permission)
    columns = asked.page.shown_columns(viewer, list(given["columns"]))
    return table(asked, columns, at=at, count=exported_rows(asked).order_by().count())


def asked_again(name: str, query: str, viewer: Viewer, at: dt.datetime) -> Asked:
    """A list asked anew from what was kept of it; relative dates still mean the day it was asked first."""
    import_module(settings.ROOT_URLCONF)  # a work process has opened no page, so no list may be known yet
    declared = LISTS.get(name)
    if declared is None:
        raise CannotExport(_("这个列表已不存在，请重新导出。"))
    viewer.require(declared.permission)
    asking = Asking(viewer, timezone.localdate(at))
    return read_asked(declared.for_viewer(viewer), QueryDict(query), asking)
