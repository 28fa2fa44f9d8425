"""Reads of saved views: those a person finds on a list, their own first."""

import json
from dataclasses import dataclass

from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.models import ListView, Sharing


@dataclass(frozen=True, slots=True)
class OfferedView:
    """One saved view as a list offers it; `by` names its owner where that is somebody else."""

    id: int
    name: str
    query: str
    columns: tuple[str, ...]
    density: str
    sharing: str
    unit: str
    own: bool
    by: str


def offered_views(listed: str, *, viewer: Viewer) -> list[OfferedView]:
    """The person's own views of a list by name, then those shared with them; one query."""
    rows = ListView.objects.visible_to(viewer).kept().of_list(listed).order_by("name", "pk")
    read = ("pk", "name", "query", "columns", "density", "sharing", "unit__name", "person_id", "person__name")
    found = [
        OfferedView(
            pk,
            name,
            query,
            read_columns(columns),
            density,
            sharing,
            unit or "",
            person == viewer.person_id,
            by,
        )
        for pk, name, query, columns, density, sharing, unit, person, by in rows.values_list(*read)[:200]
    ]
    return sorted(found, key=lambda view: not view.own)


def deleted_views(listed: str, *, viewer: Viewer) -> list[tuple[int, str]]:
    """The person's last deleted views of a list, which can be brought back."""
    rows = ListView.objects.visible_to(viewer).of_list(listed).filter(person_id=viewer.person_id or 0)
    deleted = rows.exclude(removed_at=None).order_by("-removed_at")
    return list(deleted.values_list("pk", "name")[:5])


def read_columns(stored: str) -> tuple[str, ...]:
    """Column names as they are stored; whoever shows them keeps only those that exist."""
    read = json.loads(stored) if stored else []
    return tuple(str(name) for name in read) if isinstance(read, list) else ()


def sharing_choices(viewer: Viewer) -> list[str]:
    """With whom the person may share a view."""
    span = viewer.span("views.share")
    if span is None:
        return [Sharing.PRIVATE]
    return [Sharing.PRIVATE, Sharing.UNIT, *([Sharing.ALL] if span.everything else [])]
