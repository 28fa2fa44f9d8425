"""Applies an uploaded customer file in the background: one transaction for its effect and the job's end."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.services.imports.applying import apply_import
from panshi.domains.accounts.services.imports.batches import JOB, fail_import
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.work.kinds import job
from panshi.ground.work.progress import Progress


@job(JOB, title=_("导入客户"))
def import_accounts(progress: Progress, *, batch_id: int) -> Mapping[str, Any]:
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
