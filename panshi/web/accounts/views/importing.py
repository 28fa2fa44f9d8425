"""The import wizard: upload a file, say which column is what, see what would happen, let it run, read the result."""

from typing import Any

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from panshi.domains.accounts.models import ImportBatch, ImportMode, ImportState
from panshi.domains.accounts.reports.imports.checking import Outcome
from panshi.domains.accounts.reports.imports.columns import guess_mapping, import_fields
from panshi.domains.accounts.reports.imports.preview import open_sheet, preview
from panshi.domains.accounts.services.imports.batches import (
    CannotStartImport,
    check_mapping,
    start_import,
    unreadable,
    upload_import,
)
from panshi.engines.analytics.failures import UnreadableTable
from panshi.ground.base.refusals import NotAllowed, Refused
from panshi.ground.work.models import Job
from panshi.web.request import PanshiRequest, page

SAMPLES = 3
RECENT = 8


def _batch(request: PanshiRequest, pk: int) -> ImportBatch:
    """My own import; 404 for anybody else's."""
    request.viewer.require("accounts.import")
    rows = ImportBatch.objects.visible_to(request.viewer).filter(pk=pk, by_id=request.viewer.person_id)
    batch: ImportBatch | None = rows.first()
    if batch is None:
        raise Http404
    return batch


def _around(batch: ImportBatch | None, at: int) -> dict[str, Any]:
    """What the wizard's frame shows at a step; done steps can be gone back to."""
    mapping = reverse("accounts:import_map", args=[batch.pk]) if batch is not None else ""
    return {
        "title": _("导入客户"),
        "steps": [
            (_("选择文件"), reverse("accounts:import")),
            (_("对应各列"), mapping),
            (_("预览"), ""),
            (_("结果"), ""),
        ],
        "at": at,
        "batch": batch,
    }


@page
def upload(request: PanshiRequest) -> HttpResponse:
    """Take a file in; its headings are read at once."""
    request.viewer.require("accounts.import")
    error = ""
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if not isinstance(file, UploadedFile):
                raise Refused(_("请选择一个文件。"))
            batch = upload_import(file=file, by=request.viewer, at=request.at)
            return redirect("accounts:import_map", pk=batch.pk)
        except NotAllowed:
            raise
        except Refused as refusal:
            error = refusal.message
    mine = ImportBatch.objects.visible_to(request.viewer).filter(by_id=request.viewer.person_id)
    context = {**_around(None, 0), "error": error, "recent": list(mine.order_by("-pk")[:RECENT])}
    return render(request, "accounts/import_upload.html", context, status=422 if error else 200)


@page
def map_columns(request: PanshiRequest, pk: int) -> HttpResponse:
    """Say which column fills which field; what the headings mean is proposed."""
    batch = _batch(request, pk)
    if batch.state == ImportState.DONE:
        return redirect("accounts:import_result", pk=pk)
    mapping = batch.mapping or guess_mapping(batch.headings, viewer=request.viewer)
    return _mapping_page(request, batch, mapping, batch.mode, "")


def _mapping_page(
    request: PanshiRequest, batch: ImportBatch, mapping: dict[str, int], mode: str, error: str
) -> HttpResponse:
    try:
        rows = open_sheet(batch).rows[:SAMPLES]
    except (UnreadableTable, OSError) as failure:
        rows, error = (
            (),
            unreadable(failure) if isinstance(failure, UnreadableTable) else _("文件已不在，请重新上传。"),
        )
    chosen = {position: name for name, position in mapping.items()}
    columns = [
        (
            position,
            heading,
            chosen.get(position, ""),
            [row.cells[position] for row in rows if position < len(row.cells)],
        )
        for position, heading in enumerate(batch.headings)
    ]
    context = {
        **_around(batch, 1),
        "columns": columns,
        "fields": import_fields(request.viewer),
        "modes": ImportMode.choices,
        "mode": mode,
        "error": error,
    }
    return render(request, "accounts/import_map.html", context, status=422 if error else 200)


