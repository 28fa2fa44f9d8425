"""Applies and undoes uploaded files in the background, each in one transaction for its effect and the job's end;
forgets at night what can no longer be undone."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.services.imports import undoing
from panshi.domains.accounts.services.imports.applying import apply_import
from panshi.domains.accounts.services.imports.batches import JOB, fail_import
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.work.kinds import Schedule, job
from panshi.ground.work.progress import Progress


@job(JOB, title=_("导入数据"))
def import_file(progress: Progress, *, batch_id: int) -> Mapping[str, Any]:
    """Apply the batch with the rights its person has today; what is refused is written down on the batch."""
    viewer = progress.viewer or Viewer(person_id=None)
    try:
        with progress.commit() as result:
            batch = apply_import(batch_id=batch_id, by=viewer, at=timezone.now(), say=progress.step)
            progress.total(batch.rows)
            progress.advance(batch.rows)
            result |= {
                "batch_id": batch_id,
                "created": batch.created,
                "updated": batch.updated,
                "unchanged": batch.unchanged,
                "rejected": batch.rejected,
            }
    except Refused as refusal:
        fail_import(batch_id=batch_id, message=refusal.message, at=timezone.now())
        raise
    return result


@job(undoing.JOB, title=_("撤销导入"))
def undo_import(progress: Progress, *, batch_id: int) -> Mapping[str, Any]:
    """Take the import back with the rights its person has today; what is refused is written down on the batch."""
    viewer = progress.viewer or Viewer(person_id=None)
    try:
        with progress.commit() as result:
            batch = undoing.undo_import(batch_id=batch_id, by=viewer, at=timezone.now(), say=progress.step)
            result |= {"batch_id": batch_id, "undone": batch.undone, "kept": batch.kept}
    except Refused as refusal:
        undoing.fail_undo(batch_id=batch_id, message=refusal.message, at=timezone.now())
        raise
    return result


@job("accounts.forget_imports", title=_("清理过期的导入"), schedule=Schedule(dt.time(3, 20)))
def forget(progress: Progress, *, due_on: str) -> Mapping[str, Any]:
    """Remove old values and files of imports whose time to undo is over."""
    return {"imports": undoing.forget_old(at=timezone.now())}
