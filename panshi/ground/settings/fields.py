"""A custom field as a value: what it is called, who may see it, what its kind makes of what people type.

Canonical text is what forms carry, events record and conflicts compare: a choice by its code, a day as 2026-11-21,
a person or account by key, yes as 1 and no as 0, several choices joined by commas.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from panshi.calc.money import read_amount
from panshi.calc.periods import read_day
from panshi.calc.reading import Unreadable
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.models import CustomField, CustomValue, FieldKind

PREFIX: Final = "custom."
"""Custom fields stand beside built-in ones under this name: `custom.<code>`."""

LONGEST: Final = {FieldKind.TEXT: 200, FieldKind.LONG: 10_000}
MOST_NUMBER: Final = Decimal(10) ** 15
KEY_LENGTH: Final = 120
YES_WORDS: Final = frozenset({"1", "true", "yes", "y", "on", "是", "有", "对", "√"})
NO_WORDS: Final = frozenset({"0", "false", "no", "n", "off", "否", "无", "没有", "×"})


class CannotSaveCustom(Refused):
    """One or more custom fields are not what they must be; `errors` names each by `custom.<code>`."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of the dictionary behind a field."""

    id: int
    code: str
    label_zh: str
    label_en: str
    active: bool

    @property
    def label(self) -> str:
        """Its words in the language of the page."""
        return _in_language(self.label_zh, self.label_en)


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One custom field in use. `choices` are all values of its dictionary, retired ones too, in order."""

    row: CustomField
    choices: tuple[Choice, ...] = ()

    @property
    def id(self) -> int:
        """The key of the definition."""
        return self.row.pk

    @property
    def name(self) -> str:
        """How forms, columns, filters, events and the API call it."""
        return f"{PREFIX}{self.row.code}"

    @property
    def kind(self) -> FieldKind:
        """What it holds."""
        return FieldKind(self.row.kind)

    @property
    def label(self) -> str:
        """Its name in the language of the page."""
        return _in_language(self.row.label, self.row.label_en)

    @property
    def help(self) -> str:
        """What people should know when they fill it in."""
        return _in_language(self.row.help, self.row.help_en)

    @property
    def group(self) -> str:
        """The heading under which it stands; "" for those without one."""
        return _in_language(self.row.group, self.row.group_en)

    @property
    def required(self) -> bool:
        """Whether a form insists on it."""
        return self.row.required

    @property
    def restricted(self) -> bool:
        """Whether not everybody who sees the record sees it."""
        return bool(self.row.permission or self.row.roles)

    def open_by_role(self, viewer: Viewer) -> bool:
        """Whether one of the viewer's roles opens it, for every record they see."""
        held = {role for role, _unit in viewer.seats}
        return viewer.is_system or bool(held & set(self.row.roles.split(",")) - {""})

    def open_to(self, viewer: Viewer) -> bool:
        """Whether the viewer may see it on at least some records."""
        if not self.restricted or self.open_by_role(viewer):
            return True
        return bool(self.row.permission) and viewer.may(self.row.permission)

    def choice(self, code: str) -> Choice | None:
        """A choice by its code."""
        return next((one for one in self.choices if one.code == code), None)

    def clean(self, raw: Any, *, kept: Any = None) -> Any:
        """The typed value of what was typed or given, None for nothing. A retired choice is taken only where it is
        `kept`, the value stored now. Raises `CannotSaveCustom`."""
        if isinstance(raw, str):
            raw = raw.strip()
        if raw is None or raw in ("", [], ()):
            if self.required:
                raise self.refusal(_("请填写“%(label)s”。") % {"label": self.label})
            return None
        return _CLEAN[self.kind](self, raw, kept)

    def refusal(self, message: str) -> CannotSaveCustom:
        """A refusal at this field."""
        return CannotSaveCustom(message, field=self.name)

    def text(self, value: Any) -> str:
        """A typed value as canonical text."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return "1" if value else "0"
        if isinstance(value, tuple):
            return ",".join(value)
        return plain_number(value) if isinstance(value, Decimal) else str(value)

    def rows(self, value: Any, record_id: int) -> list[CustomValue]:
        """Unsaved rows that store a typed value."""
        if value is None:
            return []
        row = {"field_id": self.id, "record_id": record_id}
        match self.kind:
            case FieldKind.TEXT | FieldKind.LONG:
                key = text_key(value)
                return [CustomValue(**row, text=value, key=key, once=self.once(value))]
            case FieldKind.NUMBER | FieldKind.MONEY:
                return [CustomValue(**row, number=value, once=self.once(value))]
            case FieldKind.DAY:
                return [CustomValue(**row, day=value)]
            case FieldKind.CHOICE | FieldKind.CHOICES:
                codes = value if isinstance(value, tuple) else (value,)
                ids = [found.id for code in codes for found in [self.choice(code)] if found is not None]
                return [CustomValue(**row, position=place, ref=key_) for place, key_ in enumerate(ids)]
            case _:
                return [CustomValue(**row, ref=int(value))]

    def once(self, value: Any) -> str:
        """What must not repeat where the field is unique; "" where it may."""
        if not self.row.unique:
            return ""
        return plain_number(value) if isinstance(value, Decimal) else " ".join(str(value).casefold().split())

    def read(self, rows: Sequence[CustomValue]) -> Any:
        """The typed value of stored rows in their order, None for none."""
        return _READ.get(self.kind, _first_ref)(self, rows) if rows else None

    def words(self, text: str) -> str:
        """Canonical text as people read it; a person or account stays a key, whose name the caller knows."""
        match self.kind:
            case FieldKind.CHOICE | FieldKind.CHOICES:
                found = [self.choice(code) for code in text.split(",") if code]
                return _("、").join(one.label for one in found if one is not None)
            case FieldKind.YES:
                return {"1": _("是"), "0": _("否")}.get(text, "")
            case FieldKind.NUMBER:
                return f"{text} {self.row.unit}".strip() if text else ""
            case _:
                return text


def _in_language(chinese: str, english: str) -> str:
    return english if english and get_language() == "en" else chinese


def text_key(text: str) -> str:
    """The start of a text, folded for search: width and case make no difference."""
    return " ".join(text.casefold().split())[:KEY_LENGTH]


def plain_number(value: Decimal) -> str:
    """A number without the zeros nobody typed."""
    return f"{value.normalize() + 0:f}"


def _text(spec: FieldSpec, raw: Any, kept: Any) -> str:
    text, most = str(raw), LONGEST[spec.kind]
    if len(text) > most:
        raise spec.refusal(_("最多 %(length)d 个字符。") % {"length": most})
    if "\x00" in text:
        raise spec.refusal(_("含有不能保存的字符。"))
    return text


def _amount(spec: FieldSpec, raw: Any, kept: Any) -> Decimal:
    places = 2 if spec.kind == FieldKind.MONEY else 6
    try:
        value = raw if isinstance(raw, Decimal) else read_amount(str(raw), places=places)
    except Unreadable as error:
        words = _("“%(text)s”不是金额。") if spec.kind == FieldKind.MONEY else _("“%(text)s”不是数字。")
        raise spec.refusal(words % {"text": str(raw)[:40]}) from error
    if not value.is_finite() or abs(value) >= MOST_NUMBER:
        raise spec.refusal(_("数字过大。"))
    return value.quantize(Decimal(1).scaleb(-places))


def _day(spec: FieldSpec, raw: Any, kept: Any) -> dt.date:
    if isinstance(raw, dt.datetime):
        return raw.date()
    if isinstance(raw, dt.date):
        return raw
    try:
        return read_day(str(raw))
    except Unreadable as error:
        raise spec.refusal(_("“%(text)s”不是日期。") % {"text": str(raw)[:40]}) from error


def _choice(spec: FieldSpec, raw: Any, kept: Any) -> str:
    return _choice_code(spec, str(raw), {kept} if isinstance(kept, str) else set())


def _choices(spec: FieldSpec, raw: Any, kept: Any) -> tuple[str, ...]:
    """Codes in the order of the dictionary; text may join them by any usual separator."""
    parts = raw.translate(_SEPARATORS).split(",") if isinstance(raw, str) else [str(one) for one in raw]
    held = set(kept) if isinstance(kept, tuple) else set()
    wanted = {_choice_code(spec, part.strip(), held) for part in parts if part.strip()}
    return tuple(one.code for one in spec.choices if one.code in wanted)


_SEPARATORS: Final = str.maketrans("，、；;/|", ",,,,,,")


def _choice_code(spec: FieldSpec, text: str, kept: set[str]) -> str:
    """The choice meant by a code or by words of either language."""
    folded = text.casefold()
    for one in spec.choices:
        if folded in {one.code.casefold(), one.label_zh.casefold(), one.label_en.casefold()}:
            if one.active or one.code in kept:
                return one.code
            raise spec.refusal(_("“%(choice)s”已停用，请选其他值。") % {"choice": one.label})
    raise spec.refusal(_("没有“%(text)s”这个选项。") % {"text": text[:40]})


def _key(spec: FieldSpec, raw: Any, kept: Any) -> int:
    text = str(raw)
    if not (text.isascii() and text.isdecimal() and 0 < len(text) < 19):
        raise spec.refusal(_("请从列表中选择。"))
    return int(text)


def _yes(spec: FieldSpec, raw: Any, kept: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    folded = str(raw).casefold()
    if folded not in YES_WORDS | NO_WORDS:
        raise spec.refusal(_("请填写“是”或“否”。"))
    return folded in YES_WORDS


def _first_text(spec: FieldSpec, rows: Sequence[CustomValue]) -> str:
    return rows[0].text


def _first_number(spec: FieldSpec, rows: Sequence[CustomValue]) -> Decimal | None:
    number = rows[0].number
    if number is None:
        return None
    return number.quantize(Decimal("0.01")) if spec.kind == FieldKind.MONEY else Decimal(plain_number(number))


def _first_day(spec: FieldSpec, rows: Sequence[CustomValue]) -> dt.date | None:
    return rows[0].day


def _first_ref(spec: FieldSpec, rows: Sequence[CustomValue]) -> int | None:
    return rows[0].ref


def _codes(spec: FieldSpec, rows: Sequence[CustomValue]) -> tuple[str, ...]:
    held = {row.ref for row in rows}
    return tuple(one.code for one in spec.choices if one.id in held)


_READ: Final[Mapping[FieldKind, Callable[[FieldSpec, Sequence[CustomValue]], Any]]] = {
    FieldKind.TEXT: _first_text,
    FieldKind.LONG: _first_text,
    FieldKind.NUMBER: _first_number,
    FieldKind.MONEY: _first_number,
    FieldKind.DAY: _first_day,
    FieldKind.CHOICE: lambda spec, rows: next(iter(_codes(spec, rows)), None),
    FieldKind.CHOICES: _codes,
    FieldKind.YES: lambda spec, rows: bool(rows[0].ref),
}
_CLEAN: Final[Mapping[FieldKind, Callable[[FieldSpec, Any, Any], Any]]] = {
    FieldKind.TEXT: _text,
    FieldKind.LONG: _text,
    FieldKind.NUMBER: _amount,
    FieldKind.MONEY: _amount,
    FieldKind.DAY: _day,
    FieldKind.CHOICE: _choice,
    FieldKind.CHOICES: _choices,
    FieldKind.PERSON: _key,
    FieldKind.ACCOUNT: _key,
    FieldKind.YES: _yes,
}
