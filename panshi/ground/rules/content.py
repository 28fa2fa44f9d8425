"""What a version holds beside its table: stored test cases; and the contract programs rely on. Plain JSON inside."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from panshi.engines.expressions import BadExpression, Kind, Table, from_plain, to_plain

MOST_CASES = 200
MOST_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class Case:
    """Inputs as people write them and the results they expect; `expected` all blank = no row matches. Several
    results (collect) stand with | between them, a blank one too; a column with fewer is blank in the other rows."""

    name: str
    values: Mapping[str, str]
    expected: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Content:
    """A table with its test cases."""

    table: Table
    cases: tuple[Case, ...] = ()


@dataclass(frozen=True, slots=True)
class Contract:
    """What a program hands in and what it takes out: name → kind, for outputs also the choices it understands."""

    inputs: Mapping[str, Kind] = field(default_factory=dict)
    outputs: Mapping[str, Kind] = field(default_factory=dict)
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_content(data: object) -> Content:
    """Content from data nobody has checked; cells may be wrong, the shape may not. Raises `BadExpression`."""
    table = from_plain(data.get("table") if isinstance(data, Mapping) else None)
    try:
        assert isinstance(data, Mapping)
        cases = tuple(
            Case(str(one.get("name", "")), _texts(one["values"]), _texts(one["expected"]))
            for one in data.get("cases", ())
        )
    except (AssertionError, KeyError, TypeError, AttributeError) as error:
        raise BadExpression("not_a_table") from error
    if len(cases) > MOST_CASES:
        raise BadExpression("many_cases", {"most": MOST_CASES})
    return Content(table, cases)


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    if not all(isinstance(value, str) for value in values.values()):
        raise TypeError("text expected")
    return dict(values)


def plain_content(content: Content) -> dict[str, Any]:
    """The content as plain JSON."""
    return {
        "table": to_plain(content.table),
        "cases": [
            {"name": case.name, "values": dict(case.values), "expected": dict(case.expected)}
            for case in content.cases
        ],
    }


def write_content(content: Content) -> str:
    """The content as the text that is stored."""
    return json.dumps(plain_content(content), ensure_ascii=False, separators=(",", ":"))


def load_content(text: str) -> Content:
    """Read what `write_content` stored."""
    return read_content(json.loads(text))


def read_contract(text: str) -> Contract:
    """The contract out of its column; an empty one asks for nothing."""
    data = json.loads(text) if text else {}
    return Contract(
        {name: Kind(kind) for name, kind in data.get("inputs", {}).items()},
        {name: Kind(kind) for name, kind in data.get("outputs", {}).items()},
        {name: tuple(values) for name, values in data.get("choices", {}).items()},
    )
