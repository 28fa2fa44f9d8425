"""The ledger store: batches are atomic, idempotent and reversible, whatever happens in between."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panshi.calc.periods import month_of
from panshi.engines.analytics.failures import StoreUnavailable
from panshi.engines.analytics.store import COLUMNS, LINE, LedgerStore
from panshi.engines.analytics.values import MonthTotal

Key = tuple[str, int]
Line = tuple[int, str, int]  # account, product, amount


def write_lines(path: Path, lines: Mapping[Key, Line], source: str = "erp") -> Path:
    rows = [
        {
            **dict.fromkeys(LINE),
            "source": source,
            "document": document,
            "line_no": line_no,
            "account_id": account,
            "date": f"2026-{account % 12 + 1:02d}-15",
            "product": product,
            "quantity": "1",
            "amount": str(amount),
            "currency": "CNY",
        }
        for (document, line_no), (account, product, amount) in lines.items()
    ]
    columns = ", ".join(f"CAST(row.{name} AS {kind}) AS {name}" for name, kind in LINE.items())
    structure = ", ".join(f"{name} VARCHAR" for name in LINE)
    texts = [{name: None if value is None else str(value) for name, value in row.items()} for row in rows]
    duckdb.connect().execute(
        f"COPY (SELECT {columns} FROM (SELECT unnest($1::STRUCT({structure})[]) AS row)) TO '{path}' (FORMAT parquet)",
        [texts],
    )
    return path


def current(store: LedgerStore, version: int) -> dict[Key, Line]:
    files = [str(file) for file in store.files(version)]
    if not files:
        return {}
    rows = duckdb.execute(
        "SELECT document, line_no, account_id, product, CAST(amount AS BIGINT) FROM read_parquet($1) "
        "WHERE superseded_by IS NULL",
        [files],
    ).fetchall()
    found = {(row[0], row[1]): (row[2], row[3], row[4]) for row in rows}
    assert len(found) == len(rows), "one fact, two current lines"
    return found


def month_totals(lines: Mapping[Key, Line]) -> dict[tuple[int, date], tuple[int, Decimal]]:
    counts: Counter[tuple[int, date]] = Counter()
    sums: Counter[tuple[int, date]] = Counter()
    for account, _, amount in lines.values():
        month = date(2026, account % 12 + 1, 1)
        counts[account, month] += 1
        sums[account, month] += amount
    return {key: (counts[key], Decimal(sums[key])) for key in counts}


def as_totals(months: Sequence[MonthTotal]) -> dict[tuple[int, date], tuple[int, Decimal]]:
    return {(each.account_id, each.month): (each.lines, each.amount) for each in months}


FIRST: dict[Key, Line] = {("D1", 1): (1, "P1", 100), ("D1", 2): (1, "P2", 50), ("D2", 1): (2, "P1", 70)}


@pytest.fixture
def store(tmp_path: Path) -> LedgerStore:
    return LedgerStore(tmp_path / "账本 ledger")


def merge(store: LedgerStore, folder: Path, lines: Mapping[Key, Line], batch: int, version: int) -> int:
    return store.merge(
        write_lines(folder / f"b{batch}.parquet", lines), batch, version, own_numbers=True
    ).version


def test_a_batch_becomes_a_version_that_readers_open_by_number(store: LedgerStore, tmp_path: Path) -> None:
    empty = store.create()
    revision = store.merge(write_lines(tmp_path / "a.parquet", FIRST), 1, empty, own_numbers=True)
    assert (revision.new, revision.corrected, revision.unchanged) == (3, 0, 0)
    assert current(store, revision.version) == FIRST
    assert current(store, empty) == {}
    assert as_totals(revision.months) == month_totals(FIRST)
    assert store.create() == revision.version


def test_the_same_batch_again_changes_nothing(store: LedgerStore, tmp_path: Path) -> None:
    version = merge(store, tmp_path, FIRST, 1, store.create())
    again = store.merge(write_lines(tmp_path / "again.parquet", FIRST), 2, version, own_numbers=True)
    assert (again.version, again.new, again.corrected, again.unchanged, again.months) == (
        version,
        0,
        0,
        3,
        (),
    )


def test_a_corrected_line_replaces_its_predecessor_and_undo_brings_it_back(
    store: LedgerStore, tmp_path: Path
) -> None:
    version = merge(store, tmp_path, FIRST, 1, store.create())
    corrected = {("D1", 2): (3, "P2", 55), ("D3", 1): (2, "P9", 5)}
    revision = store.merge(write_lines(tmp_path / "b.parquet", corrected), 2, version, own_numbers=True)
    assert (revision.new, revision.corrected, revision.unchanged) == (1, 1, 0)
    assert current(store, revision.version) == {**FIRST, **corrected}
    expected = month_totals({**FIRST, **corrected})
    assert as_totals(revision.months) == {
        key: expected[key] for key in [(1, date(2026, 2, 1)), (3, date(2026, 4, 1)), (2, date(2026, 3, 1))]
    }
    undone = store.undo(2, revision.version)
    assert (undone.new, undone.corrected) == (2, 1)
    assert current(store, undone.version) == FIRST
    gone = [each for each in undone.months if each.account_id == 3]
    assert [(each.lines, each.amount) for each in gone] == [(0, Decimal(0))]
    assert current(store, revision.version) == {**FIRST, **corrected}, "a reader keeps the version it opened"


def test_undoing_an_earlier_batch_keeps_later_corrections(store: LedgerStore, tmp_path: Path) -> None:
    version = merge(store, tmp_path, {("D", 1): (1, "P", 1)}, 1, store.create())
    version = merge(store, tmp_path, {("D", 1): (1, "P", 2)}, 2, version)
    version = merge(store, tmp_path, {("D", 1): (1, "P", 3)}, 3, version)
    version = store.undo(2, version).version
    assert current(store, version) == {("D", 1): (1, "P", 3)}
    version = store.undo(3, version).version
    assert current(store, version) == {("D", 1): (1, "P", 1)}
    assert store.undo(3, version).version == version


keys = st.tuples(st.sampled_from(["D1", "D2"]), st.integers(1, 2))
batches = st.dictionaries(
    keys, st.tuples(st.integers(1, 2), st.just("P"), st.integers(-3, 3)), min_size=1, max_size=4
)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.one_of(batches, st.integers(1, 4)), min_size=2, max_size=5))
def test_any_history_of_batches_and_undos_is_as_if_undone_batches_never_were(
    tmp_path_factory: pytest.TempPathFactory, history: list[dict[Key, Line] | int]
) -> None:
    folder = tmp_path_factory.mktemp("history")
    store = LedgerStore(folder / "store")
    version = store.create()
    kept: dict[int, dict[Key, Line]] = {}
    totals: dict[tuple[int, date], tuple[int, Decimal]] = {}
    for number, step in enumerate(history, start=1):
        if isinstance(step, int):
            kept.pop(step, None)
            revision = store.undo(step, version)
        else:
            state: dict[Key, Line] = {}
            for batch in kept.values():
                state |= batch
            # An equal line is no correction: it leaves the earlier batch responsible for it.
            kept[number] = {key: line for key, line in step.items() if state.get(key) != line}
            revision = store.merge(
                write_lines(folder / f"{number}.parquet", step), number, version, own_numbers=True
            )
        version = revision.version
        expected: dict[Key, Line] = {}
        for batch in kept.values():
            expected |= batch
        assert current(store, version) == expected
        totals |= as_totals(revision.months)
        assert {key: total for key, total in totals.items() if total[0]} == month_totals(expected)
    assert as_totals(list(store.months(version))) == month_totals(expected)


def test_lines_without_numbers_report_a_split_document_instead_of_merging_it(
    store: LedgerStore, tmp_path: Path
) -> None:
    version = merge(store, tmp_path, FIRST, 1, store.create())
    other_half = write_lines(tmp_path / "half.parquet", {("D1", 1): (1, "P7", 8), ("D3", 1): (1, "P1", 9)})
    compared = store.compare(other_half, version, own_numbers=False)
    assert (compared.split_documents, compared.split_lines, compared.new) == (("D1",), 1, 1)
    revision = store.merge(other_half, 2, version, own_numbers=False)
    assert (revision.new, revision.corrected) == (1, 0)
    assert current(store, revision.version) == {**FIRST, ("D3", 1): (1, "P1", 9)}


def test_a_new_edition_of_a_document_may_correct_and_append_lines(store: LedgerStore, tmp_path: Path) -> None:
    version = merge(store, tmp_path, FIRST, 1, store.create())
    edition = {("D1", 1): (1, "P1", 110), ("D1", 2): (1, "P2", 50), ("D1", 3): (1, "P5", 1)}
    revision = store.merge(write_lines(tmp_path / "e.parquet", edition), 2, version, own_numbers=False)
    assert (revision.new, revision.corrected, revision.unchanged) == (1, 1, 1)
    assert current(store, revision.version) == {**FIRST, **edition}


def test_the_same_document_number_in_two_sources_is_two_documents(store: LedgerStore, tmp_path: Path) -> None:
    version = merge(store, tmp_path, FIRST, 1, store.create())
    other = write_lines(tmp_path / "o.parquet", {("D1", 1): (1, "P1", 100)}, source="shop")
    assert store.merge(other, 2, version, own_numbers=True).new == 1


def test_what_was_written_but_never_recorded_is_dropped(store: LedgerStore, tmp_path: Path) -> None:
    recorded = merge(store, tmp_path, FIRST, 1, store.create())
    merge(store, tmp_path, {("D9", 1): (9, "P", 9)}, 2, recorded)
    version = merge(store, tmp_path, {("D4", 1): (4, "P", 4)}, 3, recorded)
    assert current(store, version) == {**FIRST, ("D4", 1): (4, "P", 4)}


def test_tidying_keeps_what_the_recorded_version_needs(store: LedgerStore, tmp_path: Path) -> None:
    version = merge(store, tmp_path, FIRST, 1, store.create())
    version = merge(store, tmp_path, {("D1", 1): (1, "P1", 1)}, 2, version)
    orphan = tmp_path / "账本 ledger" / "part-dead" / "x.parquet"
    orphan.parent.mkdir()
    orphan.write_bytes(b"half written")
    assert store.tidy(version, hours=0) >= 1
    assert not orphan.exists()
    assert current(store, store.restore(version)) == {**FIRST, ("D1", 1): (1, "P1", 1)}


MERGE = """
import sys
from pathlib import Path
from panshi.engines.analytics.store import LedgerStore
print("started", flush=True)
LedgerStore(Path(sys.argv[1])).merge(Path(sys.argv[2]), 2, int(sys.argv[3]), own_numbers=True)
print("done", flush=True)
"""


def test_a_merge_killed_at_any_moment_leaves_the_old_state_and_can_be_repeated(
    store: LedgerStore, tmp_path: Path
) -> None:
    many = {(f"D{number // 5}", number % 5): (number % 50, "P", number) for number in range(20_000)}
    version = merge(store, tmp_path, many, 1, store.create())
    corrected = {key: (account, product, amount + 1) for key, (account, product, amount) in many.items()}
    lines = write_lines(tmp_path / "corrected.parquet", corrected)
    chance = random.Random(7)
    for _ in range(6):
        child = subprocess.Popen(
            [sys.executable, "-c", MERGE, str(tmp_path / "账本 ledger"), str(lines), str(version)],
            stdout=subprocess.PIPE,
        )
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(chance.uniform(0, 0.5))
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        assert current(store, version) == many
    revision = store.merge(lines, 2, version, own_numbers=True)
    assert (revision.new, revision.corrected) == (0, 20_000)
    assert current(store, revision.version) == corrected


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from panshi.engines.analytics.failures import StoreUnavailable
from panshi.engines.analytics.store import LedgerStore
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
try:
    LedgerStore(Path(sys.argv[1])).merge(Path(sys.argv[2]), 2, int(sys.argv[3]), own_numbers=True)
except StoreUnavailable as error:
    print(error)
    sys.exit(7)
"""


