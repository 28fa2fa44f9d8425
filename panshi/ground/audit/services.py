"""Recording events. Services call `record` inside their own transaction: the fact and its event stand or fall
together."""

import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from panshi.ground.audit.kinds import EventKind
from panshi.ground.audit.models import Change, Event


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces; decimals and dates become strings, so that equal facts have equal text."""

    def plain(item: Any) -> str:
        if isinstance(item, Decimal | dt.date | dt.datetime):
            return str(item)
        raise TypeError(f"{type(item).__name__} cannot stand in an event")

    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=plain)


def draft(
    kind: EventKind,
    *,
    at: dt.datetime,
    by_id: int | None,
    account_id: int | None = None,
    subject_id: int | None = None,
    **payload: Any,
) -> Event:
    """An unsaved event, for services that insert many at once with `Event.objects.bulk_create`."""
    if unknown := set(payload) - set(kind.fields):
        raise ValueError(f"{kind.name} does not declare {sorted(unknown)}")
    return Event(
        kind=kind.name,
        at=at,
        by_id=by_id,
        account_id=account_id,
        subject_id=subject_id,
        payload=canonical(payload),
    )


def record(
    kind: EventKind,
    *,
    at: dt.datetime,
    by_id: int | None,
    account_id: int | None = None,
    subject_id: int | None = None,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    **payload: Any,
) -> Event:
    """Insert one event; `changes` maps a field to its value before and after (kept apart, erasable)."""
    event = draft(kind, at=at, by_id=by_id, account_id=account_id, subject_id=subject_id, **payload)
    event.save(force_insert=True)
    if changes:
        Change.objects.bulk_create(
            Change(event=event, field=name, before=text(before), after=text(after))
            for name, (before, after) in changes.items()
        )
    return event


def text(value: Any) -> str:
    """A stored value as text; nothing becomes the empty string."""
    return "" if value is None else str(value)
