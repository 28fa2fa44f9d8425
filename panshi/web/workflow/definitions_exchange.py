"""Processes as files: BPMN 2.0 in and out, the step table and form as JSON out."""

import json

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from panshi.ground.base.refusals import Refused
from panshi.web.generic.answers import saved
from panshi.web.generic.forms import FormPage, form_page
from panshi.web.request import PanshiRequest, page
from panshi.web.workflow.definitions import MANAGE, managed, numbered
from panshi.web.workflow.definitions_forms import FileForm
from panshi.workflow import services
from panshi.workflow.models import Process, ProcessVersion, Source
from panshi.workflow.services.definitions import LARGEST_DRAWING, read_definition


@page
def export(request: PanshiRequest, pk: int, number: int, form: str) -> HttpResponse:
    """One version as a BPMN 2.0 file, or with its form as JSON in the shape of the shipped files."""
    found = managed(request, pk)
    one = numbered(found, number)
    if form == "bpmn":
        body, kind = _drawing(one), "application/xml"
    elif form == "json":
        body, kind = json.dumps(_plain(one), ensure_ascii=False, indent=2), "application/json"
    else:
        raise Http404
    response = HttpResponse(body, content_type=f"{kind}; charset=utf-8")
    name = f"{found.process.key}-{number}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _drawing(one: ProcessVersion) -> str:
    xml = one.drawing or read_definition(one).xml
    if not xml:
        raise Refused(_("步骤表还有错误，改正后才能导出 BPMN。"))
    return xml


def _plain(one: ProcessVersion) -> dict[str, object]:
    """A version as data: a step table with its settings, or the drawing."""
    process = one.process
    found: dict[str, object] = {
        "key": process.key,
        "name": process.name,
        "category": process.category,
        "description": process.description,
        "note": one.note,
        "form": json.loads(one.form),
    }
    return found | (json.loads(one.steps) if one.source == Source.STEPS else {"drawing": one.drawing})


def _utf8(body: bytes) -> bytes:
    """The file, which is stored as text. Raises `Refused` at the field for another encoding."""
    try:
        body.decode()
    except UnicodeDecodeError as error:
        raise Refused(_("文件须以 UTF-8 编码保存。"), field="file") from error
    return body


@page
def take_in(request: PanshiRequest, pk: int | None = None) -> HttpResponseBase:
    """A BPMN file becomes the draft of a process, or of a new one called as the file says; all that is wrong is told by
    element and nothing is kept."""
    request.viewer.require(MANAGE)
    process: Process | None = managed(request, pk).process if pk is not None else None
    form = FileForm(request.POST or None, request.FILES or None)
    problems: tuple[object, ...] = ()
    if form.sent():
        try:
            with form.refusals(services.CannotImportDrawing):
                file = form.cleaned_data["file"]
                if (file.size or 0) > LARGEST_DRAWING:
                    raise Refused(_("文件太大，最多 2 MB。"), field="file")
                draft = services.import_bpmn(
                    xml=_utf8(file.read()), process=process, by=request.viewer, at=request.at
                )
                there = reverse("workflow:definition_edit", args=[draft.process_id])
                return saved(request, there, _("已导入为草稿，请检查后发布。"))
        except services.CannotImportDrawing as refusal:
            problems = refusal.problems
            form.add_error("file", _("文件有 {count} 处问题，没有导入。").format(count=len(problems)))
    back = reverse("workflow:definition", args=[pk]) if pk is not None else reverse("workflow:definitions")
    around = FormPage(
        title=_("为 {name} 导入 BPMN 文件").format(name=process.name) if process else _("导入 BPMN 文件"),
        verb=_("导入为草稿"),
        cancel_url=back,
        intro=_("文件会成为草稿；已发布的版本不变。")
        if process
        else _("按文件里的代号新建流程，或成为已有流程的草稿。"),
    )
    return form_page(request, form, around, template="workflow/definition_import.html", problems=problems)
