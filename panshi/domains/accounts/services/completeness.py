"""Keeping the completeness of archives: measured anew by every service that changes what counts, and every night.

The percent is derived from what is stored, so it needs no event of its own; only rows that change are written.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from panshi.domains.accounts.models import Account, ArchiveCount
from panshi.domains.accounts.reports.completeness import READ, Needs, held, lacking, needs_on, percent
from panshi.ground.base.bulk import update_rows
from panshi.ground.base.viewer import Viewer

LOT: Final = 2000


def measure(account_ids: Iterable[int], *, at: dt.datetime, needs: Needs | None = None) -> int:
    """Bring the percent of accounts to what their archives hold; answers how many changed. Call inside the transaction
    that changed them; six queries for up to `LOT` accounts."""
    asked, changed = needs or needs_on(timezone.localdate(at)), 0
    ids = sorted(set(account_ids))
    for start in range(0, len(ids), LOT):
        changed += _measure(ids[start : start + LOT], asked)
    return changed


def _measure(ids: Sequence[int], needs: Needs) -> int:
    rows: list[dict[str, Any]] = list(Account.objects.standing().filter(pk__in=ids).values(*READ))
    holds = held(ids)
    changes = []
    for row in rows:
        needed = needs(row["lifecycle"], row["abc_class"], row["is_key"])
        found = percent(needed, lacking(row, needed, holds))
        if found != row["completeness"]:
            changes.append((row["pk"], {"completeness": found}))
    update_rows(Account, changes)
    return len(changes)


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of one lot; `last_id` is where the next begins, None when all accounts were seen."""

    last_id: int | None
    looked_at: int
    changed: int


@transaction.atomic
def measure_some(*, needs: Needs, after: int, by: Viewer, at: dt.datetime, lot: int = LOT) -> Measured:
    """Measure the next accounts after a key; the nightly run goes through all of them so."""
    by.require("accounts.edit")
    waiting = Account.objects.standing().filter(pk__gt=after).select_for_update().order_by("pk")
    ids = list(waiting.values_list("pk", flat=True)[:lot])
    changed = _measure(ids, needs)
    return Measured(ids[-1] if len(ids) == lot else None, len(ids), changed)


@transaction.atomic
def record_counts(*, counts: Mapping[int, Mapping[str, int]], by: Viewer, at: dt.datetime) -> int:
    """Say how many of a kind accounts have (account → item → count), for the domain that holds them; only what changed
    is written. Answers how many accounts' completeness changed."""
    known = {
        (row.account_id, row.item): row.count for row in ArchiveCount.objects.filter(account_id__in=counts)
    }
    fresh = [
        ArchiveCount(account_id=account_id, item=item, count=count)
        for account_id, items in counts.items()
        for item, count in items.items()
        if known.get((account_id, item), 0) != count
    ]
    ArchiveCount.objects.bulk_create(
        fresh,
        batch_size=LOT,
        update_conflicts=True,
        unique_fields=["account", "item"],
        update_fields=["count"],
    )
    return measure({row.account_id for row in fresh}, at=at)
