"""Applying an uploaded file: everything in one transaction, in a few large statements, exactly once.

The batch row is locked first and marked done last: a process killed in between leaves the old state, and a second run
finds the batch either untouched or done.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.domains.accounts import events
from panshi.domains.accounts.models import ImportBatch, ImportedRow, ImportState
from panshi.domains.accounts.reports.imports.kinds import reading_of
from panshi.domains.accounts.reports.imports.preview import open_sheet
from panshi.domains.accounts.reports.imports.rows import Checked, Outcome, Rules
from panshi.domains.accounts.services.imports.batches import CannotReadFile, unreadable
from panshi.domains.accounts.services.imports.kinds import writing_of
from panshi.domains.accounts.services.imports.rejects import write_rejects
from panshi.engines.analytics.failures import UnreadableTable
from panshi.ground.audit.services import record
from panshi.ground.base.bulk import insert_rows, uncollected
from panshi.ground.base.refs import RecordRef
from panshi.ground.base.viewer import Viewer
from panshi.ground.notices.services import notify
from panshi.ground.settings.once import reading_once
from panshi.ground.settings.reports import value

Say = Callable[[str], None]


def quiet(sentence: str) -> None:
    """Nobody listens."""


@uncollected()
@reading_once()
@transaction.atomic
def apply_import(*, batch_id: int, by: Viewer, at: dt.datetime, say: Say = quiet) -> ImportBatch:
    """Apply a queued batch with today's rights of `by`; a batch that is done is left alone.

    `say` hears what is being done and may raise to stop; nothing is saved then. Raises `CannotReadFile`.
    """
    batch: ImportBatch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    reading = reading_of(batch.kind)
    reading.require(by)
    if batch.state in (ImportState.DONE, ImportState.UNDOING, ImportState.UNDONE):
        return batch
    say(_("读取文件"))
    try:
        sheet = open_sheet(batch)
    except UnreadableTable as error:
        raise CannotReadFile(unreadable(error), field="file") from error
    say(_("核对 %(rows)d 行") % {"rows": len(sheet.rows)})
    on = timezone.localdate(at)
    rules = Rules(batch.mode, bool(batch.duplicate_reason), by, at, on, lock=True, choices=batch.choices)
    checked = reading.check(sheet.rows, batch.mapping, rules)
    say(_("写入%(kind)s") % {"kind": reading.label})
    lines = writing_of(batch.kind).apply(checked, batch, by, at)
    say(_("写入结果"))
    _finish(batch, checked, lines, by=by, at=at)
    return batch


def _finish(
    batch: ImportBatch,
    checked: Sequence[Checked],
    lines: Sequence[ImportedRow],
    *,
    by: Viewer,
    at: dt.datetime,
) -> None:
    """Count, keep what is needed to undo, write the file of rejected rows, and mark the batch done."""
    counts = Counter(row.outcome for row in checked)
    days: int = value("lists.import_undo_days")
    if days:
        insert_rows(ImportedRow, lines)
        batch.undo_until = at + dt.timedelta(days=days)
    batch.rows = len(checked)
    batch.created, batch.updated = counts[Outcome.CREATE], counts[Outcome.UPDATE]
    batch.unchanged, batch.rejected = counts[Outcome.UNCHANGED], counts[Outcome.REJECT]
    batch.error_path = write_rejects(batch, checked)
    batch.state, batch.finished_at, batch.error = ImportState.DONE, at, ""
    batch.save()
    record(
        events.IMPORTED,
        at=at,
        by_id=by.person_id,
        subject_id=batch.pk,
        batch_id=batch.pk,
        records=batch.kind,
        mode=batch.mode,
        rows=batch.rows,
        created=batch.created,
        updated=batch.updated,
        unchanged=batch.unchanged,
        rejected=batch.rejected,
    )
    notify(
        events.IMPORT_DONE,
        to=[batch.by_id] if batch.by_id else [],
        at=at,
        record=RecordRef("import", batch.pk),
        created=batch.created,
        updated=batch.updated,
        unchanged=batch.unchanged,
        rejected=batch.rejected,
    )
