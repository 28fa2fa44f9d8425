"""Writes about organisation units: add, change, move, close. The units form one tree, whatever is written."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.ground.audit.services import record
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity import events
from panshi.ground.identity.models import Unit, UnitKind
from panshi.ground.identity.reports import UnitTree


class CannotPlaceUnit(Refused):
    """The unit would not form a tree, or its code is taken."""


@transaction.atomic
def create_unit(*, code: str, name: str, kind: str, parent: Unit | None, by: Viewer, at: dt.datetime) -> Unit:
    """Add an organisation unit under its parent."""
    by.require("identity.manage")
    _check_unit(code=code, name=name, kind=kind, unit_id=None)
    unit = Unit.objects.create(code=code, name=name, kind=kind, parent=parent)
    record(
        events.UNIT_CREATED,
        at=at,
        by_id=by.person_id,
        subject_id=unit.pk,
        code=code,
        parent_id=parent.pk if parent else None,
    )
    return unit


@transaction.atomic
def change_unit(
    *,
    unit: Unit,
    code: str,
    name: str,
    kind: str,
    parent: Unit | None,
    expected_version: int,
    by: Viewer,
    at: dt.datetime,
) -> Unit:
    """Rename, recode or move a unit; refused where that would close a circle."""
    by.require("identity.manage")
    _check_unit(code=code, name=name, kind=kind, unit_id=unit.pk)
    unit = _locked(unit, parent)
    unit.expect(expected_version)
    return _store(unit, {"code": code, "name": name, "kind": kind, "parent": parent}, by=by, at=at)


@transaction.atomic
def move_unit(*, unit: Unit, parent: Unit | None, by: Viewer, at: dt.datetime) -> Unit:
    """Hang a unit under another parent; refused where that would close a circle."""
    by.require("identity.manage")
    return _store(_locked(unit, parent), {"parent": parent}, by=by, at=at)


class CannotCloseUnit(Refused):
    """Units or people are still in it."""


@transaction.atomic
def close_unit(*, unit: Unit, by: Viewer, at: dt.datetime) -> Unit:
    """Take a unit out of use once nobody holds a role in it and nothing open hangs under it."""
    by.require("identity.manage")
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    if unit.children.filter(active=True).exists():
        raise CannotCloseUnit(_("请先停用或移走它的下级组织。"))
    if unit.assignments.lasting(timezone.localdate(at)).filter(person__is_active=True).exists():
        raise CannotCloseUnit(_("还有人在该组织担任角色，请先结束这些角色。"))
    return _store(unit, {"active": False}, by=by, at=at)


@transaction.atomic
def reopen_unit(*, unit: Unit, by: Viewer, at: dt.datetime) -> Unit:
    """Put a closed unit back into use."""
    by.require("identity.manage")
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    return _store(unit, {"active": True}, by=by, at=at)


def _check_unit(*, code: str, name: str, kind: str, unit_id: int | None) -> None:
    """Refuse a missing name, an unknown kind, a code in use."""
    if not name:
        raise CannotPlaceUnit(_("请填写组织名称。"), field="name")
    if kind not in UnitKind.values:
        raise CannotPlaceUnit(_("没有这种组织类型。"), field="kind")
    taken = Unit.objects.filter(code=code).values_list("pk", flat=True).first()
    if not code or taken not in {None, unit_id}:
        raise CannotPlaceUnit(_("组织代码已被使用，请换一个。"), field="code")


def _locked(unit: Unit, parent: Unit | None) -> Unit:
    """The unit, with the whole tree locked so that two moves cannot close a circle between them."""
    locked = {row.pk: row for row in Unit.objects.select_for_update().order_by("pk")}
    if parent is not None and parent.pk in UnitTree.of(locked.values()).below(unit.pk):
        raise CannotPlaceUnit(_("上级组织不能是自己或自己的下级。"), field="parent")
    found: Unit = locked[unit.pk]
    return found


def _store(unit: Unit, wanted: dict[str, object], *, by: Viewer, at: dt.datetime) -> Unit:
    """Save what differs and record it."""

    def plain(value: object) -> object:
        return value.pk if isinstance(value, Unit) else value

    changes = {
        field: (plain(getattr(unit, field)), plain(value))
        for field, value in wanted.items()
        if getattr(unit, field) != value
    }
    if not changes:
        return unit
    for field, value in wanted.items():
        setattr(unit, field, value)
    unit.step(at=at)
    unit.save(update_fields=[*changes, "version"])
    record(
        events.UNIT_CHANGED,
        at=at,
        by_id=by.person_id,
        subject_id=unit.pk,
        fields=sorted(changes),
        changes=changes,
    )
    return unit
