"""Events in the order they were sealed, for those outside who follow along: the cursor is the number of the seal, which
has no gaps and never goes back."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from panshi.ground.audit.models import Event, Seal


@dataclass(frozen=True, slots=True)
class SealedEvent:
    """One event with its place in the chain; what stood in fields before and after is not part of it."""

    seq: int
    id: int
    kind: str
    at: Any
    by_id: int | None
    account_id: int | None
    subject_id: int | None
    payload: dict[str, Any]


def sealed_after(seq: int, *, count: int, kinds: Collection[str]) -> tuple[list[SealedEvent], int]:
    """The events of these kinds among the next `count` seals, and the number of the last seal looked at (`seq` itself
    at the end). Who may know of them is for the caller to say; two queries."""
    places = dict(Seal.objects.filter(seq__gt=seq).order_by("seq").values_list("event_id", "seq")[:count])
    rows = Event.objects.filter(pk__in=places, kind__in=kinds)
    found = [
        SealedEvent(
            seq=places[row.pk],
            id=row.pk,
            kind=row.kind,
            at=row.at,
            by_id=row.by_id,
            account_id=row.account_id,
            subject_id=row.subject_id,
            payload=json.loads(row.payload),
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: one.seq), max(places.values(), default=seq)
