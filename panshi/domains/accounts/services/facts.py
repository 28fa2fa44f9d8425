"""Facts that higher domains push down: ABC classes, sales, touches, the next contact. Each comes with its source.

The domain that found a fact writes the event of it; only a change of class or of sales is an event of the account.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from panshi.domains.accounts import events
from panshi.domains.accounts.models import AbcRecord, Account, Touch
from panshi.domains.accounts.services.completeness import measure
from panshi.domains.accounts.services.lifecycle_rules import wake_traders
from panshi.domains.accounts.services.locking import require_reach
from panshi.domains.accounts.services.pools.nightly import review_one
from panshi.ground.audit.models import Event
from panshi.ground.audit.services import draft, record
from panshi.ground.base.bulk import insert_rows, update_rows
from panshi.ground.base.models import NEVER, NOT_PLANNED
from panshi.ground.base.viewer import Viewer

CHUNK: Final = 2000


@dataclass(frozen=True, slots=True)
class AbcResult:
    """What an analysis found of one account: rank from 1, net total, shares from 0 to 1."""

    account_id: int
    abc_class: str
    rank: int
    total: Decimal
    share: Decimal
    cumulative_share: Decimal


@transaction.atomic
def record_abc(
    *,
    results: Sequence[AbcResult],
    analysis_id: int,
    period_from_on: dt.date,
    period_to_on: dt.date,
    by: Viewer,
    at: dt.datetime,
) -> int:
    """Record the classes of one period; running it again for a period replaces it. Answers how many classes changed.

    The newest period is what accounts show; an account that is not in it has no class.
    """
    by.require("analysis.record")
    standing = Account.objects.standing().select_for_update().order_by("pk")
    before = dict(standing.values_list("pk", "abc_class"))
    newest = not AbcRecord.objects.filter(period_to_on__gt=period_to_on).exists()
    period: dict[str, Any] = {
        "analysis_id": analysis_id,
        "period_from_on": period_from_on,
        "period_to_on": period_to_on,
    }
    _keep_records(results, period, at=at)
    if not newest:
        return 0
    after = {result.account_id: result.abc_class for result in results}
    moved = {pk: after.get(pk, "") for pk, known in before.items() if known != after.get(pk, "")}
    _set_classes(moved)
    measure(moved, at=at)
    insert_rows(
        Event,
        [
            draft(
                events.ABC_RECORDED,
                at=at,
                by_id=by.person_id,
                account_id=pk,
                subject_id=pk,
                **period,
                before=before[pk],
                after=found,
            )
            for pk, found in moved.items()
        ],
    )
    return len(moved)


def _keep_records(results: Sequence[AbcResult], period: Mapping[str, Any], *, at: dt.datetime) -> None:
    """Store the figures of a period, in place of what was recorded for it before."""
    earlier = _classes_before(period["period_to_on"])
    _forget_others(period["period_to_on"], results)
    AbcRecord.objects.bulk_create(
        (
            AbcRecord(
                account_id=result.account_id,
                **period,
                abc_class=result.abc_class,
                before_class=earlier.get(result.account_id, ""),
                rank=result.rank,
                total=result.total,
                share=result.share,
                cumulative_share=result.cumulative_share,
                recorded_at=at,
            )
            for result in results
        ),
        batch_size=CHUNK,
        update_conflicts=True,
        unique_fields=["account", "period_to_on"],
        update_fields=[
            *("analysis_id", "period_from_on", "abc_class", "before_class", "rank", "total"),
            *("share", "cumulative_share", "recorded_at"),
        ],
    )


def _classes_before(period_to_on: dt.date) -> dict[int, str]:
    """The classes of the period recorded last before this one."""
    last = AbcRecord.objects.filter(period_to_on__lt=period_to_on).aggregate(last=Max("period_to_on"))["last"]
    return (
        dict(AbcRecord.objects.filter(period_to_on=last).values_list("account_id", "abc_class"))
        if last
        else {}
    )


def _forget_others(period_to_on: dt.date, results: Sequence[AbcResult]) -> None:
    """Remove the period's records of accounts that the new results do not hold."""
    kept = {result.account_id for result in results}
    known = AbcRecord.objects.filter(period_to_on=period_to_on).values_list("account_id", flat=True)
    gone = [pk for pk in known if pk not in kept]
    for start in range(0, len(gone), CHUNK):
        AbcRecord.objects.filter(
            period_to_on=period_to_on, account_id__in=gone[start : start + CHUNK]
        ).delete()


