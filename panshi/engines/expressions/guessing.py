"""Which kind each undeclared name is, by how the expression uses it and then by its value.

Callers that hold no declarations (a stored condition and a mapping of plain values) still get strict comparisons:
"1000000.00" beside a number is a number, beside a text it is a text.
"""

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from panshi.engines.expressions.kinds import Given, Kind
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

_AS_NUMBER: Final = re.compile(r"-?\d{1,20}(\.\d{1,8})?\Z", re.ASCII)
_AS_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)
_TEXTUAL: Final = frozenset({"upper", "lower", "contains", "startsWith", "endsWith"})
_NUMERIC: Final = frozenset({"abs", "floor", "ceil", "round", "min", "max"})
_NODES: Final = (Number, Text, Constant, Name, Items, Span, Unary, Binary, Within, Choice, Call)
_COMPARE_OR_ADD: Final = frozenset({"==", "!=", "<", "<=", ">", ">=", "+", "-"})
_OPERATORS: Final[Mapping[str, Kind]] = {
    **dict.fromkeys(("and", "or", "not", "==", "!=", "<", "<=", ">", ">="), Kind.BOOLEAN),
    **dict.fromkeys(("*", "/", "%", "^", "+", "-"), Kind.NUMBER),
}
_FUNCTIONS: Final[Mapping[str, Kind]] = {
    **dict.fromkeys((*_NUMERIC, "len"), Kind.NUMBER),
    **dict.fromkeys(("date", "d"), Kind.DATE),
    **dict.fromkeys(("upper", "lower"), Kind.TEXT),
    **dict.fromkeys(("contains", "startsWith", "endsWith"), Kind.BOOLEAN),
}
_YIELDS: Final[Mapping[type, Kind]] = {
    Number: Kind.NUMBER,
    Text: Kind.TEXT,
    Within: Kind.BOOLEAN,
    Constant: Kind.BOOLEAN,
}


def guess(node: Node, values: Mapping[str, Given]) -> dict[str, Kind]:
    """The kind of every name the expression uses and `values` holds."""
    found: dict[str, Kind] = {
        name: kind for name in names_in(node) if name in values and (kind := _by_value(values[name]))
    }
    _walk(node, found)
    for name in names_in(node):
        if name in values:
            kind = found.setdefault(name, _by_text(values[name]))
            if kind is Kind.NUMBER and _by_text(values[name]) is Kind.DATE:
                found[name] = Kind.DATE  # a day plus so many days
    return found


def names_in(node: Node) -> list[str]:
    """The names an expression uses, each once, in order."""
    names: dict[str, None] = {}
    todo = [node]
    while todo:
        one = todo.pop()
        if isinstance(one, Name):
            names[one.name] = None
        todo.extend(reversed(_parts(one)))
    return list(names)


def _parts(node: Node) -> list[Node]:
    """The nodes directly inside a node, in order."""
    held = [getattr(node, slot) for slot in node.__slots__]
    return [
        part
        for one in held
        for part in (one if isinstance(one, tuple) else (one,))
        if isinstance(part, _NODES)
    ]


def _by_value(value: Given) -> Kind | None:
    """The kind of a value that leaves no doubt; text and nothing do."""
    if isinstance(value, bool):
        return Kind.BOOLEAN
    if isinstance(value, int | float | Decimal):
        return Kind.NUMBER
    if isinstance(value, dt.date):
        return Kind.DATE
    return Kind.LIST if isinstance(value, list | tuple) else None


def _by_text(value: Given) -> Kind:
    if isinstance(value, str) and _AS_NUMBER.match(value):
        return Kind.NUMBER
    return Kind.DATE if isinstance(value, str) and _AS_DATE.match(value) else Kind.TEXT


def _walk(node: Node, found: dict[str, Kind]) -> None:
    """Give names the kind their neighbours demand."""
    for part in _parts(node):
        _walk(part, found)
    match node:
        case Unary(operator=operator, operand=operand):
            _settle(operand, Kind.BOOLEAN if operator == "not" else Kind.NUMBER, found)
        case Binary(operator=operator, left=left, right=right):
            _walk_binary(operator, left, right, found)
        case Within():
            _walk_within(node, found)
        case Choice(condition=condition):
            _settle(condition, Kind.BOOLEAN, found)
        case Call(function=function, arguments=arguments):
            demanded = Kind.TEXT if function in _TEXTUAL else Kind.NUMBER if function in _NUMERIC else None
            for argument in arguments:
                _settle(argument, demanded, found)


def _walk_within(node: Within, found: dict[str, Kind]) -> None:
    match node.holder:
        case Items(items=items):
            for item in items:
                _settle(node.operand, _kind(item, found), found)
        case Span(low=low, high=high):
            _settle(node.operand, _kind(low, found) or _kind(high, found) or Kind.NUMBER, found)
        case _:
            _settle(node.operand, Kind.TEXT, found)
            _settle(node.holder, Kind.LIST, found)


def _walk_binary(operator: str, left: Node, right: Node, found: dict[str, Kind]) -> None:
    if Constant(None) in (left, right):
        return
    one, two = _kind(left, found), _kind(right, found)
    if operator in ("+", "-") and Kind.DATE in (one, two):
        other = right if one is Kind.DATE else left
        _settle(other, None if operator == "-" else Kind.NUMBER, found)
        return
    demanded = None if operator in _COMPARE_OR_ADD else _OPERATORS[operator]
    _settle(left, demanded or two, found)
    _settle(right, demanded or one, found)


def _settle(node: Node, kind: Kind | None, found: dict[str, Kind]) -> None:
    if isinstance(node, Name) and kind is not None:
        found.setdefault(node.name, kind)


def _kind(node: Node, found: Mapping[str, Kind]) -> Kind | None:
    """What a node yields, as far as it shows."""
    match node:
        case Name(name=name):
            return found.get(name)
        case Binary(operator="+" | "-", left=left, right=right):
            return _kind(left, found) or _kind(right, found)
        case Binary(operator=operator) | Unary(operator=operator):
            return _OPERATORS[operator]
        case Choice(yes=yes, no=no):
            return _kind(yes, found) or _kind(no, found)
        case Call(function=function):
            return _FUNCTIONS.get(function)
    return _YIELDS.get(type(node))
