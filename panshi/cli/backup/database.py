"""The database in a backup: SQLite as a file made by its own online backup, PostgreSQL as rows of one snapshot.

PostgreSQL's tables are read with COPY inside one repeatable-read transaction, so that no client program is needed and
the dump can be loaded by a newer server. Sessions and the cache stay out: a stolen backup signs nobody in.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from panshi.cli.backup.archive import PIECE, Part, packed

LEFT_OUT: Final = ("cache", "django_session", "usersessions_usersession")
"""Tables whose rows stay out of a backup."""

SQLITE_FILE: Final = "database.sqlite3.gz"
TABLES: Final = "tables"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The database of one moment: its parts, rows by table, leaf migrations, and the ledger's version in it."""

    parts: list[Part]
    rows: dict[str, int]
    migrations: dict[str, tuple[str, ...]]
    ledger: int | None


def take_snapshot(folder: Path) -> Snapshot:
    """Write the database of this moment into `folder`."""
    return _of_postgresql(folder) if connection.vendor == "postgresql" else _of_sqlite(folder)


def leaves(applied: set[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """The newest applied migrations of each app."""
    graph = MigrationLoader(None).graph
    inner = {
        parent.key for key in applied if key in graph.node_map for parent in graph.node_map[key].parents
        if parent.key[0] == key[0]
    }  # fmt: skip
    tops: dict[str, tuple[str, ...]] = {}
    for app, name in sorted(applied - inner):
        tops[app] = (*tops.get(app, ()), name)
    return tops


def _of_sqlite(folder: Path) -> Snapshot:
    copy = folder / "database.sqlite3"
    source = sqlite3.connect(f"file:{settings.DATABASES['default']['NAME']}?mode=ro", uri=True, timeout=30)
    with closing(source), closing(sqlite3.connect(copy, isolation_level=None)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")
        target.execute("PRAGMA secure_delete=ON")
        tables = [
            name for (name,) in target.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if not name.startswith("sqlite_")
        ]  # fmt: skip
        for name in LEFT_OUT:
            if name in tables:
                target.execute(f'DELETE FROM "{name}"')
        rows = {name: _one(target, f'SELECT count(*) FROM "{name}"') for name in tables}
        applied = set(target.execute("SELECT app, name FROM django_migrations"))
        head = target.execute("SELECT version FROM ledger_head").fetchone()
    with copy.open("rb") as plain, packed(folder / SQLITE_FILE) as file:
        shutil.copyfileobj(plain, file, PIECE)
    copy.unlink()
    part = Part.of(SQLITE_FILE, folder / SQLITE_FILE)
    return Snapshot([part], rows, leaves(applied), head[0] if head else None)


def _one(source: sqlite3.Connection, question: str) -> int:
    return int(source.execute(question).fetchone()[0])


def _of_postgresql(folder: Path) -> Snapshot:
    (folder / TABLES).mkdir()
    parts, rows = [], {}
    with _standing_still() as cursor:
        for table in sorted(set(connection.introspection.table_names(cursor)) - set(LEFT_OUT)):
            path = folder / TABLES / f"{table}.copy.gz"
            with packed(path) as file:
                rows[table] = _copy_out(cursor, table, file)
            parts.append(Part.of(f"{TABLES}/{path.name}", path))
        cursor.execute("SELECT app, name FROM django_migrations")
        applied = set(cursor.fetchall())
        cursor.execute("SELECT version FROM ledger_head")
        head = cursor.fetchone()
    return Snapshot(parts, rows, leaves(applied), head[0] if head else None)


@contextmanager
def _standing_still() -> Iterator[Any]:
    """A cursor that sees the database of one moment, whatever others write meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        try:
            yield cursor
        finally:
            cursor.execute("ROLLBACK")


def _copy_out(cursor: Any, table: str, file: Any) -> int:
    """Write a table's rows, its columns named in the first line; how many."""
    names = columns(cursor, table)
    listed = ", ".join(f'"{name}"' for name in names)
    file.write(f"{','.join(names)}\n".encode())
    with cursor.copy(f'COPY (SELECT {listed} FROM "{table}") TO STDOUT') as rows:
        for piece in rows:
            file.write(piece)
    return int(cursor.rowcount)


def columns(cursor: Any, table: str) -> list[str]:
    """The stored columns of a table of the current schema, in their order; computed ones are not stored."""
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema()"
        " AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position",
        [table],
    )
    return [name for (name,) in cursor.fetchall()]
