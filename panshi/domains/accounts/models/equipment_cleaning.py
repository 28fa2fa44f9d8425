"""What the fields of a machine must be before it is saved: for forms, imports and the interface alike. Errors are
collected by field, so that a person sees all of them at once."""

import datetime as dt
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from panshi.domains.accounts.models.equipment import Equipment, EquipmentState
from panshi.ground.base.models import NOT_PLANNED
from panshi.ground.base.refusals import Refused

EQUIPMENT_FIELDS: Final = (
    *("brand", "model", "serial", "quantity", "site", "commissioned_on", "hours", "hours_on"),
    *("life_years", "life_hours", "warranty_on", "replace_on", "state", "note"),
)
"""What may be given; `brand` is its name, an empty `replace_on` lets the house reckon it."""

_LIMITS: Final = {
    "quantity": (1, 100_000),
    "hours": (0, 2_000_000),
    "life_years": (1, 100),
    "life_hours": (1, 2_000_000),
}
_DAYS: Final = ("commissioned_on", "hours_on", "warranty_on", "replace_on")
FIRST_DAY: Final = dt.date(1900, 1, 2)
LAST_DAY: Final = dt.date(2200, 12, 31)


class CannotSaveEquipment(Refused):
    """One or more fields are not what they must be; `errors` names each."""


def plain_key(text: str) -> str:
    """What two spellings of a brand or serial number have in common: width, case and spaces do not count."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def clean_equipment(values: Mapping[str, Any], *, on: dt.date) -> dict[str, Any]:
    """The given values as stored. Raises `CannotSaveEquipment` with all errors at once."""
    if unknown := set(values) - set(EQUIPMENT_FIELDS):
        raise ValueError(f"not fields of equipment that can be edited: {sorted(unknown)}")
    cleaned: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, value in values.items():
        try:
            cleaned[name] = _cleaner(name)(name, value)
        except CannotSaveEquipment as refusal:
            errors |= refusal.errors
    for name in ("commissioned_on", "hours_on"):
        if (day := cleaned.get(name)) is not None and day > on:
            errors[name] = _("日期不能在今天之后。")
    if errors:
        raise CannotSaveEquipment(next(iter(errors.values())), errors=errors)
    return cleaned


def check_equipment(machine: Equipment) -> None:
    """Rules that speak of several fields at once."""
    errors: dict[str, str] = {}
    if not machine.model:
        errors["model"] = _("请填写型号。")
    if machine.serial and machine.quantity != 1:
        errors["quantity"] = _("填了出厂编号的设备，数量只能是 1；几台请分开登记。")
    since = machine.commissioned_on
    if since is not None:
        for name in ("warranty_on", "replace_on"):
            if getattr(machine, name) < since:
                errors[name] = _("不能早于投用日期。")
        if machine.hours_on is not None and machine.hours_on < since:
            errors["hours_on"] = _("不能早于投用日期。")
    if errors:
        raise CannotSaveEquipment(next(iter(errors.values())), errors=errors)


def _cleaner(name: str) -> Callable[[str, Any], Any]:
    if name in _LIMITS:
        return _whole
    if name in _DAYS:
        return _day
    return _state if name == "state" else _text


def _text(name: str, value: Any) -> str:
    text = str(value or "").replace("\r\n", "\n").strip()
    stored: Any = Equipment._meta.get_field(name)
    longest = 60 if name == "brand" else stored.max_length or 4000
    if len(text) > longest:
        raise CannotSaveEquipment(_("最多 %(length)d 个字符。") % {"length": longest}, field=name)
    if "\x00" in text:
        raise CannotSaveEquipment(_("含有不能保存的字符。"), field=name)
    if name in {"brand", "model"} and not any(map(str.isalnum, text)):
        words = _("请填写品牌。") if name == "brand" else _("请填写型号。")
        raise CannotSaveEquipment(words, field=name)
    return text if name == "note" else " ".join(text.split())


def _whole(name: str, value: Any) -> int | None:
    text = str(value if value is not None else "").replace(",", "").strip()
    low, high = _LIMITS[name]
    if not text:
        return 1 if name == "quantity" else None
    if not (text.isascii() and text.isdigit()) or not low <= int(text) <= high:
        raise CannotSaveEquipment(
            _("应为 %(low)d 到 %(high)d 的整数。") % {"low": low, "high": high}, field=name
        )
    return int(text)


def _day(name: str, value: Any) -> dt.date | None:
    empty = NOT_PLANNED if name in {"warranty_on", "replace_on"} else None
    if value in (None, ""):
        return empty
    try:
        day = value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value).strip())
    except ValueError:
        raise CannotSaveEquipment(_("日期应写成 2026-11-21。"), field=name) from None
    if day != NOT_PLANNED and not FIRST_DAY <= day <= LAST_DAY:
        raise CannotSaveEquipment(_("日期不合理，请核对年份。"), field=name)
    return day


def _state(name: str, value: Any) -> str:
    state = str(value or EquipmentState.IN_USE)
    if state not in {EquipmentState.IN_USE, EquipmentState.STANDBY}:
        raise CannotSaveEquipment(_("状态只能是在用或备用；退役请用“退役”。"), field=name)
    return state
