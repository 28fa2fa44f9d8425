"""Starting a request: choose the process, see who will decide, fill in its form, hand it in; a draft is kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final
from urllib.parse import urlencode

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from panshi.domains.accounts.models import Pool
from panshi.ground.base.refs import RecordRef
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.files.intake import allowed_extensions, most_bytes
from panshi.ground.files.services import attach
from panshi.ground.settings.reports import preference
from panshi.ground.settings.services import keep_preference
from panshi.web.generic.answers import saved
from panshi.web.generic.keys import key_or_none
from panshi.web.request import PanshiRequest, page
from panshi.web.workflow import forms
from panshi.workflow import reports, services
from panshi.workflow.bindings import binding_of
from panshi.workflow.models import Process, ProcessVersion, Request
from panshi.workflow.outline import load_drawing
from panshi.workflow.reports import StartForm
from panshi.workflow.reports.preview import foreseen_steps

LONGEST_DRAFT: Final = 4000
MOST_FILES: Final = 20


@dataclass(frozen=True, slots=True)
class SubjectKind:
    """A kind of record a request can be about, and where one is picked: a picker's address, or a short list."""

    label: Promise
    source: Promise | str = ""
    options: Callable[[Viewer], Sequence[tuple[int, str]]] = lambda viewer: ()


def _pools(viewer: Viewer) -> Sequence[tuple[int, str]]:
    rows = Pool.objects.visible_to(viewer).filter(active=True).order_by("name", "pk")
    return list(rows.values_list("pk", "name"))


SUBJECTS: Final = {
    "account": SubjectKind(gettext_lazy("客户"), forms.ACCOUNT_SOURCE),
    "pool": SubjectKind(gettext_lazy("公海"), options=_pools),
}
"""Kinds of records that can be picked here; requests about others begin on the page of the record."""


@dataclass(frozen=True, slots=True)
class Card:
    """A process that can be started: what it is for and the steps it takes."""

    process: Process
    steps: Sequence[str]
    about: str


@page
def choose(request: PanshiRequest) -> HttpResponse:
    """Every process I can start, by category."""
    found = [*reports.startable(viewer=request.viewer)]
    for kind in SUBJECTS:
        found += reports.startable(viewer=request.viewer, subject_kind=kind)
    versions = ProcessVersion.objects.visible_to(request.viewer).filter(
        process__in=[each.pk for each in found], state="published"
    )
    steps = {
        process_id: [node.name for node in load_drawing(outline).nodes if node.kind == "user"]
        for process_id, outline in versions.values_list("process_id", "outline")
    }
    cards = sorted(
        (_card(process, steps.get(process.pk, [])) for process in found),
        key=lambda card: (card.process.category, card.process.name, card.process.pk),
    )
    categories = [
        (category or _("其他"), list(group))
        for category, group in groupby(cards, key=lambda card: card.process.category)
    ]
    return render(request, "workflow/start.html", {"categories": categories})


def _card(process: Process, steps: Sequence[str]) -> Card:
    kind = SUBJECTS.get(process.subject_kind)
    return Card(process, steps, str(kind.label) if kind else "")


class FillForm(forms.StepForm):
    """The form of a process, and who is told besides."""

    copies = forms.PeopleField(
        label=gettext_lazy("抄送给"), required=False, help_text=gettext_lazy("他们可以查看，不参与审批。")
    )


@page
def fill(request: PanshiRequest, key: str) -> HttpResponse:
    """The form of one process; first what it is about, where it is about something."""
    subjects = _subjects(request)
    kind = _asks_for(key)
    if kind is not None and not subjects:
        return _pick(request, key, kind)
    start = reports.start_form(process=key, subjects=subjects, viewer=request.viewer)
    if start is None:
        raise Http404
    kept = _draft(request, key)
    form = FillForm(
        request.POST if request.method == "POST" else None,
        viewer=request.viewer,
        defined=start.fields,
        modes=start.modes,
        stored={**start.values, **kept.get("values", {})},
        initial={"copies": kept.get("copies", [])},
    )
    if form.sent():
        with form.refusals():
            asked = _hand_in(request, key, subjects, form)
            _forget(request, key)
            text = _("已提交 %(number)s") % {"number": asked.number}
            return saved(request, reverse("workflow:detail", args=[asked.pk]), text)
    return _show(request, start, form, subjects, kept)


@transaction.atomic
def _hand_in(request: PanshiRequest, key: str, subjects: tuple[RecordRef, ...], form: FillForm) -> Request:
    """The request with its files and copies: all of it or nothing."""
    asked = services.start_request(
        process=key, subjects=subjects, values=form.given(), by=request.viewer, at=request.at
    )
    for file in request.FILES.getlist("files")[:MOST_FILES]:
        if isinstance(file, UploadedFile):
            _attach(request, asked, file)
    if people := form.cleaned_data["copies"]:
        services.copy(request=asked, to=people, by=request.viewer, at=request.at)
    return asked


