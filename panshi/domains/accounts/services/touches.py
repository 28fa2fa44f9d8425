"""Contacts with many accounts at once, pushed down by an import: touches, last and next contacts in few statements."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.domains.accounts.models import Account, PoolWarning, Touch
from panshi.domains.accounts.services.pools.nightly import review_one
from panshi.ground.base.bulk import insert_rows, update_rows
from panshi.ground.base.models import NEVER, NOT_PLANNED
from panshi.ground.base.refusals import NotAllowed
from panshi.ground.base.viewer import Viewer

CHUNK: Final = 2000


@dataclass(frozen=True, slots=True)
class Touched:
    """One contact: with which account, when, how, the record that says so, and who it was."""

    account_id: int
    on: dt.date
    kind: str
    source_id: int
    by_id: int | None


@dataclass(frozen=True, slots=True)
class Planned:
    """The next contact of an account; None when nothing is planned."""

    account_id: int
    on: dt.date | None
    note: str


@transaction.atomic
def record_touches(*, touches: Sequence[Touched], source: str, by: Viewer, at: dt.datetime) -> None:
    """Record new contacts of one source; each account's last contact is its newest touch."""
    ids = {touch.account_id for touch in touches}
    _lock(ids, by=by)
    insert_rows(
        Touch,
        [
            Touch(
                account_id=touch.account_id,
                on=touch.on,
                kind=touch.kind,
                by_id=touch.by_id,
                source=source,
                source_id=touch.source_id,
            )
            for touch in touches
        ],
    )
    _refresh(ids, by=by, at=at)


@transaction.atomic
def void_touches(*, source: str, source_ids: Sequence[int], by: Viewer, at: dt.datetime) -> None:
    """Take contacts back because their records were voided."""
    ids: set[int] = set()
    for start in range(0, len(source_ids), CHUNK):
        rows = Touch.objects.standing().filter(source=source, source_id__in=source_ids[start : start + CHUNK])
        ids |= set(rows.values_list("account_id", flat=True))
    _lock(ids, by=by)
    for start in range(0, len(source_ids), CHUNK):
        rows = Touch.objects.filter(source=source, source_id__in=source_ids[start : start + CHUNK])
        rows.update(voided=True)
    _refresh(ids, by=by, at=at)


@transaction.atomic
def plan_contacts(*, plans: Iterable[Planned], by: Viewer, at: dt.datetime) -> None:
    """Set the next contacts of many accounts."""
    wanted = list(plans)
    _lock({plan.account_id for plan in wanted}, by=by)
    update_rows(
        Account,
        (
            (
                plan.account_id,
                {
                    "next_contact_on": plan.on or NOT_PLANNED,
                    "next_contact_note": plan.note[:200] if plan.on else "",
                },
            )
            for plan in wanted
        ),
    )


def _lock(ids: Collection[int], *, by: Viewer) -> None:
    """Hold the accounts, all of which must be within reach."""
    by.require("people.edit")
    keys = sorted(ids)
    for start in range(0, len(keys), CHUNK):
        part = keys[start : start + CHUNK]
        reached = Account.objects.visible_to(by, "people.edit").filter(pk__in=part)
        if reached.count() != len(part):
            raise NotAllowed(_("您没有此项操作的权限。"))
        list(
            Account.objects.select_for_update()
            .filter(pk__in=part)
            .order_by("pk")
            .values_list("pk", flat=True)
        )


def _refresh(ids: Collection[int], *, by: Viewer, at: dt.datetime) -> None:
    """Last contacts as the standing touches have them, and the warnings of the few accounts that have one."""
    keys, on = sorted(ids), timezone.localdate(at)
    for start in range(0, len(keys), CHUNK):
        part = keys[start : start + CHUNK]
        standing = Touch.objects.standing().filter(account_id__in=part).values("account_id")
        newest = {row["account_id"]: row["last"] for row in standing.annotate(last=Max("on"))}
        update_rows(Account, ((pk, {"last_contact_on": newest.get(pk) or NEVER}) for pk in part))
        warned = PoolWarning.objects.filter(account_id__in=part).values_list("account_id", flat=True)
        for pk in sorted(warned):
            review_one(account_id=pk, by=by, at=at, on=on)
