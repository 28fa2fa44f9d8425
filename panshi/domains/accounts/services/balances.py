"""Recording what accounts paid and owe, as a source says on a day; later the contracts push it the same way."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.domains.accounts import events
from panshi.domains.accounts.models import Account, AccountBalance
from panshi.ground.audit.services import record
from panshi.ground.base.bulk import insert_rows, update_rows
from panshi.ground.base.refusals import NotAllowed, Refused
from panshi.ground.base.viewer import Viewer

COLUMNS: Final = (
    *("sales", "receipts", "gap", "overdue", "overdue_days", "source", "at", "by_id", "newest"),
)


class CannotRecordBalances(Refused):
    """A day to come, an account named twice, or overdue money below nothing."""


@dataclass(frozen=True, slots=True)
class BalanceFigures:
    """Receipts of twelve months and what is overdue, in yuan; `sales` None takes what the archive knows."""

    account_id: int
    receipts: Decimal
    overdue: Decimal = Decimal(0)
    overdue_days: int = 0
    sales: Decimal | None = None


@transaction.atomic
def record_balances(
    *, figures: Sequence[BalanceFigures], as_of: dt.date, source: str, by: Viewer, at: dt.datetime
) -> int:
    """Record balances of a day, in place of what was recorded for it; the newest day of an account is what counts.
    A fixed number of statements; answers how many were recorded."""
    by.require("ledger.import")
    if as_of > timezone.localdate(at):
        raise CannotRecordBalances(_("截止日期不能在今天之后。"), field="as_of")
    if any(each.overdue < 0 or each.overdue_days < 0 for each in figures):
        raise CannotRecordBalances(_("逾期货款和逾期天数不能小于 0。"), field="overdue")
    if len({each.account_id for each in figures}) != len(figures):
        raise CannotRecordBalances(_("同一家客户出现了两次。"))
    ids = [each.account_id for each in figures]
    reached = Account.objects.visible_to(by, "ledger.import").standing().filter(pk__in=ids)
    sales = dict(reached.select_for_update().order_by("pk").values_list("pk", "sales_12m"))
    if len(sales) != len(ids):
        raise NotAllowed(_("您没有此项操作的权限。"))
    known = dict(
        AccountBalance.objects.filter(account_id__in=ids, as_of=as_of).values_list("account_id", "pk")
    )
    later = set(
        AccountBalance.objects.filter(account_id__in=ids, newest=True, as_of__gt=as_of).values_list(
            "account_id", flat=True
        )
    )
    now_newest = [pk for pk in ids if pk not in later]
    AccountBalance.objects.filter(account_id__in=now_newest, newest=True).update(newest=False)
    rows = [_row(each, sales, later, as_of, source, by, at) for each in figures]
    insert_rows(AccountBalance, [row for row in rows if row.account_id not in known])
    again = [(known[row.account_id], _columns(row)) for row in rows if row.account_id in known]
    update_rows(AccountBalance, again)
    if figures:
        record(
            events.BALANCES_RECORDED,
            at=at,
            by_id=by.person_id,
            source=source,
            as_of=as_of,
            accounts=len(figures),
        )
    return len(figures)


def _row(
    each: BalanceFigures,
    sales: dict[int, Decimal],
    later: set[int],
    as_of: dt.date,
    source: str,
    by: Viewer,
    at: dt.datetime,
) -> AccountBalance:
    sold = sales[each.account_id] if each.sales is None else each.sales
    return AccountBalance(
        account_id=each.account_id,
        as_of=as_of,
        sales=sold,
        receipts=each.receipts,
        gap=sold - each.receipts,
        overdue=each.overdue,
        overdue_days=each.overdue_days,
        source=source[:60],
        at=at,
        by_id=by.person_id,
        newest=each.account_id not in later,
    )


def _columns(row: AccountBalance) -> dict[str, Any]:
    return {name: getattr(row, name) for name in COLUMNS}


def drop_balances(keys: Sequence[int]) -> None:
    """Take recorded balances away again, for the import that brought them; the newest of those left counts. Call under
    the import's lock."""
    rows = AccountBalance.objects.filter(pk__in=list(keys))
    accounts = set(rows.values_list("account_id", flat=True))
    rows.delete()
    left = AccountBalance.objects.filter(account_id__in=accounts).order_by("account_id", "-as_of")
    newest: dict[int, int] = {}
    for account_id, pk in left.values_list("account_id", "pk"):
        newest.setdefault(account_id, pk)
    AccountBalance.objects.filter(pk__in=newest.values()).update(newest=True)