def _attach(request: PanshiRequest, asked: Request, file: "UploadedFile[bytes]") -> None:
    record = RecordRef("request", asked.pk)
    try:
        attach(
            record=record,
            account_id=None,
            name=file.name or "",
            content=file,
            by=request.viewer,
            at=request.at,
        )
    except Refused as refusal:
        raise Refused(
            _("%(name)s：%(why)s请重新选择附件。") % {"name": file.name, "why": refusal.message}
        ) from refusal


def _show(
    request: PanshiRequest,
    start: StartForm,
    form: FillForm,
    subjects: tuple[RecordRef, ...],
    kept: dict[str, Any],
) -> HttpResponse:
    steps = foreseen_steps(
        version=start.version, resolved=start.resolved, viewer=request.viewer, on=request.on
    )
    said = [
        field for field in start.fields if field.source == "subject" and start.modes.get(field.name) != "hide"
    ]
    context = {
        "start": start,
        "form": form,
        "steps": steps,
        "subject_rows": [(field.label, start.values.get(field.name) or "") for field in said],
        "notes": [field for field in start.fields if field.kind == "note"],
        "draft_url": reverse("workflow:start_draft", args=[start.process.key]) + _query(subjects),
        "kept_at": parse_datetime(str(kept.get("at", ""))) if kept and not form.is_bound else None,
        "kinds": ",".join(f".{each}" for each in allowed_extensions()),
        "most": most_bytes(),
        "files_label": next((field.label for field in start.fields if field.kind == "file"), _("附件")),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "workflow/start_form.html", context, status=status)


def _asks_for(key: str) -> str | None:
    """The kind of record a process is about, None for those about nothing."""
    kinds = binding_of(key).subject_kinds
    return kinds[0] if kinds else None


def _pick(request: PanshiRequest, key: str, kind: str) -> HttpResponse:
    """Ask what the request is about."""
    process = Process.objects.visible_to(request.viewer).filter(key=key, enabled=True).first()
    if process is None:
        raise Http404
    if kind not in SUBJECTS:
        raise Refused(_("请从要申请的记录页面发起此流程。"))
    context = {
        "process": process,
        "kind": SUBJECTS[kind],
        "code": kind,
        "many": binding_of(key).most > 1,
        "options": SUBJECTS[kind].options(request.viewer),
    }
    return render(request, "workflow/start_pick.html", context)


def _subjects(request: PanshiRequest) -> tuple[RecordRef, ...]:
    """The records named in the address, as `account:12` or by the picker as `account=12`."""
    found = [part.partition(":")[::2] for part in request.GET.getlist("subject")[:200]]
    found += [(kind, key) for kind in SUBJECTS for key in request.GET.getlist(kind)[:200]]
    keys = [(kind, key_or_none(key)) for kind, key in found if key]
    try:
        return tuple(dict.fromkeys(RecordRef(kind, key) for kind, key in keys if key))
    except ValueError as error:
        raise Http404 from error


def _query(subjects: Sequence[RecordRef]) -> str:
    pairs = [("subject", f"{each.kind}:{each.id}") for each in subjects]
    return "?" + urlencode(pairs) if pairs else ""


@require_POST
@page
def draft(request: PanshiRequest, key: str) -> HttpResponse:
    """Keep what was filled in so far, or throw it away; a choice of one's own, so no event."""
    if "discard" in request.POST:
        _forget(request, key)
        return saved(request, reverse("workflow:start_form", args=[key]) + _query(_subjects(request)))
    start = ProcessVersion.objects.visible_to(request.viewer).filter(process__key=key, state="published")
    if not start.exists():
        raise Http404
    values: dict[str, Any] = {}
    for name in list(request.POST)[:200]:
        if name.startswith(forms.OWN):
            given = [each[:LONGEST_DRAFT] for each in request.POST.getlist(name)[:200]]
            values[name.removeprefix(forms.OWN)] = given if len(given) > 1 else given[0]
    copies = [each[:20] for each in request.POST.getlist("copies")[: forms.MOST_PEOPLE]]
    kept = {"values": values, "copies": copies, "at": request.at.isoformat()}
    keep_preference(name=_name(key), value=kept, by=request.viewer)
    said = _("草稿已保存 %(time)s") % {"time": f"{timezone.localtime(request.at):%H:%M}"}
    return render(request, "workflow/draft_kept.html", {"said": said})


def _name(key: str) -> str:
    return f"workflow.start.{key}"


def _draft(request: PanshiRequest, key: str) -> dict[str, Any]:
    kept = preference(_name(key), viewer=request.viewer, default={})
    return kept if isinstance(kept, dict) else {}


def _forget(request: PanshiRequest, key: str) -> None:
    if _draft(request, key):
        keep_preference(name=_name(key), value={}, by=request.viewer)
