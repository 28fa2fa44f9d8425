"""The contact log of many accounts at once: entries with their own authors and times in a few statements."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils import timezone

from panshi.domains.accounts.models import Account
from panshi.domains.accounts.services.touches import Planned, Touched, plan_contacts, record_touches
from panshi.domains.people import events
from panshi.domains.people.models import LogEntry
from panshi.domains.people.services.log import TOUCH_SOURCE, check_entry
from panshi.ground.audit.models import Event
from panshi.ground.audit.services import draft
from panshi.ground.base.bulk import insert_rows
from panshi.ground.base.viewer import Viewer

CHUNK: Final = 2000


@dataclass(frozen=True, slots=True)
class Said:
    """One entry to be written: with whom, what, by whom and when it was written down; the contact was that day."""

    account: Account
    kind: str
    text: str
    by_id: int | None
    at: dt.datetime
    next_contact_on: dt.date | None = None
    next_contact_note: str = ""


@transaction.atomic
def log_contacts(*, said: Sequence[Said], by: Viewer, at: dt.datetime) -> list[LogEntry]:
    """Write many entries, each with its own author and time and an event of its own, as `log_contact` writes one.

    All accounts must be within reach. Raises `CannotLog` for the first that says nothing or lies ahead.
    """
    entries = [_entry(one) for one in said]
    insert_rows(LogEntry, entries)
    touched = [Touched(entry.account_id, entry.on, entry.kind, entry.pk, entry.by_id) for entry in entries]
    record_touches(touches=touched, source=TOUCH_SOURCE, by=by, at=at)
    plan_next({entry.account_id for entry in entries}, by=by, at=at)
    insert_rows(
        Event,
        [
            draft(
                events.LOGGED,
                at=entry.at,
                by_id=entry.by_id,
                account_id=entry.account_id,
                subject_id=entry.pk,
                way=entry.kind,
                on=entry.on,
                contact_id=None,
                next_contact_on=entry.next_contact_on,
            )
            for entry in entries
        ],
    )
    return entries


def _entry(one: Said) -> LogEntry:
    day = timezone.localdate(one.at)
    check_entry(one.account, one.text, one.kind, day, None, one.next_contact_on, day)
    return LogEntry(
        account=one.account,
        kind=one.kind,
        on=day,
        text=one.text.strip(),
        next_contact_on=one.next_contact_on,
        next_contact_note=one.next_contact_note.strip()[:200] if one.next_contact_on else "",
        at=one.at,
        by_id=one.by_id,
    )


def plan_next(account_ids: Collection[int], *, by: Viewer, at: dt.datetime) -> None:
    """The next contact of each account settled as after one entry: what was agreed last, unless it was kept."""
    ids, plans = sorted(account_ids), list[Planned]()
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        found: dict[int, list[LogEntry]] = {pk: [] for pk in part}
        rows = LogEntry.objects.standing().filter(account_id__in=part).order_by("on", "pk")
        for entry in rows.only("account_id", "on", "next_contact_on", "next_contact_note"):
            found[entry.account_id].append(entry)
        plans += [_planned(pk, entries) for pk, entries in found.items()]
    plan_contacts(plans=plans, by=by, at=at)


def _planned(account_id: int, entries: Sequence[LogEntry]) -> Planned:
    """What was agreed last in entries from the oldest on, if no later one kept it."""
    agreed: LogEntry | None = None
    for entry in entries:
        if agreed is not None and agreed.next_contact_on and entry.on >= agreed.next_contact_on:
            agreed = None
        if entry.next_contact_on is not None:
            agreed = entry
    if agreed is None:
        return Planned(account_id, None, "")
    return Planned(account_id, agreed.next_contact_on, agreed.next_contact_note)
