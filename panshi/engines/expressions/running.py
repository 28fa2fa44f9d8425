"""Checks and evaluates expressions; the engine behind them is zen, and only here.

An expression is read, checked and written once per set of declared names and kept; evaluating costs microseconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

import zen

from panshi.engines.expressions.guessing import guess, names_in
from panshi.engines.expressions.kinds import BadExpression, Exact, Given, Kind, Plain, exact, plain
from panshi.engines.expressions.nodes import Node
from panshi.engines.expressions.reading import read
from panshi.engines.expressions.writing import TYPES, Type, Written, day, write


@dataclass(frozen=True, slots=True)
class Compiled:
    """An expression ready to run, with the kinds of its names."""

    written: Written
    kinds: tuple[tuple[str, Kind], ...]
    engine: "zen.Expression"

    def run(self, values: Mapping[str, Given]) -> Exact:
        """The exact result. Raises `BadExpression` (empty_value, division, overflow, a value of the wrong kind)."""
        context: dict[str, object] = dict(self.written.literals)
        empty: list[str] = []
        for name, kind in self.kinds:
            value = exact(look_up(values, name), kind)
            if value is None:
                empty.append(name)
            context[self.written.names[name]] = _passing(value)
            if name in self.written.lengths:
                context[self.written.lengths[name]] = (
                    str(len(value)) if isinstance(value, str | tuple) else None
                )
        try:
            result = self.engine.evaluate(context)
        except Exception as error:  # the engine raises plain RuntimeError and, for odd values, Exception
            raise _refusal(str(error), empty) from None
        return _exactly(result, self.written.type, empty)


def _passing(value: Exact) -> object:
    """A value as it enters the engine: numbers as text, dates as day numbers in text."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if value is None or isinstance(value, str | bool):
        return value
    return list(value) if isinstance(value, tuple) else str(value.toordinal())


def _exactly(result: object, found: Type, empty: list[str]) -> Exact:
    if found is Type.BOOLEAN:
        if isinstance(result, bool):
            return result
    elif found is Type.LIST:
        if isinstance(result, list):
            return tuple(str(item) for item in result)
    elif isinstance(result, str):
        if found is Type.TEXT:
            return result
        number = Decimal(result)
        return day(number) if found is Type.DATE else number
    elif found is Type.DATE and isinstance(result, float):
        return day(Decimal(result))
    elif result is None:
        return None
    raise _refusal("", empty)


def _refusal(message: str, empty: list[str]) -> BadExpression:
    if "overflow" in message or "exponent" in message:
        return BadExpression("overflow")
    if empty:
        return BadExpression("empty_value", {"name": "、".join(empty)})
    return BadExpression("division" if "`number` failed" in message else "failed")


def look_up(values: Mapping[str, Given], name: str) -> Given:
    """The value of a name; dots reach into nested mappings. Raises `BadExpression` (no_such_value)."""
    if name in values:
        return values[name]
    found: Given = values
    for part in name.split("."):
        if not isinstance(found, Mapping) or part not in found:
            raise BadExpression("no_such_value", {"name": name})
        found = found[part]
    return found


@lru_cache(maxsize=2_000)
def _read(expression: str) -> tuple[Node, tuple[str, ...]]:
    node = read(expression)
    return node, tuple(names_in(node))


@lru_cache(maxsize=2_000)
def _compiled(expression: str, kinds: tuple[tuple[str, Kind], ...]) -> Compiled:
    node, used = _read(expression)
    written = write(node, dict(kinds))
    try:
        engine = zen.compile_expression(written.code)
    except Exception as error:
        raise BadExpression("unreadable") from error
    return Compiled(written, tuple((name, kind) for name, kind in kinds if name in used), engine)


def compile_expression(expression: str, names: Mapping[str, Kind]) -> Compiled:
    """The expression, checked against the declared names. Raises `BadExpression`."""
    _node, used = _read(expression)
    for name in used:
        if name not in names:
            raise BadExpression("unknown_name", {"name": name[:60]})
    return _compiled(expression, tuple((name, names[name]) for name in used))


def check(expression: str, names: Mapping[str, Kind], *, wanted: Kind | None = None) -> None:
    """Refuse an expression that is too large, unreadable, uses an unknown name or mixes types.

    `wanted` also demands what it yields (a condition: `Kind.BOOLEAN`). Raises `BadExpression`.
    """
    found = compile_expression(expression, names).written.type
    if wanted is not None and TYPES[wanted] is not found:
        raise BadExpression("yields", {"wanted": TYPES[wanted], "found": found})


def names_of(expression: str) -> tuple[str, ...]:
    """The names an expression uses. Raises `BadExpression` when it cannot be read."""
    return _read(expression)[1]


def compute(expression: str, values: Mapping[str, Given], names: Mapping[str, Kind] | None = None) -> Exact:
    """The exact result: numbers as `Decimal`, dates as dates. Without `names` kinds follow from use and values.

    Raises `BadExpression`.
    """
    if names is None:
        node, used = _read(expression)
        names = guess(node, {name: look_up(values, name) for name in used})
    return compile_expression(expression, names).run(values)


def evaluate(expression: str, values: Mapping[str, Given], names: Mapping[str, Kind] | None = None) -> Plain:
    """Like `compute`, with the result as plain JSON value: whole numbers int, other numbers and dates as text."""
    return plain(compute(expression, values, names))


def truth(expression: str, values: Mapping[str, Given], names: Mapping[str, Kind] | None = None) -> bool:
    """The result of a condition. Raises `BadExpression`, also when it yields anything but true or false."""
    result = compute(expression, values, names)
    if not isinstance(result, bool):
        raise BadExpression("not_a_condition")
    return result
