"""The editor of a process: its steps and form in grids, checked and drawn as one types, tried out, saved, published."""

import json
from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from panshi.ground.base.refusals import Refused, Stale
from panshi.web.generic.answers import saved
from panshi.web.generic.bodies import json_body
from panshi.web.generic.forms import FormPage, form_page
from panshi.web.generic.keys import key_or_none
from panshi.web.request import PanshiRequest, page
from panshi.web.workflow.definitions import drawn, managed
from panshi.web.workflow.definitions_cells import Content, cells, read_content, start_content
from panshi.web.workflow.definitions_forms import PublishForm
from panshi.web.workflow.definitions_words import (
    CHOICES,
    FIELD_KINDS,
    SOURCES,
    action_pairs,
    pairs,
    people_choices,
)
from panshi.workflow import services
from panshi.workflow.defining import Definition, define, names_for
from panshi.workflow.forms import load_form
from panshi.workflow.labels import LABELS
from panshi.workflow.reports import ProcessPage
from panshi.workflow.reports.trial import Asked, Trial, try_definition
from panshi.workflow.services.definitions import read_definition

MOST_BYTES: Final = 1_000_000


@page
def edit(request: PanshiRequest, pk: int) -> HttpResponse:
    """The grids over the draft, or over the newest version when no draft is open."""
    found = managed(request, pk)
    base = found.draft or found.published or next(iter(found.versions), None)
    content = start_content(base)
    data = {
        "content": content.plain,
        "version": found.draft.version if found.draft else 0,
        "key": found.process.key,
        "urls": {
            "check": reverse("workflow:definition_check", args=[pk]),
            "save": reverse("workflow:definition_save", args=[pk]),
            "publish": reverse("workflow:definition_publish", args=[pk]),
            "people": reverse("accounts:pick_people"),
        },
        "words": _words(),
        "labels": {name: str(label) for name, label in LABELS.items()},
        "facts": [[fact.name, str(fact.label), fact.kind] for fact in found.facts if fact.name != "outcome"],
        "owned": bool(found.process.subject_kind),
        "checked": _answer(request, found, content, None),
    }
    return render(
        request, "workflow/definition_edit.html", {"one": found, "process": found.process, "data": data}
    )


def _words() -> dict[str, list[tuple[str, str]]]:
    """Every choice of the editor: codes with their words."""
    words = {name: pairs(choices) for name, choices in CHOICES.items()}
    words |= {"field_kind": pairs(FIELD_KINDS), "source": pairs(SOURCES), "action": action_pairs()}
    return words


@require_POST
@page
def check(request: PanshiRequest, pk: int) -> HttpResponse:
    """Look at what the grids hold, unsaved: what is wrong at which cell, the drawing, and with `try` a dry run."""
    found = managed(request, pk)
    try:
        sent, content = _sent(request, found)
    except Refused as refusal:
        return JsonResponse({"message": refusal.message}, status=422)
    asked = sent.get("try")
    return JsonResponse(_answer(request, found, content, asked if isinstance(asked, dict) else None))


def _sent(request: PanshiRequest, found: ProcessPage) -> tuple[dict[str, Any], Content]:
    """What the editor sent. Raises `Refused` in words."""
    sent = json_body(request, most=MOST_BYTES, otherwise=_("内容不是一张步骤表。"))
    return sent, read_content(sent.get("content"), found.draft or found.published)


def _answer(
    request: PanshiRequest, found: ProcessPage, content: Content, asked: Mapping[str, Any] | None
) -> dict[str, Any]:
    """What the check found, for the editor."""
    read = define(
        process=found.process.key,
        name=found.process.name,
        source="steps" if content.steps is not None else "bpmn",
        steps=json.dumps(content.steps or {}),
        drawing=content.drawing,
        form=json.dumps(content.form),
    )
    form = load_form(json.dumps(content.form)) if content.form_is_sound else ()
    told: dict[str, Any] = {"xml": read.xml, "nodes": []}
    if read.drawing is not None:
        told = drawn(read.drawing, read.xml, form)["data"]
    answer = {
        "problems": cells(read.problems, content, read.xml),
        "drawing": told,
        "who": people_choices(form),
        "names": [[name, str(kind)] for name, kind in names_for(found.process.key, form).items()],
    }
    if asked is not None and read.drawing is not None and not read.problems:
        answer["tried"] = _tried(request, found, read, content, asked)
    return answer


