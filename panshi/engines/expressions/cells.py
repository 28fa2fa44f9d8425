"""The language of cells: what a person writes in a column of conditions or results, read exactly.

Conditions: `-` or any · `20` · `"华东","华南"` · `>= 20` · `[1..10]` `(0..5]` · `>= 20 and < 50` · `not("华东")` ·
`empty` · dates as 2026-01-01. Chinese punctuation and the words 任意 空 非 且 是 否 万 亿 are understood alike.
"""

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from panshi.engines.expressions.kinds import BadExpression, Exact, Kind, exact_date, exact_number
from panshi.engines.expressions.sets import (
    HIGH,
    LOW,
    ORDERED,
    CellSet,
    Members,
    Ordered,
    after,
    before,
    both,
    everything,
    union,
    value_at,
)

MOST_LENGTH: Final = 500
MOST_ITEMS: Final = 100

ANY: Final = frozenset({"", "-", "any", "任意", "—", "*"})
EMPTY: Final = frozenset({"empty", "null", "空", "为空"})
PRESENT: Final = frozenset({"not empty", "not null", "非空", "不为空", "not(empty)", "not(null)"})
TRUTHS: Final = {"true": True, "是": True, "yes": True, "false": False, "否": False, "no": False}

_WIDE: Final = str.maketrans(
    "，（）［］【】＞＜＝－．％！０１２３４５６７８９：", ",()[][]><=-.%!0123456789:"
)
_SIGNS: Final = (("≥", ">="), ("≤", "<="), ("≠", "!="), ("<>", "!="), ("=>", ">="), ("=<", "<="))
_RANGE: Final = re.compile(r"([\[(])\s*(.*?)\s*(?:\.\.|~|～|…)\s*(.*?)\s*([\])])\Z")
_BARE_RANGE: Final = re.compile(r"([^\[\]()<>=!]+?)\s*(?:\.\.|~|～|…)\s*([^\[\]()<>=!]+)\Z")
_COMPARE: Final = re.compile(r"(>=|<=|!=|==|=|>|<)\s*(.+)\Z")
_NOT: Final = re.compile(r"(?:not|非)\s*\((.*)\)\Z|(?:not\s+|非)(.+)\Z", re.IGNORECASE)
_AND: Final = re.compile(r"\s+and\s+|\s*且\s*|\s*&&\s*", re.IGNORECASE)
_THOUSANDS: Final = re.compile(r"\d,\d{3}(?!\d)")
_NUMBER: Final = re.compile(r"([-+]?\d+(?:\.\d+)?)\s*(%|万|亿|元|万元|亿元)?\Z")
_FACTOR: Final = {"%": Decimal("0.01"), "万": Decimal(10_000), "亿": Decimal(100_000_000)}
_QUOTES: Final = {'"': '"', "'": "'", "“": "”", "‘": "’", "「": "」", "”": "”"}


def read_cell(text: str, kind: Kind, choices: Sequence[str] = ()) -> CellSet:
    """The values a condition cell stands for. Raises `BadExpression` with a code for the cell."""
    if len(text) > MOST_LENGTH:
        raise BadExpression("cell_length", {"most": MOST_LENGTH})
    text = text.strip()
    lowered = text.lower()
    if lowered in ANY:
        return everything(kind)
    if lowered in PRESENT:
        return everything(kind, empty=False)
    if kind in ORDERED:
        text = _narrowed(text)
        if kind is not Kind.DATE and _THOUSANDS.search(text):
            raise BadExpression("thousands", {"value": text[:40]})
    items = _split(text)
    found = union(kind, [_item(item, kind, choices) for item in items])
    if found.is_void:
        raise BadExpression("cell_void", {"value": text[:40]})
    return found


def _narrowed(text: str) -> str:
    """Chinese punctuation and digits as their narrow forms."""
    text = text.translate(_WIDE)
    for wide, narrow in _SIGNS:
        text = text.replace(wide, narrow)
    return text


