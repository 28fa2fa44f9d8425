"""What an account's fields must be before they are saved: one clean function for forms, imports and the interface.

Errors are collected by field, so that a person sees all of them at once.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Final

from django.utils.translation import gettext as _

from panshi.calc.likeness import block
from panshi.calc.money import read_amount
from panshi.calc.naming import matching_name
from panshi.calc.periods import read_day
from panshi.calc.phones import phone_key
from panshi.calc.pinyin import spell
from panshi.calc.reading import Unreadable
from panshi.calc.reference.divisions import divisions
from panshi.calc.reference.industries import industries
from panshi.calc.uscc import compact, fault
from panshi.domains.accounts.models.account import Account, DevelopmentMode
from panshi.domains.accounts.models.fields import EDITABLE_FIELDS
from panshi.ground.base.fields import MoneyField
from panshi.ground.base.refusals import Refused

_MONEY_LIMIT: Final = Decimal(10) ** 16
_EMPLOYEES_LIMIT: Final = 100_000_000


class CannotSaveAccount(Refused):
    """One or more fields are not what they must be; `errors` names each."""


def clean(values: Mapping[str, Any], *, on: dt.date) -> dict[str, Any]:
    """The values as stored, only the given ones. Raises `CannotSaveAccount` with all errors at once."""
    if unknown := set(values) - set(EDITABLE_FIELDS):
        raise ValueError(f"not fields of an account that can be edited: {sorted(unknown)}")
    cleaned: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, value in values.items():
        try:
            cleaned[name] = _FIELDS.get(name, _plain)(name, value, on)
        except CannotSaveAccount as refusal:
            errors |= refusal.errors
    if errors:
        raise CannotSaveAccount(next(iter(errors.values())), errors=errors)
    return cleaned


def check_together(account: Account) -> None:
    """Rules that speak of several fields at once, checked on the record about to be saved."""
    if account.development_mode == DevelopmentMode.COOPERATIVE and not account.partner:
        raise CannotSaveAccount(_("合作开发的客户请填写合作方。"), field="partner")


def derive(account: Account) -> None:
    """Fill what follows from name and phone: keys for the duplicate check, pinyin for sorting and search."""
    spelling = spell(account.name)
    account.pinyin = spelling.pinyin[:400]
    account.initials = spelling.initials[:120]
    key = matching_name(account.name)
    account.name_key = key[:200]
    account.name_block = block(account.name, key)
    account.phone_key = phone_key(account.phone)


def clean_code(code: str) -> str:
    """A customer code as stored. Raises `CannotSaveAccount`."""
    plain = code.strip()
    if not plain or len(plain) > 32:
        raise CannotSaveAccount(_("客户编号应为 1 到 32 个字符。"), field="code")
    return plain


@cache
def _field(name: str) -> Any:
    return Account._meta.get_field(name)


@cache
def _limits(name: str) -> tuple[int | None, frozenset[str]]:
    """The length and the choices of a text field."""
    field = _field(name)
    return field.max_length, frozenset(str(value) for value, _label in field.choices or ())


def _plain(name: str, value: Any, on: dt.date) -> Any:
    field = _field(name)
    if isinstance(field, MoneyField):
        return _money(name, value)
    text = str(value or "").strip()
    length, choices = _limits(name)
    if length is not None and len(text) > length:
        raise CannotSaveAccount(_("最多 %(length)d 个字符。") % {"length": length}, field=name)
    if "\x00" in text:
        raise CannotSaveAccount(_("含有不能保存的字符。"), field=name)
    if choices and text not in choices and not (text == "" and field.blank):
        raise CannotSaveAccount(_("没有这个选项。"), field=name)
    return text


def _name(name: str, value: Any, on: dt.date) -> str:
    text = " ".join(str(_plain(name, value, on)).split())
    if not any(map(str.isalnum, text)):
        raise CannotSaveAccount(_("请填写客户名称。"), field=name)
    return text


def _uscc(name: str, value: Any, on: dt.date) -> str:
    code = compact(str(value or ""))
    found = fault(code) if code else None
    if found is not None:
        sentences = {
            "length": _("统一社会信用代码应为 18 位，现为 %(length)d 位。") % {"length": len(code)},
            "shape": _("统一社会信用代码含有不允许的字符（不用 I、O、S、V、Z）。"),
            "check": _("统一社会信用代码校验不通过，请核对每一位。"),
        }
        raise CannotSaveAccount(sentences[found], field=name)
    return code


def _region(name: str, value: Any, on: dt.date) -> str:
    code = str(value or "").strip()
    if code and code not in divisions():
        raise CannotSaveAccount(_("没有这个行政区划代码。"), field=name)
    return code


def _industry(name: str, value: Any, on: dt.date) -> str:
    code = str(value or "").strip()
    if code and code not in industries():
        raise CannotSaveAccount(_("没有这个行业代码。"), field=name)
    return code


def _money(name: str, value: Any) -> Decimal | None:
    if value is None or value == "":
        return None
    amount = _amount(name, value)
    if not amount.is_finite() or amount < 0:
        raise CannotSaveAccount(_("金额不能为负。"), field=name)
    if amount >= _MONEY_LIMIT:
        raise CannotSaveAccount(_("金额过大。"), field=name)
    return amount.quantize(Decimal("0.01"))


def _employees(name: str, value: Any, on: dt.date) -> int | None:
    if value is None or value == "":
        return None
    amount = _amount(name, value.strip().removesuffix("人") if isinstance(value, str) else value)
    if amount != amount.to_integral_value():
        raise CannotSaveAccount(_("员工人数是整数。"), field=name)
    count = int(amount)
    if not 0 <= count <= _EMPLOYEES_LIMIT:
        raise CannotSaveAccount(_("员工人数应在 0 到 1 亿之间。"), field=name)
    return count


def _founded_on(name: str, value: Any, on: dt.date) -> dt.date | None:
    if value is None or value == "":
        return None
    day = value if isinstance(value, dt.date) else _day(name, str(value))
    if day > on:
        raise CannotSaveAccount(_("成立日期不能在今天之后。"), field=name)
    return day


def _amount(name: str, value: Any) -> Decimal:
    """A number as typed (500万, 1,000) or as a program gives it."""
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return Decimal(value)
    try:
        return read_amount(str(value), places=2)
    except Unreadable as error:
        raise CannotSaveAccount(
            _("“%(text)s”不是数字，请写成 1200、1,200 或 500万。") % {"text": str(value)[:40]}, field=name
        ) from error


def _day(name: str, text: str) -> dt.date:
    try:
        return read_day(text)
    except Unreadable as error:
        raise CannotSaveAccount(
            _("“%(text)s”不是日期，请写成 2026-01-31。") % {"text": text[:40]}, field=name
        ) from error


_FIELDS: Final[Mapping[str, Callable[[str, Any, dt.date], Any]]] = {
    "name": _name,
    "uscc": _uscc,
    "region": _region,
    "industry": _industry,
    "employees": _employees,
    "founded_on": _founded_on,
}
