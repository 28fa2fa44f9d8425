"""What a person chose about a list and finds again next time: its columns, and views saved under a name."""

from dataclasses import dataclass
from typing import Any

from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.reports import preference
from panshi.ground.settings.services import keep_preference
from panshi.web.generic.lists import ListPage, View

MOST_VIEWS = 20
LONGEST_NAME = 20
MOST_PAIRS = 60


@dataclass(frozen=True, slots=True)
class Remembered:
    """The stored choices; whatever was stored is validated when it is used, not trusted."""

    columns: object
    views: tuple[View, ...]


def remembered(page: ListPage, viewer: Viewer) -> Remembered:
    """What the person chose about this list; one query."""
    stored = preference(f"list.{page.name}", viewer=viewer, default={})
    stored = stored if isinstance(stored, dict) else {}
    return Remembered(stored.get("columns"), tuple(_views(stored.get("views"))))


def _views(stored: object) -> list[View]:
    views = []
    for item in stored[:MOST_VIEWS] if isinstance(stored, list) else ():
        if (
            isinstance(item, dict)
            and isinstance(item.get("name"), str)
            and isinstance(item.get("pairs"), list)
        ):
            name = item["name"][:LONGEST_NAME]
            pairs = tuple((str(part), str(value)) for part, value in item["pairs"][:MOST_PAIRS])
            views.append(View(name, name, pairs, str(item.get("sort", ""))))
    return views


def keep_columns(page: ListPage, names: list[str], viewer: Viewer) -> None:
    """Remember which columns to show, in which order; none goes back to the defaults."""
    known = {column.name for column in page.columns}
    _keep(page, viewer, columns=[name for name in names if name in known] or None)


def keep_view(page: ListPage, view: View, viewer: Viewer) -> None:
    """Save filters and sort under a name; an equal name is replaced."""
    kept = [other for other in remembered(page, viewer).views if other.name != view.name]
    _keep_views(page, viewer, [*kept, view][-MOST_VIEWS:])


def drop_view(page: ListPage, name: str, viewer: Viewer) -> None:
    """Forget a saved view."""
    _keep_views(page, viewer, [view for view in remembered(page, viewer).views if view.name != name])


def _keep_views(page: ListPage, viewer: Viewer, views: list[View]) -> None:
    _keep(page, viewer, views=[{"name": each.name, "pairs": each.pairs, "sort": each.sort} for each in views])


def _keep(page: ListPage, viewer: Viewer, **changes: Any) -> None:
    name = f"list.{page.name}"
    stored = preference(name, viewer=viewer, default={})
    keep_preference(name=name, value={**(stored if isinstance(stored, dict) else {}), **changes}, by=viewer)
