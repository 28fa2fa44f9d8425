"""Telling the archive how many machines and wallets accounts have, for their completeness."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Count

from panshi.domains.accounts.models import Account, Equipment, Wallet
from panshi.domains.accounts.reports.completeness import EQUIPMENT, WALLET
from panshi.domains.accounts.services.completeness import LOT, record_counts
from panshi.ground.base.viewer import Viewer


def tell_machines(account_ids: Iterable[int], *, by: Viewer, at: dt.datetime) -> int:
    """Count the machines that are not retired; one query besides the archive's, for however many accounts. Call inside
    the transaction that changed them; answers how many accounts' completeness changed."""
    counts = dict.fromkeys(account_ids, 0)
    rows = Equipment.objects.standing().filter(account_id__in=counts).order_by()
    counts |= dict(rows.values_list("account_id").annotate(Count("pk")))
    told = {pk: {EQUIPMENT: count} for pk, count in counts.items()}
    return record_counts(counts=told, by=by, at=at)


def tell_wallets(account_ids: Iterable[int], *, by: Viewer, at: dt.datetime) -> int:
    """The same of the wallets kept, whatever their year."""
    counts = dict.fromkeys(account_ids, 0)
    rows = Wallet.objects.filter(account_id__in=counts).order_by()
    counts |= dict(rows.values_list("account_id").annotate(Count("pk")))
    told = {pk: {WALLET: count} for pk, count in counts.items()}
    return record_counts(counts=told, by=by, at=at)


@transaction.atomic
def recount_machines_and_wallets(*, after: int, by: Viewer, at: dt.datetime) -> int | None:
    """Tell the archive anew of the next accounts after a key; answers the last one's, None when that was the end."""
    by.require("accounts.edit")
    waiting = Account.objects.standing().filter(pk__gt=after).order_by("pk")
    ids = list(waiting.values_list("pk", flat=True)[:LOT])
    tell_machines(ids, by=by, at=at)
    tell_wallets(ids, by=by, at=at)
    return ids[-1] if len(ids) == LOT else None
