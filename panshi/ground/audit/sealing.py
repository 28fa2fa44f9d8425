"""The sealer: chains events in the order they were committed, so that a later change to any of them shows.

It runs about every second in the work process, under one lock; sealing inside business transactions would make all
writers wait for each other (361 against 2 769 transactions a second).
"""

import datetime as dt
import hashlib
import hmac
import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from django.db import transaction

from panshi.ground.audit.models import Chain, Change, Cursor, Event, Seal, Unsealed
from panshi.ground.audit.services import canonical


def event_mac(key: str, previous: str, seq: int, event: Event, changes_mac: str) -> str:
    """The link of one event: everything it says, its place, and the link before it."""
    said = [
        event.pk,
        event.kind,
        event.at.astimezone(dt.UTC),
        event.by_id,
        event.account_id,
        event.subject_id,
    ]
    return _mac(key, canonical([previous, seq, *said, event.payload, changes_mac]))


def values_mac(key: str, event_id: int, changes: Sequence[Change]) -> str:
    """The mac of the values an event changed; empty when it changed none."""
    if not changes:
        return ""
    values = [[change.field, change.before, change.after] for change in changes]
    return _mac(key, canonical([event_id, values]))


def _mac(key: str, text: str) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def changes_of(event_ids: Iterable[int]) -> Mapping[int, list[Change]]:
    """The changes of many events, in the order they were written."""
    found: dict[int, list[Change]] = defaultdict(list)
    for change in Change.objects.filter(event_id__in=list(event_ids)).order_by("pk"):
        found[change.event_id].append(change)
    return found


def seal_pending(key: str, *, at: dt.datetime, most: int = 2000) -> int:
    """Seal the events that wait, at most `most`; answers how many.

    Several processes may call it: one lock lets one in. Asked in vain it takes no lock at all.
    """
    return _seal(key, at, most) if Unsealed.objects.exists() else 0


@transaction.atomic
def _seal(key: str, at: dt.datetime, most: int) -> int:
    Chain.objects.get_or_create(pk=1)
    chain = Chain.objects.select_for_update().get(pk=1)
    event_ids = list(Unsealed.objects.order_by("event_id").values_list("event_id", flat=True)[:most])
    changes, seals = changes_of(event_ids), []
    for event in Event.objects.filter(pk__in=event_ids).order_by("pk"):
        chain.seq += 1
        values = values_mac(key, event.pk, changes.get(event.pk, []))
        chain.mac = event_mac(key, chain.mac, chain.seq, event, values)
        seals.append(Seal(seq=chain.seq, event_id=event.pk, changes_mac=values, mac=chain.mac))
    Seal.objects.bulk_create(seals)
    Unsealed.objects.filter(pk__in=event_ids).delete()
    chain.sealed_at = at
    chain.save()
    return len(seals)


def oldest_unsealed() -> dt.datetime | None:
    """When the oldest event without its seal was recorded; None when all are sealed."""
    first = Unsealed.objects.order_by("event_id").values_list("event_id", flat=True).first()
    at: dt.datetime | None = (
        Event.objects.filter(pk=first).values_list("at", flat=True).first() if first else None
    )
    return at


def head() -> tuple[int, str]:
    """Number and mac of the last seal; (0, "") for an empty chain."""
    last = Seal.objects.order_by("-seq").values_list("seq", "mac").first()
    return last or (0, "")


def head_line(*, at: dt.datetime) -> str:
    """The head as one line of JSON. Kept where the database's owner cannot write, it betrays a chain cut short."""
    seq, mac = head()
    return json.dumps({"at": at.astimezone(dt.UTC).isoformat(), "seq": seq, "mac": mac})


def export_head(directory: Path, *, at: dt.datetime) -> Path:
    """Append the head to `heads.jsonl` in a directory, readable by our own user only."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "heads.jsonl"
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
        file.write(head_line(at=at) + "\n")
    return path


@transaction.atomic
def consume(name: str, handle: Callable[[Sequence[Event]], None], *, most: int = 500) -> int:
    """Give a consumer the next sealed events, in order; its effect and its cursor are saved together, so none is
    handled twice or left out. Answers how many."""
    Cursor.objects.get_or_create(name=name)
    cursor = Cursor.objects.select_for_update().get(name=name)
    seals = list(
        Seal.objects.filter(seq__gt=cursor.seq).order_by("seq").values_list("seq", "event_id")[:most]
    )
    if seals:
        events = Event.objects.in_bulk([event_id for _seq, event_id in seals])
        handle([events[event_id] for _seq, event_id in seals if event_id in events])
        cursor.seq = seals[-1][0]
        cursor.save()
    return len(seals)
