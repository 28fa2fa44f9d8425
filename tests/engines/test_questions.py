"""Questions to the ledger: exact sums by scope, merged accounts, and an order that never depends on chance."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from panshi.calc.periods import Period
from panshi.engines.analytics.questions import opened
from panshi.engines.analytics.store import COLUMNS, LedgerStore
from panshi.engines.analytics.values import AccountSales, AccountTotal, Measure, Scope

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
ROWS = """
    (1, DATE '2026-01-05', '泵', '华东', 10.0, 100.10, 60.00, 'CNY'),
    (1, DATE '2026-02-05', '泵', '华北', 1.0, 0.20, NULL, 'CNY'),
    (2, DATE '2026-02-28', '阀', '华东', 2.0, 50.00, 70.00, 'CNY'),
    (3, DATE '2026-03-01', '阀', '华北', 3.0, -50.00, -20.00, 'CNY'),
    (3, DATE '2025-12-31', '阀', '华北', 3.0, 8.00, 4.00, 'CNY'),
    (4, DATE '2026-03-01', '阀', NULL, 1.0, 9.00, 1.00, 'USD')
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    folder = tmp_path_factory.mktemp("questions")
    lines = folder / "lines.parquet"
    duckdb.execute(
        f"COPY (SELECT 'erp' AS source, 'D' || row_number() OVER () AS document, 1 AS line_no, account_id, date, "
        f"'P' AS product, product_line, region, NULL AS unit_id, quantity, '台' AS unit, amount, cost, currency "
        f"FROM (VALUES {ROWS}) AS t(account_id, date, product_line, region, quantity, amount, cost, currency)) "
        f"TO '{lines}' (FORMAT parquet)"
    )
    store = LedgerStore(folder / "store")
    version = store.merge(lines, 1, store.create(), own_numbers=True).version
    return store.files(version)


def totals(
    files: tuple[Path, ...], scope: Scope, measure: Measure = Measure.REVENUE, **merged: int
) -> dict[int, str]:
    with opened(files, {int(old[1:]): new for old, new in merged.items()}) as questions:
        return {each.account_id: f"{each.total:f}" for each in questions.totals(scope, measure)}


def test_measures_are_exact_sums_by_account(files: tuple[Path, ...]) -> None:
    scope = Scope(YEAR, "CNY")
    assert totals(files, scope) == {1: "100.3000", 2: "50.0000", 3: "-50.0000"}
    assert totals(files, scope, Measure.MARGIN) == {1: "40.1000", 2: "-20.0000", 3: "-30.0000"}
    assert totals(files, scope, Measure.QUANTITY) == {1: "11.0000", 2: "2.0000", 3: "3.0000"}


def test_scopes_narrow_the_lines(files: tuple[Path, ...]) -> None:
    assert totals(files, Scope(YEAR, regions=["华北"])) == {1: "0.2000", 3: "-50.0000"}
    assert totals(files, Scope(YEAR, product_lines=["阀"], accounts=[2, 4])) == {2: "50.0000", 4: "9.0000"}
    assert totals(files, Scope(YEAR, accounts=[])) == {}
    assert totals(files, Scope(Period(date(2026, 2, 28), date(2026, 3, 1)), "CNY")) == {
        2: "50.0000",
        3: "-50.0000",
    }


def test_lines_of_a_merged_account_count_for_the_one_that_took_it_over(files: tuple[Path, ...]) -> None:
    assert totals(files, Scope(YEAR, "CNY"), a3=2) == {1: "100.3000", 2: "0.0000"}
    assert totals(files, Scope(YEAR, "CNY", accounts=[2]), a3=2) == {2: "0.0000"}
    with opened(files, {3: 2}) as questions:
        assert questions.totals(Scope(YEAR, "CNY", accounts=[2])) == (AccountTotal(2, Decimal(0), 2),)


def test_sales_of_two_years_and_the_last_trade(files: tuple[Path, ...]) -> None:
    with opened(files) as questions:
        found = {each.account_id: each for each in questions.sales(date(2026, 12, 31), "CNY")}
    assert found[3] == AccountSales(3, Decimal(-50), Decimal(8), date(2026, 3, 1))
    with opened(files) as questions:
        earlier = {each.account_id: each for each in questions.sales(date(2026, 2, 5))}
    assert earlier[1].last_12_months == Decimal("100.3")
    assert 2 not in earlier


def test_the_lines_behind_a_number_come_newest_first_and_in_pages(files: tuple[Path, ...]) -> None:
    with opened(files) as questions:
        lines = questions.lines(Scope(YEAR), limit=10)
        assert [(line["date"], line["document"]) for line in lines[:2]] == [
            (date(2026, 3, 1), "D4"), (date(2026, 3, 1), "D6"),
        ]  # fmt: skip
        assert questions.lines(Scope(YEAR), limit=2, offset=2) == lines[2:4]


def test_dimensions_and_an_empty_ledger(files: tuple[Path, ...]) -> None:
    with opened(files) as questions:
        found = questions.dimensions()
        assert (found.regions, found.product_lines) == (("华东", "华北"), ("泵", "阀"))
        assert (found.currencies, found.lines, found.first) == (("CNY", "USD"), 6, date(2025, 12, 31))
    with opened(()) as questions:
        assert not questions.totals(Scope(YEAR))
        assert not questions.lines(Scope(YEAR), 5)
        assert not questions.sales(date(2026, 1, 1))
        assert questions.dimensions().lines == 0


def test_files_have_the_types_the_table_declares(files: tuple[Path, ...]) -> None:
    rows = duckdb.execute("DESCRIBE SELECT * FROM read_parquet($1)", [str(files[0])]).fetchall()
    assert {row[0]: row[1].replace(",", ", ") for row in rows} == dict(COLUMNS)


def test_product_lines_of_each_account(files: tuple[Path, ...]) -> None:
    with opened(files, {3: 2}) as questions:
        found = questions.by_product_line(Scope(YEAR, "CNY"))
    assert found == {1: {"泵": Decimal("100.30")}, 2: {"阀": Decimal(0)}}
    with opened(()) as questions:
        assert questions.by_product_line(Scope(YEAR)) == {}
