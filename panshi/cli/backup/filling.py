"""The process of the new place: loads what was unpacked there and proves it. Started by `restoring`, by nobody else.

Ends with one line: the proof as JSON, or with exit code 3 a sentence saying what is not whole.
"""

import gzip
import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from panshi.cli import house
from panshi.cli.house import Fault

if TYPE_CHECKING:
    from panshi.cli.backup.archive import Manifest


def main() -> int:
    """Fill, prove, print."""
    house.enter()
    from django.conf import settings
    from django.db import connection

    from panshi.cli.backup.archive import Manifest

    place = Path(settings.DATA)
    manifest = Manifest.read((place / "manifest.json").read_text(encoding="utf-8"))
    try:
        if connection.vendor == "postgresql":
            _load_tables(place, manifest)
        else:
            _load_file(place)
        if (place / "ledger").exists():  # the store lives one folder further down
            (place / "ledger").rename(place / ".store")
            (place / "ledger").mkdir()
            (place / ".store").rename(place / "ledger" / "store")
        print(json.dumps(_proof(place, manifest)))
    except Fault as fault:
        print(fault)
        return 3
    return 0


def _load_file(place: Path) -> None:
    from panshi.cli.backup.database import SQLITE_FILE

    packed = place / SQLITE_FILE
    with gzip.open(packed) as source, (place / "panshi.sqlite3").open("xb") as target:
        shutil.copyfileobj(source, target, 1024 * 1024)
    packed.unlink()


def _load_tables(place: Path, manifest: "Manifest") -> None:
    """Build the tables as they were at the backup, and copy every row in; all in one transaction at the end."""
    from django.core.management import call_command
    from django.db import connection, transaction

    from panshi.cli.backup.database import TABLES

    for app, names in sorted(manifest.migrations.items()):
        for name in names:
            call_command("migrate", app, name, verbosity=0, interactive=False)
    with connection.cursor() as cursor:
        tables = sorted(connection.introspection.table_names(cursor))
        for table in tables:  # what watches over new rows has watched over these already
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        with transaction.atomic():
            listed = ", ".join(f'"{table}"' for table in tables)
            cursor.execute(f"TRUNCATE {listed}")
            for path in sorted((place / TABLES).iterdir()):
                _copy_in(cursor, path.name.removesuffix(".copy.gz"), path)
        for table in tables:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
        _continue_numbers(cursor)
        cursor.execute("ANALYZE")
    call_command("createcachetable", verbosity=0)
    shutil.rmtree(place / TABLES)


def _copy_in(cursor: Any, table: str, path: Path) -> None:
    with gzip.open(path) as rows:
        names = rows.readline().decode().strip().split(",")
        listed = ", ".join(f'"{name}"' for name in names)
        with cursor.copy(f'COPY "{table}" ({listed}) FROM STDIN') as copy:
            while piece := rows.read(1024 * 1024):
                copy.write(piece)


def _continue_numbers(cursor: Any) -> None:
    """Let every series of keys go on behind the highest key there is."""
    cursor.execute(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = current_schema() AND is_identity = 'YES'"
    )
    for table, column in cursor.fetchall():
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('\"{table}\"', '{column}'),"
            f' coalesce(max("{column}"), 0) + 1, false) FROM "{table}"'
        )


def _proof(place: Path, manifest: "Manifest") -> Mapping[str, int]:
    """Count and verify what stands in the new place."""
    from django.conf import settings
    from django.db import connection

    from panshi.ground.audit.verifying import verify

    with connection.cursor() as cursor:
        for table, expected in manifest.rows.items():
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            if (found := cursor.fetchone()[0]) != expected:
                raise Fault(f"{table} has {found} rows instead of {expected}.")
    chain = verify(settings.AUDIT_KEY, [])
    if chain.findings:
        raise Fault(
            f"The chain of events is damaged in {len(chain.findings)} places: see panshi audit verify."
        )
    return {
        "tables": len(manifest.rows),
        "rows": sum(manifest.rows.values()),
        "sealed": chain.sealed,
        "lines": _lines(manifest.ledger),
        "files": sum(1 for name in manifest.parts if name.startswith("files/")),
    }


def _lines(head: int | None) -> int:
    """The lines of the ledger's version that counts; reading them all proves that its files are whole."""
    from django.db.models import Sum

    from panshi.domains.ledger.models import AccountMonth
    from panshi.domains.ledger.reports.standing import ledger_folder
    from panshi.engines.analytics import ledger

    if head is None:
        return 0
    lines = sum(month.lines for month in ledger.store(ledger_folder()).months(head))
    months = AccountMonth.objects.aggregate(lines=Sum("lines"))["lines"] or 0
    if lines != months:
        raise Fault(f"The ledger holds {lines} lines, its month totals {months}.")
    return lines


if __name__ == "__main__":
    sys.exit(main())
