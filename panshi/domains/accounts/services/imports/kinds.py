"""How each kind of import is written and undone; the reading half is declared in `reports.imports.kinds`."""

import datetime as dt
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from panshi.domains.accounts.models import ImportBatch, ImportedRow
from panshi.ground.base.viewer import Viewer

_WRITINGS: dict[str, "Writing"] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """How rows of one kind become records and cease to.

    `apply` writes the checked rows, the rejected ones left out, and answers what each did. `judge` answers which of
    those cannot be taken back any more, and why; with `lock` it holds the records. `take_back` undoes the rest.
    `titles` names records for the list of what stays.
    """

    name: str
    apply: Callable[[Sequence[Any], ImportBatch, Viewer, dt.datetime], list[ImportedRow]]
    judge: Callable[[Sequence[ImportedRow], ImportBatch, Viewer, bool], Mapping[int, str]]
    take_back: Callable[[Sequence[ImportedRow], ImportBatch, Viewer, dt.datetime], Mapping[int, str]]
    titles: Callable[[Collection[int]], Mapping[int, str]]

    def __post_init__(self) -> None:
        if self.name in _WRITINGS:
            raise ValueError(f"imports of {self.name} are written twice")
        _WRITINGS[self.name] = self


def writing_of(name: str) -> Writing:
    """One kind; `LookupError` for one that nobody declared."""
    if name not in _WRITINGS:
        raise LookupError(f"nobody writes imports of {name}")
    return _WRITINGS[name]


def line(
    batch: ImportBatch,
    number: int,
    record_id: int,
    *,
    version: int,
    created: bool,
    changes: Mapping[str, tuple[str | None, str | None]] | None = None,
) -> ImportedRow:
    """What one row did, unsaved; `changes` are canonical texts, None for nothing."""
    told = changes or {}
    return ImportedRow(
        batch_id=batch.pk,
        number=number,
        record_id=record_id,
        created=created,
        version=version,
        before=_text({name: pair[0] for name, pair in told.items()}),
        after=_text({name: pair[1] for name, pair in told.items()}),
    )


def _text(values: Mapping[str, str | None]) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")) if values else "{}"
