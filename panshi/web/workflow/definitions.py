"""Processes and their versions: the list, one process, one version and what it changed; begin, rename, retire."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from panshi.engines.process import Drawing
from panshi.ground.identity.reports import names_of
from panshi.web.generic.answers import saved
from panshi.web.generic.confirm import Question, agreed, ask
from panshi.web.generic.forms import FormPage, form_page
from panshi.web.request import PanshiRequest, page
from panshi.web.workflow.definitions_diff import Change, changes, facts_of
from panshi.web.workflow.definitions_forms import ChangeForm, CreateForm
from panshi.web.workflow.definitions_words import FIELD_KINDS, SOURCES
from panshi.web.workflow.diagrams import KINDS, plain_data
from panshi.workflow import services
from panshi.workflow.forms import Field, load_form
from panshi.workflow.models import OPEN_STATES, ProcessVersion, Request, VersionState
from panshi.workflow.outline import load_drawing
from panshi.workflow.reports import ProcessPage, process_page, processes
from panshi.workflow.services.definitions import read_definition

MANAGE = "processes.manage"


def managed(request: PanshiRequest, pk: int) -> ProcessPage:
    """The process, for those who manage processes; 404 when there is none."""
    request.viewer.require(MANAGE)
    found = process_page(process_id=pk, viewer=request.viewer)
    if found is None:
        raise Http404
    return found


def numbered(found: ProcessPage, number: int) -> ProcessVersion:
    """A version by its number, with everything it holds; 404 when there is none."""
    for version in found.versions:
        if version.number == number:
            version.process = found.process
            return version
    raise Http404


@page
def catalogue(request: PanshiRequest) -> HttpResponse:
    """Every process: the version in use, whether a draft is open, how many requests run."""
    rows = processes(viewer=request.viewer).order_by("category", "name", "pk")
    numbers: dict[int, dict[str, int]] = {}
    versions = ProcessVersion.objects.visible_to(request.viewer).exclude(state=VersionState.RETIRED)
    for process_id, state, number in versions.values_list("process_id", "state", "number"):
        numbers.setdefault(process_id, {})[state] = number
    return render(request, "workflow/definitions.html", {"processes": list(rows), "numbers": numbers})


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version with the requests that still run on it."""

    version: ProcessVersion
    running: int
    by: str


@page
def definition(request: PanshiRequest, pk: int) -> HttpResponse:
    """One process: the version in use as a diagram, its versions and what runs on each."""
    found = managed(request, pk)
    running = dict(
        Request.objects.visible_to(request.viewer, MANAGE)
        .filter(process=found.process)
        .values_list("definition")
        .annotate(count=Count("pk", filter=Q(state__in=OPEN_STATES)))
        .order_by()
    )
    names = names_of({version.published_by_id for version in found.versions})
    lines = [
        VersionLine(version, running.get(version.pk, 0), names.get(version.published_by_id or 0, ""))
        for version in found.versions
    ]
    shown = found.published or next(
        (version for version in found.versions if version.state != VersionState.DRAFT), None
    )
    context: dict[str, Any] = {"one": found, "process": found.process, "lines": lines, "shown": shown}
    if shown is not None:
        context |= drawn(load_drawing(shown.outline), shown.drawing, load_form(shown.form))
    return render(request, "workflow/definition.html", context)


def drawn(drawing: Drawing, xml: str, form: tuple[Field, ...]) -> dict[str, Any]:
    """A drawing for the template: the island's data, and its steps and fields as rows."""
    told = {
        node.id: [(_("类型"), str(KINDS.get(node.kind, node.kind))), *facts_of(node, drawing, form).items()]
        for node in drawing.nodes
    }
    names = {node.id: node.name or str(KINDS.get(node.kind, node.kind)) for node in drawing.nodes}
    steps = [
        (node, str(KINDS[node.kind]), facts_of(node, drawing, form))
        for node in drawing.nodes
        if node.kind in ("user", "service", "timer", "subprocess")
    ]
    fields = [(field, str(FIELD_KINDS[field.kind]), str(SOURCES[field.source])) for field in form]
    return {"data": plain_data(xml, told, names), "steps": steps, "fields": fields}


