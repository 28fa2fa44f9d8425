"""Staging an import: what of a file becomes lines, what is rejected and why, and which accounts it names."""

import csv
import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import duckdb
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.calc.money import PRICE_PLACES, round_amount
from panshi.engines.analytics.failures import UnreadableTable
from panshi.engines.analytics.headings import Field, guess, normalise
from panshi.engines.analytics.rejected import neutral
from panshi.engines.analytics.staging import inspect, resolve, stage, staged_accounts
from panshi.engines.analytics.store import LINE, LedgerStore
from panshi.engines.analytics.values import ColumnMapping, ForeignAccount

LEDGER = Path(__file__).parents[1] / "data" / "ledger" / "online_retail_ii_2009_2010.parquet"
HEADINGS = ("客户编码", "客户名称", "单据号", "日期", "产品", "数量", "金额", "币种")


def write(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path


def mapping_of(path: Path, folder: Path, **named: str) -> ColumnMapping:
    return ColumnMapping(
        {**inspect(path, folder).guessed, **{Field(field): name for field, name in named.items()}}
    )


def lines_of(path: Path, columns: str) -> list[tuple[object, ...]]:
    return duckdb.execute(f"SELECT {columns} FROM read_parquet($1) ORDER BY ALL", [str(path)]).fetchall()


def test_the_real_ledger_goes_in_whole_and_only_once(tmp_path: Path) -> None:
    mapping = mapping_of(LEDGER, tmp_path)
    staged = stage(LEDGER, mapping, tmp_path / "staged")
    assert (staged.lines_read, staged.lines_staged, staged.lines_rejected) == (525_461, 417_534, 0)
    assert (staged.lines_without_account, len(staged.accounts)) == (107_927, 4_383)
    assert staged.amount == Decimal("8348208.574")
    lines = resolve(tmp_path / "staged", "retail", {each.key: each.key for each in staged.accounts})
    store = LedgerStore(tmp_path / "store")
    revision = store.merge(lines, 1, store.create(), own_numbers=mapping.own_numbers)
    assert revision.new == 417_534, "exact duplicates are separate facts"
    assert sum(each.amount for each in revision.months) == Decimal("8348208.574")
    again = store.merge(lines, 2, revision.version, own_numbers=mapping.own_numbers)
    assert (again.version, again.unchanged) == (revision.version, 417_534)


def test_good_lines_are_staged_and_bad_ones_come_back_with_their_reason(tmp_path: Path) -> None:
    source = write(
        tmp_path / "a.csv",
        [
            HEADINGS,
            ("K1", "甲公司", "D1", "2026-01-05", "泵", 2, "1,000.00元", ""),
            ("K1", "甲公司", "D1", "2026/2/30", "阀", 1, 5, ""),
            ("K1", "甲公司（新）", "D1", "2026-01-05", "阀", "", 5, "USD"),
            ("", "乙公司", "D2", "20260106", "泵", 1, "-3.5", ""),
            ("K3", "", "", "2026-01-07", "泵", 1, 1, ""),
            ("", "", "D3", "坏", "泵", "坏", "坏", ""),
            ("K1", "甲公司", "D4", "2026-01-07", "=泵", 1, "坏", ""),
        ],
    )
    staged = stage(source, mapping_of(source, tmp_path), tmp_path / "staged")
    assert (staged.lines_read, staged.lines_staged, staged.lines_without_account) == (7, 3, 1)
    assert staged.reasons == {"amount_unreadable": 1, "date_impossible": 1, "document_missing": 1}
    assert staged.accounts == (
        ForeignAccount(1, "K1", "", "甲公司（新）", 2, Decimal(1005)),
        ForeignAccount(2, "", "", "乙公司", 1, Decimal("-3.5")),
    )
    assert staged_accounts(tmp_path / "staged") == staged.accounts
    assert lines_of(tmp_path / "staged" / "lines.parquet", "key, document, line_no, product, currency") == [
        (1, "D1", 1, "泵", "CNY"),
        (1, "D1", 3, "阀", "USD"),
        (2, "D2", 1, "泵", "CNY"),
    ]
    with (tmp_path / "staged" / "rejected.csv").open(encoding="utf-8-sig", newline="") as stream:
        rejected = list(csv.reader(stream))
    assert rejected[0] == ["row", "reason", *HEADINGS]
    assert [row[:2] for row in rejected[1:]] == [
        ["3", "date_impossible"], ["6", "document_missing"], ["8", "amount_unreadable"],
    ]  # fmt: skip
    assert rejected[3][6] == "'=泵"


def test_left_out_accounts_leave_their_lines_out(tmp_path: Path) -> None:
    rows = [
        HEADINGS,
        ("K1", "", "D1", "2026-01-05", "泵", 1, 1, ""),
        ("K2", "", "D1", "2026-01-05", "阀", 1, 2, ""),
    ]
    source = write(tmp_path / "a.csv", rows)
    stage(source, mapping_of(source, tmp_path), tmp_path / "staged")
    lines = resolve(tmp_path / "staged", "erp", {2: 77}, unit_id=5)
    assert lines_of(lines, "source, document, line_no, account_id, unit_id, amount") == [
        ("erp", "D1", 2, 77, 5, 2)
    ]
    described = duckdb.execute("DESCRIBE SELECT * FROM read_parquet($1)", [str(lines)]).fetchall()
    assert {row[0]: row[1].replace(",", ", ") for row in described} == {
        name: kind.replace(", ", ", ") for name, kind in LINE.items()
    }


def test_numbers_of_their_own_make_repeated_lines_visible(tmp_path: Path) -> None:
    rows = [
        ("客户编码", "单据号", "行号", "日期", "金额"),
        ("K1", "D1", "10", "2026-01-05", 1),
        ("K1", "D1", "10", "2026-01-05", 1),
        ("K1", "D1", "20", "2026-01-05", 2),
        ("K1", "D1", "20", "2026-01-05", 3),
        ("K1", "D1", "x", "2026-01-05", 3),
        ("K1", "D2", "10", "2026-01-05", 1),
    ]
    source = write(tmp_path / "a.csv", rows)
    mapping = mapping_of(source, tmp_path)
    assert mapping.own_numbers
    staged = stage(source, mapping, tmp_path / "staged")
    assert staged.reasons == {"line_no_conflict": 2, "line_no_duplicate": 1, "line_no_unreadable": 1}
    assert lines_of(tmp_path / "staged" / "lines.parquet", "document, line_no, amount") == [
        ("D1", 10, 1),
        ("D2", 10, 1),
    ]


def test_a_mapping_that_lacks_a_needed_column_is_refused(tmp_path: Path) -> None:
    source = write(tmp_path / "a.csv", [("客户编码", "日期", "金额"), ("K1", "2026-01-05", 1)])
    with pytest.raises(UnreadableTable, match="document") as refused:
        stage(source, mapping_of(source, tmp_path), tmp_path / "staged")
    assert refused.value.code == "missing_column"
    with pytest.raises(UnreadableTable, match="单号"):
        stage(source, mapping_of(source, tmp_path, document="单号"), tmp_path / "staged")


def test_a_first_look_shows_headings_guesses_and_rows(tmp_path: Path) -> None:
    source = write(
        tmp_path / "a.csv", [("某某公司台账",), HEADINGS, ("K1", "", "D1", "46027", "泵", 1, 1, "")]
    )
    seen = inspect(source, tmp_path)
    assert seen.headings == HEADINGS
    assert seen.guessed[Field.DATE] == "日期"
    assert seen.sample == (("K1", "", "D1", "46027", "泵", "1", "1", ""),)


def test_a_workbook_is_unpacked_once_for_looking_and_staging(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (HEADINGS, ("K1", "", "D1", dt.date(2026, 1, 5), "泵", 1, 0.1 + 0.2, "")):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    mapping = mapping_of(tmp_path / "a.xlsx", tmp_path / "staged")
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04 replaced")
    staged = stage(tmp_path / "a.xlsx", mapping, tmp_path / "staged")
    assert (staged.lines_staged, staged.amount, staged.first) == (1, Decimal("0.3"), dt.date(2026, 1, 5))


def test_headings_are_known_in_both_languages_and_never_used_twice() -> None:
    chinese = (
        "单据编号",
        "客户名称",
        "客户编码",
        "销售日期",
        "产品编码",
        "销售数量",
        "含税单价",
        "价税合计（元）",
    )
    assert {field.value: at for field, at in guess(chinese).items()} == {
        "document": 0, "account_name": 1, "account": 2, "date": 3, "product": 4, "quantity": 5, "price": 6, "amount": 7,
    }  # fmt: skip
    english = ("Customer ID", "InvoiceDate", "Qty", "Unit Price", "invoice_no", "Country")
    assert set(guess(english)) == {
        Field.ACCOUNT, Field.DATE, Field.QUANTITY, Field.PRICE, Field.DOCUMENT, Field.REGION,
    }  # fmt: skip
    assert normalise("金额（元）") == normalise(" 金 额 ") == "金额"


@pytest.mark.parametrize("cell", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\tx", "\r="])
def test_formulas_are_neutralised(cell: str) -> None:
    assert neutral(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-1,234.50", "+7", "甲=乙", ""])
def test_what_is_no_formula_stays(cell: str) -> None:
    assert neutral(cell) == cell


@given(st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False, places=12))
def test_sql_and_python_round_alike(amount: Decimal) -> None:
    row = duckdb.execute(
        "SELECT CAST($1 AS DECIMAL(18, 4)), CAST($1 AS DECIMAL(18, 8)), "
        "CAST(CAST($1 AS DECIMAL(38, 12)) AS DECIMAL(18, 4))",
        [str(amount)],
    ).fetchall()[0]
    assert row == (round_amount(amount), round_amount(amount, PRICE_PLACES), round_amount(amount))


def test_resolved_lines_are_written_once_for_the_same_matches(tmp_path: Path) -> None:
    path, folder = tmp_path / "a.csv", tmp_path / "staged"
    path.write_text("客户编码,日期,单据编号,金额\nA,2026-01-01,D1,5\nB,2026-01-02,D2,7\n", encoding="utf-8")
    mapping = ColumnMapping(inspect(path, folder).guessed)
    stage(path, mapping, folder)
    one = resolve(folder, "erp", {1: 11})
    written = one.stat().st_mtime_ns
    assert resolve(folder, "erp", {1: 11}) == one
    assert one.stat().st_mtime_ns == written
    others = {
        resolve(folder, "erp", {1: 12}),
        resolve(folder, "crm", {1: 11}),
        resolve(folder, "erp", {1: 11}, 5),
    }
    assert len(others | {one}) == 4
    stage(path, mapping, folder)
    assert not one.exists(), "lines staged anew are resolved anew"
