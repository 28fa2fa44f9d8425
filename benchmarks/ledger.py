"""Measures the ledger: a million CSV lines into an empty ledger and into ten million, 200 000 XLSX lines, undo, ABC.

`python -m benchmarks.ledger DIR [--lines 1000000] [--held 10000000]` wants DATABASE_URL naming an empty database; DIR
receives files and store. Every figure stands beside a floor taken in the same run: DuckDB reading the same CSV and
writing it as Parquet without looking at anything.
"""

import argparse
import datetime as dt
import json
import os
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "panshi.config.settings")
django.setup()

import duckdb  # noqa: E402
import xlsxwriter  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.files import File  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from panshi.calc.periods import Period  # noqa: E402
from panshi.calc.value.abc import classify  # noqa: E402
from panshi.domains.accounts.models import Account  # noqa: E402
from panshi.domains.accounts.models.cleaning import derive  # noqa: E402
from panshi.domains.accounts.services.opening import open_accounts  # noqa: E402
from panshi.domains.ledger import services  # noqa: E402
from panshi.domains.ledger.models import AccountMonth, Batch, BatchState  # noqa: E402
from panshi.domains.ledger.reports import batch_folder, head_version, ledger_folder  # noqa: E402
from panshi.domains.ledger.services.committing import Prepared  # noqa: E402
from panshi.engines.analytics import ledger  # noqa: E402
from panshi.engines.analytics.values import EMPTY, Scope  # noqa: E402
from panshi.ground.base.viewer import Viewer  # noqa: E402

SYSTEM = Viewer.system()
AT = dt.datetime(2026, 6, 1, 1, 0, tzinfo=dt.UTC)
ACCOUNTS = 20_000
LINES_A_DOCUMENT = 4
XLSX_LINES = 200_000
HEADINGS = ("单据编号", "客户编码", "日期", "产品编码", "产品线", "区域", "数量", "计量单位", "金额", "成本")
YEARS = Period(dt.date(2023, 1, 1), dt.date(2025, 12, 31))


def lines(first: int, count: int, change: str = "0", *, numbered: bool = False) -> str:
    """SQL for deterministic lines; the same number is always the same line, `change` is added to its amount."""
    document = f"(i // {LINES_A_DOCUMENT})"
    return f"""
        SELECT 'D' || {document} AS 单据编号,
            'B' || lpad((hash({document}) % {ACCOUNTS})::VARCHAR, 6, '0') AS 客户编码,
            DATE '2023-01-01' + CAST(hash({document} + 7) % 1096 AS INTEGER) AS 日期,
            'P' || (hash(i) % 500) AS 产品编码,
            'L' || (hash(i) % 7) AS 产品线,
            'R' || (hash({document}) % 8) AS 区域,
            hash(i) % 100 AS 数量,
            '台' AS 计量单位,
            CAST((hash(i) % 1000000) / 100 + {change} AS DECIMAL(18, 2)) AS 金额,
            CAST((hash(i) % 800000) / 100 AS DECIMAL(18, 2)) AS 成本{", i" if numbered else ""}
        FROM range({first}, {first + count}) AS t(i)"""


def timed(what: str, work: Callable[[], Any], floor: float | None = None) -> tuple[Any, float]:
    """Run, and print seconds, processor seconds, ratio to the floor, and the peak of memory so far."""
    start, busy = time.perf_counter(), time.process_time()
    result = work()
    took, busy = time.perf_counter() - start, time.process_time() - busy
    ratio = f" = {took / floor:.1f} × floor" if floor else ""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{what:<58}{took:8.2f} s{busy:8.2f} s cpu{ratio:<16} peak {peak} MB", flush=True)
    return result, took


def make_accounts() -> dict[str, int]:
    """The accounts the files name, by code."""
    accounts = []
    for number in range(ACCOUNTS):
        account = Account(
            code=f"B{number:06d}",
            name=f"基准{number}号设备有限公司",
            lifecycle_since_on=AT.date(),
            created_at=AT,
            updated_at=AT,
        )
        derive(account)
        accounts.append(account)
    with transaction.atomic():
        open_accounts(accounts, reason="基准", by=SYSTEM, at=AT)
    return dict(Account.objects.values_list("code", "pk"))


def import_file(path: Path, source: str = "ERP") -> Batch:
    """Everything from the uploaded file to the recorded batch: inspect, validate, match, compare, commit."""
    with path.open("rb") as stream:
        batch = services.open_batch(source_name=source, file=File(stream, name=path.name), by=SYSTEM, at=AT)
    services.keep_inspection(
        batch_id=batch.pk, inspection=services.prepare_inspection(batch), by=SYSTEM, at=AT
    )
    batch.refresh_from_db()
    batch = services.map_columns(batch=batch, columns=batch.mapping, by=SYSTEM, at=AT)
    services.keep_staged(batch_id=batch.pk, found=services.prepare_staging(batch), by=SYSTEM, at=AT)
    batch = services.request_commit(batch=batch, by=SYSTEM, at=AT)
    prepared = services.prepare_commit(batch)
    return services.finish_commit(batch_id=batch.pk, prepared=prepared, by=SYSTEM, at=AT)


def revert(batch: Batch) -> None:
    """Take a batch out again."""
    batch.refresh_from_db()
    services.request_revert(batch=batch, by=SYSTEM, at=AT)
    services.finish_revert(batch_id=batch.pk, prepared=services.prepare_revert(batch), by=SYSTEM, at=AT)


