"""Sales of whole calendar years by account, with what was merged into each."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal

from django.db.models import Sum
from django.db.models.functions import ExtractYear

from panshi.domains.accounts.models import Account
from panshi.domains.ledger.models import AccountMonth
from panshi.domains.ledger.reports.standing import merged_accounts
from panshi.ground.base.viewer import Viewer


def year_sales(account: Account, *, year: int, viewer: Viewer, currency: str = "CNY") -> Decimal:
    """What an account bought of us in a year, as the ledger says; nothing for who may not see it."""
    if not Account.objects.visible_to(viewer, "ledger.view").filter(pk=account.pk).exists():
        return Decimal(0)
    found = sales_of({account.pk}, years={year}, currency=currency)
    return found.get((account.pk, year), Decimal(0)).quantize(Decimal("0.01"))


def sales_of(
    account_ids: Collection[int], *, years: Collection[int], currency: str = "CNY"
) -> dict[tuple[int, int], Decimal]:
    """(account, year) → sales, months of merged accounts counted for the one that stands for them; two queries. The
    caller has checked who may see them."""
    if not account_ids or not years:
        return {}
    wanted = set(account_ids)
    into = {loser: winner for loser, winner in merged_accounts().items() if winner in wanted}
    rows = AccountMonth.objects.filter(
        account_id__in=[*wanted, *into],
        month__gte=dt.date(min(years), 1, 1),
        month__lte=dt.date(max(years), 12, 31),
        currency=currency,
    )
    found: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    summed = rows.order_by().annotate(year=ExtractYear("month")).values_list("account_id", "year")
    for account_id, year, amount in summed.annotate(total=Sum("amount")):
        if year in years:
            found[into.get(account_id, account_id), year] += amount
    return dict(found)
