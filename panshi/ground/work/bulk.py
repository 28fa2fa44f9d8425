"""Acts on many records at once: which were picked, previewed, done or not and why, undone.

Faces register who carries out the acts of their lists. What was previewed is what is done: the keys are kept with the
draft, and each is asked again for the person's rights when it is done.
"""

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from django.db import transaction
from django.utils.translation import gettext as _

from panshi.ground.base.refusals import NotAllowed, Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.work.models import Bulk, BulkState
from panshi.ground.work.services import enqueue

JOB: Final = "lists.bulk"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an act: keys it was done to, keys that were as wanted already, keys refused with the reason, and
    what undoing it needs (JSON)."""

    done: Sequence[int] = ()
    unchanged: Sequence[int] = ()
    refused: Mapping[int, str] = field(default_factory=dict)
    undo: Any = None


class Pace(Protocol):
    """How a long act says how far it is, and hears that it should stop."""

    def total(self, count: int) -> None: ...  # noqa: D102
    def advance(self, count: int = 1) -> None: ...  # noqa: D102


class Runner(Protocol):
    """Carries out and takes back the acts of a face's lists."""

    def run(  # noqa: D102
        self, bulk: Bulk, keys: Sequence[int], *, by: Viewer, at: dt.datetime, each: Pace | None
    ) -> Outcome: ...
    def undo(self, bulk: Bulk, outcome: Outcome, *, by: Viewer, at: dt.datetime) -> Outcome: ...  # noqa: D102


_RUNNERS: dict[str, Callable[[], Runner]] = {}


def register_runner(name: str, runner: Callable[[], Runner]) -> None:
    """Let a face carry out acts."""
    _RUNNERS[name] = runner


def draft(
    *, runner: str, listed: str, act: str, keys: Sequence[int], back: str, by: Viewer, at: dt.datetime
) -> Bulk:
    """Keep what was picked, before anything is decided."""
    bulk: Bulk = Bulk.objects.create(
        runner=runner,
        listed=listed,
        act=act,
        keys=json.dumps(list(keys)),
        back=back,
        asked_by_id=by.person_id or 0,
        asked_at=at,
    )
    return bulk


def keys_of(bulk: Bulk) -> list[int]:
    """The keys of the picked records in the order of the list."""
    return [int(key) for key in json.loads(bulk.keys)]


def outcome_of(bulk: Bulk) -> Outcome:
    """What came of it."""
    kept = json.loads(bulk.outcome)
    refused = {int(key): str(reason) for key, reason in kept.get("refused", {}).items()}
    return Outcome(kept.get("done", []), kept.get("unchanged", []), refused, kept.get("undo"))


class CannotRunBulk(Refused):
    """It was done, is being done, or was asked for by somebody else."""


@transaction.atomic
def start(*, bulk: Bulk, arguments: Mapping[str, Any], background: bool, by: Viewer, at: dt.datetime) -> Bulk:
    """Do it now, or in the background where it is long; the draft is used up either way."""
    mine = _own(bulk, by, BulkState.DRAFT, _("这次批量操作已经执行过。"))
    mine.arguments, mine.state = json.dumps(arguments, ensure_ascii=False), BulkState.RUNNING
    if background:
        mine.job = enqueue(kind=JOB, arguments={"bulk_id": mine.pk}, by=by, at=at)
    mine.save(update_fields=["arguments", "state", "job"])
    if not background:
        run(bulk_id=mine.pk, by=by, at=at, each=None)
        mine.refresh_from_db()
    return mine


@transaction.atomic
def run(*, bulk_id: int, by: Viewer, at: dt.datetime, each: Pace | None) -> Outcome:
    """Carry it out: everything that may be done is done, in one transaction."""
    bulk = Bulk.objects.select_for_update().get(pk=bulk_id)
    if bulk.state != BulkState.RUNNING:
        raise CannotRunBulk(_("这次批量操作已经执行过。"))
    outcome = _RUNNERS[bulk.runner]().run(bulk, keys_of(bulk), by=by, at=at, each=each)
    bulk.outcome, bulk.state, bulk.done_at = _kept(outcome), BulkState.DONE, at
    bulk.save(update_fields=["outcome", "state", "done_at"])
    return outcome


@transaction.atomic
def undo(*, bulk: Bulk, by: Viewer, at: dt.datetime) -> Outcome:
    """Take it back where the records are still as it left them; answers what could be taken back."""
    mine = _own(bulk, by, BulkState.DONE, _("这次批量操作不能撤销。"))
    before = outcome_of(mine)
    if before.undo is None:
        raise CannotRunBulk(_("这次批量操作不能撤销。"))
    outcome = _RUNNERS[mine.runner]().undo(mine, before, by=by, at=at)
    mine.outcome, mine.state = _kept(outcome), BulkState.UNDONE
    mine.save(update_fields=["outcome", "state"])
    return outcome


def fail(*, bulk_id: int, at: dt.datetime) -> None:
    """Note that the background gave it up; nothing of it was saved."""
    Bulk.objects.filter(pk=bulk_id, state=BulkState.RUNNING).update(state=BulkState.FAILED, done_at=at)


def forget_drafts(*, before: dt.datetime) -> int:
    """Delete what was picked and never confirmed."""
    return int(Bulk.objects.filter(state=BulkState.DRAFT, asked_at__lt=before).delete()[0])


def _kept(outcome: Outcome) -> str:
    refused = {str(key): reason for key, reason in outcome.refused.items()}
    kept = {
        "done": list(outcome.done),
        "unchanged": list(outcome.unchanged),
        "refused": refused,
        "undo": outcome.undo,
    }
    return json.dumps(kept, ensure_ascii=False)


def _own(bulk: Bulk, by: Viewer, state: BulkState, otherwise: str) -> Bulk:
    found: Bulk | None = Bulk.objects.select_for_update().visible_to(by).filter(pk=bulk.pk).first()
    if found is None:
        raise NotAllowed(_("您没有此项操作的权限。"))
    if found.state != state:
        raise CannotRunBulk(otherwise)
    return found
