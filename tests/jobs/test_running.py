"""What happens to a job: it is claimed once, tells how far it is, ends in its own transaction, fails in words."""

import datetime as dt

import pytest
from django.conf import settings

from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.models import Numbering
from panshi.ground.settings.services import draw_numbers
from panshi.ground.work import queue
from panshi.ground.work.kinds import Schedule, all_kinds, job, kind_of
from panshi.ground.work.models import Due, Job, JobState
from panshi.ground.work.progress import LEASE, LeaseLost, Progress
from panshi.ground.work.running import ask_due, claim, release, run_job, sweep
from panshi.ground.work.services import CannotCancelJob, CannotRetryJob, cancel, enqueue, retry

pytestmark = pytest.mark.django_db

HELD: dict[str, object] = {}


@job("tests.act", title="tests", tries=3)
def act(progress: Progress, *, what: str) -> dict[str, int] | None:
    """Do what the test says."""
    progress.total(4)
    progress.advance(2)
    if what == "refuse":
        raise Refused("no such file")
    if what == "fail":
        raise RuntimeError("boom")
    if what == "cancel":
        Job.objects.filter(pk=progress.job_id).update(cancel_asked=True)
        progress.beat(at=progress.at)
    if what == "interrupt":
        progress.interrupt()
    if what == "lose":
        Job.objects.filter(pk=progress.job_id).update(attempts=99)
    if what == "see":
        HELD["viewer"] = progress.viewer
    with progress.commit() as result:
        draw_numbers(series="tests", prefix="")
        result["drawn"] = 1
    progress.advance()
    return {"drawn": 2}


