"""The long steps of a ledger batch: look, stage, commit, revert, open accounts, push sales.

Files are read before the transaction; what was found is kept with the job's end in one.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.domains.ledger import services
from panshi.domains.ledger.models import Batch
from panshi.domains.ledger.services.batches import COMMIT, INSPECT, REVERT, STAGE
from panshi.domains.ledger.services.resolving import CREATE
from panshi.domains.ledger.services.sales import SALES
from panshi.domains.ledger.services.variance import ask_for_variances
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.work.kinds import Schedule, job
from panshi.ground.work.progress import Progress


def _viewer(progress: Progress) -> Viewer:
    """Who asked, with the rights of today; a scheduled run is the house itself."""
    return Viewer.system() if progress.asked_by_id is None else progress.viewer or Viewer(person_id=None)


@contextmanager
def _batch(progress: Progress, batch_id: int) -> Iterator[tuple[Batch, Viewer]]:
    """The batch and who asked; a refusal is written on the batch, which returns to where a person can act."""
    viewer = _viewer(progress)
    try:
        yield Batch.objects.select_related("source").get(pk=batch_id), viewer
    except Refused as refusal:
        services.fail_step(batch_id=batch_id, message=refusal.message, by=Viewer.system(), at=timezone.now())
        raise


@job(INSPECT, title=gettext_lazy("读取台账文件"))
def inspect_batch(progress: Progress, *, batch_id: int) -> Mapping[str, Any]:
    """Look at the uploaded file and propose how to read it."""
    with _batch(progress, batch_id) as (batch, viewer):
        inspection = services.prepare_inspection(batch)
        with progress.commit({"batch_id": batch_id}) as result:
            services.keep_inspection(batch_id=batch_id, inspection=inspection, by=viewer, at=timezone.now())
    return result


@job(STAGE, title=gettext_lazy("校验台账文件"))
def stage_batch(progress: Progress, *, batch_id: int) -> Mapping[str, Any]:
    """Read the whole file, reject what cannot be read, find its accounts, hold it against the ledger."""
    with _batch(progress, batch_id) as (batch, viewer):
        progress.step(_("校验并识别客户"))
        found = services.prepare_staging(batch)
        with progress.commit({"batch_id": batch_id}) as result:
            kept = services.keep_staged(batch_id=batch_id, found=found, by=viewer, at=timezone.now())
            result |= {
                "lines": kept.lines_staged,
                "rejected": kept.lines_rejected,
                "unknown": len(found.unknown),
            }
    return result


@job(COMMIT, title=gettext_lazy("台账入账"))
def commit_batch(progress: Progress, *, batch_id: int) -> Mapping[str, Any]:
    """Put a batch into the ledger."""
    with _batch(progress, batch_id) as (batch, viewer):
        progress.step(_("写入台账"))
        prepared = services.prepare_commit(batch)
        progress.step(_("更新客户月度汇总"))
        with progress.commit({"batch_id": batch_id}) as result:
            kept = services.finish_commit(batch_id=batch_id, prepared=prepared, by=viewer, at=timezone.now())
            result |= {
                "new": kept.lines_new,
                "corrected": kept.lines_corrected,
                "unchanged": kept.lines_unchanged,
            }
    return result


@job(REVERT, title=gettext_lazy("撤销台账批次"))
def revert_batch(progress: Progress, *, batch_id: int) -> Mapping[str, Any]:
    """Take a batch out of the ledger."""
    with _batch(progress, batch_id) as (batch, viewer):
        prepared = services.prepare_revert(batch)
        with progress.commit({"batch_id": batch_id}) as result:
            services.finish_revert(batch_id=batch_id, prepared=prepared, by=viewer, at=timezone.now())
            result |= {"removed": prepared.revision.new, "restored": prepared.revision.corrected}
    return result


@job(CREATE, title=gettext_lazy("为未识别的客户建档"))
def create_accounts(progress: Progress, *, batch_id: int) -> Mapping[str, Any]:
    """Open archives for all unknown accounts of a batch."""
    batch = Batch.objects.get(pk=batch_id)
    with progress.commit({"batch_id": batch_id}) as result:
        result["created"] = services.create_unknown(batch=batch, by=_viewer(progress), at=timezone.now())
    return result


@job("ledger.tidy", title=gettext_lazy("清理台账文件"), schedule=Schedule(dt.time(4, 30)))
def tidy(progress: Progress, *, due_on: str) -> Mapping[str, Any]:
    """Delete files that no version of the ledger and no open batch needs."""
    return {"files": services.tidy_ledger(by=_viewer(progress), at=timezone.now())}


@job(SALES, title=gettext_lazy("更新客户销售数据"), schedule=Schedule(dt.time(1, 30)))
def push_sales(progress: Progress, *, due_on: str) -> Mapping[str, Any]:
    """Bring the sales figures of all accounts to the ledger's."""
    found = services.prepare_sales(as_of=dt.date.fromisoformat(due_on))
    with progress.commit({"accounts": 0}) as result:
        if found is not None:
            result["accounts"] = services.finish_sales(found=found, by=_viewer(progress), at=timezone.now())
            ask_for_variances(by=_viewer(progress), at=timezone.now())
    return result


@job(services.LINES, title=gettext_lazy("查看台账明细"), tries=1)
def list_lines(progress: Progress, *, account_id: int, month: str, version: int | None) -> Mapping[str, Any]:
    """List the lines behind an account's month for the person who asked."""
    found = services.find_lines(
        account_id=account_id, month=dt.date.fromisoformat(month), version=version, by=_viewer(progress)
    )
    return {"lines": found}
