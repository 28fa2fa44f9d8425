"""Checks the types of an expression and writes it for the engine, every part in brackets of its own.

Names become `v0`, `v1` …, text literals become values, dates become day numbers: no word of a person stands in what the
engine reads. Numbers travel as text and are read by the engine into decimals of 28 digits, so that money is exact.
"""

import datetime as dt
import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from panshi.engines.expressions.kinds import BadExpression, Kind, exact_date
from panshi.engines.expressions.nodes import (
    Binary,
    Call,
    Choice,
    Constant,
    Items,
    Name,
    Node,
    Number,
    Span,
    Text,
    Unary,
    Within,
)


class Type(enum.StrEnum):
    """What a part yields."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    LIST = "list"
    NOTHING = "nothing"


TYPES: Final[Mapping[Kind, Type]] = {
    Kind.TEXT: Type.TEXT,
    Kind.CHOICE: Type.TEXT,
    Kind.NUMBER: Type.NUMBER,
    Kind.MONEY: Type.NUMBER,
    Kind.DATE: Type.DATE,
    Kind.BOOLEAN: Type.BOOLEAN,
    Kind.LIST: Type.LIST,
}

_ORDERED: Final = frozenset({Type.NUMBER, Type.DATE})

_FAMILY: Final[Mapping[str, str]] = {
    **dict.fromkeys(("<", "<=", ">", ">="), "order"),
    **dict.fromkeys(("*", "/", "%", "^"), "multiply"),
}
_YIELDS: Final[Mapping[tuple[str, Type, Type], Type]] = {
    ("order", Type.NUMBER, Type.NUMBER): Type.BOOLEAN,
    ("order", Type.DATE, Type.DATE): Type.BOOLEAN,
    ("multiply", Type.NUMBER, Type.NUMBER): Type.NUMBER,
    ("+", Type.NUMBER, Type.NUMBER): Type.NUMBER,
    ("-", Type.NUMBER, Type.NUMBER): Type.NUMBER,
    ("+", Type.TEXT, Type.TEXT): Type.TEXT,
    ("+", Type.DATE, Type.NUMBER): Type.DATE,
    ("-", Type.DATE, Type.NUMBER): Type.DATE,
    ("-", Type.DATE, Type.DATE): Type.NUMBER,
}


@dataclass(slots=True)
class Written:
    """An expression for the engine: its text, what it yields, the place of each name, and lifted text
    literals, and the place of each name's length (the engine would count bytes, people count characters)."""

    code: str
    type: Type
    names: dict[str, str]
    literals: dict[str, str]
    lengths: dict[str, str]


@dataclass(slots=True)
class _Writer:
    kinds: Mapping[str, Kind]
    names: dict[str, str] = field(default_factory=dict)
    literals: dict[str, str] = field(default_factory=dict)
    lengths: dict[str, str] = field(default_factory=dict)

    def write(self, node: Node) -> tuple[str, Type]:
        writer: Callable[[_Writer, Node], tuple[str, Type]] = _WRITERS[type(node)]
        return writer(self, node)

    def of(self, node: Node, wanted: Type, operator: str) -> str:
        code, found = self.write(node)
        if found is not wanted:
            raise BadExpression("operand", {"operator": operator, "wanted": wanted, "found": found})
        return code

    def place(self, name: str) -> str:
        if name not in self.kinds:
            raise BadExpression("unknown_name", {"name": name[:60]})
        return self.names.setdefault(name, f"v{len(self.names)}")


def write(node: Node, kinds: Mapping[str, Kind]) -> Written:
    """Check `node` against the declared names and write it. Raises `BadExpression`."""
    writer = _Writer(kinds)
    code, found = writer.write(node)
    if found is Type.NOTHING or isinstance(node, Items):
        raise BadExpression("no_value")
    if found is Type.NUMBER:
        code = f"string({code})"  # as text it leaves exactly
    return Written(code, found, writer.names, writer.literals, writer.lengths)


def _number(_writer: _Writer, node: Number) -> tuple[str, Type]:
    return f"{node.value:f}", Type.NUMBER


def _text(writer: _Writer, node: Text) -> tuple[str, Type]:
    place = f"c{len(writer.literals)}"
    writer.literals[place] = node.value
    return place, Type.TEXT