@pytest.fixture(autouse=True)
def wakes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ids put into the queue, which is not there."""
    told: list[int] = []
    monkeypatch.setattr(queue, "tell", told.append)
    monkeypatch.setattr("panshi.ground.work.services.tell", told.append)
    monkeypatch.setattr(queue, "is_empty", lambda: True)
    return told


def ask(what: str, at: dt.datetime, by: Viewer | None = None, **later: dt.datetime) -> Job:
    return enqueue(kind="tests.act", arguments={"what": what}, by=by or Viewer.system(), at=at, **later)


def test_a_job_runs_once_and_keeps_what_its_own_transaction_said(at: dt.datetime) -> None:
    asked = ask("work", at)
    assert run_job(asked.pk, at=at)
    assert not run_job(asked.pk, at=at)
    asked.refresh_from_db()
    assert (asked.state, asked.result, asked.done, asked.total) == (JobState.DONE, {"drawn": 1}, 2, 4)
    assert Numbering.objects.get(series="tests").next_number == 2


def test_the_queue_hears_after_the_commit_only(
    at: dt.datetime, wakes: list[int], django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        now, later = ask("work", at), ask("work", at, not_before=at + dt.timedelta(hours=1))
        assert wakes == []
    assert wakes == [now.pk]
    assert claim(later.pk, worker="w", at=at) is None
    assert claim(later.pk, worker="w", at=at + dt.timedelta(hours=1)) is not None


def test_an_unknown_kind_cannot_be_asked_for(at: dt.datetime, system: Viewer) -> None:
    with pytest.raises(LookupError):
        enqueue(kind="tests.nothing", arguments={}, by=system, at=at)


def test_a_refusal_ends_the_job_in_words(at: dt.datetime) -> None:
    asked = ask("refuse", at)
    run_job(asked.pk, at=at)
    asked.refresh_from_db()
    assert (asked.state, asked.error) == (JobState.FAILED, "no such file")


def test_an_error_is_tried_again_after_growing_pauses_then_given_up(at: dt.datetime) -> None:
    asked = ask("fail", at)
    moment, pauses = at, []
    for _ in range(3):
        run_job(asked.pk, at=moment)
        asked.refresh_from_db()
        if asked.state == JobState.WAITING:
            pauses.append(kind_of("tests.act").pause_after(asked.failures).total_seconds())
            assert claim(asked.pk, worker="w", at=asked.not_before - dt.timedelta(seconds=1)) is None
            moment = asked.not_before
    assert (asked.state, asked.failures, pauses) == (JobState.FAILED, 3, [10.0, 20.0])
    assert "boom" not in asked.error
    assert not Numbering.objects.exists()


def test_a_cancelled_job_stops_at_its_next_step(at: dt.datetime) -> None:
    asked = ask("cancel", at)
    run_job(asked.pk, at=at)
    asked.refresh_from_db()
    assert asked.state == JobState.CANCELLED
    assert not Numbering.objects.exists()


def test_an_interrupted_job_waits_for_the_next_process_and_counts_no_failure(at: dt.datetime) -> None:
    asked = ask("interrupt", at)
    run_job(asked.pk, at=at)
    asked.refresh_from_db()
    assert (asked.state, asked.failures) == (JobState.WAITING, 0)
    assert not Numbering.objects.exists()


def test_a_run_that_lost_its_lease_saves_nothing(at: dt.datetime) -> None:
    asked = ask("lose", at)
    run_job(asked.pk, at=at)
    asked.refresh_from_db()
    assert asked.state == JobState.RUNNING
    assert not Numbering.objects.exists()


def test_a_silent_process_loses_its_job_and_its_old_run_cannot_finish(
    at: dt.datetime, wakes: list[int]
) -> None:
    asked = ask("work", at)
    first = claim(asked.pk, worker="a", at=at)
    assert first is not None
    old = Progress(first, at=at)
    old.beat(at=at + dt.timedelta(seconds=5))
    sweep(at=at + LEASE)
    assert claim(asked.pk, worker="b", at=at + LEASE) is None, "the beat extended the lease"
    sweep(at=at + LEASE + dt.timedelta(seconds=6))
    assert wakes == [asked.pk]
    assert claim(asked.pk, worker="b", at=at + 2 * LEASE) is not None
    assert not old.end(JobState.DONE, at=at)
    old.beat(at=at)
    with pytest.raises(LeaseLost):
        old.advance()


def test_jobs_of_a_process_known_to_be_dead_are_released_at_once(at: dt.datetime) -> None:
    mine, other = ask("work", at), ask("work", at)
    claim(mine.pk, worker="host:12/0", at=at)
    claim(other.pk, worker="host:123/0", at=at)
    release(worker="host:12/", at=at)
    mine.refresh_from_db(), other.refresh_from_db()
    assert (mine.state, other.state) == (JobState.WAITING, JobState.RUNNING)


def test_a_job_that_kills_every_process_is_given_up(at: dt.datetime) -> None:
    asked, moment = ask("work", at), at
    for _ in range(20):
        if claim(asked.pk, worker="w", at=moment) is None:
            break
        moment += 2 * LEASE
        sweep(at=moment)
    asked.refresh_from_db()
    assert (asked.state, asked.attempts) == (JobState.FAILED, 11)


def test_a_person_takes_back_and_asks_again_only_where_it_makes_sense(
    at: dt.datetime, system: Viewer
) -> None:
    asked = ask("work", at)
    with pytest.raises(CannotRetryJob):
        retry(job_id=asked.pk, by=system, at=at)
    assert cancel(job_id=asked.pk, by=system, at=at).state == JobState.CANCELLED
    with pytest.raises(CannotCancelJob):
        cancel(job_id=asked.pk, by=system, at=at)
    retry(job_id=asked.pk, by=system, at=at)
    assert run_job(asked.pk, at=at)


def test_a_schedule_falls_due_once_and_makes_up_one_missed_moment(at: dt.datetime) -> None:
    name = "audit.export_head"
    local = dt.timezone(dt.timedelta(hours=8))
    assert all_kinds()[name].schedule == Schedule(dt.time(0, 10))
    night = dt.datetime(2026, 11, 22, 0, 11, tzinfo=local)
    ask_due(at=night - dt.timedelta(minutes=2))
    asked = Job.objects.filter(kind=name).order_by("pk").values_list("arguments__due_on", flat=True)
    assert list(asked) == [], "what fell due before the first start is not made up"
    for moment in (night, night, night + dt.timedelta(days=5)):
        ask_due(at=moment)
    assert list(asked.all()) == ["2026-11-22", "2026-11-27"]
    assert Due.objects.get(kind=name).at.date() == dt.date(2026, 11, 26)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-03-05T02:00", "2026-02-05T03:00"),
        ("2026-03-05T03:00", "2026-03-05T03:00"),
        ("2026-01-04T23:59", "2025-12-05T03:00"),
    ],
)
def test_a_monthly_schedule(now: str, due: str) -> None:
    def moment(text: str) -> dt.datetime:
        return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)

    assert Schedule(dt.time(3), day=5).last_due(moment(now)) == moment(due)
    with pytest.raises(ValueError, match="every month"):
        Schedule(dt.time(3), day=31)


def test_the_nightly_export_writes_the_head(
    at: dt.datetime, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "DATA", tmp_path)
    asked = enqueue(kind="audit.export_head", arguments={"due_on": "2026-11-22"}, by=Viewer.system(), at=at)
    run_job(asked.pk, at=at)
    asked.refresh_from_db()
    assert (asked.state, asked.result) == (JobState.DONE, {"file": "heads.jsonl"})
    assert (tmp_path / "audit" / "heads.jsonl").exists()  # type: ignore[operator]
