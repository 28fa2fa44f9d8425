"""What files can hang from: each domain declares the kinds of records it lets people attach files to, and who may see
and change them. Files know their record by kind and key only; its domain alone knows its gate."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

from panshi.ground.base.viewer import Viewer

_HOLDERS: dict[str, "Holder"] = {}


@dataclass(frozen=True, slots=True)
class Holder:
    """One kind of record that holds files.

    `visible` answers the records a viewer may see, or may do a permission to when one is named; `change` is the
    permission to attach and void. `titles` names records for who was found to see them, `account_of` says whose record
    it is (None: nobody's). `found_as` is the kind under which their names can be searched ("" where they cannot).
    `also` answers further records whose files show on this one (accounts merged into it); `confidential` lets every
    download of such a file leave an event.
    """

    kind: str
    label: Promise | str
    change: str
    visible: Callable[[Viewer, str], "QuerySet[Any]"]
    titles: Callable[[Collection[int]], dict[int, str]]
    account_of: Callable[[int], int | None]
    found_as: str = ""
    confidential: bool = False
    also: Callable[[int], Collection[int]] = lambda record_id: ()

    def __post_init__(self) -> None:
        if self.kind in _HOLDERS:
            raise ValueError(f"{self.kind} is declared twice as what holds files")
        _HOLDERS[self.kind] = self


def holders() -> dict[str, Holder]:
    """Every declared kind by name."""
    return dict(_HOLDERS)


def holder_of(kind: str) -> Holder | None:
    """The declared kind; None for one that holds no files."""
    return _HOLDERS.get(kind)