def _constant(_writer: _Writer, node: Constant) -> tuple[str, Type]:
    if node.value is None:
        return "null", Type.NOTHING
    return ("true" if node.value else "false"), Type.BOOLEAN


def _name(writer: _Writer, node: Name) -> tuple[str, Type]:
    place = writer.place(node.name)
    found = TYPES[writer.kinds[node.name]]
    return (f"number({place})" if found in _ORDERED else place), found


def _items(writer: _Writer, node: Items) -> tuple[str, Type]:
    codes = [writer.of(item, Type.TEXT, "[]") for item in node.items]
    return f"[{', '.join(codes)}]", Type.LIST


def _span(_writer: _Writer, _node: Span) -> tuple[str, Type]:
    raise BadExpression("range_alone")


def _unary(writer: _Writer, node: Unary) -> tuple[str, Type]:
    if node.operator == "not":
        return f"(!{writer.of(node.operand, Type.BOOLEAN, 'not')})", Type.BOOLEAN
    return f"(-({writer.of(node.operand, Type.NUMBER, '-')}))", Type.NUMBER


def _binary(writer: _Writer, node: Binary) -> tuple[str, Type]:
    operator = node.operator
    if operator in ("and", "or"):
        left = writer.of(node.left, Type.BOOLEAN, operator)
        return f"({left} {operator} {writer.of(node.right, Type.BOOLEAN, operator)})", Type.BOOLEAN
    if operator in ("==", "!="):
        return _equality(writer, node)
    left, one = writer.write(node.left)
    right, two = writer.write(node.right)
    found = _YIELDS.get((_FAMILY.get(operator, operator), one, two))
    if found is None:
        raise BadExpression("types", {"operator": operator, "left": one, "right": two})
    code = f"({left} {operator} {right})"
    # division by nought would quietly yield null: reading the result as a number makes it an error
    return (f"number(string{code})" if operator in "/%" else code), found


def _equality(writer: _Writer, node: Binary) -> tuple[str, Type]:
    left, one = writer.write(node.left)
    right, two = writer.write(node.right)
    if Type.NOTHING in (one, two):  # compared with null a name stands bare, so that it may be empty
        left, right = _bare(writer, node.left, left), _bare(writer, node.right, right)
    elif one is not two or one is Type.LIST:
        raise BadExpression("types", {"operator": node.operator, "left": one, "right": two})
    return f"({left} {node.operator} {right})", Type.BOOLEAN


def _bare(writer: _Writer, node: Node, code: str) -> str:
    return writer.names[node.name] if isinstance(node, Name) else code


def _within(writer: _Writer, node: Within) -> tuple[str, Type]:
    code, found = writer.write(node.operand)
    if isinstance(node.holder, Span):
        inside = _inside(writer, code, found, node.holder)
    elif isinstance(node.holder, Items):
        inside = _among(writer, code, found, node.holder)
    else:
        holder = writer.of(node.holder, Type.LIST, "in")
        if found is not Type.TEXT:
            raise BadExpression("types", {"operator": "in", "left": found, "right": Type.LIST})
        inside = f"({code} in {holder})"
    return (f"(!{inside})" if node.negated else inside), Type.BOOLEAN


def _inside(writer: _Writer, code: str, found: Type, span: Span) -> str:
    if found not in _ORDERED:
        raise BadExpression("operand", {"operator": "..", "wanted": Type.NUMBER, "found": found})
    low, high = writer.of(span.low, found, ".."), writer.of(span.high, found, "..")
    if isinstance(span.low, Number) and isinstance(span.high, Number) and span.low.value > span.high.value:
        raise BadExpression("range_order", {"low": f"{span.low.value}", "high": f"{span.high.value}"})
    above, below = (">" if span.low_open else ">="), ("<" if span.high_open else "<=")
    return f"(({code} {above} {low}) and ({code} {below} {high}))"


def _among(writer: _Writer, code: str, found: Type, items: Items) -> str:
    if found in (Type.NOTHING, Type.LIST):
        raise BadExpression("types", {"operator": "in", "left": found, "right": Type.LIST})
    codes = [writer.of(item, found, "in") for item in items.items]
    return "(" + " or ".join(f"({code} == {one})" for one in codes) + ")" if codes else "false"


