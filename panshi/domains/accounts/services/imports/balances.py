"""Rows of a file as balances of sales and receipts, and back."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from panshi.domains.accounts.models import AccountBalance, ImportBatch, ImportedRow
from panshi.domains.accounts.reports.imports.balances import BALANCES, CheckedBalance
from panshi.domains.accounts.reports.imports.rows import Outcome
from panshi.domains.accounts.services.balances import BalanceFigures, drop_balances, record_balances
from panshi.domains.accounts.services.imports.kinds import Writing, line
from panshi.ground.base.viewer import Viewer

KEPT: Final = ("sales", "receipts", "overdue", "overdue_days", "source")


def apply(
    checked: Sequence[CheckedBalance], batch: ImportBatch, by: Viewer, at: dt.datetime
) -> list[ImportedRow]:
    """Record the rows day by day; days that were known are corrected."""
    days: dict[dt.date, list[CheckedBalance]] = defaultdict(list)
    for row in checked:
        if row.outcome in (Outcome.CREATE, Outcome.UPDATE) and row.as_of is not None:
            days[row.as_of].append(row)
    source = batch.source or batch.file_name
    lines: list[ImportedRow] = []
    for as_of, rows in sorted(days.items()):
        record_balances(figures=[_figures(row) for row in rows], as_of=as_of, source=source, by=by, at=at)
        stored = {
            one.account_id: one
            for one in AccountBalance.objects.filter(
                as_of=as_of, account_id__in=[row.account_id for row in rows]
            )
        }
        lines += [_line(row, stored[row.account_id or 0], batch) for row in rows]
    return lines


def _figures(row: CheckedBalance) -> BalanceFigures:
    return BalanceFigures(
        account_id=row.account_id or 0,
        receipts=row.values["receipts"],
        overdue=row.values.get("overdue", Decimal(0)),
        overdue_days=row.values["overdue_days"],
        sales=row.values.get("sales"),
    )


def _line(row: CheckedBalance, stored: AccountBalance, batch: ImportBatch) -> ImportedRow:
    changes = None
    if row.known is not None:
        changes = {
            name: (str(getattr(row.known, name)), str(getattr(stored, name)))
            for name in KEPT
            if getattr(row.known, name) != getattr(stored, name)
        }
    return line(batch, row.read.number, stored.pk, version=1, created=row.known is None, changes=changes)


def judge(rows: Sequence[ImportedRow], batch: ImportBatch, by: Viewer, lock: bool) -> Mapping[int, str]:
    """Only new balances that nothing corrected since are taken back; a correction is undone by importing the former
    figures again."""
    found = AccountBalance.objects.filter(pk__in=[row.record_id for row in rows])
    known = {one.pk: one for one in (found.select_for_update().order_by("pk") if lock else found)}
    reach = set(
        AccountBalance.objects.visible_to(by, "ledger.import")
        .filter(pk__in=list(known))
        .values_list("pk", flat=True)
    )
    problems: dict[int, str] = {}
    for row in rows:
        one = known.get(row.record_id)
        if one is None:
            problems[row.pk] = _("记录已不存在。")
        elif one.pk not in reach:
            problems[row.pk] = _("超出您的权限范围")
        elif not row.created:
            problems[row.pk] = _("更正过的记录不能撤销，请重新导入原来的数。")
        elif batch.finished_at is not None and one.at > batch.finished_at:
            problems[row.pk] = _("导入后又更正过这条记录。")
    return problems


def take_back(
    rows: Sequence[ImportedRow], batch: ImportBatch, by: Viewer, at: dt.datetime
) -> Mapping[int, str]:
    """Remove the new balances; the day before them counts again."""
    drop_balances([row.record_id for row in rows])
    return {}


def titles(ids: Collection[int]) -> Mapping[int, str]:
    """Balances by account and day."""
    rows = AccountBalance.objects.filter(pk__in=ids).values_list("pk", "account__name", "as_of")
    return {pk: f"{name} {as_of}" for pk, name, as_of in rows}


WRITING: Final = Writing(name=BALANCES.name, apply=apply, judge=judge, take_back=take_back, titles=titles)
