"""The ledger store: trade facts in one versioned Delta table, changed by whole batches.

A correction does not erase its predecessor but supersedes it, so that undoing a batch brings the old line back.
Every change names the version it starts from; the caller's database records the version it ends at, and that
record is the commit point.
"""

import hashlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb

from panshi.engines.analytics.delta import SHELF_HOURS, VersionedFiles, put_in_place, store_errors
from panshi.engines.analytics.tables import connect, quoted
from panshi.engines.analytics.values import Comparison, MonthTotal, MonthTotals, Revision

KEY: Final = ("source", "document", "line_no")
FACTS: Final[Mapping[str, str]] = {
    "account_id": "BIGINT",
    "date": "DATE",
    "product": "VARCHAR",
    "product_line": "VARCHAR",
    "region": "VARCHAR",
    "unit_id": "BIGINT",
    "quantity": "DECIMAL(18, 4)",
    "unit": "VARCHAR",
    "amount": "DECIMAL(18, 4)",
    "cost": "DECIMAL(18, 4)",
    "currency": "VARCHAR",
}
LINE: Final[Mapping[str, str]] = {"source": "VARCHAR", "document": "VARCHAR", "line_no": "BIGINT", **FACTS}
COLUMNS: Final[Mapping[str, str]] = {**LINE, "batch_id": "BIGINT", "superseded_by": "BIGINT"}
CURRENT: Final = "superseded_by IS NULL"


