"""Questions to the ledger at one version: totals for ABC, months, sales figures, the lines behind a number.

Written as Ibis expressions so that the same questions can be put to a distributed engine; ties are always broken
explicitly. Ibis takes a second to import: only the work process loads this module.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import ibis

from panshi.calc.periods import Period, add_months
from panshi.engines.analytics.delta import store_errors
from panshi.engines.analytics.store import COLUMNS
from panshi.engines.analytics.values import AccountSales, AccountTotal, Dimensions, Measure, Scope

THREADS: Final = 2
LINE_COLUMNS: Final = (
    *("source", "document", "line_no", "account_id", "date", "product", "product_line", "region"),
    *("quantity", "unit", "amount", "cost", "currency", "batch_id"),
)


Merged = Mapping[int, int]


class Questions:
    """An open ledger version. `merged` maps accounts that were merged away to those that took them over."""

    def __init__(self, ledger: ibis.Table | None, merged: Merged | None = None) -> None:
        self._ledger = ledger
        self._merged = merged or {}

    def totals(self, scope: Scope, measure: Measure = Measure.REVENUE) -> tuple[AccountTotal, ...]:
        """The measure summed by account, in the order of account ids; accounts without a line are left out."""
        lines = self._lines(scope)
        if lines is None:
            return ()
        value = {
            Measure.REVENUE: lines["amount"],
            Measure.MARGIN: lines["amount"] - lines["cost"],
            Measure.QUANTITY: lines["quantity"],
        }[measure]
        known = lines.filter(value.notnull())
        sums: dict[int, list[Any]] = {}
        for row in _rows(known.group_by("account_id").aggregate(total=value.sum(), lines=known.count())):
            kept = sums.setdefault(self._merged.get(row["account_id"], row["account_id"]), [Decimal(0), 0])
            kept[0] += row["total"]
            kept[1] += row["lines"]
        return tuple(AccountTotal(account, *sums[account]) for account in sorted(sums))

    def sales(self, as_of: dt.date, currency: str = "") -> tuple[AccountSales, ...]:
        """Sales of every account that traded up to `as_of`."""
        year_ago, two_years_ago = add_months(as_of, -12), add_months(as_of, -24)
        lines = self._lines(Scope(Period(dt.date.min, as_of), currency))
        if lines is None:
            return ()
        day, amount, next_day = lines["date"], lines["amount"], dt.timedelta(days=1)
        found: dict[int, AccountSales] = {}
        grouped = lines.group_by("account_id").aggregate(
            now=amount.sum(where=day.between(year_ago + next_day, as_of)),
            prior=amount.sum(where=day.between(two_years_ago + next_day, year_ago)),
            last=day.max(),
        )
        for row in _rows(grouped):
            account = self._merged.get(row["account_id"], row["account_id"])
            now, prior, last = row["now"] or Decimal(0), row["prior"] or Decimal(0), row["last"]
            if account in found:
                other = found[account]
                now, prior = now + other.last_12_months, prior + other.prior_12_months
                last = max(last, other.last_trade_on)
            found[account] = AccountSales(account, now, prior, last)
        return tuple(found[account] for account in sorted(found))

    def by_product_line(self, scope: Scope) -> dict[int, dict[str, Decimal]]:
        """Net revenue of each account by product line ("" where a line names none)."""
        lines = self._lines(scope)
        found: dict[int, dict[str, Decimal]] = {}
        if lines is None:
            return found
        for row in _rows(lines.group_by("account_id", "product_line").aggregate(total=lines["amount"].sum())):
            mine = found.setdefault(self._merged.get(row["account_id"], row["account_id"]), {})
            name = row["product_line"] or ""
            mine[name] = mine.get(name, Decimal(0)) + (row["total"] or Decimal(0))
        return found

    def lines(self, scope: Scope, limit: int, offset: int = 0) -> tuple[dict[str, Any], ...]:
        """Lines of a scope, newest first, with the columns of `LINE_COLUMNS`."""
        lines = self._lines(scope)
        if lines is None:
            return ()
        order = [lines["date"].desc(), *(lines[name].asc() for name in ("source", "document", "line_no"))]
        return tuple(_rows(lines.order_by(order).select(*LINE_COLUMNS).limit(limit, offset=offset)))

    def dimensions(self) -> Dimensions:
        """The regions, product lines, currencies and days there are."""
        if self._ledger is None:
            return Dimensions((), (), (), 0, None, None)
        ledger = self._ledger
        (span,) = _rows(
            ledger.aggregate(lines=ledger.count(), first=ledger["date"].min(), last=ledger["date"].max())
        )
        regions, product_lines, currencies = (
            tuple(sorted(row[name] for row in _rows(ledger.select(name).distinct()) if row[name]))
            for name in ("region", "product_line", "currency")
        )
        return Dimensions(regions, product_lines, currencies, span["lines"], span["first"], span["last"])

    def _lines(self, scope: Scope) -> ibis.Table | None:
        if self._ledger is None:
            return None
        ledger = self._ledger
        conditions = [ledger["date"].between(scope.period.first, scope.period.last)]
        if scope.currency:
            conditions.append(ledger["currency"] == scope.currency)
        if scope.regions:
            conditions.append(ledger["region"].isin(sorted(scope.regions)))
        if scope.product_lines:
            conditions.append(ledger["product_line"].isin(sorted(scope.product_lines)))
        if scope.units:
            conditions.append(ledger["unit"].isin(sorted(scope.units)))
        if scope.accounts is not None:
            conditions.append(ledger["account_id"].isin(sorted(self._with_merged(scope.accounts))))
        if scope.sales_only:
            conditions += [ledger["amount"] > 0, ledger["quantity"].isnull() | (ledger["quantity"] > 0)]
            if scope.cancelled_prefix:
                conditions.append(~ledger["document"].startswith(scope.cancelled_prefix))
        return ledger.filter(*conditions)

    def _with_merged(self, accounts: Collection[int]) -> set[int]:
        """The accounts and every one merged into them."""
        wanted = set(accounts)
        return wanted | {old for old, new in self._merged.items() if new in wanted}


@contextmanager
def opened(files: Sequence[Path], merged: Merged | None = None) -> Iterator[Questions]:
    """Open the files of one version for questions. Raises `StoreUnavailable`."""
    connection = ibis.duckdb.connect(
        threads=THREADS, autoinstall_known_extensions=False, autoload_known_extensions=False
    )
    try:
        with store_errors():
            if not files:
                yield Questions(None, merged)
                return
            table = connection.read_parquet([str(file) for file in files]).select(*COLUMNS)
            yield Questions(table.filter(table["superseded_by"].isnull()), merged)
    finally:
        connection.disconnect()


def _rows(table: ibis.Table) -> list[dict[str, Any]]:
    return table.to_pyarrow().to_pylist()
