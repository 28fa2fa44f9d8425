"""Applying a customer file: everything in one transaction, in a few large statements, exactly once.

The batch row is locked first and marked done last: a process killed in between leaves the old state, and a second run
finds the batch either untouched or done.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.calc.naming import matching_name
from panshi.domains.accounts import events
from panshi.domains.accounts.models import Account, FormerName, ImportBatch, ImportState
from panshi.domains.accounts.models.fields import MONEY_FIELDS
from panshi.domains.accounts.reports.imports.checking import CheckedRow, Outcome, Rules, check_rows
from panshi.domains.accounts.reports.imports.preview import open_sheet
from panshi.domains.accounts.services.finding import put_accounts
from panshi.domains.accounts.services.group import CannotPlaceInGroup, place_in_group
from panshi.domains.accounts.services.imports.batches import CannotReadFile, unreadable
from panshi.domains.accounts.services.imports.rejects import write_rejects
from panshi.domains.accounts.services.opening import open_accounts
from panshi.engines.analytics.failures import UnreadableTable
from panshi.ground.audit.kinds import EventKind
from panshi.ground.audit.models import Change, Event
from panshi.ground.audit.services import draft, record, text
from panshi.ground.base.bulk import insert_rows, uncollected, update_rows
from panshi.ground.base.refusals import NotAllowed
from panshi.ground.base.viewer import Viewer

DERIVED: Final = ("name_key", "name_block", "pinyin", "initials", "phone_key")

Say = Callable[[str], None]


def _quiet(sentence: str) -> None:
    """Nobody listens."""


@uncollected()
@transaction.atomic
def apply_import(*, batch_id: int, by: Viewer, at: dt.datetime, say: Say = _quiet) -> ImportBatch:
    """Apply a queued batch with today's rights of `by`; a batch that is done is left alone.

    `say` hears what is being done and may raise to stop; nothing is saved then. Raises `CannotReadFile`.
    """
    by.require("accounts.import")
    batch: ImportBatch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    if batch.state == ImportState.DONE:
        return batch
    say(_("读取文件"))
    try:
        sheet = open_sheet(batch)
    except UnreadableTable as error:
        raise CannotReadFile(unreadable(error), field="file") from error
    say(_("核对 %(rows)d 行") % {"rows": len(sheet.rows)})
    on = timezone.localdate(at)
    rules = Rules(batch.mode, bool(batch.duplicate_reason), by, at, on, lock=True)
    checked = check_rows(sheet.rows, batch.mapping, rules)
    say(_("写入客户"))
    _create([row for row in checked if row.outcome is Outcome.CREATE], batch, by=by, at=at)
    _update([row for row in checked if row.outcome is Outcome.UPDATE], batch, by=by, at=at)
    _place([row for row in checked if row.outcome is Outcome.CREATE], by=by, at=at)
    say(_("写入结果"))
    _finish(batch, checked, by=by, at=at)
    return batch


def _create(rows: Sequence[CheckedRow], batch: ImportBatch, *, by: Viewer, at: dt.datetime) -> None:
    """Open the new accounts and say beside their events why look-alikes were taken."""
    accounts = [row.account for row in rows if row.account is not None]
    known = [_known_ids(row) for row in rows]
    made = open_accounts(accounts, reason=_("导入"), duplicate_ids=known, batch_id=batch.pk, by=by, at=at)
    _keep_reasons([event for event, row in zip(made, rows, strict=True) if row.matches], batch)


def _known_ids(row: CheckedRow) -> list[int]:
    return [match.account_id for match in row.matches if match.account_id > 0]


def _keep_reasons(made: Sequence[Event], batch: ImportBatch) -> None:
    """Why look-alikes were taken stands beside each event."""
    reason = batch.duplicate_reason
    insert_rows(
        Change, [Change(event=event, field="duplicate_reason", before="", after=reason) for event in made]
    )


def _update(rows: Sequence[CheckedRow], batch: ImportBatch, *, by: Viewer, at: dt.datetime) -> None:
    """Write what differs on known accounts, with former names, events and changes."""
    accounts = [row.account for row in rows if row.account is not None]
    for account in accounts:
        account.step(at=at)
    update_rows(Account, (_written(row) for row in rows))
    on = timezone.localdate(at)
    FormerName.objects.bulk_create(
        FormerName(account=row.account, name=before, name_key=matching_name(before)[:200], until_on=on)
        for row in rows
        if row.account is not None and "name" in row.changes
        for before in [row.changes["name"][0]]
        if matching_name(before)[:200] != row.account.name_key
    )
    planned = [(row, kind, fields) for row in rows for kind, fields in _kinds(row) if fields]
    made = [
        draft(
            kind,
            at=at,
            by_id=by.person_id,
            account_id=row.account.pk,
            subject_id=row.account.pk,
            fields=fields,
            version=row.account.version,
            **(
                {}
                if kind is events.MONEY_CHANGED
                else {"duplicate_ids": _known_ids(row), "batch_id": batch.pk}
            ),
        )
        for row, kind, fields in planned
        if row.account is not None
    ]
    insert_rows(Event, made)
    insert_rows(
        Change,
        [
            Change(
                event=event, field=name, before=text(row.changes[name][0]), after=text(row.changes[name][1])
            )
            for event, (row, _kind, fields) in zip(made, planned, strict=True)
            for name in fields
        ],
    )
    _keep_reasons([event for event, plan in zip(made, planned, strict=True) if plan[0].matches], batch)
    put_accounts(accounts)


def _written(row: CheckedRow) -> tuple[int, dict[str, object]]:
    """Key and columns of one changed account."""
    assert row.account is not None
    names = [*row.changes, "version", "updated_at"]
    if {"name", "phone"} & set(row.changes):
        names += DERIVED
    return row.account.pk, {name: getattr(row.account, name) for name in names}


def _kinds(row: CheckedRow) -> list[tuple[EventKind, list[str]]]:
    """The events of one changed row: open fields, and those behind `accounts.money`."""
    return [
        (events.CHANGED, sorted(name for name in row.changes if name not in MONEY_FIELDS)),
        (events.MONEY_CHANGED, sorted(name for name in row.changes if name in MONEY_FIELDS)),
    ]


def _place(rows: Sequence[CheckedRow], *, by: Viewer, at: dt.datetime) -> None:
    """Hang new accounts under the parents they name by code; what cannot hang stays alone and is told."""
    named = [row for row in rows if row.read.references.get("parent") and row.account is not None]
    codes = {str(row.read.references["parent"]) for row in named}
    parents = {account.code: account for account in Account.objects.visible_to(by).filter(code__in=codes)}
    for row in named:
        parent = parents.get(str(row.read.references["parent"]))
        assert row.account is not None
        if parent is None:
            row.problems.append(_("客户已新建，但没有找到上级客户"))
            continue
        try:
            with transaction.atomic():
                place_in_group(account=row.account, parent=parent, by=by, at=at)
        except (CannotPlaceInGroup, NotAllowed) as refusal:
            row.problems.append(_("客户已新建，但没有归入上级客户：%(why)s") % {"why": refusal.message})


def _finish(batch: ImportBatch, checked: Sequence[CheckedRow], *, by: Viewer, at: dt.datetime) -> None:
    """Count, write the file of rejected rows, and mark the batch done."""
    counts = Counter(row.outcome for row in checked)
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
        mode=batch.mode,
        rows=batch.rows,
        created=batch.created,
        updated=batch.updated,
        unchanged=batch.unchanged,
        rejected=batch.rejected,
    )
