"""Making a backup: the database first, then what its moment names — the ledger's version, the files."""

import datetime as dt
import hashlib
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection

from panshi.cli.backup.archive import Manifest, Part, write_archive
from panshi.cli.backup.database import take_snapshot
from panshi.domains.ledger.reports.standing import ledger_folder
from panshi.engines.analytics import ledger

NAME: Final = "panshi-backup-"
FILES: Final = "files"
LEDGER: Final = "ledger"


@dataclass(frozen=True, slots=True)
class Made:
    """A finished backup."""

    path: Path
    rows: int
    ledger: int | None
    files: int


def make_backup(target: Path) -> Made:
    """Write a backup to a file ending in `.tar`, or into a folder under a name that tells the moment.

    The database is read first: files and ledger versions are only ever added, so what it names is still there.
    """
    at = dt.datetime.now(dt.UTC)
    path = target if target.suffix == ".tar" else target / f"{NAME}{at:%Y%m%d-%H%M%S}.tar"
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=path.parent) as name:
        folder = Path(name)
        snapshot = take_snapshot(folder)
        stored = _stored_files()
        parts = [*snapshot.parts, *_ledger_parts(snapshot.ledger), *stored]
        manifest = Manifest(
            product=version("panshi"),
            made_at=at.isoformat(),
            vendor=connection.vendor,
            migrations=snapshot.migrations,
            rows=snapshot.rows,
            keys=fingerprints(),
            ledger=snapshot.ledger,
            parts={part.name: (part.size, part.sha256) for part in parts},
        )
        write_archive(path, manifest, parts)
    return Made(path, sum(snapshot.rows.values()), snapshot.ledger, len(stored))


def backups_in(folder: Path) -> list[Path]:
    """The backups of a folder, newest first."""
    return sorted(folder.glob(f"{NAME}*.tar"), reverse=True)


def fingerprints() -> dict[str, str]:
    """A mark for each secret by which it is recognised and from which it cannot be told."""
    keys = {
        "PANSHI_AUDIT_KEY": settings.AUDIT_KEY,
        "PANSHI_SECOND_FACTOR_KEYS": settings.SECOND_FACTOR_KEYS[0],
    }
    return {
        name: hashlib.scrypt(key.encode(), salt=f"panshi {name}".encode(), n=2**14, r=8, p=1, dklen=8).hex()
        for name, key in keys.items()
    }


def _ledger_parts(head: int | None) -> list[Part]:
    """The ledger store's log up to the version that counts, and the data files of that version."""
    folder = ledger_folder()
    if head is None or not folder.exists():
        return []
    log = [
        path for path in sorted((folder / "_delta_log").iterdir())
        if path.name[:20].isdigit() and int(path.name[:20]) <= head
    ]  # fmt: skip
    files = ledger.store(folder).files(head)
    return [Part.of(f"{LEDGER}/{path.relative_to(folder).as_posix()}", path) for path in (*log, *files)]


def _stored_files() -> list[Part]:
    """Every stored attachment; one that is being written has no name yet that counts."""
    folder = Path(settings.DATA) / "files"
    return [
        Part.of(f"{FILES}/{path.relative_to(folder).as_posix()}", path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    ]
