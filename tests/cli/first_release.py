"""Brings the first release's data into a database, as that release left them: `python -m tests.cli.first_release FILE`.

On SQLite the file is the database. On PostgreSQL the tables are built by the first release's migrations and filled row
by row; the search index is left empty, as another kind of database keeps it in another form.
"""

# ruff: noqa: T201 - a program

import gzip
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import django

CONVERTED = {
    "boolean": bool,
    "timestamp with time zone": lambda text: f"{text}+00" if "+" not in text[10:] else text,
}


def main(packed: Path, work: Path) -> None:
    """Load."""
    django.setup()
    from django.conf import settings
    from django.db import connection

    if connection.vendor == "sqlite":
        settings.DATA.mkdir(parents=True, exist_ok=True)
        with gzip.open(packed) as source, (settings.DATA / "panshi.sqlite3").open("wb") as target:
            shutil.copyfileobj(source, target)
        return
    file = work / "first.sqlite3"
    with gzip.open(packed) as source, file.open("wb") as target:
        shutil.copyfileobj(source, target)
    with closing(sqlite3.connect(file)) as old:
        build_as_then(old)
        fill(old)


def build_as_then(old: sqlite3.Connection) -> None:
    """Migrate to the newest migration of each app that the first release had applied."""
    from django.core.management import call_command

    from panshi.cli.backup.database import leaves

    applied = set(old.execute("SELECT app, name FROM django_migrations"))
    for app, names in leaves(applied).items():
        for name in names:
            call_command("migrate", app, name, verbosity=0, interactive=False)


def fill(old: sqlite3.Connection) -> None:
    """Put every row of the old file into the tables of the same names."""
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        tables = [
            name for name in connection.introspection.table_names(cursor) if not name.startswith("search_")
        ]
        tables.remove("django_migrations")
        for table in tables:
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        with transaction.atomic():
            cursor.execute(f"TRUNCATE {', '.join(tables)}")
            for table in tables:
                copy(old, cursor, table)
        for table in tables:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND is_identity = 'YES'"
        )
        for table, column in cursor.fetchall():
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('\"{table}\"', '{column}'),"
                f' coalesce(max("{column}"), 0) + 1, false) FROM "{table}"'
            )


def copy(old: sqlite3.Connection, cursor: Any, table: str) -> None:
    """One table."""
    cursor.execute(
        "SELECT column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = current_schema() AND table_name = %s ORDER BY ordinal_position",
        [table],
    )
    columns = cursor.fetchall()
    listed = ", ".join(f'"{name}"' for name, _kind in columns)
    with cursor.copy(f'COPY "{table}" ({listed}) FROM STDIN') as rows:
        for row in converted(old, table, listed, [kind for _name, kind in columns]):
            rows.write_row(row)


def converted(old: sqlite3.Connection, table: str, listed: str, kinds: list[str]) -> Iterator[list[Any]]:
    """A table's rows as PostgreSQL reads them."""
    makers = [CONVERTED.get(kind) for kind in kinds]
    for row in old.execute(f'SELECT {listed} FROM "{table}"'):
        yield [
            maker(value) if maker and value is not None else value
            for maker, value in zip(makers, row, strict=True)
        ]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
    print("loaded")