def _tried(
    request: PanshiRequest, found: ProcessPage, read: Definition, content: Content, asked: Mapping[str, Any]
) -> dict[str, Any]:
    """A dry run in words."""
    typed = asked.get("values")
    trial = try_definition(
        process=found.process.key,
        drawing=read.drawing,  # type: ignore[arg-type]
        form=load_form(json.dumps(content.form)),
        asked=Asked(
            values=typed if isinstance(typed, dict) else {},
            applicant_id=key_or_none(str(asked.get("applicant", ""))) or request.viewer.person_id or 0,
            owner_id=key_or_none(str(asked.get("owner", ""))),
        ),
        viewer=request.viewer,
        on=request.on,
    )
    return _trial_words(trial)


def _trial_words(trial: Trial) -> dict[str, Any]:
    return {
        "steps": [
            {
                "node": step.node,
                "name": step.name,
                "people": _("、").join(step.people),
                "why": _("；").join(step.why),
                "days": step.days,
                "nobody": step.kind == "user" and not step.people,
            }
            for step in trial.steps
        ],
        "skipped": list(trial.skipped),
        "outcome": trial.outcome,
        "stopped": trial.stopped,
        "errors": dict(trial.errors),
    }


@require_POST
@page
def save(request: PanshiRequest, pk: int) -> HttpResponse:
    """Keep the draft, errors and all; 409 when somebody else saved meanwhile, what was typed stays in the page."""
    found = managed(request, pk)
    try:
        sent, content = _sent(request, found)
        expected = sent.get("version")
        draft = services.save_draft(
            process=found.process,
            steps=content.steps,
            drawing=content.drawing,
            form=content.form,
            expected_version=expected if isinstance(expected, int) else 0,
            by=request.viewer,
            at=request.at,
        )
    except Stale:
        message = _("别人刚保存了这个流程的草稿。您的修改还在这一页，没有丢失。")
        return JsonResponse({"message": message}, status=409)
    except Refused as refusal:
        return JsonResponse({"message": refusal.message}, status=422)
    return JsonResponse({"version": draft.version, "checked": _answer(request, found, content, None)})


@page
def publish(request: PanshiRequest, pk: int) -> HttpResponse:
    """Say what is new; above it what stands in the way, and how many requests finish on their version."""
    found = managed(request, pk)
    here = reverse("workflow:definition", args=[pk])
    if found.draft is None:
        return saved(request, here, _("没有可发布的草稿。"))
    draft = found.draft
    draft.process = found.process
    form = PublishForm(request.POST or None, version=draft.version)
    if form.sent():
        with form.refusals():
            made = services.publish(
                version=draft,
                note=form.values()["note"],
                expected_version=form.expected_version,
                by=request.viewer,
                at=request.at,
            )
            return saved(request, here, _("已发布第 {number} 版，新申请按它走。").format(number=made.number))
    around = FormPage(
        title=_("发布 {name} 第 {number} 版").format(name=found.process.name, number=draft.number),
        verb=_("发布"),
        cancel_url=reverse("workflow:definition_edit", args=[pk]),
        whole=("note",),
        intro=_("正在走的 {count} 份申请按原版本走完，新的申请按这一版走。").format(count=found.running),
    )
    return form_page(
        request,
        form,
        around,
        template="workflow/definition_publish.html",
        process=found.process,
        draft=draft,
        problems=read_definition(draft).problems,
        published=found.published,
    )
