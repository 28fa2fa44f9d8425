"""The life of a batch as people cause it: uploaded, mapped, committed, reverted, discarded. Jobs do the long work."""

import datetime as dt
import shutil
import uuid
from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from panshi.calc.periods import DayOrder
from panshi.domains.ledger import events
from panshi.domains.ledger.models import TRANSITIONS, Batch, BatchState, Source
from panshi.domains.ledger.reports.batches import commit_obstacle
from panshi.domains.ledger.reports.standing import batch_folder
from panshi.engines.analytics.headings import Field
from panshi.ground.audit.services import record
from panshi.ground.base.refusals import NotAllowed, Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.work.services import enqueue

INSPECT: Final = "ledger.inspect"
STAGE: Final = "ledger.stage"
COMMIT: Final = "ledger.commit"
REVERT: Final = "ledger.revert"
FILE: Final = "file"

STEP_BACK: Final = {
    BatchState.UPLOADED: BatchState.FAILED,
    BatchState.STAGING: BatchState.INSPECTED,
    BatchState.COMMITTING: BatchState.STAGED,
    BatchState.REVERTING: BatchState.COMMITTED,
}
"""Where a batch goes when the job of a state fails."""


class CannotReadLedger(Refused):
    """The file cannot be kept or is no table."""


class CannotChangeBatch(Refused):
    """The batch is not where this step may be taken, or something is still open."""


@transaction.atomic
def open_batch(*, source_name: str, file: "File[bytes]", by: Viewer, at: dt.datetime) -> Batch:
    """Keep an uploaded file as a new batch of its source and let a job look at it."""
    by.require("ledger.import")
    name = " ".join(source_name.split())
    if not name or len(name) > 60:
        raise CannotReadLedger(_("请填写来源系统的名称（不超过 60 个字符）。"), field="source")
    source, _created = Source.objects.get_or_create(name=name)
    batch = Batch(
        source=source,
        by_id=by.person_id,
        at=at,
        file_name=Path(str(file.name)).name[:200],
        folder=uuid.uuid4().hex,
        currency=source.currency,
        day_order=source.day_order,
    )
    _keep(file, batch_folder(batch))
    batch.save(force_insert=True)
    _ask(batch, INSPECT, by=by, at=at)
    record(events.BATCH_UPLOADED, at=at, by_id=by.person_id, subject_id=batch.pk, source_id=source.pk)
    return batch


def _keep(file: "File[bytes]", folder: Path) -> None:
    try:
        folder.mkdir(parents=True)
        with (folder / FILE).open("wb") as target:
            for chunk in file.chunks():
                target.write(chunk)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise CannotReadLedger(_("文件无法保存，请检查服务器磁盘空间。"), field="file") from error


@transaction.atomic
def map_columns(
    *,
    batch: Batch,
    columns: Mapping[str, str],
    currency: str = "",
    day_order: str = "",
    by: Viewer,
    at: dt.datetime,
) -> Batch:
    """Say which column holds which field, remember it for the source, and let a job read the file by it."""
    row = locked(batch.pk, by=by)
    check_columns(columns, row.headings)
    row.mapping = dict(columns)
    row.currency = currency.strip().upper()[:3] or row.source.currency
    row.day_order = day_order if day_order in set(DayOrder) else ""
    Source.objects.filter(pk=row.source_id).update(
        mapping=row.mapping, currency=row.currency, day_order=row.day_order
    )
    row.unknown_accounts.all().delete()
    move(row, BatchState.STAGING)
    _ask(row, STAGE, by=by, at=at)
    record(
        events.BATCH_MAPPED,
        at=at,
        by_id=by.person_id,
        subject_id=row.pk,
        fields=sorted(columns),
        currency=row.currency,
    )
    return row


