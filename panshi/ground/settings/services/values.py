"""Writes of settings: change a value with its reason, go back to an earlier one or to the shipped default."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from panshi.ground.audit.services import record
from panshi.ground.base.refusals import Refused, Stale
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings import events
from panshi.ground.settings.catalogue import BY_CODE
from panshi.ground.settings.checks import check
from panshi.ground.settings.models import SettingValue
from panshi.ground.settings.once import forget_read
from panshi.ground.settings.registry import Setting


class CannotChangeSetting(Refused):
    """No such setting or value, no reason, or nothing would change."""


@transaction.atomic
def change_setting(
    *, code: str, value: Any, reason: str, expected_number: int, by: Viewer, at: dt.datetime
) -> SettingValue:
    """Set a value, as typed or of the setting's type; `expected_number` is the number of the value that was seen."""
    by.require("settings.manage")
    setting = _declared(code)
    meant = setting.clean(value)
    check(code, meant)
    return _set(setting, setting.write(meant), reason, expected_number, by=by, at=at)


@transaction.atomic
def reset_setting(
    *, code: str, reason: str, expected_number: int, by: Viewer, at: dt.datetime
) -> SettingValue:
    """Go back to the shipped default, also where a later version ships another."""
    by.require("settings.manage")
    setting = _declared(code)
    check(code, setting.default)  # it may no longer go with what others are set to
    return _set(setting, None, reason, expected_number, by=by, at=at)


@transaction.atomic
def restore_setting(
    *, code: str, number: int, reason: str, expected_number: int, by: Viewer, at: dt.datetime
) -> SettingValue:
    """Put an earlier value in force again, as a new value with its own reason."""
    by.require("settings.manage")
    setting = _declared(code)
    earlier = SettingValue.objects.filter(code=code, number=number).first()
    if earlier is None:
        raise CannotChangeSetting(_("没有这个历史值。"))
    # bounds may have become narrower since, and what it goes with may be set otherwise
    check(code, setting.default if earlier.is_default else setting.read(earlier.value))
    stored = None if earlier.is_default else earlier.value
    return _set(setting, stored, reason, expected_number, by=by, at=at, restored=number)


def _declared(code: str) -> Setting:
    setting = BY_CODE.get(code)
    if setting is None:
        raise CannotChangeSetting(_("没有这个设置。"))
    return setting


def _set(
    setting: Setting,
    stored: str | None,
    reason: str,
    expected_number: int,
    *,
    by: Viewer,
    at: dt.datetime,
    restored: int | None = None,
) -> SettingValue:
    """Add the new value (None: the shipped default) and take the old one out of force."""
    if not reason.strip():
        raise CannotChangeSetting(_("请写明修改的理由。"), field="reason")
    old = SettingValue.objects.select_for_update().filter(code=setting.code, current=True).first()
    number = old.number if old is not None else 0
    if number != expected_number:
        raise Stale(_("这项设置刚被他人修改，请核对后再保存。"), theirs=number)
    before = None if old is None else old.value
    if stored == before or (
        stored is not None and before is None and stored == setting.write(setting.default)
    ):
        raise CannotChangeSetting(_("与现在的值相同，没有修改。"), field="value")
    if old is not None:
        old.current = False
        old.save(update_fields=["current"])
    try:
        with transaction.atomic():
            row: SettingValue = SettingValue.objects.create(
                code=setting.code,
                number=number + 1,
                value=stored or "",
                is_default=stored is None,
                at=at,
                by_id=by.person_id,
                reason=reason.strip()[:200],
            )
    except IntegrityError as error:  # two people set it for the first time at once
        raise Stale(_("这项设置刚被他人修改，请核对后再保存。"), theirs=number + 1) from error
    record(
        events.VALUE_CHANGED,
        at=at,
        by_id=by.person_id,
        subject_id=row.pk,
        changes={
            setting.code: (_text(setting, before), _text(setting, stored)),
            "reason": ("", row.reason),
        },
        code=setting.code,
        number=row.number,
        restored=restored,
    )
    forget_read()
    return row


def _text(setting: Setting, stored: str | None) -> str:
    return setting.write(setting.default) if stored is None else stored
