"""Pages that show decision tables: the list, one table, a version and what it changed, and trying one out."""

from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from panshi.engines.expressions import BadExpression, compile_table
from panshi.ground.identity.reports import names_of
from panshi.ground.rules.content import load_content, read_contract
from panshi.ground.rules.models import RuleTable, RuleVersion
from panshi.ground.rules.reports import (
    case_values,
    checked,
    difference,
    explained,
    holding_version,
    table_lines,
    value_words,
    versions_of,
)
from panshi.ground.rules.words import KINDS, POLICIES, sentence
from panshi.web.request import PanshiRequest, page
from panshi.web.rules.views.finding import managed, shown

_UNASKED: Final[dict[str, Any]] = {"typed": {}, "asked": False, "error": "", "matches": (), "outputs": ()}
"""What the part that tries a table out shows before anybody asked."""


@page
def catalogue(request: PanshiRequest) -> HttpResponse:
    """Every table: what it is for, which version holds, whether a draft is open."""
    request.viewer.require("rules.manage")
    lines = table_lines(viewer=request.viewer, on=request.on)
    return render(request, "rules/list.html", {"lines": lines})


@page
def detail(request: PanshiRequest, pk: int) -> HttpResponse:
    """One table as it holds today, tried out beside it, with its versions."""
    table = managed(request, pk)
    versions = versions_of(table, viewer=request.viewer)
    holding = holding_version(versions, on=request.on)
    context = {
        "one": table,
        "versions": versions,
        "holding": holding,
        "coming": [one for one in versions if one.from_on > request.on and not one.is_withdrawn],
        "names": names_of([table.drafted_by_id, *(one.published_by_id for one in versions)]),
        "contract": _contract_words(table),
        **_UNASKED,
    }
    if holding is not None:
        content = load_content(holding.content)
        context |= {
            "shown": shown(content.table),
            "checked": checked(content, read_contract(table.contract)),
            "cases": len(content.cases),
        }
    return render(request, "rules/detail.html", context)


def _contract_words(table: RuleTable) -> dict[str, list[tuple[str, str]]]:
    """What programs hand in and take out, with the words of the kinds."""
    contract = read_contract(table.contract)
    return {
        "inputs": [(name, str(KINDS[kind])) for name, kind in contract.inputs.items()],
        "outputs": [(name, str(KINDS[kind])) for name, kind in contract.outputs.items()],
    }


@page
def try_out(request: PanshiRequest, pk: int) -> HttpResponse:
    """Decide with what was typed and show which row matched; works by address, so that it can be passed on."""
    table = managed(request, pk)
    versions = versions_of(table, viewer=request.viewer)
    holding = holding_version(versions, on=request.on)
    if holding is None:
        raise Http404
    compiled = compile_table(load_content(holding.content).table)
    typed = {name: request.GET.get(name, "")[:200] for name in compiled.kinds}
    context: dict[str, Any] = _UNASKED | {"one": table, "holding": holding, "typed": typed, "asked": True}
    try:
        values = compiled.values(case_values(compiled.table, typed))
        outcome = compiled.decide_exactly(values)
        context |= {
            "shown": shown(compiled.table, tuple(row + 1 for row in outcome.rows)),
            "matches": explained(compiled, outcome, values),
            "outputs": [
                [
                    (column.label or column.name, value_words(one[column.name]))
                    for column in compiled.table.outputs
                ]
                for one in outcome.outputs
            ],
        }
    except BadExpression as error:
        context |= {"shown": shown(compiled.table), "error": sentence(error.code, error.params)}
    response = render(request, "rules/try_part.html" if request.htmx else "rules/try.html", context)
    patch_vary_headers(response, ("HX-Request",))
    return response


@page
def version(request: PanshiRequest, pk: int, number: int) -> HttpResponse:
    """One version, and what it changed against the one before or another one asked for."""
    table = managed(request, pk)
    versions = versions_of(table, viewer=request.viewer)
    one = _numbered(versions, number)
    if one is None:
        raise Http404
    asked = request.GET.get("against", "")
    against = (
        _numbered(versions, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 9 else None
    )
    if against is None:
        against = next((other for other in versions if other.number < number), None)
    after = load_content(one.content).table
    changes = difference(load_content(against.content).table, after) if against else None
    context = {
        "one": table,
        "version": one,
        "against": against,
        "others": [other for other in versions if other.number != number],
        "shown": shown(after),
        "changes": changes,
        "policies": POLICIES,
        "names": names_of([one.published_by_id]),
        "may_withdraw": one.from_on > request.on and not one.is_withdrawn,
    }
    return render(request, "rules/version.html", context)


def _numbered(versions: list[RuleVersion], number: int) -> RuleVersion | None:
    return next((one for one in versions if one.number == number), None)
