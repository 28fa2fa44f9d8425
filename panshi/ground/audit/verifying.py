"""Verification of the chain: reads every seal with its event and names what was changed, removed, reordered or cut
off."""

import enum
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from django.db.models import Exists, OuterRef

from panshi.ground.audit.models import Chain, Event, Seal, Unsealed
from panshi.ground.audit.sealing import changes_of, event_mac, values_mac

PORTION: Final = 1000
NEIGHBOURHOOD: Final = 50
"""How far around a broken link its event is looked for before it counts as changed."""


class Damage(enum.StrEnum):
    """What can have happened to an event."""

    CHANGED = "changed"
    VALUES_CHANGED = "values changed"
    REMOVED = "removed"
    REORDERED = "reordered"
    CUT_OFF = "cut off"
    NEVER_SEALED = "slipped in without a seal"


@dataclass(frozen=True, slots=True)
class Finding:
    """One damage: its place in the chain and the event, as far as they are known."""

    damage: Damage
    seq: int | None = None
    event_id: int | None = None


@dataclass(slots=True)
class Verification:
    """What verification found; `erased` counts events whose values were erased as a whole, which is allowed."""

    sealed: int = 0
    waiting: int = 0
    erased: int = 0
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Head:
    """A head of the chain as it was exported."""

    seq: int
    mac: str


def read_heads(path: Path) -> list[Head]:
    """The heads of an exported file; `ValueError` or `KeyError` for a file of another form, `OSError` for none."""
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    return [Head(int(line["seq"]), str(line["mac"])) for line in lines]


def verify(key: str, heads: Iterable[Head] = ()) -> Verification:
    """Check the whole chain, and that it still contains the exported `heads`."""
    result = Verification(waiting=Unsealed.objects.count())
    previous, last = "", 0
    for portion in _portions():
        previous, last = _check(key, portion, previous, last, result)
    chain = Chain.objects.filter(pk=1).first()
    known = [Head(chain.seq, chain.mac)] if chain else []
    result.findings += _check_heads([*known, *heads], last)
    result.findings += [Finding(Damage.NEVER_SEALED, event_id=event_id) for event_id in _never_sealed()]
    return result


def _portions() -> Iterator[list[Seal]]:
    """All seals in order, some at a time."""
    seq = -1
    while portion := list(Seal.objects.filter(seq__gt=seq).order_by("seq")[:PORTION]):
        yield portion
        seq = portion[-1].seq


def _check(key: str, seals: list[Seal], previous: str, last: int, result: Verification) -> tuple[str, int]:
    """Check one portion after the seal `last` with mac `previous`; answers the new last mac and number."""
    events = Event.objects.in_bulk([seal.event_id for seal in seals])
    changes = changes_of(events)
    for seal in seals:
        result.sealed += 1
        event = events.get(seal.event_id)
        whole = seal.seq == last + 1
        if not whole:
            result.findings += [Finding(Damage.REMOVED, seq=seq) for seq in range(last + 1, seal.seq)]
        if event is None:
            result.findings.append(Finding(Damage.REMOVED, seal.seq, seal.event_id))
        elif whole and event_mac(key, previous, seal.seq, event, seal.changes_mac) != seal.mac:
            finding, mac = _explain(key, seal, previous)
            result.findings.append(finding)
            previous, last = mac, seal.seq
            continue
        values = changes.get(seal.event_id, [])
        if seal.changes_mac and not values:
            result.erased += 1
        elif event is not None and values_mac(key, seal.event_id, values) != seal.changes_mac:
            result.findings.append(Finding(Damage.VALUES_CHANGED, seal.seq, seal.event_id))
        previous, last = seal.mac, seal.seq
    return previous, last


def _explain(key: str, seal: Seal, previous: str) -> tuple[Finding, str]:
    """Why a link does not fit, and the mac to go on from: another event of the neighbourhood belongs here, or it
    changed."""
    near = list(Seal.objects.filter(seq__gte=seal.seq - NEIGHBOURHOOD, seq__lte=seal.seq + NEIGHBOURHOOD))
    macs = {other.mac for other in near}
    events = Event.objects.in_bulk([other.event_id for other in near])
    for other in near:
        event = events.get(other.event_id)
        if event is not None:
            mac = event_mac(key, previous, seal.seq, event, other.changes_mac)
            if mac in macs:
                return Finding(Damage.REORDERED, seal.seq, event.pk), mac
    return Finding(Damage.CHANGED, seal.seq, seal.event_id), seal.mac


def _check_heads(heads: list[Head], last: int) -> Iterator[Finding]:
    """The heads that the chain no longer contains."""
    macs = dict(Seal.objects.filter(seq__in=[head.seq for head in heads]).values_list("seq", "mac"))
    cut = max((head.seq for head in heads), default=0)
    if cut > last:
        yield from (Finding(Damage.CUT_OFF, seq=seq) for seq in range(last + 1, cut + 1))
    for head in heads:
        if head.seq in macs and macs[head.seq] != head.mac:
            yield Finding(Damage.CHANGED, seq=head.seq)


def _never_sealed() -> list[int]:
    """Events that neither wait for a seal nor have one."""
    sealed = Exists(Seal.objects.filter(event_id=OuterRef("pk")))
    waiting = Exists(Unsealed.objects.filter(event_id=OuterRef("pk")))
    return list(Event.objects.filter(~sealed, ~waiting).order_by("pk").values_list("pk", flat=True))