class LedgerStore:
    """The trade facts under one folder. One writer at a time; any number of readers of any version."""

    def __init__(self, folder: Path) -> None:
        self._files = VersionedFiles(folder)

    def create(self) -> int:
        """Create the store unless it exists; its latest version."""
        return self._files.create(COLUMNS)

    def files(self, version: int) -> tuple[Path, ...]:
        """The Parquet files that hold exactly `version`."""
        return self._files.files(version)

    def restore(self, version: int) -> int:
        """Drop whatever was written after `version` but never recorded; the version to go on from."""
        return self._files.restore(version)

    def tidy(self, version: int, hours: int = SHELF_HOURS) -> int:
        """Delete files nobody needs after `hours`; how many."""
        return self._files.tidy(version, hours)

    def compare(self, lines: Path, version: int, *, own_numbers: bool) -> Comparison:
        """What merging `lines` would do, without doing it. `own_numbers`: lines carry numbers of their own.

        What was met stays beside `lines`, which never change: merging them into the same files need not look again.
        """
        with self._opened(version) as connection:
            kept = _kept(lines, self.files(version), own_numbers=own_numbers)
            _meet(connection, lines, kept, own_numbers=own_numbers)
            _keep(connection, kept)
            split = connection.execute("SELECT document FROM split ORDER BY document").fetchall()
            new, corrected, unchanged, split_lines = _counts(connection)
            return Comparison(new, corrected, unchanged, tuple(row[0] for row in split), split_lines)

    def merge(self, lines: Path, batch_id: int, version: int, *, own_numbers: bool) -> Revision:
        """Merge a Parquet file of lines (the columns of `LINE`) into `version` as one batch.

        Same source, document and line number is the same fact: an equal line changes nothing, a different one
        supersedes it. Lines of documents that look split over two files are left out (see `compare`). Without
        anything new or corrected the version stays. Raises `StoreUnavailable`; the old version is then intact.
        """
        version = self._files.restore(version)
        with self._opened(version) as connection, self._files.writing(connection) as writer:
            kept = _kept(lines, self.files(version), own_numbers=own_numbers)
            _meet(connection, lines, kept, own_numbers=own_numbers)
            new, corrected, unchanged, _ = _counts(connection)
            if not new + corrected:
                return Revision(version, 0, 0, unchanged, MonthTotals())
            columns = ", ".join(LINE)
            added = writer.write(
                f"SELECT {columns}, {int(batch_id)}::BIGINT AS batch_id, NULL::BIGINT AS superseded_by FROM fresh"
            )
            removed: list[Path] = []
            if corrected:
                marks = f"SELECT file, position, {int(batch_id)}::BIGINT AS mark FROM met WHERE NOT same"
                removed = _marked_files(connection, marks)
                added += writer.write(_rewritten(removed))
            months = _touched_months(
                connection,
                f"SELECT {columns} FROM fresh",
                f"SELECT {_old('account_id, date, currency, quantity, amount, cost')} FROM met WHERE NOT same",
            )
            return Revision(self._files.commit(version, added, removed), new, corrected, unchanged, months)

    def undo(self, batch_id: int, version: int) -> Revision:
        """Take a batch out of `version`: its lines go, the lines it superseded come back.

        Where a later batch corrected the same line again, that correction stays and now supersedes the line that
        was there before. `new` counts lines taken out, `corrected` lines brought back.
        """
        version = self._files.restore(version)
        with self._opened(version) as connection, self._files.writing(connection) as writer:
            gone, restored = _prepare_undo(connection, int(batch_id))
            if not gone:
                return Revision(version, 0, 0, 0, MonthTotals())
            removed = _marked_files(connection, "SELECT file, position, mark FROM undo_marks")
            added = writer.write(_rewritten(removed, f"batch_id <> {int(batch_id)}"))
            months = _touched_months(
                connection,
                "SELECT * FROM came_back",
                f"SELECT * FROM taken WHERE {CURRENT}",
            )
            return Revision(self._files.commit(version, added, removed), gone, restored, 0, months)

    def months(self, version: int) -> Iterator[MonthTotal]:
        """The totals of every account, calendar month and currency: what the relational month table must hold."""
        with self._opened(version) as connection:
            result = connection.execute(f"{_month_query(f'SELECT *, 1 AS sign FROM ledger WHERE {CURRENT}')}")
            while rows := result.fetchmany(10_000):
                yield from (MonthTotal(*row) for row in rows)

    @contextmanager
    def _opened(self, version: int) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection whose relation `ledger` is exactly `version`, with the place of each row."""
        files = self._files.files(version)
        with store_errors(), tempfile.TemporaryDirectory(prefix="panshi-") as folder:
            connection = connect(Path(folder))
            try:
                connection.execute(f"CREATE TEMP VIEW ledger AS {_scan(files)}")
                yield connection
            finally:
                connection.close()


def _scan(files: Sequence[Path]) -> str:
    if not files:
        empty = ", ".join(f"NULL::{kind} AS {name}" for name, kind in COLUMNS.items())
        return f"SELECT {empty}, NULL::VARCHAR AS file, NULL::BIGINT AS position WHERE false"
    listed = ", ".join(quoted(file) for file in files)
    return (
        f"SELECT {', '.join(COLUMNS)}, filename AS file, file_row_number AS position "
        f"FROM read_parquet([{listed}], filename = true, file_row_number = true)"
    )


def _old(columns: str) -> str:
    return ", ".join(f"old_{name} AS {name}" for name in columns.split(", "))


def _kept(lines: Path, files: Sequence[Path], *, own_numbers: bool) -> dict[str, Path]:
    """Where `met` and `split` of these lines against exactly these files are kept; data files never change."""
    named = hashlib.sha256("\n".join([str(own_numbers), *map(str, files)]).encode()).hexdigest()[:16]
    return {table: lines.with_name(f"{lines.stem}-{table}-{named}.parquet") for table in ("split", "met")}


def _keep(connection: duckdb.DuckDBPyConnection, kept: Mapping[str, Path]) -> None:
    for table, target in kept.items():
        part = target.with_suffix(".part")
        connection.execute(f"COPY {table} TO {quoted(part)} (FORMAT parquet)")
        put_in_place(part, target)


def _meet(
    connection: duckdb.DuckDBPyConnection, lines: Path, kept: Mapping[str, Path], *, own_numbers: bool
) -> None:
    """Create `met` (ledger lines with the key of an incoming one), `split` (documents) and `fresh` (lines to write)."""
    typed = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in LINE.items())
    connection.execute(f"CREATE TEMP VIEW incoming AS SELECT {typed} FROM read_parquet({quoted(lines)})")
    if all(each.exists() for each in kept.values()):
        for table, path in kept.items():
            connection.execute(f"CREATE TEMP TABLE {table} AS SELECT * FROM read_parquet({quoted(path)})")
    else:
        _find_met(connection)
        connection.execute("CREATE TEMP TABLE split (source VARCHAR, document VARCHAR)")
        if not own_numbers and _any(connection, "met"):
            _find_split(connection)
    settled = " AND ".join(f"met.{name} = incoming.{name}" for name in KEY)
    left_out = " AND ".join(f"split.{name} = incoming.{name}" for name in ("source", "document"))
    conditions = (
        [f"NOT EXISTS (SELECT 1 FROM met WHERE same AND {settled})"] if _any(connection, "met") else []
    )
    conditions += [f"NOT EXISTS (SELECT 1 FROM split WHERE {left_out})"] if _any(connection, "split") else []
    connection.execute(
        f"CREATE TEMP VIEW fresh AS SELECT * FROM incoming WHERE {' AND '.join(conditions) or 'true'}"
    )


def _find_met(connection: duckdb.DuckDBPyConnection) -> None:
    same = " AND ".join(f"old.{name} IS NOT DISTINCT FROM incoming.{name}" for name in FACTS)
    old = ", ".join(f"old.{name} AS old_{name}" for name in FACTS)
    connection.execute(
        f"CREATE TEMP TABLE met AS SELECT {', '.join(KEY)}, file, position, {same} AS same, {old}, "
        f"incoming.product IS NOT DISTINCT FROM old.product AS same_product "
        f"FROM (SELECT * FROM ledger WHERE {CURRENT}) AS old JOIN incoming USING ({', '.join(KEY)})"
    )


def _find_split(connection: duckdb.DuckDBPyConnection) -> None:
    """Documents whose lines cannot be a new edition of the document in the ledger.

    Without numbers of their own, lines are known by their place in the document. A new edition has at least as
    many lines and the same product on each old line; anything else is likely the other half of a document that
    was split over two files, and merging it would overwrite unrelated lines.
    """
    connection.execute(
        f"INSERT INTO split SELECT source, document FROM "
        f"(SELECT source, document, count(*) AS lines FROM ledger WHERE {CURRENT} "
        f"AND (source, document) IN (SELECT source, document FROM met) GROUP BY ALL) "
        f"JOIN (SELECT source, document, count(*) FILTER (same_product) AS kept FROM met GROUP BY ALL) "
        f"USING (source, document) WHERE kept < lines"
    )
    connection.execute("DELETE FROM met WHERE (source, document) IN (SELECT source, document FROM split)")


def _any(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    return bool(connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchall())


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[int, ...]:
    return tuple(connection.execute(query).fetchall()[0])


def _counts(connection: duckdb.DuckDBPyConnection) -> tuple[int, int, int, int]:
    """Lines new, corrected, unchanged and left out as parts of split documents."""
    (incoming,) = _one(connection, "SELECT count(*) FROM incoming")
    (fresh,) = _one(connection, "SELECT count(*) FROM fresh")
    corrected, unchanged = _one(
        connection, "SELECT count(*) FILTER (NOT same), count(*) FILTER (same) FROM met"
    )
    return fresh - corrected, corrected, unchanged, incoming - fresh - unchanged


def _marked_files(connection: duckdb.DuckDBPyConnection, marks: str) -> list[Path]:
    """Create `marks` (file, position, mark); the files it touches."""
    connection.execute(f"CREATE TEMP TABLE marks AS {marks}")
    rows = connection.execute("SELECT DISTINCT file FROM marks ORDER BY file").fetchall()
    return [Path(row[0]) for row in rows]


def _rewritten(files: Sequence[Path], kept: str = "true") -> str:
    """The rows of `files` with their marks applied; a mark of NULL makes a line current again."""
    columns = ", ".join(f"line.{name}" for name in COLUMNS if name != "superseded_by")
    return (
        f"SELECT {columns}, CASE WHEN marks.file IS NULL THEN line.superseded_by ELSE marks.mark END AS superseded_by "
        f"FROM ({_scan(files)}) AS line LEFT JOIN marks USING (file, position) WHERE {kept}"
    )


def _prepare_undo(connection: duckdb.DuckDBPyConnection, batch_id: int) -> tuple[int, int]:
    """Create `taken`, `came_back` and `undo_marks`; numbers of lines taken out and of lines current again."""
    connection.execute(f"CREATE TEMP TABLE taken AS SELECT * FROM ledger WHERE batch_id = {batch_id}")
    keys = " AND ".join(f"taken.{name} = old.{name}" for name in KEY)
    connection.execute(
        f"CREATE TEMP TABLE before AS SELECT old.*, taken.superseded_by AS successor "
        f"FROM (SELECT * FROM ledger WHERE superseded_by = {batch_id}) AS old JOIN taken ON {keys}"
    )
    connection.execute("CREATE TEMP VIEW came_back AS SELECT * FROM before WHERE successor IS NULL")
    connection.execute(
        "CREATE TEMP TABLE undo_marks AS SELECT file, position, NULL::BIGINT AS mark FROM taken "
        "UNION ALL SELECT file, position, successor FROM before"
    )
    (gone,) = _one(connection, "SELECT count(*) FROM taken")
    (restored,) = _one(connection, "SELECT count(*) FROM came_back")
    return gone, restored


def _touched_months(connection: duckdb.DuckDBPyConnection, plus: str, minus: str) -> MonthTotals:
    """The months that `plus` and `minus` touch, as they are after the change."""
    columns = "account_id, date, currency, quantity, amount, cost"
    connection.execute(
        f"CREATE TEMP TABLE moved AS SELECT {columns}, 1 AS sign FROM ({plus}) "
        f"UNION ALL SELECT {columns}, -1 AS sign FROM ({minus})"
    )
    touched = "SELECT DISTINCT account_id, date_trunc('month', date) FROM moved"
    standing = (
        f"SELECT {columns}, 1 AS sign FROM ledger WHERE {CURRENT} "
        f"AND (account_id, date_trunc('month', date)) IN ({touched})"
    )
    query = _month_query(f"SELECT * FROM moved UNION ALL {standing}")
    with tempfile.TemporaryDirectory(prefix="panshi-") as folder:
        target = Path(folder) / "months.csv"
        connection.execute(f"COPY ({query}) TO {quoted(target)} (FORMAT csv, HEADER false)")
        return MonthTotals(target.read_bytes())


def _month_query(rows: str) -> str:
    sums = ", ".join(f"sum(sign * coalesce({name}, 0)) AS {name}" for name in ("quantity", "amount", "cost"))
    return (
        f"SELECT account_id, CAST(date_trunc('month', date) AS DATE) AS month, coalesce(currency, '') AS currency, "
        f"CAST(sum(sign) AS BIGINT) AS lines, {sums} FROM ({rows}) GROUP BY ALL ORDER BY ALL"
    )
