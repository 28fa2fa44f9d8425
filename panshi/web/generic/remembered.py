"""What a person chose about a list and finds again next time: its columns, its density, the view it begins with."""

from dataclasses import dataclass
from typing import Any, Final

from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.reports import preference
from panshi.ground.settings.services import keep_preference
from panshi.web.generic.lists import ListPage

DENSITIES: Final = ("", "dense")


@dataclass(frozen=True, slots=True)
class Remembered:
    """The stored choices; whatever was stored is validated when it is used, not trusted.

    `start` names the view the list opens with: a name of the room's own views or the key of a saved one.
    """

    columns: object
    density: str
    start: str


def remembered(page: ListPage, viewer: Viewer) -> Remembered:
    """What the person chose about this list; one query."""
    stored = preference(f"list.{page.name}", viewer=viewer, default={})
    stored = stored if isinstance(stored, dict) else {}
    density = stored.get("density")
    return Remembered(
        stored.get("columns"), density if density in DENSITIES else "", str(stored.get("start") or "")
    )


def keep_columns(page: ListPage, names: list[str], viewer: Viewer, *, density: str = "") -> None:
    """Remember which columns to show and how close the rows stand; no columns goes back to the defaults."""
    known = {column.name for column in page.columns}
    chosen = [name for name in names if name in known] or None
    _keep(page, viewer, columns=chosen, density=density if density in DENSITIES else "")


def keep_start(page: ListPage, start: str, viewer: Viewer) -> None:
    """Remember the view the list opens with; "" for the whole list."""
    _keep(page, viewer, start=start)


def _keep(page: ListPage, viewer: Viewer, **changes: Any) -> None:
    name = f"list.{page.name}"
    stored = preference(name, viewer=viewer, default={})
    keep_preference(name=name, value={**(stored if isinstance(stored, dict) else {}), **changes}, by=viewer)
