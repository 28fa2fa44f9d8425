"""Writes about who may do what: give a person a role in a unit, end it on a day. History stays."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.ground.audit.services import record
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity import events
from panshi.ground.identity.models import Assignment, Person, Unit
from panshi.ground.identity.roles import BY_CODE
from panshi.ground.identity.services.administrators import MANAGING_ROLES, somebody_else_manages


class CannotGiveRole(Refused):
    """The role does not exist, is already held, or ends before it starts."""


@transaction.atomic
def give_role(
    *,
    person: Person,
    unit: Unit,
    role: str,
    since_on: dt.date,
    until_on: dt.date | None = None,
    by: Viewer,
    at: dt.datetime,
) -> Assignment:
    """Let a person hold a role in a unit from a day on."""
    by.require("identity.manage")
    if role not in BY_CODE:
        raise CannotGiveRole(_("没有这个角色。"), field="role")
    if until_on is not None and until_on < since_on:
        raise CannotGiveRole(_("结束日期不能早于开始日期。"), field="until_on")
    held = Assignment.objects.lasting(since_on).filter(person=person, unit=unit, role=role)
    if until_on is not None:
        held = held.filter(since_on__lte=until_on)
    if held.exists():
        raise CannotGiveRole(_("此人在该组织已有这个角色。"), field="role")
    assignment: Assignment = Assignment.objects.create(
        person=person, unit=unit, role=role, since_on=since_on, until_on=until_on
    )
    record(
        events.ROLE_GIVEN,
        at=at,
        by_id=by.person_id,
        subject_id=person.pk,
        role=role,
        unit_id=unit.pk,
        since_on=since_on,
        until_on=until_on,
    )
    return assignment


class CannotEndRole(Refused):
    """Nobody would be left who may manage people."""


@transaction.atomic
def end_role(*, assignment: Assignment, until_on: dt.date, by: Viewer, at: dt.datetime) -> Assignment:
    """End a held role after a day; a role that has not begun ends on its first day."""
    by.require("identity.manage")
    after = max(until_on, timezone.localdate(at)) + dt.timedelta(days=1)
    if assignment.role in MANAGING_ROLES and not somebody_else_manages(
        on=after, without_assignment=assignment.pk
    ):
        raise CannotEndRole(_("这是最后一位系统管理员的角色，不能结束。"))
    assignment.until_on = max(until_on, assignment.since_on)
    assignment.save(update_fields=["until_on"])
    record(
        events.ROLE_ENDED,
        at=at,
        by_id=by.person_id,
        subject_id=assignment.person_id,
        role=assignment.role,
        unit_id=assignment.unit_id,
        until_on=assignment.until_on,
    )
    return assignment
