"""The values that cross the seam of the analytical engine: mappings and scopes in, counts and totals out.

Free of heavy imports, so that pages may name them without loading an engine.
"""

import csv
import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final, overload

from panshi.calc.periods import DayOrder, Period
from panshi.engines.analytics.headings import Field

REJECTED: Final = "rejected.csv"
"""The rejected rows of a staged file, in its folder."""


EMPTY: Final = 0
"""The version of a store nothing was recorded of; what a process that died wrote above it does not count."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """A first look at a file: its headings, which field each is guessed to hold, and its first rows as text."""

    headings: tuple[str, ...]
    guessed: Mapping[Field, str]
    sample: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """How the columns of a source are read. `columns` names headings; `currency` fills a missing one."""

    columns: Mapping[Field, str]
    currency: str = "CNY"
    order: DayOrder | None = None

    @property
    def own_numbers(self) -> bool:
        """Whether lines carry numbers of their own; otherwise a line is its place within its document."""
        return Field.LINE_NO in self.columns


@dataclass(frozen=True, slots=True)
class ForeignAccount:
    """An account as the file names it (by code, USCC or name), with what it bought there."""

    key: int
    code: str
    uscc: str
    name: str
    lines: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Staged:
    """What a file holds once read: counts of lines, reasons of rejection, the accounts named, the days covered."""

    lines_read: int
    lines_staged: int
    lines_without_account: int
    reasons: Mapping[str, int]
    documents: int
    amount: Decimal
    first: dt.date | None
    last: dt.date | None
    accounts: tuple[ForeignAccount, ...]

    @property
    def lines_rejected(self) -> int:
        """Lines with an account that could not be read."""
        return sum(self.reasons.values())


@dataclass(frozen=True, slots=True)
class MonthTotal:
    """One account's trade in a calendar month and currency; `cost` counts an unknown cost as 0."""

    account_id: int
    month: dt.date
    currency: str
    lines: int
    quantity: Decimal
    amount: Decimal
    cost: Decimal


class MonthTotals(Sequence[MonthTotal]):
    """Month totals kept as CSV text without heading, the columns in the order of `MonthTotal`.

    A database takes the text as it is; hundreds of thousands of objects would cost more than all the sums.
    """

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, text: bytes = b"") -> None:
        self.text = text

    def rows(self) -> Iterator[list[str]]:
        """The cells of each month as text."""
        return csv.reader(self.text.decode().splitlines(keepends=True))

    def __iter__(self) -> Iterator[MonthTotal]:
        for account_id, month, currency, lines, *sums in self.rows():
            quantity, amount, cost = map(Decimal, sums)
            day = dt.date.fromisoformat(month)
            yield MonthTotal(int(account_id), day, currency, int(lines), quantity, amount, cost)

    def __len__(self) -> int:
        return sum(1 for _row in self.rows())

    @overload
    def __getitem__(self, index: int) -> MonthTotal: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[MonthTotal, ...]: ...

    def __getitem__(self, index: int | slice) -> MonthTotal | tuple[MonthTotal, ...]:
        return tuple(self)[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a batch would do: lines new, corrected and unchanged, and documents that look like parts of others."""

    new: int
    corrected: int
    unchanged: int
    split_documents: tuple[str, ...]
    split_lines: int


@dataclass(frozen=True, slots=True)
class Revision:
    """What a change did: the version it led to, counts of lines, and the months it touched as they are now.

    A month with 0 lines is gone.
    """

    version: int
    new: int
    corrected: int
    unchanged: int
    months: MonthTotals


class Measure(StrEnum):
    """What is summed. Margin is amount less cost; lines without a cost have none and do not count."""

    REVENUE = "revenue"
    MARGIN = "margin"
    QUANTITY = "quantity"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which lines a question is about; an empty collection sets no limit, `accounts` None means all of them.

    `sales_only` drops returns: lines whose amount or quantity is not positive, and documents that start with
    `cancelled_prefix`.
    """

    period: Period
    currency: str = ""
    regions: Collection[str] = ()
    product_lines: Collection[str] = ()
    units: Collection[str] = ()
    accounts: Collection[int] | None = None
    sales_only: bool = False
    cancelled_prefix: str = ""


@dataclass(frozen=True, slots=True)
class AccountTotal:
    """The sum of a measure for one account, and the number of lines in it."""

    account_id: int
    total: Decimal
    lines: int


@dataclass(frozen=True, slots=True)
class AccountSales:
    """Net sales of the last twelve months up to a day, of the twelve before, and the last day of trade up to it."""

    account_id: int
    last_12_months: Decimal
    prior_12_months: Decimal
    last_trade_on: dt.date


@dataclass(frozen=True, slots=True)
class Dimensions:
    """What the ledger can be cut by, and the days it covers."""

    regions: tuple[str, ...]
    product_lines: tuple[str, ...]
    currencies: tuple[str, ...]
    lines: int
    first: dt.date | None
    last: dt.date | None
