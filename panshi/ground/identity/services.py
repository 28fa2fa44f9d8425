"""Writes of identity: create people and units, give and end roles, set passwords."""

import datetime as dt

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from panshi.calc.pinyin import initials, pinyin
from panshi.ground.audit.services import record
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity import events
from panshi.ground.identity.models import Assignment, Person, Unit
from panshi.ground.identity.reports import UnitTree
from panshi.ground.identity.roles import BY_CODE


class CannotCreatePerson(Refused):
    """The person could not be created."""


@transaction.atomic
def create_person(
    *,
    username: str,
    name: str,
    password: str | None,
    email: str = "",
    phone: str = "",
    by: Viewer,
    at: dt.datetime,
) -> Person:
    """Create somebody who may sign in; without a password they cannot until one is set."""
    by.require("identity.manage")
    if Person.objects.filter(username__iexact=username).exists():
        raise CannotCreatePerson(_("登录名已被使用，请换一个。"), field="username")
    person = Person(
        username=username,
        name=name,
        email=email,
        phone=phone,
        joined_at=at,
        pinyin=pinyin(name),
        initials=initials(name),
    )
    if password is None:
        person.set_unusable_password()
    else:
        _check_password(password, person)
        person.set_password(password)
    person.save(force_insert=True)
    record(events.PERSON_CREATED, at=at, by_id=by.person_id, subject_id=person.pk, username=username)
    return person


class CannotSetPassword(Refused):
    """The password is too weak."""


@transaction.atomic
def set_password(*, person: Person, password: str, by: Viewer, at: dt.datetime) -> None:
    """Replace a password; own password always, others' with the right to manage people."""
    if by.person_id != person.pk:
        by.require("identity.manage")
    _check_password(password, person)
    person.set_password(password)
    person.save(update_fields=["password"])
    record(events.PASSWORD_SET, at=at, by_id=by.person_id, subject_id=person.pk)


def _check_password(password: str, person: Person) -> None:
    """Apply the configured rules and answer in the person's words."""
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise CannotSetPassword(" ".join(error.messages), field="password") from error


class CannotPlaceUnit(Refused):
    """The unit would not form a tree, or its code is taken."""


@transaction.atomic
def create_unit(*, code: str, name: str, kind: str, parent: Unit | None, by: Viewer, at: dt.datetime) -> Unit:
    """Add an organisation unit under its parent."""
    by.require("identity.manage")
    if Unit.objects.filter(code=code).exists():
        raise CannotPlaceUnit(_("组织代码已被使用，请换一个。"), field="code")
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
def move_unit(*, unit: Unit, parent: Unit | None, by: Viewer, at: dt.datetime) -> Unit:
    """Hang a unit under another parent; refused where that would close a circle."""
    by.require("identity.manage")
    if parent is not None and parent.pk in UnitTree.load().below(unit.pk):
        raise CannotPlaceUnit(_("上级组织不能是自己或自己的下级。"), field="parent")
    before, unit.parent = unit.parent_id, parent
    unit.save(update_fields=["parent"])
    record(
        events.UNIT_CHANGED,
        at=at,
        by_id=by.person_id,
        subject_id=unit.pk,
        fields=["parent"],
        changes={"parent": (before, unit.parent_id)},
    )
    return unit


class CannotGiveRole(Refused):
    """The role does not exist or is already held."""


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
    if Assignment.objects.valid(since_on).filter(person=person, unit=unit, role=role).exists():
        raise CannotGiveRole(_("此人在该组织已有这个角色。"), field="role")
    assignment = Assignment.objects.create(
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


@transaction.atomic
def end_role(*, assignment: Assignment, until_on: dt.date, by: Viewer, at: dt.datetime) -> Assignment:
    """End a held role after a day; history stays."""
    by.require("identity.manage")
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