def _split(text: str) -> list[str]:
    """The items between commas that stand outside quotes and brackets."""
    items: list[str] = []
    start = depth = 0
    closing = ""
    for place, mark in enumerate(text):
        if closing:
            closing = "" if mark == closing else closing
        elif mark in _QUOTES and not text[start:place].strip(" \t(（not非"):
            closing = _QUOTES[mark]
        elif mark in "([（【":
            depth += 1
        elif mark in ")]）】":
            depth -= 1
        elif mark in ",，、;；" and depth <= 0:
            items.append(text[start:place].strip())
            start = place + 1
    items.append(text[start:].strip())
    if closing:
        raise BadExpression("quote", {"value": text[:40]})
    if len(items) > MOST_ITEMS:
        raise BadExpression("cell_items", {"most": MOST_ITEMS})
    if not all(items):
        raise BadExpression("cell_gap", {"value": text[:40]})
    return items


def _item(text: str, kind: Kind, choices: Sequence[str]) -> CellSet:
    if text.lower() in EMPTY:
        return Ordered(kind, (), True) if kind in ORDERED else Members(kind, frozenset(), empty=True)
    if negation := _NOT.match(text):
        inner = negation.group(1) if negation.group(1) is not None else negation.group(2)
        return union(kind, [_item(one, kind, choices) for one in _split(inner)]).without()
    if kind in ORDERED:
        return _ordered(text, kind)
    return _member(text, kind, choices)


def _member(text: str, kind: Kind, choices: Sequence[str]) -> CellSet:
    negated = False
    if compared := _COMPARE.match(text):
        operator, text = compared.groups()
        if operator not in ("=", "==", "!="):
            raise BadExpression("cell_compare", {"value": operator, "kind": kind})
        negated = operator == "!="
    return Members(kind, frozenset({_listed(text, kind, choices)}), negated=negated)


def _listed(text: str, kind: Kind, choices: Sequence[str]) -> str | bool:
    if kind is Kind.BOOLEAN:
        if text.lower() not in TRUTHS:
            raise BadExpression("cell_truth", {"value": text[:40]})
        return TRUTHS[text.lower()]
    value = _unquoted(text)
    if kind is Kind.CHOICE and value not in choices:
        raise BadExpression("cell_choice", {"value": value[:40], "choices": "、".join(choices[:12])})
    return value


def _unquoted(text: str) -> str:
    if len(text) >= 2 and text[0] in _QUOTES and text[-1] == _QUOTES[text[0]]:
        return text[1:-1]
    if any(mark in text for mark in '"“”'):
        raise BadExpression("quote", {"value": text[:40]})
    return text


def _ordered(text: str, kind: Kind) -> CellSet:
    parts = _AND.split(text)
    found = _interval(parts[0].strip(), kind)
    for part in parts[1:]:
        found = both(found, _interval(part.strip(), kind))
    if not found.cuts:
        raise BadExpression("cell_void", {"value": text[:40]})
    return found


def _interval(text: str, kind: Kind) -> Ordered:
    if span := _RANGE.match(text):
        opening, low, high, closing = span.groups()
        return _between(low, high, kind, text, low_open=opening == "(", high_open=closing == ")")
    if compared := _COMPARE.match(text):
        return _compared(compared.group(1), _value(compared.group(2), kind), kind)
    if span := _BARE_RANGE.match(text):
        return _between(span.group(1), span.group(2), kind, text)
    return _compared("=", _value(text, kind), kind)


def _between(
    low: str, high: str, kind: Kind, text: str, *, low_open: bool = False, high_open: bool = False
) -> Ordered:
    start = LOW if not low else (after if low_open else before)(_value(low, kind), kind)
    end = HIGH if not high else (before if high_open else after)(_value(high, kind), kind)
    if start >= end:
        raise BadExpression("cell_range", {"value": text[:40]})
    return Ordered(kind, (start, end))


