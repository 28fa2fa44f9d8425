"""The view of a list: the whole page, its parts for HTMX from the same address, and what a person chooses about it.

`GET` answers the page, the list alone when HTMX asks for it, or with `part` the filter form, the column chooser and the
exact count; `POST` remembers columns and views.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from panshi.ground.audit.exporting import record_export
from panshi.web.figures import number
from panshi.web.generic.answers import saved
from panshi.web.generic.exports import export
from panshi.web.generic.filters import Asking
from panshi.web.generic.lists import COUNT_CAP, Act, Asked, ListPage, View, read_asked
from panshi.web.generic.painting import Painter, money_unit
from panshi.web.generic.remembered import drop_view, keep_columns, keep_view, remembered
from panshi.web.generic.tableview import headings, pager, row_acts
from panshi.web.generic.windows import capped_count, exact_count, read_window
from panshi.web.request import PanshiRequest, page

PARTS = frozenset({"count", "filters", "columns"})


def list_urls(declared: ListPage, route: str = "", name: str = "list") -> list[URLPattern]:
    """The addresses of a list: itself, and its export beside it."""
    return [
        path(route, list_view(declared), name=name),
        path(f"{route}export/", export_view(declared), name=f"{name}_export"),
    ]


def list_view(declared: ListPage) -> Callable[..., HttpResponseBase]:
    """The view of a declared list."""

    @page
    def answer(request: PanshiRequest) -> HttpResponse:
        request.viewer.require(declared.permission)
        if request.method == "POST":
            return _remember(request, declared)
        asked = read_asked(declared, request.GET, Asking(request.viewer, request.on))
        part = request.GET.get("part", "")
        if part in PARTS:
            return _part(request, asked, part)
        fragment = bool(request.htmx) and request.htmx.target == "list"
        context = list_context(request, asked, counted=not fragment or asked.at_start)
        context["fragment"] = fragment
        response = render(request, "generic/list_part.html" if fragment else "generic/list.html", context)
        patch_vary_headers(response, ("HX-Request", "HX-Target"))
        if fragment:  # the filter form stands in the drawer
            response["HX-Trigger"] = "panshi:close"
        return response

    return answer


def export_view(declared: ListPage) -> Callable[..., HttpResponseBase]:
    """The view that exports exactly what a list shows: same conditions, columns and order."""

    @page
    def answer(request: PanshiRequest) -> HttpResponseBase:
        request.viewer.require(declared.permission)
        request.viewer.require(declared.export_permission or declared.permission)
        given = request.POST if request.method == "POST" else request.GET
        asked = read_asked(declared, given, Asking(request.viewer, request.on))
        columns = declared.shown_columns(request.viewer, remembered(declared, request.viewer).columns)
        form = "csv" if given.get("format") == "csv" else "xlsx"
        record_export(
            listed=declared.name,
            form=form,
            columns=[column.name for column in columns],
            conditions=[name for name, _value in asked.base],
            by_id=request.viewer.person_id,
            at=request.at,
        )
        return export(asked, columns, form, at=request.at)

    return answer


def list_context(request: PanshiRequest, asked: Asked, *, counted: bool) -> dict[str, Any]:
    """Everything the templates of a list need."""
    declared, viewer = asked.page, asked.asking.viewer
    chosen = remembered(declared, viewer)
    columns = declared.shown_columns(viewer, chosen.columns)
    window = read_window(asked, columns)
    heads, acts = headings(asked, columns), row_acts(declared.row_acts, asked)
    may_export = viewer.may(declared.export_permission or declared.permission)
    picks = may_export or bool(declared.picked_acts)
    painter = Painter(heads, columns, at=request.at, on=request.on, unit=money_unit(request.COOKIES))
    return {
        "list": declared,
        "asked": asked,
        "notices": [*asked.notices, *([_("列表没有这么长，这里是最后一页。")] if window.beyond_end else [])],
        "tabs": _tabs(asked, chosen.views),
        "headings": heads,
        "rows": painter.rows(
            window.rows,
            label=declared.label,
            record=declared.record,
            drawer=declared.record_in_drawer,
            picks=picks,
            acts=acts,
        ),
        "row_acts": acts,
        "picked_acts": _allowed(declared.picked_acts, asked),
        "acts": _allowed(declared.acts, asked),
        "pager": pager(asked, window),
        "count": _count_words(asked) if counted else "",
        "may_export": may_export,
        "picks": picks,
        "narrowed": bool(asked.applied or asked.words),
    }


def _allowed(acts: tuple[Act, ...], asked: Asked) -> list[Act]:
    return [act for act in acts if not act.permission or asked.asking.viewer.may(act.permission)]


def _count_words(asked: Asked) -> str:
    """The count as people read it: 1 000+ above the cap."""
    count, more = capped_count(asked)
    return f"{number(count)}+" if more else number(count)


def _tabs(asked: Asked, own: tuple[View, ...]) -> list[tuple[str, str, bool]]:
    """The views as (label, address, current): the room's, then the person's; current is the one with these filters."""
    filters = set(asked.base)
    return [
        (str(view.label), f"?{view.query}", set(view.pairs) == filters) for view in (*asked.page.views, *own)
    ]


def _part(request: PanshiRequest, asked: Asked, part: str) -> HttpResponse:
    """One part of the list's machinery as a fragment."""
    if part == "count":
        return render(
            request, "generic/list_count.html", {"count": number(exact_count(asked)), "cap": COUNT_CAP}
        )
    declared, viewer = asked.page, asked.asking.viewer
    if part == "filters":
        inputs = [(one.label, one.inputs(request.GET, asked.asking)) for one in declared.open_filters(viewer)]
        context = {"asked": asked, "list": declared, "groups": inputs, "at": request.GET.get("at", "")}
        return _alone_or_part(request, "generic/list_filters.html", context)
    chosen = remembered(declared, viewer)
    shown = {column.name for column in declared.shown_columns(viewer, chosen.columns)}
    context = {
        "list": declared,
        "asked": asked,
        "columns": declared.open_columns(viewer),
        "shown": shown,
        "views": chosen.views,
    }
    return _alone_or_part(request, "generic/list_columns.html", context)


def _alone_or_part(request: PanshiRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """For the drawer, or as a page without scripts."""
    shown = template if request.htmx else "generic/list_alone.html"
    response = render(request, shown, {**context, "part": template})
    patch_vary_headers(response, ("HX-Request",))
    return response


def _remember(request: PanshiRequest, declared: ListPage) -> HttpResponse:
    """Keep what the person chose and show the list again as it was."""
    asked = read_asked(declared, request.GET, Asking(request.viewer, request.on))
    act, name = request.POST.get("act", ""), request.POST.get("name", "").strip()[:20]
    address = asked.query()
    if act == "columns":
        keep_columns(declared, request.POST.getlist("columns"), request.viewer)
    elif act == "reset":
        keep_columns(declared, [], request.viewer)
    elif act == "keep" and name.isprintable() and name:
        view = View(name, name, asked.base, asked.sorting[0][1] if asked.sorting else "")
        keep_view(declared, view, request.viewer)
    elif act == "drop":
        drop_view(declared, name, request.viewer)
        address = request.path
    return saved(request, address)
