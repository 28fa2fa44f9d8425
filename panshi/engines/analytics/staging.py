"""The import pipeline before the store: look at a file, stage its good lines and rejected rows, name its accounts.

A staged file is a folder; nothing in it is part of the ledger until `resolve` gives the store lines with account ids.
"""

import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb

from panshi.engines.analytics.delta import put_in_place, store_errors
from panshi.engines.analytics.facts import IDENTITY, read_facts
from panshi.engines.analytics.failures import UnreadableTable
from panshi.engines.analytics.headings import Field, guess, locate
from panshi.engines.analytics.rejected import write_rejected_rows
from panshi.engines.analytics.store import LINE
from panshi.engines.analytics.tables import Table, connect, open_table, quoted
from panshi.engines.analytics.values import REJECTED, ColumnMapping, ForeignAccount, Inspection, Staged

SAMPLE_ROWS: Final = 20
LINES: Final = "lines.parquet"
RESOLVED: Final = "resolved"
ACCOUNTS: Final = "accounts.parquet"
TEXTS: Final = (Field.PRODUCT, Field.PRODUCT_LINE, Field.REGION, Field.UNIT)
AMOUNTS: Final = (Field.QUANTITY, Field.COST)


def inspect(path: Path, folder: Path) -> Inspection:
    """Look at a file before anybody says what its columns mean; `folder` is where it will be staged.

    Raises `UnreadableTable`, and `StoreUnavailable` when the folder cannot be written.
    """
    with _connected() as (connection, workdir), store_errors():
        folder.mkdir(parents=True, exist_ok=True)
        table = open_table(connection, path, workdir, keep=folder, limit=SAMPLE_ROWS)
        cells = ", ".join(f"coalesce(CAST(c{at} AS VARCHAR), '')" for at in range(len(table.headings)))
        rows = connection.execute(f"SELECT {cells} FROM source ORDER BY row LIMIT {SAMPLE_ROWS}").fetchall()
        guessed = {field: table.headings[at] for field, at in guess(table.headings).items()}
        return Inspection(table.headings, guessed, tuple(rows))


def stage(path: Path, mapping: ColumnMapping, folder: Path) -> Staged:
    """Read `path` into `folder`: `lines.parquet` with good lines, `rejected.csv` with the rest and why.

    Raises `UnreadableTable` when it is no table or lacks a mapped or needed column, `StoreUnavailable` when the
    folder cannot be written.
    """
    with _connected() as (connection, workdir), store_errors():
        folder.mkdir(parents=True, exist_ok=True)
        for stale in folder.glob(f"{RESOLVED}-*"):
            stale.unlink()
        table = open_table(connection, path, workdir, tuple(mapping.columns.values()), keep=folder)
        columns = _positions(table, mapping)
        read_facts(connection, table, columns, mapping.order)
        _number_lines(connection, columns)
        accounts = _name_accounts(connection, columns)
        connection.execute(f"COPY identities TO {quoted(folder / ACCOUNTS)} (FORMAT parquet)")
        _write_lines(connection, columns, mapping, folder / LINES)
        summary = _summary(connection, accounts)
        if summary.lines_rejected:
            write_rejected_rows(connection, table, folder / REJECTED, "numbered")
        return summary


def staged_accounts(folder: Path) -> tuple[ForeignAccount, ...]:
    """The accounts named by a file that was staged before, in the order of their keys."""
    with _connected() as (connection, _), store_errors():
        return _accounts(connection, f"read_parquet({quoted(folder / ACCOUNTS)})")


def resolve(folder: Path, source: str, matched: Mapping[int, int], unit_id: int | None = None) -> Path:
    """Write the staged lines of matched accounts (key → account id) as the store takes them; others stay out.

    The file bears the name of what went into it and never changes: asked again for the same, it is there already.
    """
    target = _resolved(folder, source, matched, unit_id)
    if target.exists():
        return target
    part = target.with_suffix(".part")
    names = ", ".join(name for name in LINE if name not in ("source", "account_id", "unit_id"))
    with _connected() as (connection, _), store_errors():
        connection.execute(
            "CREATE TEMP TABLE matched AS SELECT unnest($1::BIGINT[]) AS key, unnest($2::BIGINT[]) AS account_id",
            [list(matched.keys()), list(matched.values())],
        )
        connection.execute(
            f"COPY (SELECT $1 AS source, account_id, $2::BIGINT AS unit_id, {names} "
            f"FROM read_parquet({quoted(folder / LINES)}) JOIN matched USING (key)) "
            f"TO {quoted(part)} (FORMAT parquet)",
            [source, unit_id],
        )
        put_in_place(part, target)
    return target


def _resolved(folder: Path, source: str, matched: Mapping[int, int], unit_id: int | None) -> Path:
    with store_errors():
        staged = (folder / LINES).stat()
    ingredients = (staged.st_mtime_ns, staged.st_size, source, unit_id, sorted(matched.items()))
    return folder / f"{RESOLVED}-{hashlib.sha256(repr(ingredients).encode()).hexdigest()[:16]}.parquet"


@contextmanager
def _connected() -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    with tempfile.TemporaryDirectory(prefix="panshi-") as folder:
        connection = connect(Path(folder))
        try:
            yield connection, Path(folder)
        finally:
            connection.close()


