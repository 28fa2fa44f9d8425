"""What came of an import, the rows it did not take, and the template of each kind of file."""

import io

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from panshi.domains.accounts.models import ImportState
from panshi.domains.accounts.reports.imports.kinds import reading_of, readings
from panshi.domains.accounts.services.imports.undoing import kept_rows, undo_open
from panshi.engines.sheets.writing import write_xlsx
from panshi.ground.audit.exporting import record_export
from panshi.ground.settings.reports import value
from panshi.ground.work.models import Job
from panshi.web.imports.own import around, own_batch
from panshi.web.request import PanshiRequest, page

UNDER_WAY = (ImportState.WAITING, ImportState.UNDOING)
PLACES = {
    "accounts": "accounts:list",
    "contacts": "people:list",
    "log": "people:log",
    "equipment": "accounts:equipment",
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page
def result(request: PanshiRequest, pk: int) -> HttpResponse:
    """How far the import is, and in the end what was done, what was not, and why."""
    batch = own_batch(request, pk)
    job = Job.objects.visible_to(request.viewer).filter(pk=batch.job_id).first() if batch.job_id else None
    context = {
        **around(batch, 3),
        "job": job,
        "running": batch.state in UNDER_WAY and job is not None and job.is_open,
        "share": job.done / job.total if job is not None and job.total else None,
        "error": batch.error or (job.error if job is not None else ""),
        "applied": batch.state == ImportState.DONE
        or (batch.state == ImportState.UNDOING and not (job is not None and job.is_open)),
        "undoable": undo_open(batch, at=request.at),
        "kept": kept_rows(batch) if batch.state == ImportState.UNDONE and batch.kept else (),
        "place": PLACES.get(batch.kind, "accounts:list"),
    }
    return render(request, "imports/state.html" if request.htmx else "imports/result.html", context)


@page
def rejected(request: PanshiRequest, pk: int) -> FileResponse:
    """The rows that were not taken, each with its reason, ready to be mended and imported again."""
    batch = own_batch(request, pk)
    if not batch.error_path or not default_storage.exists(batch.error_path):
        raise Http404
    record_export(
        listed="accounts.import_rejected",
        form="xlsx",
        columns=batch.headings,
        conditions=[],
        by_id=request.viewer.person_id,
        at=request.at,
    )
    name = _("未导入的行-%(number)s.xlsx") % {"number": batch.pk}
    return FileResponse(default_storage.open(batch.error_path), as_attachment=True, filename=name)


@page
def template(request: PanshiRequest, kind: str) -> FileResponse:
    """An empty workbook with the headings of a kind; its second sheet says what each column holds."""
    if kind not in readings():
        raise Http404
    reading = reading_of(kind)
    reading.require(request.viewer)
    fields = reading.fields(request.viewer)
    mark: str = value("lists.import_clear_mark")
    notes = [
        (str(one.label), "；".join(filter(None, (str(one.note), _("、").join(one.choices)))))
        for one in fields
    ]
    notes.append((_("空单元格"), _("保持原值")))
    if mark:
        notes.append((mark, _("清空该字段")))
    book = io.BytesIO()
    headings = [str(one.label) for one in fields]
    write_xlsx(book, headings, (), notes=notes, name=str(reading.label), notes_name=_("填写说明"))
    name = _("导入模板-%(kind)s.xlsx") % {"kind": reading.label}
    book.seek(0)
    return FileResponse(book, as_attachment=True, filename=name, content_type=XLSX)
