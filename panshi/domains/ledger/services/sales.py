"""Pushing trade down to the archive: sales of twelve months, of the twelve before, and the last day of trade."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils import timezone

from panshi.calc.money import round_amount
from panshi.domains.accounts.services import SalesFigures, record_sales
from panshi.domains.ledger.models import Head
from panshi.domains.ledger.reports.standing import head_version, ledger_folder, merged_accounts
from panshi.engines.analytics import ledger
from panshi.engines.analytics.values import Dimensions
from panshi.ground.base.viewer import Viewer
from panshi.ground.work.services import enqueue

SALES: Final = "ledger.sales"
MONEY_PLACES: Final = 2
COMPANY_CURRENCY: Final = "CNY"


@dataclass(frozen=True, slots=True)
class LedgerSales:
    """Every account's sales as one version of the ledger has them on a day."""

    version: int
    as_of: dt.date
    dimensions: Dimensions
    figures: tuple[SalesFigures, ...]


def ask_for_sales(*, by: Viewer, at: dt.datetime) -> None:
    """Let a job push the sales of the ledger as it will stand after this transaction."""
    enqueue(kind=SALES, arguments={"due_on": timezone.localdate(at).isoformat()}, by=by, at=at)


def prepare_sales(*, as_of: dt.date) -> LedgerSales | None:
    """Sum the ledger up to `as_of`; None while it is empty."""
    version = head_version()
    if version is None:
        return None
    files = ledger.store(ledger_folder()).files(version)
    with ledger.questions(files, merged_accounts()) as questions:
        found = questions.sales(as_of, COMPANY_CURRENCY)
        dimensions = questions.dimensions()
    return LedgerSales(
        version,
        as_of,
        dimensions,
        tuple(
            SalesFigures(
                each.account_id,
                round_amount(each.last_12_months, MONEY_PLACES),
                round_amount(each.prior_12_months, MONEY_PLACES),
                each.last_trade_on,
            )
            for each in found
        ),
    )


@transaction.atomic
def finish_sales(*, found: LedgerSales, by: Viewer, at: dt.datetime) -> int:
    """Record the figures on the accounts, and what the ledger can be cut by; answers how many changed."""
    Head.objects.filter(pk=Head.KEY).update(
        regions=list(found.dimensions.regions), product_lines=list(found.dimensions.product_lines)
    )
    return record_sales(
        figures=found.figures, source=f"ledger:{found.version}", as_of=found.as_of, by=by, at=at
    )
