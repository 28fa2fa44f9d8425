"""What every import decides of a row, whatever its rows are: the outcome, why not, and under which rules."""

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from panshi.domains.accounts.reports.imports.cells import ReadRow
from panshi.ground.base.viewer import Viewer


class Outcome(enum.Enum):
    """What becomes of a row."""

    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    REJECT = "reject"


@dataclass(slots=True)
class Checked:
    """One row and what becomes of it; `problems` say why it is rejected, as sentences. Custom fields: `custom` the
    typed values to store, `custom_changes` the canonical texts before and after."""

    read: ReadRow
    outcome: Outcome = Outcome.CREATE
    problems: list[str] = field(default_factory=list)
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    custom: dict[str, Any] = field(default_factory=dict)
    custom_changes: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def record_id(self) -> int | None:
        """The known record; None for a new one."""
        raise NotImplementedError

    @property
    def bearer_id(self) -> int | None:
        """The account the record hangs from, or is; None for a new account."""
        raise NotImplementedError

    def differs_by_custom(self) -> None:
        """A row that changes nothing else may still change custom fields."""
        if self.outcome is Outcome.UNCHANGED and self.custom:
            self.outcome = Outcome.UPDATE

    @property
    def told(self) -> dict[str, tuple[Any, Any]]:
        """Everything that changes, for its events."""
        return {**self.changes, **self.custom_changes}

    def reject(self, *sentences: str) -> None:
        """Say why the row is not taken."""
        self.outcome = Outcome.REJECT
        self.problems.extend(sentences)


@dataclass(frozen=True, slots=True)
class Rules:
    """How a batch is applied: by whom, when, which rows may be written, whether look-alikes are taken, and what was
    decided about names the file uses."""

    mode: str
    keep_duplicates: bool
    by: Viewer
    at: dt.datetime
    on: dt.date
    lock: bool = False
    choices: Mapping[str, Any] = field(default_factory=dict)
