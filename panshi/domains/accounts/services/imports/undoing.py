"""Undoing an import while its time lasts: what can be taken back is, what cannot stays and is told why; one
transaction, exactly once."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from panshi.domains.accounts import events
from panshi.domains.accounts.models import ImportBatch, ImportedRow, ImportState
from panshi.domains.accounts.reports.imports.kinds import reading_of
from panshi.domains.accounts.services.imports.kinds import Writing, writing_of
from panshi.ground.audit.services import record
from panshi.ground.base.bulk import uncollected
from panshi.ground.base.refusals import NotAllowed, Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.once import reading_once
from panshi.ground.work.models import Job
from panshi.ground.work.services import enqueue

JOB: Final = "accounts.undo_import"
SHOWN: Final = 200


class CannotUndoImport(Refused):
    """The time is over, it was undone already, or nothing of it can be taken back."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One row that stays: its number, the record, why."""

    number: int
    title: str
    why: str


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """What an undo would do: how many new records go, how many get their old values, how many stay; the first of those
    with the reason."""

    removed: int
    restored: int
    kept: int
    shown: tuple[Kept, ...]


def undo_plan(batch: ImportBatch, *, by: Viewer, at: dt.datetime) -> UndoPlan:
    """What undoing now would do; nothing is written. Raises `CannotUndoImport`."""
    _require_open(batch, by=by, at=at)
    writing, rows = writing_of(batch.kind), list(batch.lines.order_by("pk"))
    problems = writing.judge(rows, batch, by, False)
    good = [row for row in rows if row.pk not in problems]
    return UndoPlan(
        removed=sum(row.created for row in good),
        restored=sum(not row.created for row in good),
        kept=len(rows) - len(good),
        shown=_shown(writing, rows, problems),
    )


def kept_rows(batch: ImportBatch) -> tuple[Kept, ...]:
    """What an undo left, with the reasons; the first of them."""
    rows = list(batch.lines.exclude(problem="").order_by("pk")[:SHOWN])
    return _shown(writing_of(batch.kind), rows, {row.pk: row.problem for row in rows})


def _shown(writing: Writing, rows: list[ImportedRow], problems: Mapping[int, str]) -> tuple[Kept, ...]:
    chosen = [row for row in rows if row.pk in problems][:SHOWN]
    names = writing.titles({row.record_id for row in chosen})
    return tuple(Kept(row.number, names.get(row.record_id, ""), problems[row.pk]) for row in chosen)


@transaction.atomic
def request_undo(*, batch: ImportBatch, by: Viewer, at: dt.datetime) -> ImportBatch:
    """Let a job undo an import. Raises `CannotUndoImport`."""
    row: ImportBatch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    _require_open(row, by=by, at=at)
    row.state, row.error = ImportState.UNDOING, ""
    row.job_id = enqueue(kind=JOB, arguments={"batch_id": row.pk}, by=by, at=at).pk
    row.save(update_fields=["state", "error", "job_id"])
    return row


@uncollected()
@reading_once()
@transaction.atomic
def undo_import(
    *, batch_id: int, by: Viewer, at: dt.datetime, say: Callable[[str], None] = lambda sentence: None
) -> ImportBatch:
    """Take back what can be taken back, with today's rights of `by`; a batch that is undone is left alone."""
    batch: ImportBatch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    if batch.state == ImportState.UNDONE:
        return batch
    _require_open(batch, by=by, at=at, under_way=True)
    writing, rows = writing_of(batch.kind), list(batch.lines.order_by("pk"))
    say(_("核对 %(rows)d 行") % {"rows": len(rows)})
    problems = dict(writing.judge(rows, batch, by, True))
    good = [row for row in rows if row.pk not in problems]
    if not good:
        raise CannotUndoImport(_("没有可以撤销的记录：导入后都已改动或被使用。"))
    say(_("恢复 %(rows)d 条记录") % {"rows": len(good)})
    problems |= writing.take_back(good, batch, by, at)
    left = [row for row in rows if row.pk in problems]
    for row in left:
        row.problem = problems[row.pk][:200]
    ImportedRow.objects.bulk_update(left, ["problem"], batch_size=500)
    batch.undone, batch.kept = len(rows) - len(left), len(left)
    batch.state, batch.undone_at, batch.undone_by_id = ImportState.UNDONE, at, by.person_id
    batch.error = ""
    batch.save()
    record(
        events.IMPORT_UNDONE,
        at=at,
        by_id=by.person_id,
        subject_id=batch.pk,
        batch_id=batch.pk,
        records=batch.kind,
        undone=batch.undone,
        kept=batch.kept,
    )
    return batch


@transaction.atomic
def fail_undo(*, batch_id: int, message: str, at: dt.datetime) -> None:
    """An undo ended without an effect; the import stands and may be undone again."""
    rows = ImportBatch.objects.filter(pk=batch_id, state=ImportState.UNDOING)
    rows.update(state=ImportState.DONE, error=message[:400])


def undo_open(batch: ImportBatch, *, at: dt.datetime) -> bool:
    """Whether the time to undo still lasts and no undo is under way."""
    if batch.undo_until is None or at > batch.undo_until:
        return False
    return batch.state == ImportState.DONE or (batch.state == ImportState.UNDOING and not _running(batch))


def _running(batch: ImportBatch) -> bool:
    job = Job.objects.filter(pk=batch.job_id).first() if batch.job_id is not None else None
    return job is not None and job.is_open


def _require_open(batch: ImportBatch, *, by: Viewer, at: dt.datetime, under_way: bool = False) -> None:
    reading_of(batch.kind).require(by)
    if batch.by_id != by.person_id:
        raise NotAllowed(_("这不是您的导入。"))
    if batch.state == ImportState.UNDONE:
        raise CannotUndoImport(_("这次导入已经撤销。"))
    if batch.undo_until is None or at > batch.undo_until:
        raise CannotUndoImport(_("已过可以撤销的时间。"))
    if under_way and batch.state == ImportState.UNDOING:
        return
    if not undo_open(batch, at=at):
        raise CannotUndoImport(_("只有已完成的导入可以撤销。"))


@transaction.atomic
def forget_old(*, at: dt.datetime) -> int:
    """Remove what rows were before an import once its time to undo is over, and its file; answers how many imports."""
    over = ImportBatch.objects.filter(undo_until__lt=at).exclude(path="")
    paths = []
    for batch in over.order_by("pk").select_for_update():
        paths.append(batch.path)
        batch.lines.all().delete()
        batch.path = ""
        batch.save(update_fields=["path"])
    for path in paths:
        transaction.on_commit(partial(default_storage.delete, path))
    return len(paths)
