"""Reads of events: the timeline of an account, in portions, with what the viewer may know; one event of the audit
trail; how far the chain is sealed."""

import datetime as dt
import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from panshi.ground.audit.kinds import EventKind, all_kinds
from panshi.ground.audit.models import Chain, Change, Event, Seal, Unsealed
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


@dataclass(frozen=True, slots=True)
class Sealed:
    """How far the chain is: number, mac and moment of the last seal; how many events wait for theirs, since when."""

    seq: int
    mac: str
    at: dt.datetime | None
    waiting: int
    waiting_since: dt.datetime | None


def one_happening(event_id: int, viewer: Viewer) -> tuple[Happening, int | None] | None:
    """One event of the audit trail with the number of its seal, whole; None when there is none for this viewer."""
    event = Event.objects.visible_to(viewer).filter(pk=event_id).first()
    if event is None:
        return None
    seq = Seal.objects.filter(event_id=event_id).values_list("seq", flat=True).first()
    return _happening(event, changes_of([event_id]).get(event_id, [])), seq


def sealed(viewer: Viewer) -> Sealed:
    """The state of the chain, for those who may see the audit trail."""
    viewer.require("audit.view")
    chain = Chain.objects.filter(pk=1).first() or Chain(pk=1)
    waiting = Unsealed.objects.order_by("event_id")
    oldest = Event.objects.filter(pk__in=waiting.values("event_id")[:1]).values_list("at", flat=True).first()
    return Sealed(chain.seq, chain.mac, chain.sealed_at, waiting.count(), oldest)


def timeline(
    account_id: int,
    viewer: Viewer,
    *,
    before: int | None = None,
    count: int = 30,
    kinds: Collection[str] | None = None,
    may: Callable[[str], bool] | None = None,
    also: Collection[int] = (),
) -> Timeline:
    """What happened to an account that the viewer was already found to see, and to those merged into it (`also`).

    An event shows if its kind's permission reaches as far as seeing accounts does; `may` decides instead where the
    caller knows which permissions the viewer holds for this very account.
    """
    readable = may or (lambda permission: _reaches_accounts(viewer, permission))
    of: dict[str, Any] = {"account_id__in": [account_id, *also]} if also else {"account_id": account_id}
    return _portion(of, readable, before, count, kinds)


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
    of: dict[str, Any],
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
    happenings = [_happening(event, changes.get(event.pk, [])) for event in events]
    return Timeline(happenings, events[-1].pk if more else None)


def _happening(event: Event, changes: Iterable[Change]) -> Happening:
    return Happening(
        id=event.pk,
        kind=event.kind,
        at=event.at,
        by_id=event.by_id,
        account_id=event.account_id,
        subject_id=event.subject_id,
        payload=json.loads(event.payload),
        changes={one.field: (one.before, one.after) for one in changes},
    )


def _asked(kinds: Collection[str] | None) -> list[EventKind]:
    """The kinds asked for, all of them by default."""
    return [kind for kind in all_kinds().values() if kinds is None or kind.name in kinds]