def _choice(writer: _Writer, node: Choice) -> tuple[str, Type]:
    condition = writer.of(node.condition, Type.BOOLEAN, "?")
    yes, one = writer.write(node.yes)
    no, two = writer.write(node.no)
    if one is not two:
        raise BadExpression("types", {"operator": "? :", "left": one, "right": two})
    return f"({condition} ? {yes} : {no})", one


def _day(writer: _Writer, node: Call) -> tuple[str, Type]:
    if len(node.arguments) != 1 or not isinstance(node.arguments[0], Text):
        raise BadExpression("date_literal")
    return str(exact_date(node.arguments[0].value).toordinal()), Type.DATE


def _round(writer: _Writer, node: Call) -> tuple[str, Type]:
    _count(node, 1, 2)
    number = writer.of(node.arguments[0], Type.NUMBER, "round")
    if len(node.arguments) == 1:
        return f"round({number})", Type.NUMBER
    places = node.arguments[1]
    if not isinstance(places, Number) or places.value not in [Decimal(n) for n in range(9)]:
        raise BadExpression("round_places", {"most": 8})
    return f"round({number}, {places.value})", Type.NUMBER


def _extreme(writer: _Writer, node: Call) -> tuple[str, Type]:
    _count(node, 1, 20)
    codes = [writer.of(one, Type.NUMBER, node.function) for one in node.arguments]
    return f"{node.function}([{', '.join(codes)}])", Type.NUMBER


def _length(writer: _Writer, node: Call) -> tuple[str, Type]:
    _count(node, 1, 1)
    name = node.arguments[0]
    if not isinstance(name, Name):
        raise BadExpression("length_of")
    _code, found = writer.write(name)
    if found not in (Type.TEXT, Type.LIST):
        raise BadExpression("operand", {"operator": "len", "wanted": Type.TEXT, "found": found})
    return f"number({writer.lengths.setdefault(name.name, f'n{len(writer.lengths)}')})", Type.NUMBER


def _count(node: Call, fewest: int, most: int) -> None:
    if not fewest <= len(node.arguments) <= most:
        raise BadExpression("arguments", {"function": node.function, "count": len(node.arguments)})


def _plainly(takes: tuple[Type, ...], gives: Type) -> Callable[[_Writer, Call], tuple[str, Type]]:
    def written(writer: _Writer, node: Call) -> tuple[str, Type]:
        _count(node, len(takes), len(takes))
        codes = [
            writer.of(one, wanted, node.function) for one, wanted in zip(node.arguments, takes, strict=True)
        ]
        return f"{node.function}({', '.join(codes)})", gives

    return written


FUNCTIONS: Final[Mapping[str, Callable[[_Writer, Call], tuple[str, Type]]]] = {
    "date": _day,
    "d": _day,
    "round": _round,
    "min": _extreme,
    "max": _extreme,
    "len": _length,
    "abs": _plainly((Type.NUMBER,), Type.NUMBER),
    "floor": _plainly((Type.NUMBER,), Type.NUMBER),
    "ceil": _plainly((Type.NUMBER,), Type.NUMBER),
    "upper": _plainly((Type.TEXT,), Type.TEXT),
    "lower": _plainly((Type.TEXT,), Type.TEXT),
    "contains": _plainly((Type.TEXT, Type.TEXT), Type.BOOLEAN),
    "startsWith": _plainly((Type.TEXT, Type.TEXT), Type.BOOLEAN),
    "endsWith": _plainly((Type.TEXT, Type.TEXT), Type.BOOLEAN),
}


def _call(writer: _Writer, node: Call) -> tuple[str, Type]:
    if node.function not in FUNCTIONS:
        raise BadExpression("unknown_function", {"name": node.function[:60]})
    return FUNCTIONS[node.function](writer, node)


_WRITERS: Final[Mapping[type, Callable[..., tuple[str, Type]]]] = {
    Number: _number,
    Text: _text,
    Constant: _constant,
    Name: _name,
    Items: _items,
    Span: _span,
    Unary: _unary,
    Binary: _binary,
    Within: _within,
    Choice: _choice,
    Call: _call,
}


def day(ordinal: Decimal) -> dt.date:
    """The day of a day number the engine answered. Raises `BadExpression` (bad_date) outside the calendar."""
    try:
        return dt.date.fromordinal(int(ordinal))
    except (ValueError, OverflowError) as error:
        raise BadExpression("bad_date", {"value": str(ordinal)}) from error
