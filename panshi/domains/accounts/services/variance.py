"""Variance notes: raised, updated and withdrawn as the ledger says; answered by the account's owner.

One note an account and period, whatever how often the ledger is looked at. An answer is never overwritten: where the
ledger corrects its figures afterwards, the note says so and keeps what was answered.
"""

import datetime as dt
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.domains.accounts import events
from panshi.domains.accounts.models import VarianceCause, VarianceNote, VarianceState
from panshi.domains.accounts.services.locking import locked
from panshi.ground.audit.kinds import EventKind
from panshi.ground.audit.models import Event
from panshi.ground.audit.services import draft, record
from panshi.ground.base.bulk import insert_rows
from panshi.ground.base.models import NEVER, NOT_PLANNED
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.reports import value

LONGEST: Final = 4000


@dataclass(frozen=True, slots=True)
class MovedLine:
    """A product line of one account: what it did in the period, and its mean before."""

    name: str
    actual: Decimal
    mean: Decimal


@dataclass(frozen=True, slots=True)
class VarianceFigures:
    """What must be explained: the period against the mean of `base` (first day, amount). `share` is None where the mean
    is not positive; `moved` is None where the product lines are as they were known."""

    account_id: int
    actual: Decimal
    mean: Decimal
    share: Decimal | None
    base: tuple[tuple[dt.date, Decimal], ...]
    moved: tuple[MovedLine, ...] | None


@dataclass(frozen=True, slots=True)
class ReviewedNotes:
    """What became of one lot of accounts."""

    raised: int = 0
    updated: int = 0
    withdrawn: int = 0
    corrected: int = 0

    def __add__(self, other: "ReviewedNotes") -> "ReviewedNotes":
        return ReviewedNotes(
            self.raised + other.raised,
            self.updated + other.updated,
            self.withdrawn + other.withdrawn,
            self.corrected + other.corrected,
        )


@dataclass(frozen=True, slots=True)
class Reviewing:
    """Which period is looked at, from which source; `raises` whether notes that are missing are asked for."""

    span: str
    period_on: dt.date
    source: str
    raises: bool


@transaction.atomic
def review_notes(
    *,
    asked: Reviewing,
    account_ids: Collection[int],
    found: Iterable[VarianceFigures],
    by: Viewer,
    at: dt.datetime,
) -> ReviewedNotes:
    """Bring the notes of a period to what the ledger says of the accounts looked at. Doing it again changes nothing."""
    by.require("ledger.import")
    known = {
        note.account_id: note
        for note in VarianceNote.objects.filter(
            span=asked.span, period_on=asked.period_on, account_id__in=list(account_ids)
        )
        .select_for_update()
        .order_by("pk")
    }
    wanted = {each.account_id: each for each in found}
    told: list[Event] = []
    updated = withdrawn = corrected = 0
    for account_id, note in known.items():
        figures = wanted.get(account_id)
        if note.state == VarianceState.ANSWERED:
            corrected += _correct(note, figures, asked, told, at=at)
        elif figures is None:
            withdrawn += _withdraw(note, asked, told, at=at)
        else:
            updated += _update(note, figures, asked, told, at=at)
    fresh = [figures for pk, figures in wanted.items() if pk not in known] if asked.raises else []
    _raise(fresh, asked, told, at=at)
    insert_rows(Event, told)
    return ReviewedNotes(len(fresh), updated, withdrawn, corrected)


def _raise(fresh: Sequence[VarianceFigures], asked: Reviewing, told: list[Event], *, at: dt.datetime) -> None:
    due = timezone.localdate(at) + dt.timedelta(days=int(value("ledger.variance_days")))
    notes = []
    for figures in fresh:
        note = VarianceNote(
            account_id=figures.account_id, span=asked.span, period_on=asked.period_on, asked_at=at, due_on=due
        )
        _fill(note, figures, asked.source)
        notes.append(note)
    insert_rows(VarianceNote, notes)
    told += [_told(events.VARIANCE_ASKED, note, at=at, source=asked.source) for note in notes]


def _fill(note: VarianceNote, figures: VarianceFigures, source: str) -> None:
    note.actual, note.mean, note.share = figures.actual, figures.mean, figures.share
    note.deviation, note.source = figures.actual - figures.mean, source
    note.base = json.dumps([[day.isoformat(), str(amount)] for day, amount in figures.base])
    if figures.moved is not None:
        note.moved = json.dumps(
            [[line.name, str(line.actual), str(line.mean)] for line in figures.moved], ensure_ascii=False
        )


def _same(note: VarianceNote, figures: VarianceFigures) -> bool:
    return (note.actual, note.mean) == (figures.actual, figures.mean)