def check_columns(columns: Mapping[str, str], headings: Collection[str]) -> None:
    """Refuse a mapping that names unknown fields or columns, one column twice, or lacks what a line needs."""
    fields = {field.value for field in Field}
    if not set(columns) <= fields or not set(columns.values()) <= set(headings):
        raise CannotChangeBatch(_("列的对应关系不正确。"), field="mapping")
    if len(set(columns.values())) != len(columns):
        raise CannotChangeBatch(_("同一列不能对应两个字段。"), field="mapping")
    given = {Field(name) for name in columns}
    errors = {}
    if not given & {Field.ACCOUNT, Field.USCC, Field.ACCOUNT_NAME}:
        errors[Field.ACCOUNT.value] = _("请指定客户编号、统一社会信用代码或客户名称所在的列。")
    if Field.DATE not in given:
        errors[Field.DATE.value] = _("请指定日期所在的列。")
    if Field.DOCUMENT not in given:
        errors[Field.DOCUMENT.value] = _("请指定单据编号所在的列。")
    if Field.AMOUNT not in given and not {Field.QUANTITY, Field.PRICE} <= given:
        errors[Field.AMOUNT.value] = _("请指定金额，或数量和单价所在的列。")
    if errors:
        raise CannotChangeBatch(next(iter(errors.values())), errors=errors)


@transaction.atomic
def request_commit(*, batch: Batch, by: Viewer, at: dt.datetime) -> Batch:
    """Let a job put the batch into the ledger. Refused while unknown accounts are open."""
    row = locked(batch.pk, by=by)
    if obstacle := commit_obstacle(row):
        raise CannotChangeBatch(obstacle)
    move(row, BatchState.COMMITTING)
    _ask(row, COMMIT, by=by, at=at)
    return row


@transaction.atomic
def request_revert(*, batch: Batch, by: Viewer, at: dt.datetime) -> Batch:
    """Let a job take the batch out of the ledger again; lines it corrected come back."""
    row = locked(batch.pk, by=by)
    move(row, BatchState.REVERTING)
    _ask(row, REVERT, by=by, at=at)
    return row


@transaction.atomic
def discard_batch(*, batch: Batch, by: Viewer, at: dt.datetime) -> None:
    """Forget an uploaded file that never entered the ledger."""
    row = locked(batch.pk, by=by)
    if row.state not in {BatchState.INSPECTED, BatchState.STAGED, BatchState.FAILED}:
        raise CannotChangeBatch(_("这个批次现在不能放弃。"))
    record(events.BATCH_DISCARDED, at=at, by_id=by.person_id, subject_id=row.pk, source_id=row.source_id)
    folder = batch_folder(row)
    row.delete()
    transaction.on_commit(partial(shutil.rmtree, folder, ignore_errors=True))


@transaction.atomic
def fail_step(*, batch_id: int, message: str, by: Viewer, at: dt.datetime) -> None:
    """Write down why a job could not do its step; the batch returns to where a person can act."""
    row = locked(batch_id, by=by)
    back = STEP_BACK.get(BatchState(row.state))
    if back is not None:
        move(row, back, error=message)


def locked(batch_id: int, *, by: Viewer) -> Batch:
    """The batch under a row lock, for those who may import."""
    by.require("ledger.import")
    row: Batch | None = (
        Batch.objects.select_for_update(of=("self",))
        .visible_to(by)
        .select_related("source")
        .filter(pk=batch_id)
        .first()
    )
    if row is None:
        raise NotAllowed(_("您没有此项操作的权限。"))
    return row


def move(row: Batch, to: BatchState, *, error: str = "") -> None:
    """Move a locked batch along its states and save it. Raises `CannotChangeBatch`."""
    if (BatchState(row.state), to) not in TRANSITIONS:
        raise CannotChangeBatch(_("这个批次现在不能这样处理。"))
    row.state, row.error = to, error[:400]
    row.save()


def _ask(row: Batch, kind: str, *, by: Viewer, at: dt.datetime) -> None:
    row.job_id = enqueue(kind=kind, arguments={"batch_id": row.pk}, by=by, at=at).pk
    row.save(update_fields=["job_id"])