@page
def version(request: PanshiRequest, pk: int, number: int) -> HttpResponse:
    """One version, what it changed against the one before or another asked for, and what runs on it."""
    found = managed(request, pk)
    one = numbered(found, number)
    others = [each for each in found.versions if each.number != number]
    asked = request.GET.get("against", "")
    against = next(
        (each for each in others if str(each.number) == asked),
        next((each for each in others if each.number < number), None),
    )
    drawing, problems = _readable(one)
    context: dict[str, Any] = {
        "one": found,
        "process": found.process,
        "version": one,
        "others": others,
        "against": against,
        "problems": problems,
        "changes": _changed(one, against, drawing) if against is not None and drawing else None,
        "by": names_of([one.published_by_id]).get(one.published_by_id or 0, ""),
        "running": Request.objects.visible_to(request.viewer, MANAGE).open().filter(definition=one).count(),
    }
    if drawing is not None:
        context |= drawn(
            drawing, read_definition(one).xml if not one.outline else one.drawing, load_form(one.form)
        )
    return render(request, "workflow/version.html", context)


def _readable(one: ProcessVersion) -> tuple[Drawing | None, tuple[object, ...]]:
    """A version's drawing: stored when published, read anew (with what is wrong) while a draft."""
    if one.outline:
        return load_drawing(one.outline), ()
    read = read_definition(one)
    return read.drawing, read.problems


def _changed(one: ProcessVersion, against: ProcessVersion, drawing: Drawing) -> list[Change] | None:
    before, _problems = _readable(against)
    if before is None:
        return None
    return changes(before, load_form(against.form), drawing, load_form(one.form))


@page
def create(request: PanshiRequest) -> HttpResponse:
    """Begin a process and go on to its step table."""
    request.viewer.require(MANAGE)
    form = CreateForm(request.POST or None)
    if form.sent():
        with form.refusals():
            made = services.create_process(**form.values(), by=request.viewer, at=request.at)
            return saved(
                request, reverse("workflow:definition_edit", args=[made.pk]), _("已新建，请填写步骤。")
            )
    around = FormPage(
        title=_("新建流程"),
        verb=_("新建"),
        cancel_url=reverse("workflow:definitions"),
        whole=("description",),
        intro=_("下一步在步骤表里写每一步由谁处理；也可以导入 BPMN 文件。"),
    )
    return form_page(request, form, around)


@page
def change(request: PanshiRequest, pk: int) -> HttpResponse:
    """Name, category and description, and whether it can be started."""
    process = managed(request, pk).process
    initial = {name: getattr(process, name) for name in ("name", "category", "description", "enabled")}
    form = ChangeForm(request.POST or None, initial=initial, version=process.version)
    if form.sent():
        with form.refusals():
            services.change_process(
                process=process,
                **form.values(),
                expected_version=form.expected_version,
                by=request.viewer,
                at=request.at,
            )
            return saved(request, reverse("workflow:definition", args=[pk]), _("已保存。"))
    around = FormPage(
        title=_("修改 {name}").format(name=process.name),
        verb=_("保存"),
        cancel_url=reverse("workflow:definition", args=[pk]),
        whole=("description",),
    )
    return form_page(request, form, around)


@page
def retire(request: PanshiRequest, pk: int, number: int) -> HttpResponse:
    """Let nobody start on the version in use any more, after saying what that means."""
    found = managed(request, pk)
    one = numbered(found, number)
    here = reverse("workflow:definition", args=[pk])
    question = Question(
        title=_("停用 {name} 第 {number} 版").format(name=found.process.name, number=number),
        facts=(
            _("停用后不能再发起这个流程，直到发布新版。"),
            _("正在走的 {count} 份申请按原版本走完。").format(count=found.running),
        ),
        verb=_("停用"),
        cancel_url=here,
    )
    if not agreed(request, question):
        return ask(request, question)
    services.retire(version=one, by=request.viewer, at=request.at)
    return saved(request, here, _("已停用第 {number} 版。").format(number=number))


@page
def discard(request: PanshiRequest, pk: int) -> HttpResponse:
    """Throw the draft away after asking; the version asked about is the one thrown away."""
    found = managed(request, pk)
    here = reverse("workflow:definition", args=[pk])
    if found.draft is None:
        return saved(request, here, _("没有草稿。"))
    question = Question(
        title=_("放弃 {name} 第 {number} 版草稿").format(name=found.process.name, number=found.draft.number),
        facts=(
            _("草稿里的修改会丢失，不能恢复；要留底请先导出 JSON。"),
            _("已发布的版本和正在走的申请不受影响。"),
        ),
        verb=_("放弃草稿"),
        cancel_url=here,
    )
    if not agreed(request, question):
        return ask(request, question)
    services.discard_draft(
        process=found.process, expected_version=found.draft.version, by=request.viewer, at=request.at
    )
    return saved(request, here, _("已放弃草稿。"))
