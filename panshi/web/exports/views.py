"""My exports: how far each is, its file until it is removed, taking one back. Nobody sees another person's."""

import datetime as dt
from dataclasses import dataclass

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from panshi.ground.settings.reports import value
from panshi.ground.work import services
from panshi.ground.work.exports import drop_export
from panshi.ground.work.models import Export, JobState
from panshi.web.generic.answers import saved
from panshi.web.request import PanshiRequest, page

MOST_SHOWN = 100
TONES = {JobState.RUNNING: "info", JobState.DONE: "good", JobState.FAILED: "bad"}


@dataclass(frozen=True, slots=True)
class ShownExport:
    """One export as the page shows it; `until` is when its file goes."""

    export: Export
    state: str
    tone: str
    until: dt.datetime | None


@page
def exports(request: PanshiRequest) -> HttpResponse:
    """The person's exports, newest first; as a fragment while one is under way."""
    rows = Export.objects.visible_to(request.viewer).filter(asked_by_id=request.user.pk)
    days: int = value("lists.export_days")
    shown = [_shown(each, days) for each in rows.select_related("job").order_by("-pk")[:MOST_SHOWN]]
    context = {
        "exports": shown,
        "days": days,
        "under_way": any(one.export.job.is_open for one in shown),
    }
    fragment = bool(request.htmx) and request.htmx.target == "exports-mine"
    response = render(request, "exports/rows.html" if fragment else "exports/list.html", context)
    patch_vary_headers(response, ("HX-Request", "HX-Target"))
    return response


def _shown(export: Export, days: int) -> ShownExport:
    state = JobState(export.job.state)
    if export.removed_at is not None:
        return ShownExport(export, _("已清理"), "", None)
    until = export.asked_at + dt.timedelta(days=days) if export.file else None
    return ShownExport(export, str(state.label), TONES.get(state, ""), until)


@page
def download(request: PanshiRequest, pk: int) -> FileResponse:
    """The finished file."""
    export = _own(request, pk)
    if not export.file or not default_storage.exists(export.file):
        raise Http404
    name = f"{export.title}-{timezone.localdate(export.asked_at).isoformat()}.{export.form}"
    return FileResponse(default_storage.open(export.file), as_attachment=True, filename=name)


@require_POST
@page
def cancel_export(request: PanshiRequest, pk: int) -> HttpResponse:
    """Take an export back; nothing of it is left."""
    services.cancel(job_id=_own(request, pk).job_id, by=request.viewer, at=request.at)
    return saved(request, reverse("exports:list"), _("已请求取消。"))


@require_POST
@page
def again(request: PanshiRequest, pk: int) -> HttpResponse:
    """Ask again for one that failed or was cancelled."""
    services.retry(job_id=_own(request, pk).job_id, by=request.viewer, at=request.at)
    return saved(request, reverse("exports:list"), _("已重新开始导出。"))


@require_POST
@page
def drop(request: PanshiRequest, pk: int) -> HttpResponse:
    """Remove the file before its time."""
    drop_export(export=_own(request, pk), by=request.viewer, at=request.at)
    return saved(request, reverse("exports:list"), _("导出的文件已删除。"))


def _own(request: PanshiRequest, pk: int) -> Export:
    rows = Export.objects.visible_to(request.viewer).filter(asked_by_id=request.user.pk)
    found: Export = get_object_or_404(rows.select_related("job"), pk=pk)
    return found
