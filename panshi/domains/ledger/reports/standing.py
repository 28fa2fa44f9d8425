"""Where the ledger stands and what it says of one account, from the relational tables alone."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.db.models import Q

from panshi.calc.periods import add_months, month_of
from panshi.domains.accounts.models import Account
from panshi.domains.ledger.models import AccountMonth, Batch, Head
from panshi.ground.base.viewer import Viewer


def ledger_folder() -> Path:
    """Where the columnar store lives."""
    return Path(settings.DATA) / "ledger" / "store"


def batch_folder(batch: Batch) -> Path:
    """Where an uploaded file and what was staged of it live."""
    return Path(settings.DATA) / "ledger" / "batches" / batch.folder


def head_version() -> int | None:
    """The version of the store that counts; None before the first batch."""
    version: int | None = Head.objects.filter(pk=Head.KEY).values_list("version", flat=True).first()
    return version


def cuts() -> tuple[list[str], list[str]]:
    """The regions and product lines the ledger can be cut by."""
    head: Head | None = Head.objects.filter(pk=Head.KEY).first()
    return (list(head.regions), list(head.product_lines)) if head else ([], [])


def merged_accounts() -> dict[int, int]:
    """Accounts that were merged away, each with the one that stands for it now."""
    step = dict(Account.objects.exclude(merged_into=None).values_list("pk", "merged_into_id"))
    final: dict[int, int] = {}
    for loser, into in step.items():
        winner = into
        while winner in step:
            winner = step[winner]
        final[loser] = winner
    return final


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """Trade of one month; a month without trade has zeros."""

    month: dt.date
    lines: int
    amount: Decimal
    cost: Decimal
    quantity: Decimal


def months_of(
    account: Account, *, until: dt.date, months: int = 24, currency: str = "CNY", viewer: Viewer
) -> list[MonthFigures]:
    """The last `months` calendar months up to the one of `until`, oldest first, with what was merged into it."""
    last = month_of(until)
    first = add_months(last, 1 - months)
    # Months stay keyed by the account the ledger names: whoever sees the winner sees what was merged into it.
    seen = Account.objects.visible_to(viewer, "ledger.view").filter(pk=account.pk)
    ids = Account.objects.filter(Q(pk__in=seen) | Q(merged_into__in=seen))
    rows = AccountMonth.objects.filter(
        account_id__in=ids.values("pk"), month__gte=first, month__lte=last, currency=currency
    )
    found = _by_month(rows.values_list("month", "lines", "amount", "cost", "quantity"))
    nothing = (0, Decimal(0), Decimal(0), Decimal(0))
    return [
        MonthFigures(month, *found.get(month, nothing))
        for month in (add_months(first, step) for step in range(months))
    ]


def _by_month(
    rows: Iterable[tuple[dt.date, int, Decimal, Decimal, Decimal]],
) -> dict[dt.date, tuple[int, Decimal, Decimal, Decimal]]:
    found: dict[dt.date, tuple[int, Decimal, Decimal, Decimal]] = {}
    for month, lines, amount, cost, quantity in rows:
        known = found.get(month, (0, Decimal(0), Decimal(0), Decimal(0)))
        found[month] = (known[0] + lines, known[1] + amount, known[2] + cost, known[3] + quantity)
    return found


@dataclass(frozen=True, slots=True)
class Trend:
    """The last twelve months against the twelve before; `change` is None when there was no trade before."""

    now: Decimal
    before: Decimal

    @property
    def change(self) -> Decimal | None:
        """Growth as a fraction of the earlier year."""
        return (self.now - self.before) / self.before if self.before > 0 else None


def trade_trend(months: list[MonthFigures]) -> Trend:
    """The trend over 24 months, oldest first."""
    return Trend(
        sum((each.amount for each in months[-12:]), Decimal(0)),
        sum((each.amount for each in months[-24:-12]), Decimal(0)),
    )
