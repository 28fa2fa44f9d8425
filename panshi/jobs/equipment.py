"""The installed base and shares of wallet by the clock: owners hear of what falls due, wallets follow the ledger."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models import Wallet
from panshi.domains.accounts.services import record_own_sales, remind_of_equipment
from panshi.domains.ledger.reports import sales_of
from panshi.ground.base.viewer import Viewer
from panshi.ground.work.kinds import Schedule, job
from panshi.ground.work.progress import Progress

LOT: Final = 500


@job("accounts.equipment", title=_("设备到期提醒"), schedule=Schedule(dt.time(6, 40)))
def remind(progress: Progress, *, due_on: str) -> Mapping[str, Any]:
    """Go through what falls due in lots; a run that died begins again and tells nobody twice."""
    by, after, told = Viewer.system(), 0, 0
    while True:
        count, last = remind_of_equipment(after=after, by=by, at=timezone.now())
        told += count
        progress.advance(count)
        if last is None:
            return {"told": told}
        after = last


@job("accounts.wallets", title=_("钱包份额对账"), schedule=Schedule(dt.time(6, 10)))
def follow_ledger(progress: Progress, *, due_on: str) -> Mapping[str, Any]:
    """Bring wallets whose own part comes from the ledger up to it."""
    by, after, moved = Viewer.system(), 0, 0
    rows = Wallet.objects.filter(from_ledger=True).order_by("pk")
    while lot := list(rows.filter(pk__gt=after).values_list("pk", "account_id", "year")[:LOT]):
        after = lot[-1][0]
        wanted = {(account_id, year) for _pk, account_id, year in lot}
        found = sales_of({one for one, _year in wanted}, years={year for _one, year in wanted})
        sales = {pair: found.get(pair, Decimal(0)).quantize(Decimal("0.01")) for pair in wanted}
        moved += record_own_sales(sales=sales, by=by, at=timezone.now())
        progress.advance(len(lot))
    return {"moved": moved}
