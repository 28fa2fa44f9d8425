"""The nightly run: who is told that an account will return, what returns, and what the director must reassign.

Accounts are gone through in the order of their keys, some thousand at a time, each lot in a transaction of its own. A
lot is settled by what is stored, so that a run that died is simply run again: nobody is told twice, nothing happens
twice.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.calc.recycling import Told, Works, step
from panshi.domains.accounts import events
from panshi.domains.accounts.models import Account, EntryKind, OpenMatter, PoolEntry, PoolRun, PoolWarning
from panshi.domains.accounts.reports.pools.directors import directors
from panshi.domains.accounts.reports.pools.evaluation import (
    COLUMNS,
    Finding,
    Rulebook,
    candidates,
    find,
    last_foreseen,
)
from panshi.domains.accounts.services.pools.shelf import Shelved, shelve
from panshi.ground.audit.services import record
from panshi.ground.base.models import NEVER
from panshi.ground.base.viewer import Viewer
from panshi.ground.notices.services import notify

LOT: Final = 2000


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What came of one lot; `last_id` is where the next one begins, None when all accounts were seen."""

    last_id: int | None
    looked_at: int = 0
    returned: int = 0


@transaction.atomic
def review_some(
    *,
    book: Rulebook,
    after: int,
    on: dt.date,
    by: Viewer,
    at: dt.datetime,
    lot: int = LOT,
) -> Reviewed:
    """Settle the next accounts after a key: keep their warnings true, return those whose time has come."""
    by.require("pools.manage")
    until = last_foreseen(on, book.works)
    rows = list(candidates(book, until).filter(pk__gt=after).order_by("pk").values_list(*COLUMNS)[:lot])
    last = rows[-1][0] if len(rows) == lot else None
    stretch = Q(account__gt=after) & (Q(account__lte=last) if last is not None else Q())
    known = {each.account_id: each for each in PoolWarning.objects.filter(stretch)}
    findings = list(find(book, rows, on=on, until=until))
    returning = _settle(findings, known, on=on, works=book.works)
    returned = _return(book, returning, on=on, by=by, at=at)
    return Reviewed(last, len(rows), returned)


@transaction.atomic
def review_one(*, account_id: int, by: Viewer, at: dt.datetime, on: dt.date) -> None:
    """Keep the warning of one account true after something happened to it; nothing returns here, nobody is told."""
    known = PoolWarning.objects.filter(account_id=account_id).first()
    if known is None:
        return
    book = Rulebook.load()
    until = last_foreseen(on, book.works)
    rows = candidates(book, until).filter(pk=account_id).values_list(*COLUMNS)
    found = next(find(book, rows, on=on, until=until), None)
    if found is None or found.owner_id != known.owner_id:
        known.delete()
        return
    row, _returns = _warning(found, known, on=on, works=book.works, quiet=True)
    _store([row])


def _settle(
    findings: Iterable[Finding], known: Mapping[int, PoolWarning], *, on: dt.date, works: Works
) -> list[Finding]:
    """Bring the stored warnings to what was found; answers what returns now."""
    rows, returning, kept = [], [], set()
    for found in findings:
        before = known.get(found.account_id)
        if before is not None and before.owner_id != found.owner_id:
            before = None
        row, returns = _warning(found, before, on=on, works=works)
        kept.add(found.account_id)
        if before is None or _differs(row, before):
            rows.append(row)
        if returns:
            returning.append(found)
    PoolWarning.objects.filter(pk__in=[each.pk for pk, each in known.items() if pk not in kept]).delete()
    _store(rows)
    return returning


def _warning(
    found: Finding, before: PoolWarning | None, *, on: dt.date, works: Works, quiet: bool = False
) -> tuple[PoolWarning, bool]:
    """The warning as it stands after tonight, and whether the account returns. `quiet`: nobody is told now."""
    row = PoolWarning(
        account_id=found.account_id,
        owner_id=found.owner_id,
        pool_id=found.pool_id,
        reason=found.reason,
        why=found.why,
        barrier=found.barrier,
        due_on=found.true_on,
    )
    same = before is not None and before.barrier == found.barrier
    if before is not None and same:
        row.warned_on, row.last_warned_on = before.warned_on, before.last_warned_on
    if found.barrier:
        if row.warned_on == NEVER and works(on) and not quiet:
            row.warned_on = on
        return row, False
    told = Told(
        None if row.warned_on == NEVER else row.warned_on,
        None if row.last_warned_on == NEVER else row.last_warned_on,
        before.due_on if before is not None and same else None,
    )
    due = step(found.true_on, on=on, told=told, grace=found.grace, works=works)
    if told.due_on is not None and due.due_on > told.due_on:
        row.last_warned_on = NEVER
    row.due_on = due.due_on
    if due.first and not quiet:
        row.warned_on = on
    if due.last and not quiet:
        row.last_warned_on = on
    return row, due.returns and not quiet


