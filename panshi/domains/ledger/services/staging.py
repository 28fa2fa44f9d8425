"""The steps before the ledger: look at the file, stage it, find its accounts, say what it would do.

Each step is prepared outside any transaction, because it reads files for seconds, and kept in one.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from panshi.calc.periods import DayOrder
from panshi.domains.ledger.models import Batch, BatchState, Decision, UnknownAccount
from panshi.domains.ledger.reports.batches import remembered
from panshi.domains.ledger.reports.matching import match, remembered_matches
from panshi.domains.ledger.reports.standing import batch_folder, head_version, ledger_folder
from panshi.domains.ledger.services.batches import FILE, CannotReadLedger, locked, move
from panshi.engines.analytics import ledger
from panshi.engines.analytics.failures import StoreUnavailable, UnreadableTable
from panshi.engines.analytics.headings import Field
from panshi.engines.analytics.values import (
    EMPTY,
    ColumnMapping,
    Comparison,
    ForeignAccount,
    Inspection,
    Staged,
)
from panshi.ground.base.viewer import Viewer

CHUNK: Final = 2000
SHOWN_SPLIT: Final = 200


def prepare_inspection(batch: Batch) -> Inspection:
    """Read headings and first rows. Raises `CannotReadLedger`."""
    try:
        return ledger.inspect(batch_folder(batch) / FILE, batch_folder(batch))
    except (UnreadableTable, StoreUnavailable) as error:
        raise CannotReadLedger(sentence(error)) from error


@transaction.atomic
def keep_inspection(*, batch_id: int, inspection: Inspection, by: Viewer, at: dt.datetime) -> Batch:
    """Keep what the file looks like and propose how to read it; a batch further on is left alone."""
    row = locked(batch_id, by=by)
    if row.state != BatchState.UPLOADED:
        return row
    row.headings = list(inspection.headings)
    row.sample = [list(cells) for cells in inspection.sample]
    row.mapping = remembered(row.source, row.headings)
    move(row, BatchState.INSPECTED)
    return row


@dataclass(frozen=True, slots=True)
class StagedBatch:
    """What a batch holds and would do: the file as read, the accounts not known, the lines against the ledger."""

    staged: Staged
    unknown: tuple[ForeignAccount, ...]
    comparison: Comparison


def prepare_staging(batch: Batch) -> StagedBatch:
    """Read the whole file by its mapping and hold it against the ledger. Raises `CannotReadLedger`."""
    folder, mapping = batch_folder(batch), column_mapping(batch)
    try:
        staged = ledger.stage(folder / FILE, mapping, folder)
        matched, unknown = match(staged.accounts)
        lines = ledger.resolve(folder, batch.source.key, matched, batch.source.unit_id)
        store = ledger.store(ledger_folder())
        store.create()
        comparison = store.compare(lines, head_version() or EMPTY, own_numbers=mapping.own_numbers)
    except (UnreadableTable, StoreUnavailable) as error:
        raise CannotReadLedger(sentence(error)) from error
    return StagedBatch(staged, tuple(unknown), comparison)


@transaction.atomic
def keep_staged(*, batch_id: int, found: StagedBatch, by: Viewer, at: dt.datetime) -> Batch:
    """Keep the preview of a batch and the accounts nobody knows; a batch further on is left alone."""
    row = locked(batch_id, by=by)
    if row.state != BatchState.STAGING:
        return row
    staged, comparison = found.staged, found.comparison
    row.lines_read, row.lines_staged = staged.lines_read, staged.lines_staged
    row.lines_rejected, row.reasons = staged.lines_rejected, dict(staged.reasons)
    row.lines_without_account, row.documents = staged.lines_without_account, staged.documents
    row.amount, row.first_on, row.last_on = staged.amount, staged.first, staged.last
    row.accounts_named = len(staged.accounts)
    row.lines_new, row.lines_corrected = comparison.new, comparison.corrected
    row.lines_unchanged, row.lines_split = comparison.unchanged, comparison.split_lines
    row.split_documents = list(comparison.split_documents[:SHOWN_SPLIT])
    row.unknown_accounts.all().delete()
    before = remembered_matches(row.source_id, found.unknown)
    UnknownAccount.objects.bulk_create(
        (
            UnknownAccount(
                batch=row,
                key=each.key,
                code=each.code[:200],
                uscc=each.uscc[:200],
                name=each.name[:400],
                lines=each.lines,
                amount=each.amount,
                decision=Decision.MATCHED if each.key in before else Decision.OPEN,
                account_id=before.get(each.key),
                remembered=each.key in before,
            )
            for each in found.unknown
        ),
        batch_size=CHUNK,
    )
    move(row, BatchState.STAGED)
    return row


def column_mapping(batch: Batch) -> ColumnMapping:
    """How the engine is to read the batch's file."""
    order = DayOrder(batch.day_order) if batch.day_order else None
    columns = {Field(name): heading for name, heading in batch.mapping.items()}
    return ColumnMapping(columns, batch.currency, order)


def sentence(error: UnreadableTable | StoreUnavailable) -> str:
    """What went wrong, in the person's words."""
    if isinstance(error, StoreUnavailable):
        return _("台账存储无法读写（磁盘已满或只读？），原有数据未受影响：%(reason)s") % {"reason": error}
    sentences = {
        "empty": _("文件里没有数据。"),
        "encoding": _("文件的文字编码无法识别，请另存为 UTF-8 或 GBK 编码的 CSV。"),
        "too_large": _("文件过大或展开后过大，请拆分后再导入。"),
        "missing_column": _("文件缺少需要的列：%(columns)s") % {"columns": error},
        "not_a_table": _("这不是可以读取的表格，请使用 .xlsx、.csv 或 .parquet 文件。"),
    }
    return sentences.get(error.code, sentences["not_a_table"])
