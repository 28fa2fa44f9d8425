"""Events are only added, sealed in a chain, and verification names what somebody did to them."""

import datetime as dt
import json
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from panshi.ground.audit.guards import install_refusals, remove_refusals
from panshi.ground.audit.kinds import EventKind
from panshi.ground.audit.models import Chain, Change, Event, Seal, Unsealed
from panshi.ground.audit.reports import timeline
from panshi.ground.audit.sealing import consume, export_head, head, seal_pending
from panshi.ground.audit.services import draft, record
from panshi.ground.audit.verifying import Damage, Finding, read_heads, verify
from panshi.ground.base.viewer import Span, Viewer

KEY = "a key of the tests"
SEEN = EventKind("tests.seen", ("note",))
CONFIDED = EventKind("tests.confided", (), permission="people.view")

pytestmark = pytest.mark.django_db


@pytest.fixture
def five(at: dt.datetime) -> list[Event]:
    """Five sealed events in a database whose guards somebody switched off."""
    remove_refusals(connection)
    events = [record(SEEN, at=at, by_id=1, account_id=7, note=f"n{number}") for number in range(4)]
    events.append(record(SEEN, at=at, by_id=1, account_id=7, changes={"name": ("old", "new")}))
    assert seal_pending(KEY, at=at) == 5
    return events


def test_every_event_is_sealed_once_and_in_order(five: list[Event], at: dt.datetime) -> None:
    assert list(Seal.objects.order_by("seq").values_list("seq", "event_id")) == [
        (number, event.pk) for number, event in enumerate(five, 1)
    ]
    assert not Unsealed.objects.exists()
    assert seal_pending(KEY, at=at) == 0
    assert verify(KEY).findings == []


def test_events_inserted_in_bulk_are_sealed_too(at: dt.datetime) -> None:
    Event.objects.bulk_create([draft(SEEN, at=at, by_id=None) for _ in range(3)])
    assert verify(KEY).waiting == 3
    assert seal_pending(KEY, at=at, most=2) == 2
    assert seal_pending(KEY, at=at, most=2) == 1


def test_a_changed_event_is_named(five: list[Event]) -> None:
    Event.objects.filter(pk=five[2].pk).update(payload='{"note":"forged"}')
    assert verify(KEY).findings == [Finding(Damage.CHANGED, 3, five[2].pk)]


def test_a_removed_event_is_named(five: list[Event]) -> None:
    Event.objects.filter(pk=five[1].pk).delete()
    assert verify(KEY).findings == [Finding(Damage.REMOVED, 2, five[1].pk)]


def test_an_event_removed_with_its_seal_is_named(five: list[Event]) -> None:
    Event.objects.filter(pk=five[1].pk).delete()
    Seal.objects.filter(seq=2).delete()
    assert verify(KEY).findings == [Finding(Damage.REMOVED, 2)]


@pytest.mark.parametrize("whole_rows", [False, True])
def test_reordered_events_are_named(five: list[Event], whole_rows: bool) -> None:
    second, third = Seal.objects.get(seq=2), Seal.objects.get(seq=3)
    Seal.objects.filter(seq__in=[2, 3]).delete()
    swapped = [Seal(seq=2, event_id=third.event_id), Seal(seq=3, event_id=second.event_id)]
    for seal, source in zip(swapped, [third, second] if whole_rows else [second, third], strict=True):
        seal.mac = source.mac
    Seal.objects.bulk_create(swapped)
    assert verify(KEY).findings == [
        Finding(Damage.REORDERED, 2, five[1].pk),
        Finding(Damage.REORDERED, 3, five[2].pk),
    ]


def test_a_cut_off_tail_is_named(five: list[Event]) -> None:
    Event.objects.filter(pk=five[3].pk).delete()
    Change.objects.all().delete()
    Event.objects.filter(pk=five[4].pk).delete()
    Seal.objects.filter(seq__gte=4).delete()
    assert verify(KEY).findings == [Finding(Damage.CUT_OFF, seq=4), Finding(Damage.CUT_OFF, seq=5)]


