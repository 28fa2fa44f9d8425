"""The view of a list: the whole page, its parts for HTMX from the same address, and what a person chooses about it.

`GET` answers the page, the list alone when HTMX asks for it, or with `part` the filter form, the column chooser and the
exact count; `POST` remembers columns and views.
"""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from panshi.ground.audit.exporting import record_export
from panshi.ground.settings.reports import value
from panshi.ground.work.exports import ask_export
from panshi.web.figures import number
from panshi.web.generic.answers import alone_or_part, saved
from panshi.web.generic.building import build
from panshi.web.generic.bulk import bulk_urls
from panshi.web.generic.exports import LISTS, SOURCE, arguments, export, exported_rows
from panshi.web.generic.filters import Asking
from panshi.web.generic.lists import COUNT_CAP, Act, Asked, ListPage, read_asked
from panshi.web.generic.painting import Painter, money_unit
from panshi.web.generic.remembered import Remembered, keep_columns, remembered
from panshi.web.generic.tableview import headings, pager, row_acts
from panshi.web.generic.viewing import ACTS, Views, act_on_view, start_address, views_of, views_part
from panshi.web.generic.windows import Window, capped_count, exact_count, read_window
from panshi.web.request import PanshiRequest, page

PARTS = frozenset({"count", "filters", "columns", "where", "views"})


def list_urls(declared: ListPage, route: str = "", name: str = "list") -> list[URLPattern]:
    """The addresses of a list: itself, and its export beside it. The background knows it by its name from now on."""
    if LISTS.setdefault(declared.name, declared) is not declared:
        raise ValueError(f"two lists are called {declared.name}")
    return [
        path(route, list_view(declared), name=name),
        path(f"{route}export/", export_view(declared), name=f"{name}_export"),
        *bulk_urls(declared, route, name),
    ]


def list_view(declared: ListPage) -> Callable[..., HttpResponseBase]:
    """The view of a declared list."""

    @page
    def answer(request: PanshiRequest) -> HttpResponse:
        request.viewer.require(declared.permission)
        if request.method == "POST":
            return _remember(request, declared.for_viewer(request.viewer))
        chosen = remembered(declared, request.viewer)
        if not request.GET and not request.htmx and (start := start_address(declared, chosen, request)):
            return HttpResponseRedirect(request.path + start)
        asked = read_asked(
            declared.for_viewer(request.viewer), request.GET, Asking(request.viewer, request.on)
        )
        part = request.GET.get("part", "")
        if part in PARTS:
            return _part(request, asked, part)
        fragment = bool(request.htmx) and request.htmx.target == "list"
        context = list_context(request, asked, chosen, counted=not fragment or asked.at_start)
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
        asked = read_asked(declared.for_viewer(request.viewer), given, Asking(request.viewer, request.on))
        chosen = remembered(declared, request.viewer)
        columns = asked.page.shown_columns(request.viewer, _columns(views_of(asked, chosen), chosen))
        form = "csv" if given.get("format") == "csv" else "xlsx"
        at_once: int = value("lists.export_at_once")
        long = exported_rows(asked).order_by()[: at_once + 1].count() > at_once
        with transaction.atomic():
            record_export(
                listed=declared.name,
                form=form,
                columns=[column.name for column in columns],
                conditions=[name for name, _value in asked.base],
                by_id=request.viewer.person_id,
                at=request.at,
            )
            if long:
                ask_export(
                    source=SOURCE,
                    title=str(declared.title),
                    form=form,
                    arguments=arguments(asked, columns),
                    by=request.viewer,
                    at=request.at,
                )
        if long:
            return saved(request, reverse("exports:list"), _("正在后台生成文件，完成后在这里下载。"))
        return export(asked, columns, form, at=request.at)

    return answer


def list_context(
    request: PanshiRequest, asked: Asked, chosen: Remembered, *, counted: bool
) -> dict[str, Any]:
    """Everything the templates of a list need."""
    declared, viewer = asked.page, asked.asking.viewer
    views = views_of(asked, chosen)
    columns = declared.shown_columns(viewer, _columns(views, chosen))
    window = read_window(asked, columns)
    heads, acts = headings(asked, columns), row_acts(declared.row_acts, asked)
    may_export = viewer.may(declared.export_permission or declared.permission)
    bulk = [act for act in declared.bulk if viewer.may(act.permission)]
    picks = may_export or bool(declared.picked_acts) or bool(bulk)
    painter = Painter(heads, columns, at=request.at, on=request.on, unit=money_unit(request.COOKIES))
    return {
        "list": declared,
        "asked": asked,
        "notices": [*asked.notices, *([_("列表没有这么长，这里是最后一页。")] if window.beyond_end else [])],
        "views": views,
        "density": (views.current.density if views.current else "") or chosen.density,
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
        "bulk": bulk,
        "pager": pager(asked, window),
        "count": _count_words(asked, window) if counted else "",
        "may_export": may_export,
        "picks": picks,
        "narrowed": asked.narrowed,
    }


def _allowed(acts: tuple[Act, ...], asked: Asked) -> list[Act]:
    return [act for act in acts if not act.permission or asked.asking.viewer.may(act.permission)]


def _count_words(asked: Asked, window: Window) -> str:
    """The count as people read it: 1 000+ above the cap."""
    count, more = capped_count(asked, window)
    return f"{number(count)}+" if more else number(count)


def _columns(views: Views, chosen: Remembered) -> object:
    """The columns of the view shown where it has its own, else those the person chose for the list."""
    return list(views.current.columns) if views.current and views.current.columns else chosen.columns


def _part(request: PanshiRequest, asked: Asked, part: str) -> HttpResponse:
    """One part of the list's machinery as a fragment."""
    if part == "count":
        return render(
            request, "generic/list_count.html", {"count": number(exact_count(asked)), "cap": COUNT_CAP}
        )
    declared, viewer = asked.page, asked.asking.viewer
    if part == "where":
        return build(request, asked)
    if part == "views":
        return views_part(request, asked)
    if part == "filters":
        simple = (one for one in declared.open_filters(viewer) if one.simple)
        inputs = [(one.label, one.inputs(request.GET, asked.asking)) for one in simple]
        context = {"asked": asked, "list": declared, "groups": inputs, "at": request.GET.get("at", "")}
        return alone_or_part(request, "generic/list_filters.html", context)
    chosen = remembered(declared, viewer)
    shown = {column.name for column in declared.shown_columns(viewer, chosen.columns)}
    context = {
        "list": declared,
        "asked": asked,
        "columns": declared.open_columns(viewer),
        "shown": shown,
        "density": chosen.density,
    }
    return alone_or_part(request, "generic/list_columns.html", context)


def _remember(request: PanshiRequest, declared: ListPage) -> HttpResponse:
    """Keep what the person chose and show the list again as it was."""
    asked = read_asked(declared, request.GET, Asking(request.viewer, request.on))
    act = request.POST.get("act", "")
    if act in ACTS:
        return act_on_view(request, asked, act)
    if act == "columns":
        names, density = request.POST.getlist("columns"), request.POST.get("density", "")
        keep_columns(declared, names, request.viewer, density=density)
    elif act == "reset":
        keep_columns(declared, [], request.viewer)
    return saved(request, request.path + asked.query())