def _positions(table: Table, mapping: ColumnMapping) -> dict[Field, int]:
    positions: dict[Field, int] = {}
    for field, heading in mapping.columns.items():
        at = locate(table.headings, heading)
        if at is None:
            raise UnreadableTable("missing_column", heading)
        positions[field] = at
    by_product = {Field.QUANTITY, Field.PRICE} <= positions.keys()
    if missing := [
        *([] if positions.keys() & set(IDENTITY) else [Field.ACCOUNT]),
        *([each for each in (Field.DATE, Field.DOCUMENT) if each not in positions]),
        *([] if by_product or Field.AMOUNT in positions else [Field.AMOUNT]),
    ]:
        raise UnreadableTable("missing_column", ", ".join(missing))
    return positions


def _number_lines(connection: duckdb.DuckDBPyConnection, columns: Mapping[Field, int]) -> None:
    """Create `numbered`: facts with line number, identity, and the reasons that only show between lines.

    Without numbers of their own, lines count within their document over all rows of the file, good or bad, so that
    a row mended later keeps its place. With numbers, an equal line repeated is a duplicate, an unequal one a conflict.
    """
    kinds = [f"'{field.value}:' || {field.value}" for field in IDENTITY if field in columns]
    identity = f"coalesce({', '.join(kinds)}) AS identity"
    undocumented = "CASE WHEN examined AND document IS NULL THEN 'document_missing' END"
    good = f"SELECT * REPLACE (coalesce(reason, {undocumented}) AS reason), {identity} FROM facts"
    if Field.LINE_NO in columns:
        values = ", ".join(field.value for field in columns if field is not Field.LINE_NO)
        same_line = "PARTITION BY document, line_no, reason IS NULL AND examined"
        repeated = (
            f"CASE WHEN min(content) OVER ({same_line}) <> max(content) OVER ({same_line}) THEN 'line_no_conflict' "
            f"WHEN row_number() OVER ({same_line} ORDER BY row) > 1 THEN 'line_no_duplicate' END"
        )
        query = (
            f"SELECT * REPLACE (CAST(line_no AS BIGINT) AS line_no, "
            f"CASE WHEN reason IS NULL AND examined THEN {repeated} ELSE reason END AS reason) "
            f"FROM (SELECT *, hash({values}, amount) AS content FROM ({good}))"
        )
    else:
        query = f"SELECT *, row_number() OVER (PARTITION BY document ORDER BY row) AS line_no FROM ({good})"
    connection.execute(f"CREATE TEMP TABLE numbered AS {query}")


def _name_accounts(
    connection: duckdb.DuckDBPyConnection, columns: Mapping[Field, int]
) -> tuple[ForeignAccount, ...]:
    """Create `identities`; an account is known by its code, else its USCC, else its name, and bears its latest name."""
    latest = [
        (f"coalesce(arg_max({field.value}, row), '')" if field in columns else "''") + f" AS {field.value}"
        for field in IDENTITY
    ]
    connection.execute(
        f"CREATE TEMP TABLE identities AS SELECT row_number() OVER (ORDER BY min(row)) AS key, identity, "
        f"{', '.join(latest)}, count(*) AS lines, sum(amount) AS amount "
        f"FROM numbered WHERE examined AND reason IS NULL GROUP BY identity"
    )
    return _accounts(connection, "identities")


def _accounts(connection: duckdb.DuckDBPyConnection, relation: str) -> tuple[ForeignAccount, ...]:
    rows = connection.execute(f"SELECT * EXCLUDE (identity) FROM {relation} ORDER BY key").fetchall()
    return tuple(ForeignAccount(*row) for row in rows)


def _write_lines(
    connection: duckdb.DuckDBPyConnection, columns: Mapping[Field, int], mapping: ColumnMapping, target: Path
) -> None:
    texts = ", ".join(
        f"{field.value if field in columns else 'NULL::VARCHAR'} AS {field.value}" for field in TEXTS
    )
    amounts = ", ".join(
        f"CAST({field.value if field in columns else 'NULL'} AS DECIMAL(18, 4)) AS {field.value}"
        for field in AMOUNTS
    )
    currency = "coalesce(currency, $1)" if Field.CURRENCY in columns else "$1"
    connection.execute(
        f"COPY (SELECT key, document, line_no, date, {texts}, {amounts}, numbered.amount AS amount, "
        f"{currency} AS currency FROM numbered JOIN identities USING (identity) WHERE examined AND reason IS NULL) "
        f"TO {quoted(target)} (FORMAT parquet)",
        [mapping.currency],
    )


def _summary(connection: duckdb.DuckDBPyConnection, accounts: tuple[ForeignAccount, ...]) -> Staged:
    good = "examined AND reason IS NULL"
    row = connection.execute(
        f"SELECT count(*), count(*) FILTER ({good}), count(*) FILTER (NOT examined), "
        f"count(DISTINCT document) FILTER ({good}), coalesce(sum(amount) FILTER ({good}), 0), "
        f"min(date) FILTER ({good}), max(date) FILTER ({good}) FROM numbered"
    ).fetchall()[0]
    reasons = connection.execute(
        "SELECT reason, count(*) FROM numbered WHERE reason IS NOT NULL GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    read, staged, without_account, documents, amount, first, last = row
    return Staged(read, staged, without_account, dict(reasons), documents, amount, first, last, accounts)