def _compared(operator: str, value: Decimal | dt.date, kind: Kind) -> Ordered:
    start, end = before(value, kind), after(value, kind)
    return Ordered(
        kind,
        {
            ">=": (start, HIGH),
            ">": (end, HIGH),
            "<=": (LOW, end),
            "<": (LOW, start),
            "!=": (LOW, start, end, HIGH),
        }.get(operator, (start, end)),
    )


def _value(text: str, kind: Kind) -> Decimal | dt.date:
    text = text.strip().strip("\"'“”")
    if kind is Kind.DATE:
        try:
            return exact_date(text.replace("/", "-"))
        except BadExpression:
            raise BadExpression("cell_date", {"value": text[:40]}) from None
    return read_number(text, kind)


def read_number(text: str, kind: Kind) -> Decimal:
    """A number as people write it: 500万, 20%, 1000.50元. Raises `BadExpression` (cell_number, money_places …)."""
    match = _NUMBER.match(_narrowed(text.strip()))
    if match is None:
        raise BadExpression("cell_number", {"value": text[:40]})
    whole = match.group(1).lstrip("+-")
    if len(whole) > 1 and whole[0] == "0" and whole[1] != ".":
        raise BadExpression("thousands", {"value": text[:40]})
    number = exact_number(match.group(1))
    unit = (match.group(2) or "").removesuffix("元")
    number = exact_number(number * _FACTOR.get(unit, Decimal(1)))
    if kind is Kind.MONEY and number != number.quantize(Decimal("0.01")):
        raise BadExpression("money_places", {"value": text[:40]})
    return number


def read_result(text: str, kind: Kind, choices: Sequence[str] = ()) -> Exact:
    """The value of a result cell; nothing when it is blank. Raises `BadExpression`."""
    if len(text) > MOST_LENGTH:
        raise BadExpression("cell_length", {"most": MOST_LENGTH})
    text = text.strip()
    if text in ("", "-"):
        return None
    if kind in ORDERED:
        return _value(_narrowed(text), kind)
    return _listed(text, kind, choices)


def is_any(cell: CellSet) -> bool:
    """Whether every value belongs, a missing one too."""
    return cell == everything(cell.kind)


def write_cell(cell: CellSet) -> str:
    """The set as cell text, in its shortest exact form; what is read back from it is the same set."""
    if is_any(cell):
        return "-"
    if cell == everything(cell.kind, empty=False):
        return "not empty"
    parts = _intervals(cell) if isinstance(cell, Ordered) else _members(cell)
    return ", ".join([*parts, *(["empty"] if cell.empty else [])])


def _members(cell: Members) -> list[str]:
    words = sorted(write_value(one, quoted=True) for one in cell.values)
    if cell.negated:
        return [f"not({', '.join(words)})"]
    return words


def _intervals(cell: Ordered) -> list[str]:
    return [
        _interval_text(low, high, cell.kind)
        for low, high in zip(cell.cuts[::2], cell.cuts[1::2], strict=True)
    ]


def _interval_text(low: int, high: int, kind: Kind) -> str:
    closed = kind is not Kind.NUMBER or high % 2 == 1
    first, last = low // 2, (high // 2 - 1 if kind is not Kind.NUMBER else high // 2)
    start = "" if low == LOW else write_value(value_at(first, kind))
    end = "" if high == HIGH else write_value(value_at(last, kind))
    if not start and not end:
        return "not empty"
    if not start:
        return f"<= {end}" if closed else f"< {end}"
    if not end:
        return f"> {start}" if low % 2 else f">= {start}"
    if start == end:
        return start
    return f"{'(' if low % 2 else '['}{start}..{end}{']' if closed else ')'}"


def write_value(value: Exact, *, quoted: bool = False) -> str:
    """A value as cell text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dt.date):
        return value.isoformat()
    return f'"{value}"' if quoted else str(value)
