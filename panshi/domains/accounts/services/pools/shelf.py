"""Putting accounts into a pool and taking them out: the rows that change either way, in a few statements for many.

Rights, limits and barriers are for the callers to check, under the locks they hold on the accounts.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils import timezone

from panshi.domains.accounts import events
from panshi.domains.accounts.models import (
    Account,
    Claim,
    Pool,
    PoolEntry,
    PoolWarning,
    TeamMember,
)
from panshi.domains.accounts.services.completeness import measure
from panshi.ground.audit.models import Change, Event
from panshi.ground.audit.services import draft
from panshi.ground.base.bulk import insert_rows, update_rows
from panshi.ground.base.models import NEVER, NOT_PLANNED
from panshi.ground.base.viewer import Viewer

CHUNK: Final = 2000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one account of several: done, or why not in `message`. `kept` is what undoing it needs (JSON)."""

    account_id: int
    name: str
    done: bool
    message: str = ""
    kept: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shelved:
    """A locked account on its way into a pool, with the reason in words and the conditions met."""

    account: Account
    pool_id: int
    kind: str
    reason: str
    rule_id: int | None = None
    why: list[dict[str, Any]] = field(default_factory=list)


def shelve(rows: Sequence[Shelved], *, by: Viewer, at: dt.datetime) -> None:
    """Put the accounts into their pools. They keep contacts, history and unit; owner, team and plan of contact end."""
    for start in range(0, len(rows), CHUNK):
        _shelve(rows[start : start + CHUNK], by=by, at=at)


def _shelve(rows: Sequence[Shelved], *, by: Viewer, at: dt.datetime) -> None:
    on, ids = timezone.localdate(at), [row.account.pk for row in rows]
    PoolEntry.objects.bulk_create(
        PoolEntry(
            account_id=row.account.pk,
            pool_id=row.pool_id,
            kind=row.kind,
            reason=row.reason[:200],
            why=row.why,
            from_person_id=row.account.owner_id,
            at=at,
            since_on=on,
        )
        for row in rows
    )
    _dissolve_teams(ids, by=by, at=at)
    Claim.objects.standing().filter(account__in=ids).update(ended_at=at)
    PoolWarning.objects.filter(account__in=ids).delete()
    made = [_pooled(row, by=by, at=at) for row in rows]
    insert_rows(Event, made)
    insert_rows(
        Change,
        [
            Change(event=event, field="reason", before="", after=row.reason)
            for event, row in zip(made, rows, strict=True)
        ],
    )
    for row in rows:
        account = row.account
        account.owner_id, account.pool_id = None, row.pool_id
        account.owner_since_on = account.protected_until_on = NEVER
        account.next_contact_on, account.next_contact_note = NOT_PLANNED, ""
        account.step(at=at)
    update_rows(Account, [(row.account.pk, stored(row.account)) for row in rows])
    measure(ids, at=at)


def _pooled(row: Shelved, *, by: Viewer, at: dt.datetime) -> Event:
    return draft(
        events.POOLED,
        at=at,
        by_id=by.person_id,
        account_id=row.account.pk,
        subject_id=row.account.pk,
        pool_id=row.pool_id,
        way=str(row.kind),
        rule_id=row.rule_id,
        from_person_id=row.account.owner_id,
        version=row.account.version + 1,
    )


def stored(account: Account) -> dict[str, Any]:
    """The columns that say where an account lies and whose it is."""
    return {
        "owner": account.owner_id,
        "unit": account.unit_id,
        "pool": account.pool_id,
        "owner_since_on": account.owner_since_on,
        "protected_until_on": account.protected_until_on,
        "next_contact_on": account.next_contact_on,
        "next_contact_note": account.next_contact_note,
        "version": account.version,
        "updated_at": account.updated_at,
    }


def _dissolve_teams(account_ids: Sequence[int], *, by: Viewer, at: dt.datetime) -> None:
    """Who worked for the account does so no longer; a new owner names a new team."""
    members = list(TeamMember.objects.filter(account__in=account_ids).order_by("pk"))
    insert_rows(
        Event,
        [
            draft(
                events.MEMBER_REMOVED,
                at=at,
                by_id=by.person_id,
                account_id=member.account_id,
                subject_id=member.person_id,
                person_id=member.person_id,
                role=member.role,
            )
            for member in members
        ],
    )
    TeamMember.objects.filter(pk__in=[member.pk for member in members]).delete()


@dataclass(frozen=True, slots=True)
class Taker:
    """Who takes accounts out of a pool, into which unit, and how."""

    person_id: int
    unit_id: int
    kind: str
    reason: str = ""


def take_out(
    account: Account, *, entry: PoolEntry, pool: Pool, taker: Taker, by: Viewer, at: dt.datetime
) -> Claim:
    """Give a locked account of the pool to a person, protected and bound to be in contact as the pool says."""
    on = timezone.localdate(at)
    contact_by = on + dt.timedelta(days=pool.contact_days) if pool.contact_days else None
    until = on + dt.timedelta(days=pool.protected_days) if pool.protected_days else NEVER
    entry.left_at, entry.taken_by_id = at, taker.person_id
    entry.save(update_fields=["left_at", "taken_by_id"])
    account.owner_id, account.unit_id, account.pool_id = taker.person_id, taker.unit_id, None
    account.owner_since_on, account.protected_until_on = on, until
    account.step(at=at)
    update_rows(Account, [(account.pk, stored(account))])
    measure([account.pk], at=at)
    event = draft(
        events.CLAIMED,
        at=at,
        by_id=by.person_id,
        account_id=account.pk,
        subject_id=account.pk,
        pool_id=pool.pk,
        way=str(taker.kind),
        owner_id=taker.person_id,
        unit_id=taker.unit_id,
        contact_by_on=contact_by,
        protected_until_on=until if pool.protected_days else None,
        version=account.version,
    )
    event.save(force_insert=True)
    if taker.reason:
        Change.objects.create(event=event, field="reason", before="", after=taker.reason)
    claim: Claim = Claim.objects.create(
        account=account,
        pool=pool,
        person_id=taker.person_id,
        kind=taker.kind,
        at=at,
        on=on,
        contact_by_on=contact_by,
    )
    return claim
