"""Writes of the installed base: note a machine, change it, read its hours, retire it; when it should be replaced."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.calc.replacement import Reading, replacement
from panshi.domains.accounts import events
from panshi.domains.accounts.models import Account, DueCause, Equipment, EquipmentState, HourReading
from panshi.domains.accounts.models.equipment_cleaning import (
    CannotSaveEquipment,
    check_equipment,
    clean_equipment,
    plain_key,
)
from panshi.domains.accounts.services.brands import brand_called
from panshi.domains.accounts.services.counting import tell_machines
from panshi.domains.accounts.services.locking import locked
from panshi.ground.audit.kinds import EventKind
from panshi.ground.audit.services import record
from panshi.ground.base.models import NOT_PLANNED
from panshi.ground.base.refusals import NotAllowed, Refused
from panshi.ground.base.viewer import Viewer

Changes = dict[str, tuple[Any, Any]]


@transaction.atomic
def add_equipment(
    *, account: Account, values: Mapping[str, Any], by: Viewer, at: dt.datetime, tells: bool = True
) -> Equipment:
    """Note a machine that stands at the account. `values` are of `EQUIPMENT_FIELDS`; a brand nobody named yet is taken
    for a competitor's. Who notes many says `tells=False` and tells the archive of all of them at once."""
    owner = locked(account.pk, by=by, permission="accounts.edit")
    machine = Equipment(account=owner, created_at=at, updated_at=at, created_by_id=by.person_id)
    given = {"brand": "", "model": "", **values}
    _put(machine, clean_equipment(given, on=timezone.localdate(at)), by=by, at=at)
    check_equipment(machine)
    _save(machine)
    _keep_reading(machine, by=by, at=at)
    reckon(machine)
    _note(events.EQUIPMENT_ADDED, machine, by=by, at=at, version=machine.version)
    if tells:
        tell_machines([machine.account_id], by=by, at=at)
    return machine


@transaction.atomic
def change_equipment(
    *, equipment: Equipment, values: Mapping[str, Any], expected_version: int, by: Viewer, at: dt.datetime
) -> Equipment:
    """Change the given fields of a machine."""
    machine = _locked(equipment, by=by)
    machine.expect(expected_version)
    changes = _put(machine, clean_equipment(values, on=timezone.localdate(at)), by=by, at=at)
    if not changes:
        return machine
    check_equipment(machine)
    machine.step(at=at)
    _save(machine)
    if {"hours", "hours_on"} & set(changes):
        _keep_reading(machine, by=by, at=at)
    reckon(machine)
    told = dict(changes)
    told.pop("brand_id", None)
    _note(
        events.EQUIPMENT_CHANGED, machine, by=by, at=at, changes=told, fields=sorted(changes),
        version=machine.version,
    )  # fmt: skip
    return machine


@transaction.atomic
def read_hours(*, equipment: Equipment, hours: int, on: dt.date, by: Viewer, at: dt.datetime) -> Equipment:
    """Note the running hours on a day; when it should be replaced is reckoned anew."""
    machine = _locked(equipment, by=by)
    cleaned = clean_equipment({"hours": hours, "hours_on": on}, on=timezone.localdate(at))
    if machine.hours_on is not None and on < machine.hours_on:
        raise CannotSaveEquipment(
            _("已有 %(day)s 的读数，不能再补更早的。") % {"day": machine.hours_on.isoformat()},
            field="hours_on",
        )
    return change_equipment(equipment=machine, values=cleaned, expected_version=machine.version, by=by, at=at)


class CannotRetireEquipment(Refused):
    """It is retired already (or not), the day cannot be right, or nobody said why."""


@transaction.atomic
def retire_equipment(
    *, equipment: Equipment, on: dt.date, reason: str, by: Viewer, at: dt.datetime, tells: bool = True
) -> Equipment:
    """Say that a machine is no longer used; it stays as history. `tells` as in `add_equipment`."""
    machine = _locked(equipment, by=by)
    if machine.state == EquipmentState.RETIRED:
        raise CannotRetireEquipment(_("此设备已退役。"))
    if not reason.strip():
        raise CannotRetireEquipment(_("请说明退役的原因。"), field="reason")
    if on > timezone.localdate(at) or (machine.commissioned_on is not None and on < machine.commissioned_on):
        raise CannotRetireEquipment(_("退役日期应在投用日期和今天之间。"), field="on")
    machine.state, machine.retired_on = EquipmentState.RETIRED, on
    machine.retired_why = reason.strip()[:200]
    machine.step(at=at)
    machine.save()
    _note(events.EQUIPMENT_RETIRED, machine, by=by, at=at, on=on, version=machine.version)
    if tells:
        tell_machines([machine.account_id], by=by, at=at)
    return machine


@transaction.atomic
def return_equipment(*, equipment: Equipment, by: Viewer, at: dt.datetime) -> Equipment:
    """Take back that a machine was retired."""
    machine = _locked(equipment, by=by)
    if machine.state != EquipmentState.RETIRED:
        raise CannotRetireEquipment(_("此设备没有退役。"))
    machine.state, machine.retired_on, machine.retired_why = EquipmentState.IN_USE, None, ""
    machine.step(at=at)
    machine.save()
    _note(events.EQUIPMENT_RETURNED, machine, by=by, at=at, version=machine.version)
    tell_machines([machine.account_id], by=by, at=at)
    return machine


