"""Pages of one batch: upload, columns, check, commit, and taking it back; its state says which step is shown."""

from typing import Any, Final

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from panshi.domains.ledger.models import Batch, BatchState, Source
from panshi.domains.ledger.reports import (
    batch_folder,
    commit_obstacle,
    mapping_choices,
    reasons_in_words,
    rejected_sample,
    uncompared_lines,
)
from panshi.domains.ledger.services import (
    discard_batch,
    map_columns,
    open_batch,
    request_commit,
    request_revert,
)
from panshi.engines.analytics.values import REJECTED
from panshi.ground.audit.exporting import record_export
from panshi.ground.base.refusals import NotAllowed, Refused
from panshi.ground.work.models import Job
from panshi.web.figures import number
from panshi.web.generic.answers import saved
from panshi.web.generic.confirm import Question, agreed, ask
from panshi.web.generic.keys import key_or_none
from panshi.web.ledger.forms import KINDS, MappingForm, UploadForm
from panshi.web.ledger.tables import STATE_TONES
from panshi.web.request import PanshiRequest, page

AT_STEP: Final = {
    BatchState.UPLOADED: 0,
    BatchState.FAILED: 0,
    BatchState.INSPECTED: 1,
    BatchState.STAGING: 2,
    BatchState.STAGED: 2,
}
UNDER_WAY: Final = frozenset(
    {BatchState.UPLOADED, BatchState.STAGING, BatchState.COMMITTING, BatchState.REVERTING}
)


def open_(request: PanshiRequest, pk: int) -> Batch:
    """The batch if the person may import; 404 for a batch that is not there."""
    request.viewer.require("ledger.import")
    found: Batch | None = (
        Batch.objects.visible_to(request.viewer).select_related("source").filter(pk=pk).first()
    )
    if found is None:
        raise Http404
    return found


def steps(batch: Batch | None = None) -> list[tuple[str, str]]:
    """The names of the steps and where one can go back to."""
    back = batch is not None and batch.state in {BatchState.STAGED, BatchState.INSPECTED}
    columns = reverse("ledger:columns", args=[batch.pk]) if batch is not None and back else ""
    return [(_("上传文件"), ""), (_("对应列"), columns), (_("核对"), ""), (_("入账"), "")]


@page
def upload(request: PanshiRequest) -> HttpResponse:
    """Choose a file and say where it comes from."""
    request.viewer.require("ledger.import")
    form = UploadForm(request.POST or None, request.FILES or None)
    if form.sent():
        with form.refusals():
            batch = open_batch(
                source_name=form.cleaned_data["source"],
                file=form.cleaned_data["file"],
                by=request.viewer,
                at=request.at,
            )
            return saved(request, reverse("ledger:detail", args=[batch.pk]))
    sources = Source.objects.visible_to(request.viewer).order_by("name").values_list("name", flat=True)
    context = {
        "form": form,
        "sources": list(sources[:50]),
        "kinds": KINDS,
        "limit": settings.UPLOAD_LIMIT,
        "title": _("导入台账"),
        "steps": steps(),
        "at": 0,
    }
    return render(request, "ledger/upload.html", context, status=422 if form.is_bound else 200)


@page
def detail(request: PanshiRequest, pk: int) -> HttpResponse:
    """The step at which the batch stands; while a job works on it, how far it is."""
    batch = open_(request, pk)
    if batch.state == BatchState.INSPECTED:
        return _columns(request, batch)
    template = "ledger/staged.html" if batch.state == BatchState.STAGED else "ledger/batch.html"
    return render(request, template, _context(request, batch))


def _context(request: PanshiRequest, batch: Batch) -> dict[str, Any]:
    state = BatchState(batch.state)
    working = state in UNDER_WAY
    return {
        "batch": batch,
        "title": batch.file_name,
        "intro": f"{batch.source.name} · {number(batch.lines_read)} {_('行')}"
        if batch.lines_read
        else batch.source.name,
        "state": (str(state.label), STATE_TONES.get(state, "")),
        "working": working,
        "steps": steps(batch),
        "at": AT_STEP.get(state, 3),
        "obstacle": commit_obstacle(batch) if state == BatchState.STAGED else "",
        "uncompared": uncompared_lines(batch) if state == BatchState.STAGED else 0,
        "rejected": rejected_sample(batch) if batch.lines_rejected else [],
        "reasons": reasons_in_words(batch),
        "job_id": batch.job_id if working else _asked_job(request),
    }