def fill(folder: Path, first: int, count: int, codes: dict[str, int]) -> None:
    """Put lines straight into the store and record them: what an earlier life of the ledger left behind."""
    batch = Batch.objects.create(
        source_id=1, by_id=None, at=AT, file_name="held", folder=f"held{first}", state=BatchState.COMMITTING,
        mapping={"account": "客户编码"},
    )  # fmt: skip
    target = folder / "held.parquet"
    database = duckdb.connect()
    database.execute(
        "CREATE TABLE codes AS SELECT unnest($1) AS code, unnest($2) AS id",
        [list(codes), list(codes.values())],
    )
    database.execute(
        f"""COPY (
            SELECT '1' AS source, 单据编号 AS document, 1 + i % {LINES_A_DOCUMENT} AS line_no,
                id AS account_id, 日期 AS date, 产品编码 AS product, 产品线 AS product_line, 区域 AS region,
                NULL::BIGINT AS unit_id, 数量 AS quantity, 计量单位 AS unit, 金额 AS amount, 成本 AS cost,
                'CNY' AS currency
            FROM ({lines(first, count, numbered=True)}) JOIN codes ON code = 客户编码
        ) TO '{target}' (FORMAT parquet)"""
    )
    database.close()
    base = head_version()
    store = ledger.store(ledger_folder())
    store.create()
    revision = store.merge(target, batch.pk, base or EMPTY, own_numbers=True)
    services.finish_commit(batch_id=batch.pk, prepared=Prepared(base, revision), by=SYSTEM, at=AT)
    target.unlink()


def write_xlsx(path: Path, count: int) -> None:
    """The same lines as a workbook."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        rows = duckdb.connect().execute(lines(0, count)).fetchall()
        for number, row in enumerate([HEADINGS, *rows]):
            for column, cell in enumerate(row):
                if isinstance(cell, dt.date):
                    sheet.write_datetime(number, column, cell, day)
                elif isinstance(cell, str):
                    sheet.write_string(number, column, cell)
                else:
                    sheet.write_number(number, column, cell)


def ask(question: Callable[[Any], Any]) -> Any:
    """Put one question to the ledger as it stands."""
    files = ledger.store(ledger_folder()).files(head_version() or 0)
    with ledger.questions(files) as questions:
        return question(questions)


def measure_questions(held: int) -> None:
    """ABC over everything held, with a kept connection, and the largest account's newest lines."""
    files = ledger.store(ledger_folder()).files(head_version() or 0)
    with ledger.questions(files) as questions:
        timed(f"ABC over {held:,} lines, first question", lambda: questions.totals(Scope(YEARS)))
        totals, _ = timed(f"ABC over {held:,} lines, ledger", lambda: questions.totals(Scope(YEARS)))
        pairs = [(each.account_id, each.total) for each in totals]
        timed(f"  … and classes of {len(pairs):,} accounts", lambda: classify(pairs))
        timed("  … of one year and one region", lambda: questions.totals(
            Scope(Period(dt.date(2024, 1, 1), dt.date(2024, 12, 31)), regions=["R1"])))  # fmt: skip
        timed(
            "  … 50 newest lines of one account",
            lambda: questions.lines(Scope(YEARS, accounts=[pairs[0][0]]), 50),
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--held", type=int, default=10_000_000)
    arguments = parser.parse_args()
    folder, count, held = arguments.folder, arguments.lines, arguments.held
    folder.mkdir(parents=True, exist_ok=True)
    settings.DATA = folder
    call_command("migrate", verbosity=0)
    print(f"{connection.vendor}, {os.cpu_count()} cores, {ACCOUNTS:,} accounts")
    codes, _ = timed("accounts", make_accounts)

    source = folder / "lines.csv"
    duckdb.connect().execute(f"COPY ({lines(0, count)}) TO '{source}' (HEADER)")
    floor_query = f"COPY (FROM read_csv('{source}', all_varchar = true)) TO '{folder / 'floor.parquet'}'"
    _, floor = timed(
        f"floor: {count:,} CSV lines to Parquet unread", lambda: duckdb.connect().execute(floor_query)
    )
    batch, _ = timed(f"import {count:,} CSV lines into an empty ledger", lambda: import_file(source), floor)
    print(json.dumps({"new": batch.lines_new, "months": AccountMonth.objects.count()}))
    again, _ = timed("  … the same file again", lambda: import_file(source), floor)
    print(json.dumps({"unchanged": again.lines_unchanged}))

    book = folder / "lines.xlsx"
    write_xlsx(book, XLSX_LINES)
    batch, _ = timed(f"import {XLSX_LINES:,} XLSX lines", lambda: import_file(book, "XLSX"))
    print(json.dumps({"new": batch.lines_new, "bytes": book.stat().st_size}))

    step = 2_000_000
    for first in range(count, held, step):
        fill(folder, first, min(step, held - first), codes)
    corrected = count // 10
    database = duckdb.connect()
    fresh = lines(held, count - corrected)
    old = lines(0, held, "1")
    chosen = f"SELECT * FROM ({old}) WHERE hash(单据编号) % {held // corrected} = 0"
    database.execute(f"COPY (SELECT * FROM ({fresh}) UNION ALL ({chosen})) TO '{source}' (HEADER)")
    _, floor = timed("floor: the file with corrections", lambda: duckdb.connect().execute(floor_query))
    batch, _ = timed(
        f"import {count:,} lines, 10 % corrections, into {held:,}", lambda: import_file(source), floor
    )
    print(
        json.dumps(
            {
                "new": batch.lines_new,
                "corrected": batch.lines_corrected,
                "months": AccountMonth.objects.count(),
            }
        )
    )
    measure_questions(held)
    timed("undo that batch", lambda: revert(batch), floor)
    print(json.dumps({"staged_bytes": sum(each.stat().st_size for each in batch_folder(batch).glob("*"))}))


if __name__ == "__main__":
    main()
