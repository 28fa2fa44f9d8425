"""The kinds of records a file may hold. Each declares here how its rows are read and checked; how they are written is
declared in `services.imports.kinds`. Domains above the archive declare theirs just so."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from panshi.domains.accounts.models import ImportMode
from panshi.domains.accounts.reports.imports.rows import Checked, Rules
from panshi.engines.sheets.reading import SheetRow
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.models import RecordKind

_READINGS: dict[str, "Reading"] = {}


@dataclass(frozen=True, slots=True)
class ImportField:
    """One field a file may fill; `only_new` for what an import sets on new records and never changes on known ones.
    `note` says what its cells hold, `choices` the words it takes; both stand in the template."""

    name: str
    label: str | Promise
    only_new: bool = False
    note: str | Promise = ""
    choices: tuple[str, ...] = ()
    personal: bool = False


def _nobody(checked: Sequence[Any]) -> Mapping[str, int]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How rows of one kind are read.

    `headings` are the words that mean a field, as `normalise` leaves them; `demand` answers why a mapping does not do
    ("" when it does); `strangers` the people a file names and nobody knows, with the rows of each.
    """

    name: str
    label: Promise
    hint: Promise
    permissions: tuple[str, ...]
    modes: tuple[ImportMode, ...] = (ImportMode.BOTH, ImportMode.CREATE, ImportMode.UPDATE)
    headings: Mapping[str, tuple[str, ...]]
    fields: Callable[[Viewer], list[ImportField]]
    custom: RecordKind | None = None
    demand: Callable[[Mapping[str, int], str], str]
    check: Callable[[Sequence[SheetRow], Mapping[str, int], Rules], Sequence[Checked]]
    strangers: Callable[[Sequence[Any]], Mapping[str, int]] = _nobody
    doubles: bool = False

    def __post_init__(self) -> None:
        if self.name in _READINGS:
            raise ValueError(f"imports of {self.name} are declared twice")
        _READINGS[self.name] = self

    def open_to(self, viewer: Viewer) -> bool:
        """Whether the viewer may import files of this kind."""
        return all(viewer.may(permission) for permission in self.permissions)

    def require(self, viewer: Viewer) -> None:
        """Raise `NotAllowed` unless the viewer may import files of this kind."""
        for permission in self.permissions:
            viewer.require(permission)


def readings() -> Mapping[str, Reading]:
    """Every kind by name, in the order they were declared."""
    return dict(_READINGS)


def reading_of(name: str) -> Reading:
    """One kind; `LookupError` for one that nobody declared."""
    if name not in _READINGS:
        raise LookupError(f"nobody imports {name}")
    return _READINGS[name]
