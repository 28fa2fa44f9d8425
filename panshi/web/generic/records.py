"""The page of one record: head with figures and one primary action, tabs that load as fragments, a right rail.

A tab of another room is the name of a URL loaded into the page; rooms never import each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise

from panshi.web.generic.cells import Tone
from panshi.web.request import PanshiRequest


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: its own template in the room, or `elsewhere` the URL name of another room's fragment (takes the key)."""

    name: str
    label: Promise
    template: str = ""
    elsewhere: str = ""
    permission: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the head: `value` is shown as `kind` (text, money, ago), leads to what is behind it, and may carry
    a relative change beside its label."""

    label: str
    value: Any
    href: str
    kind: str = "text"
    change: Any = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A tag in the identity line."""

    text: str
    tone: Tone = ""


@dataclass(frozen=True, kw_only=True)
class RecordHead:
    """What stands above the tabs."""

    title: str
    marks: Sequence[Mark] = ()
    identity: Sequence[tuple[str, str]] = ()
    figures: Sequence[Figure] = ()
    owner: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class OpenTab:
    """A tab as the page shows it."""

    name: str
    label: str
    url: str
    current: bool


def open_tabs(
    request: PanshiRequest, tabs: Sequence[Tab], url_name: str, pk: int, current: str
) -> list[OpenTab]:
    """The tabs a person may open, in their order; those of rooms that are not installed do not exist."""
    return [
        OpenTab(
            tab.name,
            str(tab.label),
            reverse(url_name, args=[pk]) + ("" if tab is tabs[0] else f"{tab.name}/"),
            tab.name == current,
        )
        for tab in tabs
        if (not tab.permission or request.viewer.may(tab.permission))
        and (not tab.elsewhere or elsewhere(tab, pk))
    ]


def elsewhere(tab: Tab, pk: int) -> str:
    """Where the fragment of another room is, "" when there is no such room."""
    try:
        return reverse(tab.elsewhere, args=[pk])
    except NoReverseMatch:
        return ""


def record_page(
    request: PanshiRequest, template: str, tab: Tab, context: Mapping[str, Any], *, pk: int
) -> HttpResponse:
    """Answer a record: the whole page, or for HTMX the record without its frame. The version is its ETag."""
    fragment = bool(request.htmx) and request.htmx.target == "record"
    panel = elsewhere(tab, pk) if tab.elsewhere else ""
    given = {**context, "tab": tab, "panel_url": panel, "panel": tab.template, "part": template}
    response = render(request, "generic/record_part.html" if fragment else "generic/record.html", given)
    patch_vary_headers(response, ("HX-Request", "HX-Target"))
    return response