def test_a_disk_that_takes_no_more_is_reported_and_nothing_is_lost(
    store: LedgerStore, tmp_path: Path
) -> None:
    version = merge(store, tmp_path, FIRST, 1, store.create())
    lines = write_lines(
        tmp_path / "more.parquet", {(f"E{number}", 1): (1, f"P{number}", number) for number in range(5000)}
    )
    ran = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path / "账本 ledger"), str(lines), str(version)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 7, ran.stderr
    assert current(store, version) == FIRST
    assert store.restore(version) == version
    assert len(list((tmp_path / "账本 ledger").glob("part-*/*.parquet"))) == 1


def test_a_damaged_store_is_reported(store: LedgerStore, tmp_path: Path) -> None:
    version = merge(store, tmp_path, FIRST, 1, store.create())
    for file in store.files(version):
        file.write_bytes(b"nonsense")
    with pytest.raises(StoreUnavailable):
        merge(store, tmp_path, {("D1", 1): (1, "P", 2)}, 2, version)


def test_the_columns_are_those_of_the_design() -> None:
    assert list(COLUMNS)[:4] == ["source", "document", "line_no", "account_id"]
    assert COLUMNS["amount"] == COLUMNS["quantity"] == "DECIMAL(18, 4)"
    assert month_of(date(2026, 2, 28)) == date(2026, 2, 1)


def test_what_a_comparison_met_counts_only_for_the_files_it_looked_at(
    store: LedgerStore, tmp_path: Path
) -> None:
    version = merge(store, tmp_path, FIRST, 1, store.create())
    lines = write_lines(tmp_path / "lines.parquet", {("D1", 1): (1, "P1", 111), ("D9", 1): (2, "P9", 9)})
    compared = store.compare(lines, version, own_numbers=True)
    assert (compared.new, compared.corrected) == (1, 1)
    kept = set(tmp_path.glob("lines-met-*"))
    assert len(kept) == 1
    moved = merge(store, tmp_path, {("D9", 1): (2, "P9", 8)}, 2, version)
    revision = store.merge(lines, 3, moved, own_numbers=True)
    assert (revision.new, revision.corrected) == (0, 2)
    again = store.compare(lines, version, own_numbers=True)
    assert (again.new, again.corrected) == (1, 1)
    assert set(tmp_path.glob("lines-met-*")) == kept
