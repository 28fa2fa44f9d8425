"""The form of a process: fields described as data, read, checked and stored in one way for every process.

Values are JSON: text, dates and amounts as text, people and accounts as keys, several choices as a list.
"""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Final, Literal, get_args

from django.utils.translation import gettext as _

from panshi.engines.process import Plain

FieldKind = Literal[
    "text", "long", "number", "money", "date", "choice", "multi", "person", "account", "file", "note"
]
KINDS: Final = get_args(FieldKind)
SOURCES: Final = ("own", "subject")
NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
LONGEST: Final = {"text": 200, "long": 4000}
MOST_MONEY: Final = Decimal(10) ** 15
RESERVED: Final = frozenset(
    {"outcome", "decider", "applicant", "owner", "true", "false", "null", "and", "or", "not", "in"}
)


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `source` subject: filled from what the request is about when it starts, never by people. `note` is
    text on the form and holds no value; `default` stands in an empty start form.
    `internal` is written by the page a request comes from, for the decision; nobody is shown it."""

    name: str
    label: str
    kind: FieldKind
    required: bool = False
    source: str = "own"
    choices: tuple[tuple[str, str], ...] = ()
    help: str = ""
    default: str = ""
    internal: bool = False


@lru_cache(maxsize=256)
def load_form(text: str) -> tuple[Field, ...]:
    """The form stored with a version."""
    return tuple(_field(each) for each in json.loads(text))


def dump_form(form: Iterable[Field]) -> str:
    """A form as it is stored."""
    return json.dumps([asdict(field) for field in form], ensure_ascii=False)


def _field(plain: Mapping[str, Any]) -> Field:
    known = {name: plain[name] for name in Field.__dataclass_fields__ if name in plain}
    known["choices"] = tuple((str(code), str(label)) for code, label in known.get("choices", ()))
    return Field(**known)


def form_problems(given: object) -> list[tuple[str, str]]:
    """Everything wrong with a form given as JSON data, as (field name, sentence)."""
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        return [("", _("表单必须是字段的列表。"))]
    found: list[tuple[str, str]] = []
    seen: set[str] = set()
    for plain in given:
        name = str(plain.get("name", ""))
        found += [(name, sentence) for sentence in _problems(plain, name, seen)]
        seen.add(name)
    return found


def _problems(plain: Mapping[str, Any], name: str, seen: set[str]) -> Iterable[str]:
    if not NAME.fullmatch(name) or name in RESERVED:
        yield _("字段代码须以小写字母开头，只含小写字母、数字和下划线，且不是保留词。")
    if name in seen:
        yield _("字段代码重复。")
    if not str(plain.get("label", "")).strip():
        yield _("请填写字段名称。")
    if plain.get("kind") not in KINDS:
        yield _("没有这种字段类型。")
    if plain.get("kind") == "file" and plain.get("required"):
        yield _("附件不能设为必填：附件随申请一起上传，不是表单里的值。")
    if plain.get("source", "own") not in SOURCES:
        yield _("字段来源只能是自填或取自对象。")
    if unknown := set(plain) - set(Field.__dataclass_fields__):
        yield _("不认识的字段属性：%(names)s。") % {"names": "、".join(sorted(unknown))}
    if plain.get("kind") in ("choice", "multi"):
        yield from _choice_problems(plain.get("choices", ()))


def _choice_problems(choices: Any) -> Iterable[str]:
    pairs = isinstance(choices, list | tuple) and all(
        isinstance(each, list | tuple) and len(each) == 2 for each in choices
    )
    if not choices or not pairs:
        yield _("请列出选项。")
    elif len({code for code, _label in choices}) < len(choices):
        yield _("选项代码重复。")


def modes(form: Iterable[Field], given: Mapping[str, str], *, first: bool) -> dict[str, str]:
    """What may be done with each field at a step; at the start (and when revising) own fields are filled in."""
    found = {}
    for field in form:
        if field.kind == "note" or field.source == "subject":
            found[field.name] = "hide" if given.get(field.name) == "hide" else "read"
        elif field.name in given:
            found[field.name] = given[field.name]
        else:
            found[field.name] = "edit" if first else "read"
    return found


def clean_values(
    form: Iterable[Field], given: Mapping[str, Any], *, allowed: Mapping[str, str]
) -> tuple[dict[str, Plain], dict[str, str]]:
    """The values of the fields that may be written, and what is wrong by field name.

    A field that is not given stays as it is, unless it is required; what may not be written is refused, not ignored.
    """
    values: dict[str, Plain] = {}
    errors: dict[str, str] = {}
    known = {field.name: field for field in form}
    for name in given:
        if name not in known:
            errors[name] = _("表单没有这个字段。")
        elif allowed.get(name) not in ("edit", "require"):
            errors[name] = _("此步骤不能修改这个字段。")
    for name, field in known.items():
        if allowed.get(name) not in ("edit", "require") or name in errors or name not in given:
            continue
        try:
            values[name] = _clean(field, given[name])
        except (ValueError, InvalidOperation, TypeError) as error:
            errors[name] = str(error) if type(error) is ValueError and error.args else _("无法识别。")
    return values, errors


def missing(
    form: Iterable[Field], values: Mapping[str, Plain], *, allowed: Mapping[str, str]
) -> dict[str, str]:
    """Required fields that may be written at this step and are still empty."""
    return {
        field.name: _("请填写。")
        for field in form
        if (allowed.get(field.name) == "require" or (field.required and allowed.get(field.name) == "edit"))
        and values.get(field.name) in (None, "", [])
    }


def _clean(field: Field, given: Any) -> Plain:
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    return _CLEANERS.get(field.kind, _text)(field, given)


def _text(field: Field, given: Any) -> Plain:
    text, longest = str(given).strip(), LONGEST.get(field.kind, 200)
    if len(text) > longest:
        raise ValueError(_("最多 %(length)d 个字符。") % {"length": longest})
    return text


def _listed(given: Any) -> list[Any]:
    return list(given) if isinstance(given, list | tuple) else [given]


def _number(given: Any, *, places: int) -> str:
    try:
        number = Decimal(str(given).replace(",", "").replace("，", "").strip())
    except InvalidOperation:
        raise ValueError(_("请填写数字。")) from None
    if not number.is_finite() or abs(number) >= MOST_MONEY:
        raise ValueError(_("数字太大。"))
    if number != round(number, places):
        raise ValueError(_("最多 %(places)d 位小数。") % {"places": places})
    return f"{round(number, 2):f}" if places == 2 else f"{number.normalize():f}"


def _day(given: str) -> str:
    try:
        return dt.date.fromisoformat(given.strip()).isoformat()
    except ValueError:
        raise ValueError(_("请按 2026-01-31 的格式填写日期。")) from None


def _choice(field: Field, given: str) -> str:
    if given not in dict(field.choices):
        raise ValueError(_("没有这个选项。"))
    return given


def _key(given: Any) -> int:
    try:
        key = int(str(given))
    except ValueError:
        raise ValueError(_("无法识别。")) from None
    if key < 1:
        raise ValueError(_("无法识别。"))
    return key


_CLEANERS: Final[Mapping[str, Callable[[Field, Any], Plain]]] = {
    "number": lambda field, given: _number(given, places=6),
    "money": lambda field, given: _number(given, places=2),
    "date": lambda field, given: given.isoformat() if isinstance(given, dt.date) else _day(str(given)),
    "choice": lambda field, given: _choice(field, str(given)),
    "multi": lambda field, given: [_choice(field, str(each)) for each in _listed(given)],
    "person": lambda field, given: _key(given),
    "account": lambda field, given: _key(given),
    "file": lambda field, given: [_key(each) for each in _listed(given)],
}


def engine_values(form: Iterable[Field], values: Mapping[str, Plain]) -> dict[str, Plain]:
    """The form's values as conditions compare them: numbers as numbers; every field is there, empty ones as null."""
    found: dict[str, Plain] = {}
    for field in form:
        if field.kind == "note":
            continue
        value = values.get(field.name)
        if field.kind in ("number", "money") and isinstance(value, str):
            number = Decimal(value)
            found[field.name] = int(number) if number == number.to_integral_value() else float(number)
        else:
            found[field.name] = value
    return found
