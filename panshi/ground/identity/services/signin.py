"""What happens at the door: sign-ins and failures, ends of sessions, changes of a second factor. Sign-in itself is
allauth's; its tables of second factors and sessions are written here only to take something away.

Network addresses are personal data: they stand in the erasable change rows, never in the sealed event.
"""

import datetime as dt
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction

from panshi.ground.audit.kinds import EventKind
from panshi.ground.audit.services import record
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity import events
from panshi.ground.identity.models import Person


@transaction.atomic
def note_sign_in(*, address: str, by: Viewer, at: dt.datetime) -> None:
    """Record that a person came in, with every factor asked for."""
    _note(events.SIGNED_IN, by.person_id, address=address, by_id=by.person_id, at=at)


@transaction.atomic
def note_sign_out(*, address: str, by: Viewer, at: dt.datetime) -> None:
    """Record that a person left."""
    _note(events.SIGNED_OUT, by.person_id, address=address, by_id=by.person_id, at=at)


@transaction.atomic
def note_failed_sign_in(*, username: str, step: str, address: str, by: Viewer, at: dt.datetime) -> None:
    """Record a refused attempt at `step` (password or code) and whose it was.

    An unknown name is not kept: people type passwords into the wrong field.
    """
    person = Person.objects.filter(username__iexact=username).values_list("pk", flat=True).first()
    _note(events.SIGN_IN_FAILED, person, address=address, by_id=by.person_id, at=at, step=step)


@transaction.atomic
def note_second_factor(*, what: str, address: str, by: Viewer, at: dt.datetime) -> None:
    """Record that a person added, removed or renewed a second factor."""
    _note(events.SECOND_FACTOR_CHANGED, by.person_id, address=address, by_id=by.person_id, at=at, what=what)


@transaction.atomic
def remove_second_factor(*, person: Person, by: Viewer, at: dt.datetime) -> None:
    """Take away a lost second factor with its recovery codes, so that a new one can be set up after sign-in."""
    by.require("identity.manage")
    removed, _rows = Authenticator.objects.filter(user_id=person.pk).delete()
    if removed:
        record(
            events.SECOND_FACTOR_CHANGED, at=at, by_id=by.person_id, subject_id=person.pk, what="taken_away"
        )


@transaction.atomic
def end_session(*, session: UserSession, by: Viewer, at: dt.datetime) -> None:
    """Sign a browser out from afar; one's own always, others' with the right to manage people."""
    if by.person_id != session.user_id:
        by.require("identity.manage")
    person_id = session.user_id
    session.end()
    record(events.SESSION_ENDED, at=at, by_id=by.person_id, subject_id=person_id)


def _note(
    kind: EventKind,
    subject_id: int | None,
    *,
    address: str,
    by_id: int | None,
    at: dt.datetime,
    **payload: Any,
) -> None:
    """Record one event of the door."""
    record(kind, at=at, by_id=by_id, subject_id=subject_id, changes={"address": ("", address)}, **payload)