@dataclass(frozen=True, slots=True)
class Retired:
    """What came of retiring many: those done, those retired before, those refused and why."""

    done: list[int] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


@transaction.atomic
def retire_many(*, keys: Sequence[int], on: dt.date, reason: str, by: Viewer, at: dt.datetime) -> Retired:
    """Retire many machines for one reason; those that may not be changed are told, the others done."""
    by.require("accounts.edit")
    came, moved = Retired(), set[int]()
    rows = Equipment.objects.visible_to(by).filter(pk__in=keys).select_related("account").order_by("pk")
    for machine in rows:
        if machine.state == EquipmentState.RETIRED:
            came.unchanged.append(machine.pk)
            continue
        try:
            retire_equipment(equipment=machine, on=on, reason=reason, by=by, at=at, tells=False)
            came.done.append(machine.pk)
            moved.add(machine.account_id)
        except Refused as refusal:
            came.refused[machine.pk] = refusal.message
    tell_machines(moved, by=by, at=at)
    return came


def _locked(equipment: Equipment, *, by: Viewer) -> Equipment:
    """The machine under its account's lock and its own, if `by` may change that account."""
    if not Equipment.objects.visible_to(by).filter(pk=equipment.pk).exists():
        raise NotAllowed(_("您没有此项操作的权限。"))
    locked(equipment.account_id, by=by, permission="accounts.edit")
    machine: Equipment = Equipment.objects.select_for_update().get(pk=equipment.pk)
    return machine


def _put(machine: Equipment, cleaned: dict[str, Any], *, by: Viewer, at: dt.datetime) -> Changes:
    """Set the fields and answer what changed. A day of replacement given by a person stands; without one it is
    reckoned."""
    values = dict(cleaned)
    if "brand" in values:
        brand = brand_called(values.pop("brand"), by=by, at=at)
        values["brand_id"] = brand.pk
    reckoned = machine.replace_cause not in ("", DueCause.ENTERED)
    given = values.get("replace_on")
    if given == NOT_PLANNED or (reckoned and given == machine.replace_on):
        values.pop("replace_on", None)
        if given == NOT_PLANNED and machine.replace_cause == DueCause.ENTERED:
            values["replace_on"] = NOT_PLANNED
    changes = {
        name: (getattr(machine, name), value)
        for name, value in values.items()
        if getattr(machine, name) != value
    }
    if "replace_on" in changes:
        machine.replace_cause = DueCause.NONE if values["replace_on"] == NOT_PLANNED else DueCause.ENTERED
    for name, (_before, value) in changes.items():
        setattr(machine, name, value)
    machine.serial_key = plain_key(machine.serial)[:60]
    if machine.hours is not None and machine.hours_on is None:
        machine.hours_on = timezone.localdate(at)
        changes["hours_on"] = (None, machine.hours_on)
    return changes


def _save(machine: Equipment) -> None:
    """Store it; two machines with one serial number are told apart by the database."""
    taken = _("此品牌已有这个出厂编号的设备。")
    same = Equipment.objects.filter(brand_id=machine.brand_id, serial_key=machine.serial_key)
    if machine.serial_key and same.exclude(pk=machine.pk).exists():
        raise CannotSaveEquipment(taken, field="serial")
    try:
        with transaction.atomic():
            machine.save()
    except IntegrityError as error:
        raise CannotSaveEquipment(taken, field="serial") from error


def _keep_reading(machine: Equipment, *, by: Viewer, at: dt.datetime) -> None:
    """The hours as a reading of their day; one of a day corrects the one before."""
    if machine.hours is None or machine.hours_on is None:
        return
    before = HourReading.objects.filter(equipment=machine, on__lt=machine.hours_on).order_by("-on").first()
    if before is not None and machine.hours < before.hours:
        raise CannotSaveEquipment(
            _("少于 %(day)s 的读数 %(hours)d；换过表请先退役再登记。")
            % {"day": before.on.isoformat(), "hours": before.hours},
            field="hours",
        )
    HourReading.objects.update_or_create(
        equipment=machine,
        on=machine.hours_on,
        defaults={"hours": machine.hours, "at": at, "by_id": by.person_id},
    )


def reckon(machine: Equipment) -> None:
    """The day it should be replaced, unless a person said so."""
    if machine.replace_cause == DueCause.ENTERED:
        return
    readings = HourReading.objects.filter(equipment=machine).order_by("on").values_list("on", "hours")
    found = replacement(
        commissioned_on=machine.commissioned_on,
        life_years=machine.life_years,
        life_hours=machine.life_hours,
        readings=[Reading(on, hours) for on, hours in readings],
    )
    machine.replace_on = found.on if found else NOT_PLANNED
    machine.replace_cause = found.cause if found else ""
    machine.save(update_fields=["replace_on", "replace_cause"])


def _note(kind: EventKind, machine: Equipment, *, by: Viewer, at: dt.datetime, **said: Any) -> None:
    record(kind, at=at, by_id=by.person_id, account_id=machine.account_id, subject_id=machine.pk, **said)
