"""Telling people of variance notes: who is asked, reminders, and the supervisor when nobody answers.

What was told is stored on the note, so that a run that died is run again and tells nobody twice.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from panshi.domains.accounts import events
from panshi.domains.accounts.models import VarianceNote
from panshi.domains.accounts.reports.pools.directors import directors
from panshi.domains.accounts.reports.variance import supervisors
from panshi.ground.base.models import NEVER
from panshi.ground.base.refs import RecordRef
from panshi.ground.base.viewer import Viewer
from panshi.ground.notices.services import notify
from panshi.ground.settings.reports import value

LIST = RecordRef("variances", 1)
"""The notice leads to the list of what waits for its reader."""


@transaction.atomic
def tell_asked(*, by: Viewer, at: dt.datetime) -> int:
    """Tell owners of the notes raised since, one notice each; accounts without owner are the director's."""
    by.require("ledger.import")
    notes = _open(Q(told_at=None))
    for person, mine in _by_person(notes, _answering(notes, on=timezone.localdate(at))).items():
        due = min(note.due_on for note in mine)
        notify(events.VARIANCE_DUE, to=[person], at=at, record=LIST, count=len(mine), due=due.isoformat())
    VarianceNote.objects.filter(pk__in=[note.pk for note in notes]).update(told_at=at)
    return len(notes)


@transaction.atomic
def remind(*, on: dt.date, by: Viewer, at: dt.datetime) -> tuple[int, int]:
    """Remind of what still waits and tell supervisors of what is late; answers how many notes of each."""
    by.require("ledger.import")
    every = dt.timedelta(days=int(value("ledger.variance_remind_days")))
    asked_before = timezone.make_aware(dt.datetime.combine(on - every + dt.timedelta(days=1), dt.time()))
    due = _open(Q(reminded_on__lte=on - every, asked_at__lt=asked_before))
    for person, mine in _by_person(due, _answering(due, on=on)).items():
        first = min(note.due_on for note in mine)
        notify(
            events.VARIANCE_REMINDED, to=[person], at=at, record=LIST, count=len(mine), due=first.isoformat()
        )
    VarianceNote.objects.filter(pk__in=[note.pk for note in due]).update(reminded_on=on)
    patience = dt.timedelta(days=int(value("ledger.variance_escalate_days")))
    late = _open(Q(due_on__lt=on - patience, escalated_on=NEVER))
    above = supervisors({(note.account.unit_id, note.account.owner_id) for note in late}, on=on)
    for person, theirs in _by_person(
        late, {note.pk: above[note.account.unit_id, note.account.owner_id] for note in late}
    ).items():
        notify(events.VARIANCE_LATE, to=[person], at=at, record=LIST, count=len(theirs))
    VarianceNote.objects.filter(pk__in=[note.pk for note in late]).update(escalated_on=on)
    return len(due), len(late)


def _open(which: Q) -> list[VarianceNote]:
    rows = VarianceNote.objects.open().filter(which).select_for_update(of=("self",))
    return list(rows.select_related("account").order_by("pk"))


def _answering(notes: Iterable[VarianceNote], *, on: dt.date) -> Mapping[int, tuple[int, ...]]:
    """Who is asked about each note: the owner, or where there is none the director of the unit."""
    notes = list(notes)
    unowned = {note.account.unit_id for note in notes if note.account.owner_id is None}
    leading = directors(unowned, on=on) if unowned else {}
    return {
        note.pk: leading[note.account.unit_id] if note.account.owner_id is None else (note.account.owner_id,)
        for note in notes
    }


def _by_person(
    notes: Iterable[VarianceNote], who: Mapping[int, tuple[int, ...]]
) -> dict[int, list[VarianceNote]]:
    found: dict[int, list[VarianceNote]] = defaultdict(list)
    for note in notes:
        for person in who[note.pk]:
            found[person].append(note)
    return found