def _asked_job(request: PanshiRequest) -> int | None:
    """A job this page was opened to watch, such as opening archives for all unknown accounts."""
    key = key_or_none(request.GET.get("job", ""))
    found = Job.objects.visible_to(request.viewer).filter(pk=key).first() if key else None
    return found.pk if found is not None and found.is_open else None


@page
def columns(request: PanshiRequest, pk: int) -> HttpResponse:
    """Say which column is which, with the first rows of the file in sight."""
    batch = open_(request, pk)
    if batch.state not in {BatchState.INSPECTED, BatchState.STAGED}:
        return saved(request, reverse("ledger:detail", args=[pk]))
    return _columns(request, batch)


def _columns(request: PanshiRequest, batch: Batch) -> HttpResponse:
    form = MappingForm(
        request.POST or None,
        choices=mapping_choices(batch),
        headings=batch.headings,
        initial={"default_currency": batch.currency, "day_order": batch.day_order},
    )
    if form.sent():
        with form.refusals():
            map_columns(
                batch=batch,
                columns=form.columns(),
                currency=form.cleaned_data["default_currency"],
                day_order=form.cleaned_data["day_order"],
                by=request.viewer,
                at=request.at,
            )
            return saved(request, reverse("ledger:detail", args=[batch.pk]))
    context = _context(request, batch) | {"form": form, "steps": steps(), "at": 1}
    return render(request, "ledger/columns.html", context, status=422 if form.is_bound else 200)


@page
def commit(request: PanshiRequest, pk: int) -> HttpResponse:
    """Let a job put the batch into the ledger."""
    return _act(request, pk, request_commit)


@page
def revert(request: PanshiRequest, pk: int) -> HttpResponse:
    """Take the batch out of the ledger again, after saying what that does."""
    batch = open_(request, pk)
    question = Question(
        title=_("撤销批次 %(file)s") % {"file": batch.file_name},
        facts=(
            _("%(count)s 行新增的台账将被移除。") % {"count": number(batch.lines_new)},
            _("%(count)s 行更正将恢复为更正前的内容。") % {"count": number(batch.lines_corrected)},
            _("客户的销售数据随后重新计算；同一文件以后可以再次导入。"),
        ),
        verb=_("撤销批次"),
        cancel_url=reverse("ledger:detail", args=[pk]),
    )
    return _act(request, pk, request_revert) if agreed(request, question) else ask(request, question)


@page
def discard(request: PanshiRequest, pk: int) -> HttpResponse:
    """Forget an uploaded file that never entered the ledger."""
    batch = open_(request, pk)
    question = Question(
        title=_("放弃导入 %(file)s") % {"file": batch.file_name},
        facts=(_("上传的文件和核对结果将被删除，台账不受影响。"),),
        verb=_("放弃导入"),
        cancel_url=reverse("ledger:detail", args=[pk]),
    )
    if not agreed(request, question):
        return ask(request, question)
    try:
        discard_batch(batch=batch, by=request.viewer, at=request.at)
    except NotAllowed:
        raise
    except Refused as refusal:
        return saved(request, reverse("ledger:detail", args=[pk]), refusal.message)
    return saved(request, reverse("ledger:list"), _("已放弃导入"))


@page
def rejected(request: PanshiRequest, pk: int) -> HttpResponseBase:
    """The rejected rows as a file to mend: line, reason, and what stood there."""
    batch = open_(request, pk)
    path = batch_folder(batch) / REJECTED
    if not batch.lines_rejected or not path.is_file():
        raise Http404
    record_export(
        listed="ledger.import_rejected",
        form="csv",
        columns=batch.headings,
        conditions=[],
        by_id=request.viewer.person_id,
        at=request.at,
    )
    name = f"{batch.pk}-rejected.csv"
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=name, content_type="text/csv; charset=utf-8"
    )


def _act(request: PanshiRequest, pk: int, service: Any) -> HttpResponse:
    """Call a service on the batch and show the batch again; a refusal is said on its page."""
    batch = open_(request, pk)
    if request.method != "POST":
        return saved(request, reverse("ledger:detail", args=[pk]))
    text = ""
    try:
        service(batch=batch, by=request.viewer, at=request.at)
    except NotAllowed:
        raise
    except Refused as refusal:
        text = refusal.message
    return saved(request, reverse("ledger:detail", args=[pk]), text)
