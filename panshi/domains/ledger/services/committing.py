"""Putting a batch into the ledger and taking it out again.

The store writes its new version first, outside any transaction; one short transaction then records it with months,
counts and event, if the ledger still stands where the work began. Whatever was written but not recorded does not count.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from panshi.domains.ledger import events
from panshi.domains.ledger.models import Batch, BatchState, Decision, Head
from panshi.domains.ledger.reports.matching import match
from panshi.domains.ledger.reports.standing import batch_folder, head_version, ledger_folder
from panshi.domains.ledger.services.batches import CannotReadLedger, locked, move
from panshi.domains.ledger.services.months import write_months
from panshi.domains.ledger.services.sales import ask_for_sales
from panshi.domains.ledger.services.staging import column_mapping, sentence
from panshi.engines.analytics import ledger
from panshi.engines.analytics.failures import StoreUnavailable
from panshi.engines.analytics.values import EMPTY, Revision
from panshi.ground.audit.services import record
from panshi.ground.base.viewer import Viewer


class LedgerMoved(Exception):
    """Another batch was recorded meanwhile; the work starts again from where the ledger stands now."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A revision the store has written on top of `base` (None: the ledger was empty), not yet recorded."""

    base: int | None
    revision: Revision


def prepare_commit(batch: Batch) -> Prepared:
    """Write the batch's lines to the store. Raises `CannotReadLedger` when it cannot be written."""
    try:
        folder = batch_folder(batch)
        matched, _unknown = match(ledger.staged_accounts(folder))
        decided = batch.unknown_accounts.exclude(account=None).values_list("key", "account_id")
        lines = ledger.resolve(folder, batch.source.key, matched | dict(decided), batch.source.unit_id)
        store, base = ledger.store(ledger_folder()), head_version()
        store.create()
        own_numbers = column_mapping(batch).own_numbers
        return Prepared(base, store.merge(lines, batch.pk, base or EMPTY, own_numbers=own_numbers))
    except StoreUnavailable as error:
        raise CannotReadLedger(sentence(error)) from error


@transaction.atomic
def finish_commit(*, batch_id: int, prepared: Prepared, by: Viewer, at: dt.datetime) -> Batch:
    """Record the new version: the commit point. Raises `LedgerMoved`; a batch already recorded is left alone."""
    row = locked(batch_id, by=by)
    if row.state != BatchState.COMMITTING:
        return row
    revision = prepared.revision
    _advance(prepared, at=at)
    write_months(revision.months)
    row.lines_new, row.lines_corrected, row.lines_unchanged = (
        revision.new,
        revision.corrected,
        revision.unchanged,
    )
    row.version, row.committed_at = revision.version, at
    move(row, BatchState.COMMITTED)
    record(
        events.BATCH_COMMITTED,
        at=at,
        by_id=by.person_id,
        subject_id=row.pk,
        source_id=row.source_id,
        version=revision.version,
        new=revision.new,
        corrected=revision.corrected,
        unchanged=revision.unchanged,
        rejected=row.lines_rejected,
        split=row.lines_split,
        left_out_accounts=row.unknown_accounts.filter(decision=Decision.LEFT_OUT).count(),
    )
    ask_for_sales(by=by, at=at)
    return row


def prepare_revert(batch: Batch) -> Prepared:
    """Take the batch's lines out of the store. Raises `CannotReadLedger` when it cannot be written."""
    base = head_version()
    try:
        return Prepared(base, ledger.store(ledger_folder()).undo(batch.pk, base or EMPTY))
    except StoreUnavailable as error:
        raise CannotReadLedger(sentence(error)) from error


@transaction.atomic
def finish_revert(*, batch_id: int, prepared: Prepared, by: Viewer, at: dt.datetime) -> Batch:
    """Record that the batch is out. Raises `LedgerMoved`; a batch already out is left alone."""
    row = locked(batch_id, by=by)
    if row.state != BatchState.REVERTING:
        return row
    revision = prepared.revision
    _advance(prepared, at=at)
    write_months(revision.months)
    row.version, row.reverted_at = revision.version, at
    move(row, BatchState.REVERTED)
    record(
        events.BATCH_REVERTED,
        at=at,
        by_id=by.person_id,
        subject_id=row.pk,
        source_id=row.source_id,
        version=revision.version,
        removed=revision.new,
        restored=revision.corrected,
    )
    ask_for_sales(by=by, at=at)
    return row


def _advance(prepared: Prepared, *, at: dt.datetime) -> None:
    """Move the head under its lock, if it still stands where the work began."""
    head = Head.objects.select_for_update().filter(pk=Head.KEY).first()
    if (head.version if head else None) != prepared.base:
        raise LedgerMoved
    if head is None:
        Head.objects.create(pk=Head.KEY, version=prepared.revision.version, changed_at=at)
    else:
        head.version, head.changed_at = prepared.revision.version, at
        head.save(update_fields=["version", "changed_at"])
