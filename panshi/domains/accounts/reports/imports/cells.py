"""What one cell of a customer file means: text as people type and export it, read into the value of a field."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext as _

from panshi.calc.money import read_amount
from panshi.calc.periods import read_day
from panshi.calc.reading import Unreadable
from panshi.calc.reference import divisions, industries
from panshi.domains.accounts.models import Account
from panshi.ground.identity.models import Person, Unit
from panshi.ground.settings.fields import PREFIX

MONEY: Final = ("registered_capital", "annual_revenue", "procurement_budget")
CHOICES: Final = ("ownership_type", "size", "development_mode", "lifecycle")
REFERENCES: Final = ("code", "owner", "unit", "parent", "lifecycle", "province")
"""What a row says beside the editable fields."""


class UnreadableCell(Exception):
    """A cell that means nothing we know; the message is a sentence without the field's name."""


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row read: editable `values`, `references` (code, owner_id, unit_id, parent, lifecycle), what failed, and the
    texts of `custom` fields by name."""

    number: int
    cells: tuple[str, ...]
    values: dict[str, Any]
    references: dict[str, Any]
    problems: dict[str, str]
    custom: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Names:
    """How people and units are called in files: sign-in name or name, code or name; None where two share it."""

    people: Mapping[str, int | None]
    units: Mapping[str, int | None]

    @classmethod
    def load(cls) -> "Names":
        """Everybody who works here and every unit in use; two queries."""
        working = list(Person.objects.active().values_list("pk", "name", "username"))
        in_use = list(Unit.objects.filter(active=True).values_list("pk", "name", "code"))
        return cls(_by_name(working), _by_name(in_use))


def _by_name(rows: Iterable[tuple[int, str, str]]) -> dict[str, int | None]:
    """Name or code → key, the code first; None for a name that several bear."""
    found: dict[str, int | None] = {}
    codes: dict[str, int | None] = {}
    for pk, name, code in rows:
        found[name.casefold()] = None if name.casefold() in found else pk
        codes[code.casefold()] = pk
    return found | codes


def read_row(
    number: int, cells: tuple[str, ...], mapping: Mapping[str, int], names: Names, *, clear: str = ""
) -> ReadRow:
    """Read one row by its mapping. Empty cells say nothing: they leave what is stored as it is; a cell that says
    `clear` empties the field."""
    row = ReadRow(number, cells, {}, {}, {})
    cleared: list[str] = []
    for name, position in mapping.items():
        text = cells[position] if position < len(cells) else ""
        if not text:
            continue
        if text == clear:
            cleared.append(name)
            continue
        if name.startswith(PREFIX):
            row.custom[name] = text
            continue
        target = row.references if name in REFERENCES else row.values
        try:
            target[name] = _READERS.get(name, _text)(text, name, names)
        except UnreadableCell as error:
            row.problems[name] = str(error)
    _join_region(row)
    for name in cleared:
        clear_field(row, name, REFERENCES)
    return row


def clear_field(row: ReadRow, name: str, references: Collection[str]) -> None:
    """Empty a field; what identifies a record or gives it its place cannot be empty."""
    if name.startswith(PREFIX):
        row.custom[name] = ""
    elif name in references:
        row.problems[name] = _("不能清空")
    else:
        row.values[name] = ""


def _join_region(row: ReadRow) -> None:
    """Province and city together name one division; the city alone is enough where it is the only one so called."""
    province, city = row.references.pop("province", ""), row.values.pop("region", "")
    if not province and not city:
        return
    code = divisions.find(province + city) or divisions.find(city) or divisions.find(province)
    if code:
        row.values["region"] = code
    else:
        row.problems["region"] = _("没有找到行政区划“%(text)s”") % {"text": f"{province}{city}"[:40]}


def _text(text: str, field: str, names: Names) -> str:
    return text


def _money(text: str, field: str, names: Names) -> Any:
    try:
        return read_amount(text, places=2)
    except Unreadable as error:
        raise UnreadableCell(_("“%(text)s”不是金额") % {"text": text[:40]}) from error


def _day(text: str, field: str, names: Names) -> Any:
    try:
        return read_day(text)
    except Unreadable as error:
        raise UnreadableCell(_("“%(text)s”不是日期") % {"text": text[:40]}) from error


def _count(text: str, field: str, names: Names) -> int:
    try:
        amount = read_amount(text.removesuffix("人"), places=2)
    except Unreadable as error:
        raise UnreadableCell(_("“%(text)s”不是人数") % {"text": text[:40]}) from error
    return int(amount)


def _industry(text: str, field: str, names: Names) -> str:
    code = industries.find(text)
    if not code:
        raise UnreadableCell(_("没有找到行业“%(text)s”") % {"text": text[:40]})
    return code


def _choice(text: str, field: str, names: Names) -> str:
    code = _codes(field).get(text.casefold())
    if code is None:
        raise UnreadableCell(_("没有“%(text)s”这个选项") % {"text": text[:40]})
    return code


@cache
def _codes(field: str) -> Mapping[str, str]:
    """Code, Chinese and English label → code."""
    stored: Any = Account._meta.get_field(field)
    found = {str(code).casefold(): str(code) for code, _label in stored.choices}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            for code, label in stored.choices:
                word = str(label).casefold()
                found.setdefault(word, str(code))
                found.setdefault(word.removesuffix("企业"), str(code))
                found.setdefault(word.removesuffix("型"), str(code))
    return found


def _owner(text: str, field: str, names: Names) -> int:
    return owner_of(text, names)


def owner_of(text: str, names: Names) -> int:
    """Whom a cell names."""
    return _only(names.people, text, _("没有找到人员“%(text)s”"), _("有多人名为“%(text)s”，请写登录名"))


def _unit(text: str, field: str, names: Names) -> int:
    return _only(names.units, text, _("没有找到组织“%(text)s”"), _("有多个组织名为“%(text)s”，请写组织代码"))


def _only(known: Mapping[str, int | None], text: str, missing: str, several: str) -> int:
    key = text.casefold()
    found = known.get(key)
    if found is None:
        raise UnreadableCell((several if key in known else missing) % {"text": text[:40]})
    return found


_READERS: Final[Mapping[str, Callable[[str, str, Names], Any]]] = {
    **dict.fromkeys(MONEY, _money),
    **dict.fromkeys(CHOICES, _choice),
    "founded_on": _day,
    "employees": _count,
    "industry": _industry,
    "owner": _owner,
    "unit": _unit,
}
