"""The import wizard: upload a file, say which column is what, see what would happen, let it run."""

from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from panshi.domains.accounts.models import ImportBatch, ImportMode
from panshi.domains.accounts.reports.imports.kinds import reading_of, readings
from panshi.domains.accounts.reports.imports.mapping import guess_mapping, known_sources
from panshi.domains.accounts.reports.imports.preview import open_sheet, preview
from panshi.domains.accounts.reports.imports.rows import Outcome
from panshi.domains.accounts.services.imports.batches import (
    APPLIED,
    AUTHORS_REMEMBERED,
    CannotStartImport,
    check_mapping,
    start_import,
    unreadable,
    upload_import,
)
from panshi.engines.analytics.failures import UnreadableTable
from panshi.ground.base.refusals import NotAllowed, Refused
from panshi.ground.identity.models import Person
from panshi.ground.settings.reports import preference
from panshi.web.imports.own import around, own_batch
from panshi.web.request import PanshiRequest, page

SAMPLES = 3
RECENT = 8
MOST_STRANGERS = 50


@page
def upload(request: PanshiRequest, kind: str = "") -> HttpResponse:
    """Take a file in; its headings are read at once."""
    request.viewer.require("accounts.import")
    kind = request.POST.get("kind") or kind or request.GET.get("kind") or "accounts"
    if kind not in readings():
        raise Http404
    reading_of(kind).require(request.viewer)
    error, source = "", request.POST.get("source", "")
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if not isinstance(file, UploadedFile):
                raise Refused(_("请选择一个文件。"))
            batch = upload_import(file=file, kind=kind, source=source, by=request.viewer, at=request.at)
            return redirect("imports:map", pk=batch.pk)
        except NotAllowed:
            raise
        except Refused as refusal:
            error = refusal.message
    mine = ImportBatch.objects.visible_to(request.viewer).filter(by_id=request.viewer.person_id)
    context = {
        **around(None, 0, kind),
        "error": error,
        "source": source,
        "sources": known_sources(kind, viewer=request.viewer),
        "kinds": [one for one in readings().values() if one.open_to(request.viewer)],
        "recent": list(mine.filter(kind=kind).order_by("-pk")[:RECENT]),
    }
    return render(request, "imports/upload.html", context, status=422 if error else 200)


@page
def map_columns(request: PanshiRequest, pk: int) -> HttpResponse:
    """Say which column fills which field; what the headings mean is proposed."""
    batch = own_batch(request, pk)
    if batch.state in APPLIED:
        return redirect("imports:result", pk=pk)
    mapping = batch.mapping or guess_mapping(
        batch.headings, viewer=request.viewer, kind=batch.kind, source=batch.source
    )
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
    reading = reading_of(batch.kind)
    context = {
        **around(batch, 1),
        "columns": columns,
        "fields": reading.fields(request.viewer),
        "modes": [(one.value, one.label) for one in ImportMode if one in reading.modes],
        "mode": mode,
        "error": error,
    }
    return render(request, "imports/map.html", context, status=422 if error else 200)


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
    batch = own_batch(request, pk)
    if request.method != "POST":
        return redirect("imports:map", pk=pk)
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
        **around(batch, 2),
        "preview": seen,
        "mapping": mapping,
        "mode": mode,
        "mode_label": ImportMode(mode).label,
        "counts": [(label, tone, seen.counts.get(outcome, 0)) for outcome, label, tone in outcomes()],
        "words": {outcome: (label, tone) for outcome, label, tone in outcomes()},
        "strangers": list(seen.strangers.items())[:MOST_STRANGERS],
        **(_people(request) if seen.strangers else {}),
    }
    return render(request, "imports/preview.html", context)


def _people(request: PanshiRequest) -> dict[str, Any]:
    """Whom an unknown name of the file may mean, and what the person chose last time."""
    people = Person.objects.visible_to(request.viewer).active().order_by("name", "pk")
    chosen = preference(AUTHORS_REMEMBERED, viewer=request.viewer, default={})
    return {"people": list(people.values_list("pk", "name", "username")), "chosen": chosen}


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
    batch = own_batch(request, pk)
    if request.method != "POST":
        raise Http404
    mapping, mode = _sent_mapping(request, batch), request.POST.get("mode", "")
    try:
        start_import(
            batch=batch,
            mapping=mapping,
            mode=mode,
            duplicate_reason=request.POST.get("duplicate_reason", ""),
            choices=_choices(request.POST),
            by=request.viewer,
            at=request.at,
        )
    except CannotStartImport as refusal:
        return _mapping_page(request, batch, mapping, mode, refusal.message)
    return redirect("imports:result", pk=pk)


def _choices(sent: Mapping[str, str]) -> dict[str, Any]:
    """Who is meant by the names of a file: name → person, 0 to keep the name as text."""
    authors: dict[str, int] = {}
    for number in range(MOST_STRANGERS):
        name, who = sent.get(f"author-{number}", ""), sent.get(f"person-{number}", "")
        if name:
            authors[name] = int(who) if who.isascii() and who.isdecimal() and len(who) < 19 else 0
    return {"authors": authors} if authors else {}
