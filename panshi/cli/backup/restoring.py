"""Restoring: build a backup up in a new place, prove it there, and only then let it take the old one's place.

The new place is a folder beside the data, and with PostgreSQL a schema of the same database. A process of its own,
whose environment names only the new place, fills and proves it: it cannot touch what stands.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from panshi.cli.backup.archive import Manifest, opened
from panshi.cli.backup.making import fingerprints
from panshi.cli.house import Fault
from panshi.ground.work.pulse import latest_pulse

KEPT: Final = ("panshi.sqlite3", "panshi.sqlite3-wal", "panshi.sqlite3-shm", "ledger", "files")
"""What of the data folder a backup holds; the rest (queue, exported heads of the chain) stays where it is."""

SILENCE: Final = 30.0
"""Seconds without a sign of life after which the work processes count as stopped."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found whole in the new place."""

    tables: int
    rows: int
    sealed: int
    lines: int
    files: int


class Restoring:
    """One restore, step by step: `make_sure_of_room`, `build`, then `discard` or `take_place`."""

    def __init__(self, backup: Path) -> None:
        self._backup = backup
        self._mark = f"restore_{time.strftime('%Y%m%d_%H%M%S')}_{os.getpid()}"
        self._data = Path(settings.DATA)
        self._new = self._data / f".{self._mark}"

    def make_sure_of_room(self, *, replace: bool) -> None:
        """`Fault` while the installation runs, or when it holds data and nobody said to replace them."""
        if connection.vendor == "sqlite" and not Path(settings.DATABASES["default"]["NAME"]).exists():
            return  # an empty place, perhaps without its folder; a look would leave an empty database there
        if "identity_person" not in connection.introspection.table_names():
            return
        seen = latest_pulse()
        if seen is not None and (timezone.now() - seen).total_seconds() < SILENCE:
            raise Fault("Panshi is running. Stop it first, then restore.")
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM identity_person LIMIT 1")
            if cursor.fetchone() and not replace:
                raise Fault("This installation holds data. To put the backup in their place, add --replace.")

    def build(self) -> Proof:
        """Unpack and fill the new place and prove it; on any fault nothing of it stays. `Fault` says what is wrong."""
        self._new.mkdir(parents=True, mode=0o700)
        try:
            with opened(self._backup) as reader:
                _check_fit(reader.manifest)
                reader.unpack(self._new)
                (self._new / "manifest.json").write_text(reader.manifest.text(), encoding="utf-8")
            if connection.vendor == "postgresql":
                _execute(f'CREATE SCHEMA "{self._mark}"')
            return self._filled()
        except BaseException:
            self.discard()
            raise

    def _filled(self) -> Proof:
        """Let the process of the new place do its work and read what it found."""
        done = subprocess.run(
            [sys.executable, "-m", "panshi.cli.backup.filling"],
            env={**os.environ, **self._environment()}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        last = (done.stdout.strip().splitlines() or [""])[-1]
        if done.returncode == 0:
            return Proof(**json.loads(last))
        if done.returncode == 3:
            raise Fault(last)
        raise Fault(f"The backup could not be built up: {done.stderr.strip()[-800:]}")

    def _environment(self) -> dict[str, str]:
        """What the process of the new place sees: the new folder, and with PostgreSQL the new schema."""
        names = {
            "PANSHI_DATA": str(self._new),
            "PANSHI_SECRET_KEY": settings.SECRET_KEY,
            "PANSHI_AUDIT_KEY": settings.AUDIT_KEY,
        }
        if connection.vendor == "postgresql":
            names["DATABASE_URL"] = _in_schema(os.environ["DATABASE_URL"], self._mark)
        return names

    def discard(self) -> None:
        """Take the new place away."""
        if connection.vendor == "postgresql":
            _execute(f'DROP SCHEMA IF EXISTS "{self._mark}" CASCADE')
        shutil.rmtree(self._new, ignore_errors=True)

    def take_place(self) -> str:
        """Let the new place become the installation; where what stood is kept, "" when nothing did.

        A folder that cannot be moved puts everything back where it was.
        """
        aside = self._data / f"before-{self._mark}"
        connection.close()
        stood = [name for name in KEPT if (self._data / name).exists()]
        moves = [(self._data / name, aside / name) for name in stood]
        moves += [(self._new / name, self._data / name) for name in KEPT if (self._new / name).exists()]
        if stood:
            aside.mkdir()
        with _moved(moves):
            if connection.vendor == "postgresql":
                with transaction.atomic():
                    _execute(f'ALTER SCHEMA public RENAME TO "before_{self._mark}"')
                    _execute(f'ALTER SCHEMA "{self._mark}" RENAME TO public')
        shutil.rmtree(self._new, ignore_errors=True)
        places = [str(aside)] if stood else []
        if connection.vendor == "postgresql":
            places.append(f"the schema before_{self._mark}")
        return " and ".join(places)


@contextmanager
def _moved(moves: Sequence[tuple[Path, Path]]) -> Iterator[None]:
    """Move each to its place, then do what is inside; when anything fails, move all back."""
    done: list[tuple[Path, Path]] = []
    try:
        for source, target in moves:
            source.rename(target)
            done.append((source, target))
        yield
    except BaseException:
        for source, target in reversed(done):
            target.rename(source)
        raise


def _check_fit(manifest: Manifest) -> None:
    """`Fault` for another kind of database, a newer version of Panshi, or other secrets."""
    if manifest.vendor != connection.vendor:
        raise Fault(f"The backup is of {manifest.vendor}, this installation uses {connection.vendor}.")
    known = MigrationLoader(None).graph.node_map
    if unknown := [
        f"{app}.{name}"
        for app, names in manifest.migrations.items()
        for name in names
        if (app, name) not in known
    ]:
        raise Fault(
            f"The backup was made by a newer version of Panshi ({manifest.product}); install it first. "
            f"Unknown here: {', '.join(unknown[:3])}."
        )
    ours = fingerprints()
    if other := [name for name, mark in manifest.keys.items() if ours.get(name) != mark]:
        raise Fault(f"The backup was made with another {' and '.join(other)}. Set what belonged to it.")


def _in_schema(url: str, schema: str) -> str:
    """The address of the same database with another schema before all others."""
    if not re.fullmatch(r"\w+", schema):
        raise ValueError(schema)
    parts = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name != "options"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("options", f"-csearch_path={schema}")])))


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