FIELDS: Final = ("owner_id", "pool_id", "reason", "why", "barrier", "due_on", "warned_on", "last_warned_on")


def _differs(row: PoolWarning, before: PoolWarning) -> bool:
    """Whether tonight changed anything: on most nights most warnings stay as they are."""
    return any(getattr(row, name) != getattr(before, name) for name in FIELDS)


def _store(rows: Sequence[PoolWarning]) -> None:
    PoolWarning.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["account"],
        update_fields=[name.removesuffix("_id") for name in FIELDS],
    )


def _return(book: Rulebook, found: Sequence[Finding], *, on: dt.date, by: Viewer, at: dt.datetime) -> int:
    """Put the accounts into their pools, except those something happened to while we looked."""
    if not found:
        return 0
    ids = [each.account_id for each in found]
    locked = {row.pk: row for row in Account.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    matters = OpenMatter.objects.standing().filter(account__in=ids).values("account_id")
    still = candidates(book, on).filter(pk__in=ids, is_key=False).exclude(pk__in=matters)
    unchanged = set(still.values_list("pk", flat=True))
    rows = [
        Shelved(
            locked[each.account_id],
            each.pool_id,
            EntryKind.RECYCLED,
            each.reason or _("认领后没有按时联系"),
            each.rule_id,
            each.why,
        )
        for each in found
        if each.account_id in unchanged and locked[each.account_id].owner_id == each.owner_id
    ]
    shelve(rows, by=by, at=at)
    return len(rows)


@transaction.atomic
def finish_night(*, on: dt.date, looked_at: int, by: Viewer, at: dt.datetime) -> PoolRun:
    """Tell everybody what the night brought them, once a day: owners in one notice each, directors what is theirs."""
    by.require("pools.manage")
    done = PoolRun.objects.filter(on=on).first()
    if done is not None:
        return done
    warned = _tell_owners(on, at=at)
    returned = _tell_dropped(at=at)
    kept = _tell_directors(on, at=at)
    run: PoolRun = PoolRun.objects.create(
        on=on, finished_at=at, looked_at=looked_at, warned=warned, returned=returned, kept=kept
    )
    record(
        events.POOLS_RUN,
        at=at,
        by_id=by.person_id,
        subject_id=run.pk,
        on=on,
        looked_at=looked_at,
        warned=warned,
        returned=returned,
        kept=kept,
    )
    return run


def _tell_owners(on: dt.date, *, at: dt.datetime) -> int:
    falling = PoolWarning.objects.falling()
    last = falling.filter(last_warned_on=on).values_list("owner_id", "account_id", "due_on")
    first = falling.filter(warned_on=on).exclude(last_warned_on=on)
    told = 0
    for kind, rows in (
        (events.POOL_LAST_CALL, list(last)),
        (events.POOL_DUE, list(first.values_list("owner_id", "account_id", "due_on"))),
    ):
        told += len(rows)
        for owner_id, mine in _by_person(rows).items():
            notify(
                kind,
                to=[owner_id],
                at=at,
                account_id=mine[0][1] if len(mine) == 1 else None,
                count=len(mine),
                first=min(row[2] for row in mine).isoformat(),
            )
    return told


def _tell_dropped(*, at: dt.datetime) -> int:
    rows = list(
        PoolEntry.objects.filter(kind=EntryKind.RECYCLED, since_on=timezone.localdate(at)).values_list(
            "from_person_id", "account_id"
        )
    )
    for owner_id, count in Counter(row[0] for row in rows if row[0] is not None).items():
        notify(events.POOL_DROPPED, to=[owner_id], at=at, count=count)
    return len(rows)


def _tell_directors(on: dt.date, *, at: dt.datetime) -> int:
    kept = PoolWarning.objects.kept().filter(warned_on=on).values_list("account__unit_id", "account_id")
    rows = list(kept)
    leaders = directors({row[0] for row in rows}, on=on)
    mine = Counter(person_id for unit_id, _account in rows for person_id in leaders.get(unit_id, ()))
    for person_id, count in mine.items():
        notify(events.POOL_KEPT, to=[person_id], at=at, count=count)
    return len(rows)


def _by_person(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    return found
