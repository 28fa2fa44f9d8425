"""ABC analysis: ranks accounts by a measure and divides them into A, B and C by cumulative share.

Documented with a worked example in docs/algorithms/abc.md; all arithmetic is exact, only shares are rounded.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from enum import StrEnum
from itertools import chain
from math import ceil
from typing import Generic, TypeVar

Account = TypeVar("Account", str, int)

# Totals have at most 38 digits and weighted sums over millions of accounts add a dozen: 80 never round.
EXACT = Context(prec=80)
SHARE = Decimal("1e-12")


class AbcClass(StrEnum):
    """Class of an account: A carries most of the measure, C the long tail."""

    A = "A"
    B = "B"
    C = "C"


class Standing(StrEnum):
    """Where an account stood in a period: in a class, in none (total not positive), or without any trade."""

    A = "A"
    B = "B"
    C = "C"
    NON_POSITIVE = "non_positive"
    ABSENT = "absent"


class Ties(StrEnum):
    """How accounts with equal totals at a threshold are classed.

    `by_account`: each by its own cumulative share, in the order of the account key.
    `together`: all of them in the class of the first, so equal trade never gets unequal treatment.
    """

    BY_ACCOUNT = "by_account"
    TOGETHER = "together"


@dataclass(frozen=True, slots=True)
class AbcParameters:
    """Thresholds of the cumulative share before an account is added: below `a` it is A, below `b` it is B."""

    a: Decimal = Decimal("0.8")
    b: Decimal = Decimal("0.95")
    ties: Ties = Ties.BY_ACCOUNT
    top: Decimal = Decimal("0.2")

    def __post_init__(self) -> None:
        if not 0 < self.a <= self.b <= 1:
            raise ValueError(f"thresholds must satisfy 0 < a <= b <= 1, not a={self.a}, b={self.b}")
        if not 0 < self.top <= 1:
            raise ValueError(f"top must lie in (0, 1], not {self.top}")


@dataclass(frozen=True, slots=True)
class AbcRow(Generic[Account]):
    """One line of the ABC table; shares are fractions of the sum of all positive totals, to 12 places."""

    rank: int
    account: Account
    total: Decimal
    share: Decimal
    cumulative_share: Decimal
    abc_class: AbcClass


@dataclass(frozen=True, slots=True)
class ClassTotal:
    """What one class holds: number of accounts, sum of the measure, share of the positive total."""

    accounts: int
    total: Decimal
    share: Decimal


@dataclass(frozen=True, slots=True)
class AbcAnalysis(Generic[Account]):
    """The ABC table and its figures; `top_share` and `gini` are None when no account has a positive total."""

    parameters: AbcParameters
    rows: tuple[AbcRow[Account], ...]
    non_positive: tuple[tuple[Account, Decimal], ...]
    classes: Mapping[AbcClass, ClassTotal]
    net_total: Decimal
    positive_total: Decimal
    top_share: Decimal | None
    gini: Decimal | None

    @property
    def accounts(self) -> int:
        """Number of accounts with trade, whatever the sign of their total."""
        return len(self.rows) + len(self.non_positive)

    def standings(self) -> dict[Account, Standing]:
        """The standing of every account that traded."""
        placed = {row.account: Standing(row.abc_class) for row in self.rows}
        return placed | {account: Standing.NON_POSITIVE for account, _ in self.non_positive}


def classify(
    totals: Iterable[tuple[Account, Decimal]], parameters: AbcParameters | None = None
) -> AbcAnalysis[Account]:
    """Rank `(account, total)` pairs, one per account, and class them.

    An account belongs to the class of the cumulative share *before* it is added, so the account that crosses
    80 % is still A. Accounts with a total of zero or less are never classed; they stand apart and lower only
    the net total. Order: total descending, then account ascending, so results never depend on the input order.
    """
    parameters = parameters or AbcParameters()
    ordered = sorted(totals, key=lambda pair: (-pair[1], pair[0]))
    positive = [pair for pair in ordered if pair[1] > 0]
    apart = tuple(pair for pair in ordered if pair[1] <= 0)
    with localcontext(EXACT):
        positive_total = sum((total for _, total in positive), Decimal(0))
        rows = tuple(_rows(positive, positive_total, parameters))
        amounts = [total for _, total in positive]
        return AbcAnalysis(
            parameters=parameters,
            rows=rows,
            non_positive=apart,
            classes=_classes(rows, positive_total),
            net_total=positive_total + sum((total for _, total in apart), Decimal(0)),
            positive_total=positive_total,
            top_share=top_share(amounts, parameters.top) if amounts else None,
            gini=gini(amounts) if amounts else None,
        )


def _rows(
    positive: Sequence[tuple[Account, Decimal]], positive_total: Decimal, parameters: AbcParameters
) -> Iterable[AbcRow[Account]]:
    limit_a, limit_b = parameters.a * positive_total, parameters.b * positive_total
    before, previous, abc_class = Decimal(0), None, AbcClass.A
    for rank, (account, total) in enumerate(positive, start=1):
        if parameters.ties is Ties.BY_ACCOUNT or total != previous:
            abc_class = AbcClass.A if before < limit_a else AbcClass.B if before < limit_b else AbcClass.C
        before, previous = before + total, total
        share, cumulative = (
            (total / positive_total).quantize(SHARE),
            (before / positive_total).quantize(SHARE),
        )
        yield AbcRow(rank, account, total, share, cumulative, abc_class)


def _classes(rows: Iterable[AbcRow[Account]], positive_total: Decimal) -> dict[AbcClass, ClassTotal]:
    counts: dict[AbcClass, int] = dict.fromkeys(AbcClass, 0)
    sums: dict[AbcClass, Decimal] = dict.fromkeys(AbcClass, Decimal(0))
    for row in rows:
        counts[row.abc_class] += 1
        sums[row.abc_class] += row.total
    whole = positive_total or Decimal(1)
    return {
        each: ClassTotal(counts[each], sums[each], (sums[each] / whole).quantize(SHARE)) for each in AbcClass
    }


def top_share(totals: Sequence[Decimal], top: Decimal) -> Decimal:
    """Share of the sum held by the largest `top` fraction of positive totals, their number rounded up.

    With `top` = 0.2 this is the figure of the 80/20 rule. Raises ValueError without a positive total.
    """
    _require_positive(totals)
    with localcontext(EXACT):
        largest = sorted(totals, reverse=True)[: ceil(top * len(totals))]
        return (sum(largest, Decimal(0)) / sum(totals, Decimal(0))).quantize(SHARE)


def gini(totals: Sequence[Decimal]) -> Decimal:
    """Gini coefficient of positive totals: 0 when all are equal, towards 1 when one account holds everything.

    G = 2 Σ i·xᵢ / (n Σ xᵢ) − (n + 1) / n with x ascending and i from 1 (Dixon et al. 1987, uncorrected form).
    Raises ValueError without a positive total.
    """
    _require_positive(totals)
    with localcontext(EXACT):
        count = len(totals)
        weighted = sum((rank * total for rank, total in enumerate(sorted(totals), start=1)), Decimal(0))
        return (2 * weighted / (count * sum(totals, Decimal(0))) - Decimal(count + 1) / count).quantize(SHARE)


def _require_positive(totals: Sequence[Decimal]) -> None:
    if not totals or min(totals) <= 0:
        raise ValueError("concentration is defined over one or more positive totals")


@dataclass(frozen=True, slots=True)
class Movement(Generic[Account]):
    """Accounts by where they stood before and where they stand now; empty cells are left out."""

    cells: Mapping[tuple[Standing, Standing], tuple[Account, ...]]

    def count(self, before: Standing, after: Standing) -> int:
        """Number of accounts that went from `before` to `after`."""
        return len(self.cells.get((before, after), ()))


def movement(before: Mapping[Account, Standing], after: Mapping[Account, Standing]) -> Movement[Account]:
    """The movement matrix between two periods with the accounts behind each cell, in the order of their keys."""
    cells: dict[tuple[Standing, Standing], list[Account]] = defaultdict(list)
    for account in sorted(set(chain(before, after))):
        path = before.get(account, Standing.ABSENT), after.get(account, Standing.ABSENT)
        cells[path].append(account)
    return Movement({path: tuple(accounts) for path, accounts in cells.items()})
