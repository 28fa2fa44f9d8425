"""Doing something to files: upload, a new version, an old one back, another name, void and take that back."""

import json
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from panshi.ground.base.refs import RecordRef
from panshi.ground.base.refusals import NotAllowed, Refused
from panshi.ground.files import services
from panshi.ground.files.holders import holder_of
from panshi.ground.files.reports import FileDetail, attached, one_file
from panshi.web.generic.answers import saved
from panshi.web.generic.forms import FormPage, PanshiForm, form_page
from panshi.web.generic.going import PLACES
from panshi.web.request import PanshiRequest, page


class EditForm(PanshiForm):
    """Name and secrecy of a file."""

    name = forms.CharField(label=gettext_lazy("文件名"), max_length=200)
    confidential = forms.BooleanField(
        label=gettext_lazy("机密"),
        required=False,
        help_text=gettext_lazy("每次打开或下载都会记入审计记录。"),
    )


class VoidForm(PanshiForm):
    """Why a file is voided."""

    why = forms.CharField(label=gettext_lazy("作废的理由"), max_length=200)


def _uploads(request: PanshiRequest) -> "list[UploadedFile[bytes]]":
    return [each for each in request.FILES.getlist("file") if isinstance(each, UploadedFile)]


@require_POST
@page
def upload(request: PanshiRequest, kind: str, record: int) -> HttpResponse:
    """Take files in, each for itself: one that is refused keeps no other from its place.

    A script sends them one by one and hears of each in JSON; without scripts a form sends all of them.
    """
    try:
        ref = RecordRef(kind, record)
    except ValueError as error:
        raise Http404 from error
    if attached(ref, request.viewer) is None:
        raise Http404
    holder = holder_of(kind)
    request.viewer.require(holder.change if holder else "settings.manage")
    refused: dict[str, str] = {}
    taken = 0
    for each in _uploads(request):
        try:
            services.attach(
                record=ref,
                name=str(each.name),
                content=each.file or each,
                confidential=bool(request.POST.get("confidential")),
                by=request.viewer,
                at=request.at,
            )
            taken += 1
        except NotAllowed:
            raise
        except Refused as refusal:
            refused[str(each.name)] = refusal.message
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"taken": taken, "refused": refused}, status=200 if taken or not refused else 422)
    if refused:
        context = {"refused": refused, "taken": taken, "back": _record_page(ref, request)}
        return render(request, "files/refused.html", context, status=422)
    return saved(request, _record_page(ref, request), _("已上传 %(count)d 个文件") % {"count": taken})


def _record_page(ref: RecordRef, request: PanshiRequest) -> str:
    """The page of the record the files hang from."""
    if ref.kind == "account":
        return reverse("accounts:detail", args=[ref.id, "files"])
    lead = PLACES.get(ref.kind)
    return (lead(ref.id, request.viewer) if lead else None) or "/"


def _file(request: PanshiRequest, pk: int) -> FileDetail:
    """The file, if the person may see it; 403 if they may not change it."""
    found = one_file(pk, request.viewer)
    if found is None:
        raise Http404
    if not found.may_change:
        raise NotAllowed(_("您没有此项操作的权限。"))
    return found


def _back(found: FileDetail) -> str:
    return reverse("files:detail", args=[found.file.pk])


@require_POST
@page
def version(request: PanshiRequest, pk: int) -> HttpResponse:
    """Put a newer version on top."""
    found = _file(request, pk)
    given = _uploads(request)[:1]
    if not given:
        raise services.CannotChangeFile(_("请选择文件。"))
    try:
        made = services.add_version(
            file=found.file,
            name=str(given[0].name),
            content=given[0].file or given[0],
            note=request.POST.get("note", ""),
            by=request.viewer,
            at=request.at,
        )
    except NotAllowed:
        raise
    except Refused as refusal:
        if request.headers.get("Accept") == "application/json":
            return JsonResponse({"taken": 0, "refused": {str(given[0].name): refusal.message}}, status=422)
        context = {"refused": {str(given[0].name): refusal.message}, "taken": 0, "back": _back(found)}
        return render(request, "files/refused.html", context, status=422)
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"taken": 1, "refused": {}})
    return saved(request, _back(found), _("已保存为第 %(number)d 版") % {"number": made.number})


@require_POST
@page
def restore(request: PanshiRequest, pk: int, number: int) -> HttpResponse:
    """Make an old version the newest."""
    found = _file(request, pk)
    made = services.restore_version(file=found.file, number=number, by=request.viewer, at=request.at)
    text = _("第 %(old)d 版已恢复为当前的第 %(new)d 版") % {"old": number, "new": made.number}
    return saved(request, _back(found), text)


@page
def edit(request: PanshiRequest, pk: int) -> HttpResponse:
    """Another name; whether it is confidential."""
    found = _file(request, pk)
    initial: dict[str, Any] = {"name": found.file.name, "confidential": found.file.confidential}
    form = EditForm(request.POST or None, initial=initial)
    if form.sent():
        with form.refusals():
            services.change_file(file=found.file, **form.values(), by=request.viewer, at=request.at)
            return saved(request, _back(found), _("已保存"))
    around = FormPage(
        title=_("文件名与机密"), verb=_("保存"), cancel_url=_back(found), whole=("name", "confidential")
    )
    return form_page(request, form, around)


@page
def void(request: PanshiRequest, pk: int) -> HttpResponse:
    """Take a file out of sight, with a reason; it can be brought back."""
    found = _file(request, pk)
    form = VoidForm(request.POST or None)
    if form.sent():
        with form.refusals():
            services.void_file(file=found.file, reason=form.values()["why"], by=request.viewer, at=request.at)
            return _voided(request, found)
    around = FormPage(
        title=_("作废 %(name)s") % {"name": found.file.name},
        verb=_("作废"),
        cancel_url=_back(found),
        whole=("why",),
        intro=_("作废后其他人看不到这个文件；所有版本保留，可随时恢复。"),
    )
    return form_page(request, form, around)


def _voided(request: PanshiRequest, found: FileDetail) -> HttpResponse:
    """Say so, with the way back."""
    text = _("已作废 %(name)s") % {"name": found.file.name}
    ref = RecordRef(found.file.record_kind, found.file.record_id)
    if not request.htmx:
        return saved(request, _record_page(ref, request), text)
    toast = {"text": text, "tone": "good", "undo": reverse("files:unvoid", args=[found.file.pk])}
    happened = json.dumps({"panshi:close": True, "panshi:changed": True, "panshi:toast": toast})
    return HttpResponse(status=204, headers={"HX-Trigger": happened})


@require_POST
@page
def unvoid(request: PanshiRequest, pk: int) -> HttpResponse:
    """Bring a voided file back."""
    found = _file(request, pk)
    services.unvoid_file(file=found.file, by=request.viewer, at=request.at)
    return saved(
        request, _back(found), _("已恢复 %(name)s") % {"name": found.file.name}, stay=bool(request.htmx)
    )
