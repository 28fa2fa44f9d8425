"""The editor: begin a table, edit its draft in the grid, check and save as one goes."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from panshi.engines.expressions import (
    BadExpression,
    Column,
    HitPolicy,
    Kind,
    Row,
    Table,
    compile_table,
)
from panshi.ground.base.refusals import Refused, Stale
from panshi.ground.identity.reports import names_of
from panshi.ground.rules import services
from panshi.ground.rules.content import Content, plain_content, read_contract
from panshi.ground.rules.models import RuleTable
from panshi.ground.rules.reports import case_values, checked, content_to_edit, explained, value_words
from panshi.ground.rules.words import sentence
from panshi.web.generic.answers import saved
from panshi.web.generic.forms import FormPage, form_page
from panshi.web.request import PanshiRequest, page
from panshi.web.rules.forms import CreateForm
from panshi.web.rules.views.finding import managed, sent


@page
def create(request: PanshiRequest) -> HttpResponse:
    """Begin a table and go on to its grid."""
    request.viewer.require("rules.manage")
    form = CreateForm(request.POST or None)
    if form.sent():
        with form.refusals():
            table = services.create_table(**form.values(), by=request.viewer, at=request.at)
            return saved(request, reverse("rules:edit", args=[table.pk]), _("已新建，请填写条件和结果。"))
    around = FormPage(
        title=_("新建决策表"), verb=_("新建"), cancel_url=reverse("rules:list"), whole=("purpose",)
    )
    return form_page(request, form, around)


def _first(table: RuleTable) -> Content:
    """What the grid of a new table begins with: a column for each name of the contract, or one of each."""
    contract = read_contract(table.contract)
    inputs = tuple(Column(name, "", kind) for name, kind in contract.inputs.items())
    outputs = tuple(
        Column(name, "", kind, contract.choices.get(name, ()), required=False)
        for name, kind in contract.outputs.items()
    )
    inputs = inputs or (Column("条件1", _("条件 1"), Kind.TEXT),)
    outputs = outputs or (Column("结果1", _("结果 1"), Kind.TEXT, required=False),)
    row = Row(("-",) * len(inputs), ("",) * len(outputs))
    return Content(Table(inputs, outputs, (row,), HitPolicy.FIRST))


@page
def edit(request: PanshiRequest, pk: int) -> HttpResponse:
    """The grid over the draft, or over the newest version when no draft is open."""
    table = managed(request, pk)
    begun = content_to_edit(table)
    content = begun or _first(table)
    contract = read_contract(table.contract)
    data = {
        "content": plain_content(content),
        "version": table.version,
        "fresh": begun is None,
        "key": table.key,
        "contract": {"inputs": dict(contract.inputs), "outputs": dict(contract.outputs)},
        "urls": {
            "check": reverse("rules:check", args=[pk]),
            "save": reverse("rules:save", args=[pk]),
            "publish": reverse("rules:publish", args=[pk]),
        },
        "checked": answer(content, table),
    }
    names = names_of([table.drafted_by_id])
    return render(request, "rules/edit.html", {"one": table, "data": data, "names": names})


@require_POST
@page
def check(request: PanshiRequest, pk: int) -> HttpResponse:
    """Look at what the grid holds, unsaved; with `try` decide with those values too."""
    table = managed(request, pk)
    try:
        data, content = sent(request)
    except Refused as refusal:
        return JsonResponse({"message": refusal.message}, status=422)
    found = answer(content, table)
    if isinstance(data.get("try"), dict) and not found["errors"]:
        found["tried"] = _tried(content.table, {str(name): str(text) for name, text in data["try"].items()})
    return JsonResponse(found)


@require_POST
@page
def save(request: PanshiRequest, pk: int) -> HttpResponse:
    """Keep the draft, errors and all. 409 says who else saved meanwhile; what was typed stays in the page."""
    table = managed(request, pk)
    try:
        data, content = sent(request)
        expected = data.get("version")
        table = services.save_draft(
            table_id=table.pk,
            content=content,
            expected_version=expected if isinstance(expected, int) else 0,
            by=request.viewer,
            at=request.at,
        )
    except Stale as refusal:
        name = names_of([table.drafted_by_id]).get(table.drafted_by_id or 0, "")
        message = _("{name} 刚保存了这张表的草稿。您的修改还在这一页，没有丢失。").format(
            name=name or _("别人")
        )
        return JsonResponse({"message": message, "theirs": refusal.theirs}, status=409)
    except Refused as refusal:
        return JsonResponse({"message": refusal.message}, status=422)
    return JsonResponse({"version": table.version, "checked": answer(content, table)})


def answer(content: Content, table: RuleTable) -> dict[str, Any]:
    """What the check found, for the grid."""
    found = checked(content, read_contract(table.contract))
    return {
        "errors": [{"row": one.row, "column": one.column, "message": one.message} for one in found.errors],
        "findings": [
            {"text": one.text, "rows": list(one.rows), "error": one.is_error} for one in found.findings
        ],
        "broken": list(found.broken),
        "results": [
            {"passed": one.passed, "message": one.message, "rows": list(one.rows), "actual": dict(one.actual)}
            for one in found.results
        ],
        "publishable": found.may_publish,
        "whole": found.is_whole,
    }


def _tried(table: Table, typed: dict[str, str]) -> dict[str, Any]:
    compiled = compile_table(table)
    try:
        values = compiled.values(case_values(table, typed))
        outcome = compiled.decide_exactly(values)
    except BadExpression as error:
        return {"error": sentence(error.code, error.params), "rows": [], "outputs": [], "matches": []}
    return {
        "error": "",
        "rows": [row + 1 for row in outcome.rows],
        "outputs": [
            [[column.label or column.name, value_words(one[column.name])] for column in table.outputs]
            for one in outcome.outputs
        ],
        "matches": [str(one) for one in explained(compiled, outcome, values)],
    }
