"""Rows of a file as entries of the contact log, and back: touches, last and next contacts follow; nobody is told."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from django.utils.translation import gettext as _

from panshi.domains.accounts.models import Account, ImportBatch, ImportedRow
from panshi.domains.accounts.reports.imports.rows import Outcome
from panshi.domains.accounts.services.imports.kinds import Writing, line
from panshi.domains.accounts.services.touches import Touched, record_touches, void_touches
from panshi.domains.people import events
from panshi.domains.people.models import LogEntry
from panshi.domains.people.reports.imports.log import LOG, CheckedEntry
from panshi.domains.people.services.log import TOUCH_SOURCE
from panshi.domains.people.services.log_lots import plan_next
from panshi.ground.audit.kinds import EventKind
from panshi.ground.audit.models import Event
from panshi.ground.audit.services import draft
from panshi.ground.base.bulk import insert_rows
from panshi.ground.base.viewer import Viewer
from panshi.ground.files.models import File

CHUNK: Final = 2000


def apply(
    checked: Sequence[CheckedEntry], batch: ImportBatch, by: Viewer, at: dt.datetime
) -> list[ImportedRow]:
    """Write the entries with their own authors and times, one event for each account."""
    taken = [(row, row.entry) for row in checked if row.outcome is Outcome.CREATE and row.entry is not None]
    entries = [entry for _row, entry in taken]
    for entry in entries:
        entry.batch_id = batch.pk
    insert_rows(LogEntry, entries)
    touched = [Touched(entry.account_id, entry.on, entry.kind, entry.pk, entry.by_id) for entry in entries]
    record_touches(touches=touched, source=TOUCH_SOURCE, by=by, at=at)
    plan_next({entry.account_id for entry in entries}, by=by, at=at)
    _tell(events.LOG_IMPORTED, entries, batch, by=by, at=at)
    return [line(batch, row.read.number, entry.pk, version=1, created=True) for row, entry in taken]


def _tell(
    kind: EventKind, entries: Iterable[LogEntry], batch: ImportBatch, *, by: Viewer, at: dt.datetime
) -> None:
    counted = Counter(entry.account_id for entry in entries)
    told = [
        draft(kind, at=at, by_id=by.person_id, account_id=pk, subject_id=pk, entries=count, batch_id=batch.pk)
        for pk, count in counted.items()
    ]
    insert_rows(Event, told)


def judge(rows: Sequence[ImportedRow], batch: ImportBatch, by: Viewer, lock: bool) -> Mapping[int, str]:
    """Which entries cannot be taken back, and why."""
    known = _records(rows, lock=lock)
    account_ids = {entry.account_id for entry in known.values()}
    reach: set[int] = set()
    for start in range(0, len(ids := sorted(account_ids)), CHUNK):
        part = Account.objects.visible_to(by, "people.edit").filter(pk__in=ids[start : start + CHUNK])
        reach |= set(part.values_list("pk", flat=True))
    held: set[int] = set()
    for start in range(0, len(keys := sorted(known)), CHUNK):
        files = File.objects.filter(record_kind="log", record_id__in=keys[start : start + CHUNK])
        held |= set(files.filter(voided_at=None).values_list("record_id", flat=True))
    problems: dict[int, str] = {}
    for row in rows:
        entry = known.get(row.record_id)
        if entry is None or entry.voided_at is not None:
            problems[row.pk] = _("此记录已作废。")
        elif entry.account_id not in reach:
            problems[row.pk] = _("超出您的权限范围")
        elif entry.pk in held:
            problems[row.pk] = _("已有附件")
    return problems


def _records(rows: Sequence[ImportedRow], *, lock: bool) -> dict[int, LogEntry]:
    ids, found = sorted({row.record_id for row in rows}), dict[int, LogEntry]()
    for start in range(0, len(ids), CHUNK):
        part = LogEntry.objects.filter(pk__in=ids[start : start + CHUNK])
        found |= {row.pk: row for row in (part.select_for_update().order_by("pk") if lock else part)}
    return found


def take_back(
    rows: Sequence[ImportedRow], batch: ImportBatch, by: Viewer, at: dt.datetime
) -> Mapping[int, str]:
    """Void the entries; touches, last and next contacts follow what is left."""
    entries = list(_records(rows, lock=True).values())
    ids = [entry.pk for entry in entries]
    for start in range(0, len(ids), CHUNK):
        LogEntry.objects.filter(pk__in=ids[start : start + CHUNK]).update(
            voided_at=at, voided_by_id=by.person_id, void_reason=_("撤销导入")
        )
    void_touches(source=TOUCH_SOURCE, source_ids=ids, by=by, at=at)
    plan_next({entry.account_id for entry in entries}, by=by, at=at)
    _tell(events.LOG_RETRACTED, entries, batch, by=by, at=at)
    return {}


def titles(ids: Collection[int]) -> Mapping[int, str]:
    """Entries by account and day."""
    rows = LogEntry.objects.filter(pk__in=ids).values_list("pk", "account__name", "on")
    return {pk: f"{account} · {on:%Y-%m-%d}" for pk, account, on in rows}


WRITING: Final = Writing(name=LOG.name, apply=apply, judge=judge, take_back=take_back, titles=titles)
