"""Writes about people who sign in: create, change, deactivate, passwords, how pages look to them."""

import datetime as dt
import re
import secrets
from typing import Final

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.calc.pinyin import initials, pinyin
from panshi.ground.audit.services import record
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity import events
from panshi.ground.identity.models import Language, Person, Theme, Unit
from panshi.ground.identity.services.administrators import somebody_else_manages
from panshi.ground.identity.services.roles import give_role

_USERNAME: Final = re.compile(r"[\w.@-]{1,40}")
_PLAIN_SIGNS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and digits that nobody misreads when a temporary password is passed on by voice or paper."""


class CannotCreatePerson(Refused):
    """The sign-in name is taken or the name is missing."""


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
    if not _USERNAME.fullmatch(username):
        raise CannotCreatePerson(_("登录名由 1 到 40 个字母、数字或 . _ - @ 组成。"), field="username")
    if not name:
        raise CannotCreatePerson(_("请填写姓名。"), field="name")
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
    record(
        events.PERSON_CREATED,
        at=at,
        by_id=by.person_id,
        subject_id=person.pk,
        changes={"username": ("", username), "name": ("", name)},
    )
    return person


@transaction.atomic
def invite_person(
    *,
    username: str,
    name: str,
    email: str,
    phone: str,
    role: str,
    unit: Unit | None,
    since_on: dt.date,
    by: Viewer,
    at: dt.datetime,
) -> tuple[Person, str]:
    """Create somebody with a first role (none if `role` is empty) and a temporary password, returned once."""
    person = create_person(
        username=username, name=name, password=None, email=email, phone=phone, by=by, at=at
    )
    if role and unit is None:
        raise CannotCreatePerson(_("请选择角色所在的组织。"), field="unit")
    if unit is not None:
        give_role(person=person, unit=unit, role=role, since_on=since_on, by=by, at=at)
    return person, reset_password(person=person, by=by, at=at)


class CannotChangePerson(Refused):
    """The name is missing."""


@transaction.atomic
def change_person(
    *,
    person: Person,
    name: str,
    email: str,
    phone: str,
    expected_version: int,
    by: Viewer,
    at: dt.datetime,
) -> Person:
    """Change what is known of a person; one's own record always, others' with the right to manage people."""
    if by.person_id != person.pk:
        by.require("identity.manage")
    if not name:
        raise CannotChangePerson(_("请填写姓名。"), field="name")
    person = Person.objects.select_for_update().get(pk=person.pk)
    person.expect(expected_version)
    wanted = {"name": name, "email": email, "phone": phone}
    changes = {
        field: (getattr(person, field), value)
        for field, value in wanted.items()
        if getattr(person, field) != value
    }
    if not changes:
        return person
    for field, value in wanted.items():
        setattr(person, field, value)
    person.pinyin, person.initials = pinyin(name), initials(name)
    person.step(at=at)
    person.save(update_fields=[*wanted, "pinyin", "initials", "version"])
    record(
        events.PERSON_CHANGED,
        at=at,
        by_id=by.person_id,
        subject_id=person.pk,
        fields=sorted(changes),
        changes=changes,
    )
    return person


@transaction.atomic
def change_profile(
    *,
    name: str,
    email: str,
    phone: str,
    language: str,
    theme: str,
    expected_version: int,
    by: Viewer,
    at: dt.datetime,
) -> Person:
    """Change what the acting person tells of himself and how pages look to him."""
    person = Person.objects.get(pk=by.person_id)
    choose_appearance(language=language, theme=theme, by=by)
    return change_person(
        person=person, name=name, email=email, phone=phone, expected_version=expected_version, by=by, at=at
    )


class CannotDeactivatePerson(Refused):
    """Nobody would be left who may manage people."""


@transaction.atomic
def deactivate_person(*, person: Person, by: Viewer, at: dt.datetime) -> Person:
    """Close the door to a person at once, in every session; what they did stays, and so does their name."""
    by.require("identity.manage")
    remains = somebody_else_manages(on=timezone.localdate(at), without_person=person.pk)
    person = Person.objects.select_for_update().get(pk=person.pk)
    if not person.is_active:
        return person
    if not remains:
        raise CannotDeactivatePerson(_("这是最后一位系统管理员，不能停用。"))
    person.is_active = False
    person.step(at=at)
    person.save(update_fields=["is_active", "version"])
    record(events.PERSON_DEACTIVATED, at=at, by_id=by.person_id, subject_id=person.pk)
    return person


@transaction.atomic
def reactivate_person(*, person: Person, by: Viewer, at: dt.datetime) -> Person:
    """Let a deactivated person in again, with the roles still in force."""
    by.require("identity.manage")
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.is_active:
        return person
    person.is_active = True
    person.step(at=at)
    person.save(update_fields=["is_active", "version"])
    record(events.PERSON_REACTIVATED, at=at, by_id=by.person_id, subject_id=person.pk)
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
    person.must_change_password, person.password_given_at = False, None
    person.save(update_fields=["password", "must_change_password", "password_given_at"])
    record(events.PASSWORD_SET, at=at, by_id=by.person_id, subject_id=person.pk)


@transaction.atomic
def reset_password(*, person: Person, by: Viewer, at: dt.datetime) -> str:
    """Give a temporary password and end every session; it is returned once and must be changed at sign-in."""
    by.require("identity.manage")
    password = "-".join("".join(secrets.choice(_PLAIN_SIGNS) for _sign in range(5)) for _group in range(3))
    person.set_password(password)
    person.must_change_password, person.password_given_at = True, at
    person.save(update_fields=["password", "must_change_password", "password_given_at"])
    record(events.PASSWORD_RESET, at=at, by_id=by.person_id, subject_id=person.pk)
    return password


def _check_password(password: str, person: Person) -> None:
    """Apply the configured rules and answer in the person's words."""
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise CannotSetPassword(" ".join(error.messages), field="password") from error


@transaction.atomic
def choose_appearance(*, language: str | None = None, theme: str | None = None, by: Viewer) -> None:
    """Keep the person's language and colours; a value that does not exist is passed over.

    A choice is no business fact: it leaves no event and does not count as a change of the record.
    """
    chosen: dict[str, str] = {}
    if language in Language.values:
        chosen["language"] = str(language)
    if theme in Theme.values:
        chosen["theme"] = str(theme)
    if chosen and by.person_id is not None:
        Person.objects.filter(pk=by.person_id).update(**chosen)
