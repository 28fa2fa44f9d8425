"""Rows of a file as machines of the installed base, and back. Each row passes the services of a single machine: hours
and days of replacement follow as always, and a file has thousands of machines at most."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from panshi.domains.accounts import events
from panshi.domains.accounts.models import Account, Equipment, HourReading, ImportBatch, ImportedRow
from panshi.domains.accounts.reports.imports.equipment import EQUIPMENT, CheckedMachine, fields
from panshi.domains.accounts.reports.imports.rows import Outcome
from panshi.domains.accounts.services.counting import tell_machines
from panshi.domains.accounts.services.equipment import add_equipment, change_equipment, reckon
from panshi.domains.accounts.services.imports.kinds import Writing, line
from panshi.domains.accounts.services.imports.values import (
    CHUNK,
    Stored,
    before_of,
    changed_since,
    plain_changes,
    typed,
)
from panshi.ground.audit.services import record
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.files.models import File


def apply(
    checked: Sequence[CheckedMachine], batch: ImportBatch, by: Viewer, at: dt.datetime
) -> list[ImportedRow]:
    """Note the new machines and change the known ones; a row that is refused is rejected alone."""
    ids = {row.account_id for row in checked if row.account_id is not None}
    accounts = Account.objects.in_bulk(ids)
    lines: list[ImportedRow] = []
    for row in checked:
        if row.outcome not in (Outcome.CREATE, Outcome.UPDATE):
            continue
        try:
            with transaction.atomic():
                lines.append(_write(row, accounts[row.account_id or 0], batch, by=by, at=at))
        except Refused as refusal:
            row.reject(*(refusal.errors.values() or [refusal.message]))
    tell_machines(ids, by=by, at=at)
    return lines


def _write(
    row: CheckedMachine, account: Account, batch: ImportBatch, *, by: Viewer, at: dt.datetime
) -> ImportedRow:
    number = row.read.number
    if row.machine is None:
        made = add_equipment(account=account, values=row.values, by=by, at=at, tells=False)
        return line(batch, number, made.pk, version=made.version, created=True)
    before = {name: getattr(row.machine, name) for name in (*row.changes, "hours_on")}
    values = {name: after for name, (_before, after) in row.changes.items()}
    version = row.machine.version
    machine = change_equipment(equipment=row.machine, values=values, expected_version=version, by=by, at=at)
    changes = {name: (held, getattr(machine, name)) for name, held in before.items()}
    differing = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    if "replace_on" in differing:
        differing["replace_cause"] = (row.machine.replace_cause, machine.replace_cause)
    told = plain_changes(differing)
    return line(batch, number, machine.pk, version=machine.version, created=False, changes=told)


def _records(rows: Sequence[ImportedRow], *, lock: bool) -> dict[int, Equipment]:
    ids, found = sorted({row.record_id for row in rows}), dict[int, Equipment]()
    for start in range(0, len(ids), CHUNK):
        part = Equipment.objects.filter(pk__in=ids[start : start + CHUNK])
        found |= {row.pk: row for row in (part.select_for_update().order_by("pk") if lock else part)}
    return found


def judge(rows: Sequence[ImportedRow], batch: ImportBatch, by: Viewer, lock: bool) -> Mapping[int, str]:
    """Which rows cannot be taken back, and why."""
    known = _records(rows, lock=lock)
    stored = Stored("equipment", rows, known, by=by)
    labels = {one.name: str(one.label) for one in fields(by)}
    reach = set(
        Account.objects.visible_to(by, "accounts.edit")
        .filter(pk__in={one.account_id for one in known.values()})
        .values_list("pk", flat=True)
    )
    files = File.objects.filter(record_kind="equipment", record_id__in=list(known), voided_at=None)
    held = set(files.values_list("record_id", flat=True))
    problems: dict[int, str] = {}
    for row in rows:
        machine = known.get(row.record_id)
        if machine is None:
            problems[row.pk] = _("设备已不存在。")
        elif machine.account_id not in reach:
            problems[row.pk] = _("超出您的权限范围")
        elif row.created and machine.version != row.version:
            problems[row.pk] = _("导入后又修改过这台设备。")
        elif row.created and machine.pk in held:
            problems[row.pk] = _("已有附件")
        elif moved := [] if row.created else stored.moved(row):
            problems[row.pk] = changed_since(moved, labels)
    return problems


def take_back(
    rows: Sequence[ImportedRow], batch: ImportBatch, by: Viewer, at: dt.datetime
) -> Mapping[int, str]:
    """Remove the new machines, give the changed ones their old values; readings of the import go."""
    known = _records(rows, lock=True)
    assert batch.finished_at is not None
    for row in rows:
        machine = known[row.record_id]
        readings = HourReading.objects.filter(equipment=machine)
        said: dict[str, Any] = {"at": at, "by_id": by.person_id, "account_id": machine.account_id,
                                "subject_id": machine.pk}  # fmt: skip
        if row.created:
            readings.delete()
            machine.delete()
            record(events.EQUIPMENT_REMOVED, **said, batch_id=batch.pk)
            continue
        readings.filter(at=batch.finished_at).delete()
        changes: dict[str, tuple[Any, Any]] = {}
        for name, text in before_of(row).items():
            after = typed(Equipment, name, text)
            changes[name] = (getattr(machine, name), after)
            setattr(machine, name, after)
        machine.step(at=at)
        machine.save()
        reckon(machine)
        told: dict[str, Any] = {"changes": changes, "fields": sorted(changes), "version": machine.version}
        record(events.EQUIPMENT_CHANGED, **said, **told)
    tell_machines({machine.account_id for machine in known.values()}, by=by, at=at)
    return {}


def titles(ids: Collection[int]) -> Mapping[int, str]:
    """Machines by brand, model and number."""
    rows = Equipment.objects.filter(pk__in=ids).values_list("pk", "brand__name", "model", "serial")
    return {pk: f"{brand} {model} {serial}".strip() for pk, brand, model, serial in rows}


WRITING: Final = Writing(name=EQUIPMENT.name, apply=apply, judge=judge, take_back=take_back, titles=titles)