def _update(
    note: VarianceNote, figures: VarianceFigures, asked: Reviewing, told: list[Event], *, at: dt.datetime
) -> bool:
    """New figures for an open note; one that was withdrawn is asked again."""
    reopened = note.state == VarianceState.WITHDRAWN
    if _same(note, figures) and not reopened:
        return False
    _fill(note, figures, asked.source)
    if reopened:
        note.state, note.asked_at, note.told_at = VarianceState.OPEN, at, None
        note.due_on = timezone.localdate(at) + dt.timedelta(days=int(value("ledger.variance_days")))
        note.reminded_on = note.escalated_on = NEVER
        told.append(_told(events.VARIANCE_ASKED, note, at=at, source=asked.source))
    note.step(at=at)
    note.save()
    return True


def _withdraw(note: VarianceNote, asked: Reviewing, told: list[Event], *, at: dt.datetime) -> bool:
    """The corrected ledger no longer deviates: nobody needs to explain."""
    if note.state == VarianceState.WITHDRAWN:
        return False
    note.state, note.source = VarianceState.WITHDRAWN, asked.source
    note.step(at=at)
    note.save()
    told.append(_told(events.VARIANCE_WITHDRAWN, note, at=at, source=asked.source))
    return True


def _correct(
    note: VarianceNote,
    figures: VarianceFigures | None,
    asked: Reviewing,
    told: list[Event],
    *,
    at: dt.datetime,
) -> bool:
    """The ledger moved after the answer: mark it, and keep the figures that were answered. Where the period no longer
    deviates the figures are left as they were, and the mark alone says so."""
    if figures is None and note.corrected_at is not None:
        return False
    if figures is not None and _same(note, figures):
        return False
    if note.answered_actual is None:
        note.answered_actual, note.answered_mean = note.actual, note.mean
    if figures is not None:
        _fill(note, figures, asked.source)
    note.corrected_at = at
    note.step(at=at)
    note.save()
    told.append(_told(events.VARIANCE_CORRECTED, note, at=at, source=asked.source))
    return True


def _told(kind: EventKind, note: VarianceNote, *, at: dt.datetime, source: str) -> Event:
    return draft(
        kind,
        at=at,
        by_id=None,
        account_id=note.account_id,
        subject_id=note.account_id,
        note_id=note.pk,
        span=note.span,
        period_on=note.period_on,
        source=source,
    )


class CannotAnswerVariance(Refused):
    """The note was withdrawn, or cause or explanation is missing."""


@transaction.atomic
def answer_variance(
    *,
    note: VarianceNote,
    values: Mapping[str, str],
    next_on: dt.date | None,
    expected_version: int,
    by: Viewer,
    at: dt.datetime,
) -> VarianceNote:
    """Explain a variance: `values` hold `cause`, `answer` and `measures`; `next_on` is when to look again. An answer
    may be corrected; answering a note whose figures the ledger changed settles it anew."""
    by.require("ledger.view")
    account = locked(note.account_id, by=by, permission="accounts.edit")
    row: VarianceNote = VarianceNote.objects.select_for_update().get(pk=note.pk)
    row.expect(expected_version)
    _check(row, values, next_on, on=timezone.localdate(at))
    before = {"cause": row.cause, "answer": row.answer, "measures": row.measures}
    row.cause = values["cause"]
    row.answer, row.measures = (str(values.get(name) or "").strip() for name in ("answer", "measures"))
    row.next_on = next_on or NOT_PLANNED
    row.state, row.answered_at, row.answered_by_id = VarianceState.ANSWERED, at, by.person_id
    row.answered_actual = row.answered_mean = row.corrected_at = None
    row.step(at=at)
    row.save()
    after = {"cause": row.cause, "answer": row.answer, "measures": row.measures}
    record(
        events.VARIANCE_ANSWERED,
        at=at,
        by_id=by.person_id,
        account_id=account.pk,
        subject_id=account.pk,
        changes={name: (before[name], after[name]) for name in before if before[name] != after[name]} or None,
        note_id=row.pk,
        span=row.span,
        period_on=row.period_on,
        cause=row.cause,
    )
    return row


def _check(row: VarianceNote, values: Mapping[str, str], next_on: dt.date | None, *, on: dt.date) -> None:
    if row.state == VarianceState.WITHDRAWN:
        raise CannotAnswerVariance(_("台账已更正，这份异动说明已撤回，不必再写。"))
    if not values.get("cause") or values["cause"] not in VarianceCause.values:
        raise CannotAnswerVariance(_("请选择原因。"), field="cause")
    if not str(values.get("answer") or "").strip():
        raise CannotAnswerVariance(_("请说明异动的情况。"), field="answer")
    for name in ("answer", "measures"):
        if len(str(values.get(name) or "")) > LONGEST:
            raise CannotAnswerVariance(_("最多 %(count)d 个字。") % {"count": LONGEST}, field=name)
    if next_on is not None and next_on < on:
        raise CannotAnswerVariance(_("下次检查的日期不能在今天之前。"), field="next_on")