def _set_classes(moved: Mapping[int, str]) -> None:
    for abc_class in set(moved.values()):
        ids = [pk for pk, found in moved.items() if found == abc_class]
        for start in range(0, len(ids), CHUNK):
            Account.objects.filter(pk__in=ids[start : start + CHUNK]).update(abc_class=abc_class)


@dataclass(frozen=True, slots=True)
class SalesFigures:
    """The trade of one account as the ledger has it: two years of net sales and the last day of trade."""

    account_id: int
    sales_12m: Decimal
    sales_prior_12m: Decimal
    last_trade_on: dt.date | None


@transaction.atomic
def record_sales(
    *,
    figures: Iterable[SalesFigures],
    source: str,
    as_of: dt.date,
    complete: bool = True,
    by: Viewer,
    at: dt.datetime,
) -> int:
    """Record the trade figures; with `complete` accounts not named traded nothing. Answers how many changed.

    `source` says in a word where they come from (`ledger:<version>`). Only rows that change are written.
    """
    by.require("ledger.import")
    new = {
        each.account_id: (each.sales_12m, each.sales_prior_12m, each.last_trade_on or NEVER)
        for each in figures
    }
    nothing = (Decimal(0), Decimal(0), NEVER)
    known = Account.objects.standing().select_for_update().order_by("pk")  # a merged one keeps what it had
    rows = known if complete else known.filter(pk__in=new)
    columns = ("sales_12m", "sales_prior_12m", "last_trade_on")
    changed = [
        (pk, dict(zip(columns, wanted, strict=True)))
        for pk, *old in rows.values_list("pk", *columns)
        if tuple(old) != (wanted := new.get(pk, nothing))
    ]
    update_rows(Account, changed)
    wake_traders(account_ids=[pk for pk, _values in changed], on=as_of, at=at)
    record(
        events.SALES_RECORDED, at=at, by_id=by.person_id, source=source, as_of=as_of, accounts=len(changed)
    )
    return len(changed)


@transaction.atomic
def record_touch(
    *, account: Account, on: dt.date, kind: str, source: str, source_id: int, by: Viewer, at: dt.datetime
) -> Touch:
    """One contact with the account, from the record `source` / `source_id`; its last contact is the newest one.

    Called inside the service of the domain that recorded the contact, which writes the event.
    """
    by.require("people.edit")
    require_reach(account.pk, by=by, permission="people.edit")
    Account.objects.select_for_update().get(pk=account.pk)
    touch: Touch = Touch.objects.update_or_create(
        source=source,
        source_id=source_id,
        defaults={"account": account, "on": on, "kind": kind, "by_id": by.person_id, "voided": False},
    )[0]
    _refresh_last_contact(account.pk)
    review_one(account_id=account.pk, by=by, at=at, on=timezone.localdate(at))
    return touch


@transaction.atomic
def void_touch(*, source: str, source_id: int, by: Viewer, at: dt.datetime) -> None:
    """Take a contact back because its record was voided; the last contact becomes the newest one left."""
    by.require("people.edit")
    touch = Touch.objects.filter(source=source, source_id=source_id, voided=False).first()
    if touch is None:
        return
    require_reach(touch.account_id, by=by, permission="people.edit")
    Account.objects.select_for_update().get(pk=touch.account_id)
    touch.voided = True
    touch.save(update_fields=["voided"])
    _refresh_last_contact(touch.account_id)
    review_one(account_id=touch.account_id, by=by, at=at, on=timezone.localdate(at))


def _refresh_last_contact(account_id: int) -> None:
    newest = Touch.objects.standing().filter(account_id=account_id).aggregate(on=Max("on"))["on"]
    Account.objects.filter(pk=account_id).update(last_contact_on=newest or NEVER)


@transaction.atomic
def plan_contact(*, account: Account, on: dt.date | None, note: str, by: Viewer, at: dt.datetime) -> None:
    """Set the day of the next contact and what it is about; None when nothing is planned."""
    by.require("people.edit")
    require_reach(account.pk, by=by, permission="people.edit")
    Account.objects.filter(pk=account.pk).update(
        next_contact_on=on or NOT_PLANNED, next_contact_note=note[:200] if on else ""
    )