def test_an_exported_head_betrays_a_cut_that_also_mended_the_head(
    five: list[Event], at: dt.datetime, tmp_path: Path
) -> None:
    exported = export_head(tmp_path, at=at)
    assert exported.stat().st_mode & 0o777 == 0o600
    Change.objects.all().delete()
    Event.objects.filter(pk=five[4].pk).delete()
    Seal.objects.filter(seq=5).delete()
    seq, mac = head()
    Chain.objects.update(seq=seq, mac=mac)
    assert verify(KEY).findings == []
    assert verify(KEY, read_heads(exported)).findings == [Finding(Damage.CUT_OFF, seq=5)]


def test_an_event_slipped_in_is_named(five: list[Event], at: dt.datetime) -> None:
    slipped = record(SEEN, at=at, by_id=1)
    Unsealed.objects.all().delete()
    assert verify(KEY).findings == [Finding(Damage.NEVER_SEALED, event_id=slipped.pk)]


def test_altered_values_are_named_and_erased_ones_counted(five: list[Event]) -> None:
    Change.objects.update(after="other")
    assert verify(KEY).findings == [Finding(Damage.VALUES_CHANGED, 5, five[4].pk)]
    Change.objects.all().delete()
    result = verify(KEY)
    assert (result.findings, result.erased) == ([], 1)


def test_another_key_verifies_nothing(five: list[Event]) -> None:
    assert {finding.damage for finding in verify("another").findings} >= {Damage.CHANGED}


def test_the_database_refuses_to_change_events(at: dt.datetime) -> None:
    remove_refusals(connection)
    install_refusals(connection)
    event = record(SEEN, at=at, by_id=None)
    seal_pending(KEY, at=at)
    for attempt in (
        Event.objects.filter(pk=event.pk).delete,
        Seal.objects.all().delete,
        lambda: Event.objects.filter(pk=event.pk).update(by_id=2),
        lambda: Seal.objects.update(mac=""),
    ):
        with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
            attempt()
    remove_refusals(connection)
    assert Event.objects.filter(pk=event.pk, by_id=None).exists()


def test_a_consumer_reads_each_event_once_and_keeps_its_place_only_with_its_effect(five: list[Event]) -> None:
    seen: list[int] = []

    def fail(events: object) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        consume("tests", fail)
    assert consume("tests", lambda events: seen.extend(event.pk for event in events), most=3) == 3
    assert consume("tests", lambda events: seen.extend(event.pk for event in events)) == 2
    assert consume("tests", fail) == 0
    assert seen == [event.pk for event in five]


def test_the_timeline_comes_in_portions_newest_first(five: list[Event], at: dt.datetime) -> None:
    record(SEEN, at=at, by_id=1, account_id=8)
    viewer = Viewer(person_id=1, spans={"accounts.view": Span(everything=True)})
    first = timeline(7, viewer, count=3)
    second = timeline(7, viewer, count=3, before=first.before)
    ids = [one.id for one in first.happenings + second.happenings]
    assert ids == [event.pk for event in reversed(five)]
    assert second.before is None
    assert first.happenings[0].changes == {"name": ("old", "new")}
    assert first.happenings[1].payload == {"note": "n3"}


def test_the_timeline_shows_only_kinds_the_viewer_may_read(at: dt.datetime) -> None:
    record(SEEN, at=at, by_id=1, account_id=7)
    record(CONFIDED, at=at, by_id=1, account_id=7)

    def kinds(**spans: Span) -> set[str]:
        viewer = Viewer(person_id=1, spans={name.replace("_", "."): span for name, span in spans.items()})
        return {one.kind for one in timeline(7, viewer).happenings}

    everything, unit = Span(everything=True), Span(units=frozenset({1}))
    assert kinds(accounts_view=everything) == {"tests.seen"}
    assert kinds(accounts_view=everything, people_view=everything) == {"tests.seen", "tests.confided"}
    assert kinds(accounts_view=everything, people_view=unit) == {"tests.seen"}
    assert kinds(accounts_view=unit, people_view=unit) == {"tests.seen", "tests.confided"}


def test_the_head_is_one_line_of_json(five: list[Event], at: dt.datetime, tmp_path: Path) -> None:
    export_head(tmp_path, at=at)
    export_head(tmp_path, at=at)
    lines = (tmp_path / "heads.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["seq"] for line in lines] == [5, 5]
