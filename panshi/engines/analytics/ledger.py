"""The seam of the analytical engine for domains and jobs; heavy libraries load on the first call.

Web workers import this module and its values freely, but never call what opens files: analyses run in the work process.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from panshi.engines.analytics.values import ColumnMapping, ForeignAccount, Inspection, Staged

if TYPE_CHECKING:
    from panshi.engines.analytics.questions import Questions
    from panshi.engines.analytics.store import LedgerStore


def inspect(path: Path, folder: Path) -> Inspection:
    """Look at a file before anybody says what its columns mean; see `staging.inspect`."""
    from panshi.engines.analytics import staging

    return staging.inspect(path, folder)


def stage(path: Path, mapping: ColumnMapping, folder: Path) -> Staged:
    """Read a file into a staging folder; see `staging.stage`."""
    from panshi.engines.analytics import staging

    return staging.stage(path, mapping, folder)


def staged_accounts(folder: Path) -> tuple[ForeignAccount, ...]:
    """The accounts a staged file names, again."""
    from panshi.engines.analytics import staging

    return staging.staged_accounts(folder)


def resolve(folder: Path, source: str, matched: Mapping[int, int], unit_id: int | None = None) -> Path:
    """The staged lines of matched accounts as the store takes them; see `staging.resolve`."""
    from panshi.engines.analytics import staging

    return staging.resolve(folder, source, matched, unit_id)


def store(folder: Path) -> "LedgerStore":
    """The ledger store under `folder`."""
    from panshi.engines.analytics.store import LedgerStore

    return LedgerStore(folder)


def questions(
    files: Sequence[Path], merged: Mapping[int, int] | None = None
) -> AbstractContextManager["Questions"]:
    """Open the files of one version for questions; see `questions.opened`."""
    from panshi.engines.analytics import questions as module

    return module.opened(files, merged)
