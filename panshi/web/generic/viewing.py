"""Views of a list as tabs: the room's own, the person's saved ones and those shared with them; what is done to them.

A view is an address. Opening one reads that address anew with the rights of whoever opens it; what a list no longer
knows of it is left out and told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from panshi.ground.identity.models import Unit
from panshi.ground.settings.models import ListView, Sharing
from panshi.ground.settings.reports.views import (
    OfferedView,
    deleted_views,
    offered_views,
    sharing_choices,
)
from panshi.ground.settings.services.views import change_view, drop_view, keep_view, restore_view
from panshi.web.generic.answers import alone_or_part, saved
from panshi.web.generic.keys import key_or_none
from panshi.web.generic.lists import Asked, ListPage
from panshi.web.generic.remembered import Remembered, keep_start, remembered
from panshi.web.request import PanshiRequest

MOST_TABS: Final = 7
"""So many views stand as tabs; the others are behind 更多."""

ACTS: Final = frozenset({"keep", "update", "rename", "drop", "restore", "start"})


@dataclass(frozen=True, slots=True)
class Tab:
    """One view as a tab: its words, its address, whether it is the one shown, and whether it was changed since."""

    label: str
    url: str
    current: bool
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Views:
    """All views of a list for a person: as tabs and as rows, and the saved one now shown."""

    tabs: Sequence[Tab]
    more: Sequence[Tab]
    offered: Sequence[OfferedView]
    current: OfferedView | None
    changed: bool


def address(view: OfferedView) -> str:
    """The address of a saved view."""
    return f"?view={view.id}" + (f"&{view.query}" if view.query else "")


def views_of(asked: Asked, chosen: Remembered) -> Views:
    """The views of a list around the one shown; one query."""
    offered = offered_views(asked.page.name, viewer=asked.asking.viewer)
    shown = {*asked.base, *asked.sorting}
    current = next((view for view in offered if str(view.id) == asked.view), None)
    changed = current is not None and set(parse_qsl(current.query)) != shown
    filters = set(asked.base)
    own = [
        Tab(
            str(view.label),
            f"?{view.query or 'view=' + view.name}",
            current is None and set(view.pairs) == filters,
        )
        for view in asked.page.views
    ]
    kept = [Tab(view.name, address(view), view is current, view is current and changed) for view in offered]
    tabs = [*own, *kept]
    first, rest = tabs[:MOST_TABS], tabs[MOST_TABS:]
    if rest and any(tab.current for tab in rest):  # the one shown is always in sight
        at = next(place for place, tab in enumerate(rest) if tab.current)
        first, rest = [*first[:-1], rest[at]], [first[-1], *rest[:at], *rest[at + 1 :]]
    return Views(first, rest, offered, current, changed)


def start_address(declared: ListPage, chosen: Remembered, request: PanshiRequest) -> str:
    """Where the list begins for the person, "" for the whole list or a view that is no more."""
    if not chosen.start:
        return ""
    for view in declared.views:
        if view.name == chosen.start:
            return f"?{view.query}" if view.query else ""
    offered = offered_views(declared.name, viewer=request.viewer)
    return next((address(view) for view in offered if str(view.id) == chosen.start), "")


def views_part(request: PanshiRequest, asked: Asked) -> HttpResponse:
    """The drawer in which views are kept, shared, renamed and deleted."""
    viewer = request.viewer
    chosen = remembered(asked.page, viewer)
    allowed = sharing_choices(viewer)
    span = viewer.span("views.share")
    units = Unit.objects.visible_to(viewer).order_by("code")
    if span is not None and not span.everything:
        units = units.filter(pk__in=span.units)
    context: dict[str, Any] = {
        "asked": asked,
        "list": asked.page,
        "views": views_of(asked, chosen),
        "rows": [(view, address(view)) for view in offered_views(asked.page.name, viewer=viewer)],
        "deleted": deleted_views(asked.page.name, viewer=viewer),
        "sharing": [(code, Sharing(code).label) for code in allowed],
        "units": list(units.values_list("pk", "name")) if len(allowed) > 1 else [],
        "start": chosen.start,
        "looks_after": viewer.sees_all("views.share"),
    }
    return alone_or_part(request, "generic/list_views.html", context)


def act_on_view(request: PanshiRequest, asked: Asked, act: str) -> HttpResponse:
    """Do what the person asked about a view and show the list again."""
    by, at = request.viewer, request.at
    query = asked.query(view="").lstrip("?")
    if act == "keep":
        return _keep(request, asked, query)
    if act == "start":
        start = request.POST.get("start", "")
        known = {view.name for view in asked.page.views} | {
            str(v.id) for v in offered_views(asked.page.name, viewer=by)
        }
        keep_start(asked.page, start if start in known else "", by)
        return saved(request, request.path + asked.query(), _("已设置打开列表时显示的视图。"))
    view = _view(request, asked.page)
    if act == "update":
        change_view(view=view, query=query, by=by, at=at)
        return saved(request, request.path + asked.query(), _("视图已更新。"))
    if act == "rename":
        sharing, unit = _sharing(request)
        name = request.POST.get("name", "")
        change_view(
            view=view, name=name, sharing=sharing or view.sharing, unit=unit or view.unit, by=by, at=at
        )
        return saved(request, request.path + asked.query(), _("视图已修改。"))
    if act == "restore":
        back = restore_view(view=view, by=by, at=at)
        return saved(request, f"{request.path}?view={back.pk}&{back.query}", _("视图已恢复。"))
    drop_view(view=view, by=by, at=at)
    return saved(request, request.path + asked.query(view=""), _("视图已删除，可在“视图”中恢复。"))


def _keep(request: PanshiRequest, asked: Asked, query: str) -> HttpResponse:
    """Save what is shown as a view, with the columns now shown where the person wants them to belong to it."""
    sharing, unit = _sharing(request)
    chosen = remembered(asked.page, request.viewer)
    columns: list[str] = []
    if "columns" in request.POST:
        columns = [column.name for column in asked.page.shown_columns(request.viewer, chosen.columns)]
    view = keep_view(
        listed=asked.page.name,
        name=request.POST.get("name", ""),
        query=query,
        columns=columns,
        density=chosen.density if columns else "",
        sharing=sharing or Sharing.PRIVATE,
        unit=unit,
        by=request.viewer,
        at=request.at,
    )
    return saved(request, f"{request.path}?view={view.pk}&{query}", _("视图已保存。"))


def _sharing(request: PanshiRequest) -> tuple[str, Unit | None]:
    key = key_or_none(request.POST.get("unit", ""))
    unit = Unit.objects.visible_to(request.viewer).filter(pk=key).first() if key else None
    return request.POST.get("sharing", ""), unit


def _view(request: PanshiRequest, declared: ListPage) -> ListView:
    key = key_or_none(request.POST.get("view", ""))
    if key is None:
        raise Http404
    rows = ListView.objects.visible_to(request.viewer).of_list(declared.name)
    found: ListView = get_object_or_404(rows, pk=key)
    return found
