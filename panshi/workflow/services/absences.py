"""Absences: somebody acts for somebody else for some days. And the sentences people keep for their opinions."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.ground.audit.services import record
from panshi.ground.base.refusals import NotAllowed, Refused
from panshi.ground.base.viewer import Viewer, keys_of, person_key
from panshi.ground.identity.models import Assignment, Person
from panshi.workflow import events
from panshi.workflow.models import Absence, Party, Process, QuickOpinion, Seat, SeatState

MOST_OPINIONS: Final = 20


class CannotSetAbsence(Refused):
    """The days are wrong, or the substitute cannot stand in."""


@transaction.atomic
def set_absence(
    *,
    person: Person,
    substitute: Person,
    since_on: dt.date,
    until_on: dt.date,
    processes: Iterable[str] = (),
    note: str = "",
    by: Viewer,
    at: dt.datetime,
) -> Absence:
    """Let a substitute act for a person from a day to a day, in all processes or in some. One's own absence is one's
    own business; others' takes the right to manage people."""
    if by.person_id != person.pk:
        by.require("identity.manage")
    today, keys = timezone.localdate(at), sorted(set(processes))
    if until_on < since_on or until_on < today:
        raise CannotSetAbsence(_("结束日期不能早于开始日期，也不能已经过去。"), field="until_on")
    if substitute.pk == person.pk or not Person.objects.active().filter(pk=substitute.pk).exists():
        raise CannotSetAbsence(_("请选择另一位在职人员作为代理人。"), field="substitute")
    if set(keys) - set(Process.objects.filter(key__in=keys).values_list("key", flat=True)):
        raise CannotSetAbsence(_("没有这个流程。"), field="processes")
    overlapping = Absence.objects.select_for_update().filter(
        person=person, ended_at=None, since_on__lte=until_on, until_on__gte=since_on
    )
    for other in overlapping:
        if not keys or not other.process_keys or other.process_keys & set(keys):
            raise CannotSetAbsence(_("这几天已经设了代理人。"), field="since_on")
    absence = Absence.objects.create(
        person=person,
        substitute=substitute,
        since_on=since_on,
        until_on=until_on,
        processes="\n".join(keys),
        note=note.strip()[:200],
        created_at=at,
        created_by_id=by.person_id,
    )
    record(
        events.ABSENCE_SET,
        at=at,
        by_id=by.person_id,
        subject_id=absence.pk,
        person_id=person.pk,
        substitute_id=substitute.pk,
        since_on=since_on,
        until_on=until_on,
    )
    if since_on <= today:
        _show(absence, on=today)
    return absence


def _show(absence: Absence, *, on: dt.date) -> None:
    """Let the substitute see the requests that wait for the absent person."""
    held = Assignment.objects.valid(on).filter(person_id=absence.person_id).values_list("role", "unit_id")
    waiting = Seat.objects.filter(state=SeatState.OPEN, key__in=keys_of(absence.person_id, list(held)))
    if absence.process_keys:
        waiting = waiting.filter(task__process__key__in=absence.process_keys)
    Party.objects.bulk_create(
        [
            Party(request_id=request_id, key=person_key(absence.substitute_id))
            for request_id in set(waiting.values_list("request_id", flat=True))
        ],
        ignore_conflicts=True,
    )
    Absence.objects.filter(pk=absence.pk).update(shown=True)


@transaction.atomic
def show_absences(*, by: Viewer, at: dt.datetime) -> int:
    """Show open requests to the substitutes of absences that begin today; answers of how many."""
    by.require("identity.manage")
    today = timezone.localdate(at)
    begun = list(Absence.objects.on(today).select_for_update().filter(shown=False).order_by("pk"))
    for absence in begun:
        _show(absence, on=today)
    return len(begun)


@transaction.atomic
def end_absence(*, absence: Absence, by: Viewer, at: dt.datetime) -> Absence:
    """Back earlier: nobody acts for the person any more."""
    row: Absence = Absence.objects.select_for_update().get(pk=absence.pk)
    if by.person_id != row.person_id and not by.may("identity.manage"):
        raise NotAllowed(_("您没有此项操作的权限。"))
    if row.ended_at is None:
        row.ended_at = at
        row.save(update_fields=["ended_at"])
        record(events.ABSENCE_ENDED, at=at, by_id=by.person_id, subject_id=row.pk, person_id=row.person_id)
    return row


class CannotKeepOpinion(Refused):
    """Too many sentences, or one that is too long."""


@transaction.atomic
def keep_opinions(*, texts: Sequence[str], by: Viewer) -> None:
    """One's quick opinions, in order. A choice is no business fact, so it leaves no event."""
    wanted = list(dict.fromkeys(text.strip() for text in texts if text.strip()))
    if len(wanted) > MOST_OPINIONS or any(len(text) > 200 for text in wanted):
        raise CannotKeepOpinion(_("最多 20 条，每条最多 200 个字符。"), field="texts")
    if by.person_id is None:
        return
    QuickOpinion.objects.filter(person_id=by.person_id).delete()
    QuickOpinion.objects.bulk_create(
        [
            QuickOpinion(person_id=by.person_id, text=text, position=number)
            for number, text in enumerate(wanted)
        ]
    )
