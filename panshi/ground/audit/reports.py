"""Reads of events: the timeline of an account, in portions, with what the viewer may know."""

import datetime as dt
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from panshi.ground.audit.kinds import EventKind, all_kinds
from panshi.ground.audit.models import Event
from panshi.ground.audit.sealing import changes_of
from panshi.ground.base.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Happening:
    """One event as a timeline shows it; `changes` map a field to (before, after), empty once erased."""

    id: int
    kind: str
    at: dt.datetime
    by_id: int | None
    account_id: int | None
    subject_id: int | None
    payload: dict[str, Any]
    changes: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Timeline:
    """A portion of happenings, newest first; `before` asks for the next one, None at the end."""

    happenings: list[Happening]
    before: int | None


def timeline(
    account_id: int,
    viewer: Viewer,
    *,
    before: int | None = None,
    count: int = 30,
    kinds: Collection[str] | None = None,
    may: Callable[[str], bool] | None = None,
) -> Timeline:
    """What happened to an account that the viewer was already found to see.

    An event shows if its kind's permission reaches as far as seeing accounts does; `may` decides instead where the
    caller knows which permissions the viewer holds for this very account.
    """
    readable = may or (lambda permission: _reaches_accounts(viewer, permission))
    return _portion({"account_id": account_id}, readable, before, count, kinds)


def history(
    kind_prefix: str, subject_id: int, viewer: Viewer, *, before: int | None = None, count: int = 30
) -> Timeline:
    """What happened to one record that is no account: its events are those of kinds `<kind_prefix>…` and this
    subject."""
    kinds = [name for name in all_kinds() if name.startswith(kind_prefix)]
    return _portion({"subject_id": subject_id}, viewer.may, before, count, kinds)


def _reaches_accounts(viewer: Viewer, permission: str) -> bool:
    """Whether a permission reaches every account the viewer sees."""
    span, seen = viewer.span(permission), viewer.span("accounts.view")
    if span is None:
        return False
    return span.everything or (seen is not None and not seen.everything and seen.units <= span.units)


def _portion(
    of: dict[str, int],
    readable: Callable[[str], bool],
    before: int | None,
    count: int,
    kinds: Collection[str] | None,
) -> Timeline:
    """One portion by key, asked for with one row more to know whether there is another."""
    names = [kind.name for kind in _asked(kinds) if readable(kind.permission)]
    rows = Event.objects.filter(kind__in=names, **of).order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    events = list(rows[: count + 1])
    more, events = len(events) > count, events[:count]
    changes = changes_of(event.pk for event in events)
    happenings = [
        Happening(
            id=event.pk,
            kind=event.kind,
            at=event.at,
            by_id=event.by_id,
            account_id=event.account_id,
            subject_id=event.subject_id,
            payload=json.loads(event.payload),
            changes={one.field: (one.before, one.after) for one in changes.get(event.pk, [])},
        )
        for event in events
    ]
    return Timeline(happenings, events[-1].pk if more else None)


def _asked(kinds: Collection[str] | None) -> list[EventKind]:
    """The kinds asked for, all of them by default."""
    return [kind for kind in all_kinds().values() if kinds is None or kind.name in kinds]