def _sent_mapping(request: PanshiRequest, batch: ImportBatch) -> dict[str, int]:
    """Field → column as the form says; a field named twice is a mistake the service refuses, so the last one counts."""
    sent = {position: request.POST.get(f"column-{position}", "") for position in range(len(batch.headings))}
    return {name: position for position, name in sent.items() if name}


def _twice(request: PanshiRequest, batch: ImportBatch) -> bool:
    sent = [request.POST.get(f"column-{position}", "") for position in range(len(batch.headings))]
    named = [name for name in sent if name]
    return len(named) != len(set(named))


@page
def show_preview(request: PanshiRequest, pk: int) -> HttpResponse:
    """What would happen to each row; nothing is written."""
    batch = _batch(request, pk)
    if request.method != "POST":
        return redirect("accounts:import_map", pk=pk)
    mapping, mode = _sent_mapping(request, batch), request.POST.get("mode", "")
    try:
        if _twice(request, batch):
            raise CannotStartImport(_("同一个字段不能对应两列。"))
        check_mapping(mapping, batch, mode, request.viewer)
        seen = preview(batch, mapping=mapping, mode=mode, viewer=request.viewer, at=request.at)
    except CannotStartImport as refusal:
        return _mapping_page(request, batch, mapping, mode, refusal.message)
    except UnreadableTable as failure:
        return _mapping_page(request, batch, mapping, mode, unreadable(failure))
    context = {
        **_around(batch, 2),
        "preview": seen,
        "mapping": mapping,
        "mode": mode,
        "mode_label": ImportMode(mode).label,
        "counts": [(label, tone, seen.counts.get(outcome, 0)) for outcome, label, tone in outcomes()],
        "words": {outcome: (label, tone) for outcome, label, tone in outcomes()},
    }
    return render(request, "accounts/import_preview.html", context)


def outcomes() -> list[tuple[Outcome, str, str]]:
    """What becomes of a row, in words and tone."""
    return [
        (Outcome.CREATE, _("新建"), "good"),
        (Outcome.UPDATE, _("更新"), "info"),
        (Outcome.UNCHANGED, _("无变化"), ""),
        (Outcome.REJECT, _("不导入"), "bad"),
    ]


@page
def start(request: PanshiRequest, pk: int) -> HttpResponse:
    """Queue the import as it was previewed."""
    batch = _batch(request, pk)
    if request.method != "POST":
        raise Http404
    mapping, mode = _sent_mapping(request, batch), request.POST.get("mode", "")
    try:
        start_import(
            batch=batch,
            mapping=mapping,
            mode=mode,
            duplicate_reason=request.POST.get("duplicate_reason", ""),
            by=request.viewer,
            at=request.at,
        )
    except CannotStartImport as refusal:
        return _mapping_page(request, batch, mapping, mode, refusal.message)
    return redirect("accounts:import_result", pk=pk)


@page
def result(request: PanshiRequest, pk: int) -> HttpResponse:
    """How far the import is, and in the end what was done, what was not, and why."""
    batch = _batch(request, pk)
    job = Job.objects.visible_to(request.viewer).filter(pk=batch.job_id).first() if batch.job_id else None
    context = {
        **_around(batch, 3),
        "job": job,
        "running": batch.state == ImportState.WAITING and job is not None and job.is_open,
        "share": job.done / job.total if job is not None and job.total else None,
        "error": batch.error or (job.error if job is not None else ""),
    }
    return render(
        request, "accounts/import_state.html" if request.htmx else "accounts/import_result.html", context
    )


@page
def rejected(request: PanshiRequest, pk: int) -> FileResponse:
    """The rows that were not taken, each with its reason, ready to be mended and imported again."""
    batch = _batch(request, pk)
    if not batch.error_path or not default_storage.exists(batch.error_path):
        raise Http404
    name = _("未导入的行-%(number)s.xlsx") % {"number": batch.pk}
    return FileResponse(default_storage.open(batch.error_path), as_attachment=True, filename=name)
