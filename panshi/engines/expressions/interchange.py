"""Decision tables in zen's JSON format: a graph of one input, one table and one output.

What zen does not know (kinds, labels, choices, unique) stands under our own key and is read back; a table that comes
from elsewhere without it gets its kinds from its cells.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from panshi.engines.expressions.cells import is_any, read_cell, read_result, write_value
from panshi.engines.expressions.kinds import BadExpression, Kind
from panshi.engines.expressions.reading import is_name, tokens
from panshi.engines.expressions.sets import HIGH, LOW, CellSet, Members, Ordered, value_at
from panshi.engines.expressions.tables import Column, HitPolicy, Row, Table

OURS: Final = "panshi"
_ROOTED: Final = re.compile(r"""\$root\[["']([^"'\]]+)["']\]""")
_GUESSES: Final = (Kind.BOOLEAN, Kind.NUMBER, Kind.DATE)


def to_plain(table: Table) -> dict[str, Any]:
    """The table as plain JSON, cell texts as written; what the database stores."""
    return {
        "policy": table.policy.value,
        "inputs": [_column_out(column) for column in table.inputs],
        "outputs": [_column_out(column) for column in table.outputs],
        "rows": [
            {"cells": list(row.cells), "results": list(row.results), "note": row.note} for row in table.rows
        ],
    }


def _column_out(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "label": column.label,
        "kind": column.kind.value,
        "choices": list(column.choices),
        "required": column.required,
        "formula": column.formula,
    }


def from_plain(data: object) -> Table:
    """Read `to_plain` back from data nobody has checked. Raises `BadExpression` (not_a_table)."""
    try:
        assert isinstance(data, Mapping)
        return Table(
            inputs=tuple(_column_in(one) for one in data["inputs"]),
            outputs=tuple(_column_in(one) for one in data["outputs"]),
            rows=tuple(_row_in(one) for one in data["rows"]),
            policy=HitPolicy(data.get("policy", "first")),
        )
    except (AssertionError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadExpression("not_a_table") from error


def _column_in(one: Mapping[str, Any]) -> Column:
    return Column(
        name=_text(one["name"]),
        label=_text(one.get("label", "")),
        kind=Kind(one["kind"]),
        choices=tuple(_text(choice) for choice in one.get("choices", ())),
        required=bool(one.get("required", True)),
        formula=_text(one.get("formula", "")),
    )


def _row_in(one: Mapping[str, Any]) -> Row:
    return Row(
        tuple(_text(cell) for cell in one["cells"]),
        tuple(_text(cell) for cell in one["results"]),
        _text(one.get("note", "")),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("text expected")
    return value


def to_zen(table: Table, *, name: str) -> dict[str, Any]:
    """The table as a decision graph zen runs. Unique has no counterpart there and is written as first."""
    content = {
        "hitPolicy": "collect" if table.policy is HitPolicy.COLLECT else "first",
        "inputs": [
            {"id": f"i{place}", "name": column.label or column.name, "field": _subject(column)}
            for place, column in enumerate(table.inputs)
        ],
        "outputs": [
            {"id": f"o{place}", "name": column.label or column.name, "field": column.name}
            for place, column in enumerate(table.outputs)
        ],
        "rules": [_rule(table, number, row) for number, row in enumerate(table.rows)],
        OURS: to_plain(table),
    }
    return {
        "nodes": [
            {"id": "input", "type": "inputNode", "name": "Request", "position": {"x": 80, "y": 120}},
            {
                "id": "table",
                "type": "decisionTableNode",
                "name": name,
                "position": {"x": 360, "y": 120},
                "content": content,
            },
            {"id": "output", "type": "outputNode", "name": "Response", "position": {"x": 640, "y": 120}},
        ],
        "edges": [
            {"id": "in", "type": "edge", "sourceId": "input", "targetId": "table"},
            {"id": "out", "type": "edge", "sourceId": "table", "targetId": "output"},
        ],
    }


def _rule(table: Table, number: int, row: Row) -> dict[str, str]:
    rule = {"_id": f"r{number + 1}", "_description": row.note}
    for place, (column, text) in enumerate(zip(table.inputs, row.cells, strict=True)):
        rule[f"i{place}"] = _condition(read_cell(text, column.kind, column.choices))
    for place, (column, text) in enumerate(zip(table.outputs, row.results, strict=True)):
        rule[f"o{place}"] = _result(text, column)
    return rule


def _result(text: str, column: Column) -> str:
    text = text.strip()
    if text.startswith(("=", "＝")):
        return _rooted(text[1:].strip())
    value = read_result(text, column.kind, column.choices)
    if value is None or column.kind in (Kind.NUMBER, Kind.MONEY, Kind.BOOLEAN):
        return write_value(value)
    return _quoted(write_value(value))


def _subject(column: Column) -> str:
    return _rooted(column.formula or column.name)


def _rooted(expression: str) -> str:
    """The expression with names zen cannot read (Chinese ones) reached through its root."""
    written, place = "", 0
    for token in tokens(expression):
        if token.form == "name" and not token.text.isascii():
            start = token.at - 1
            written += f'{expression[place:start]}$root["{token.text}"]'
            place = start + len(token.text)
    return written + expression[place:]


def _quoted(text: str) -> str:
    """A text literal for zen, which knows no escapes."""
    mark = "'" if '"' in text else '"'
    if mark in text:
        raise BadExpression("quote", {"value": text[:40]})
    return f"{mark}{text}{mark}"


def _condition(cell: CellSet) -> str:
    """The cell as zen's test of `$`; blank for any."""
    if is_any(cell):
        return ""
    parts = _spans(cell) if isinstance(cell, Ordered) else _listed(cell)
    test = " or ".join(f"({part})" if len(parts) > 1 else part for part in parts)
    if cell.empty:
        return f"$ == null or ({test})" if test else "$ == null"
    return test


def _spans(cell: Ordered) -> list[str]:
    subject = "d($)" if cell.kind is Kind.DATE else "$"
    parts = []
    for low, high in zip(cell.cuts[::2], cell.cuts[1::2], strict=True):
        tests = []
        if low > LOW:
            tests.append(f"{subject} {'>' if low % 2 else '>='} {_literal(low // 2, cell.kind)}")
        if high < HIGH:
            tests.append(f"{subject} {'<=' if high % 2 else '<'} {_literal(high // 2, cell.kind)}")
        parts.append(" and ".join(tests) or "$ != null")
    return parts


def _literal(count: int, kind: Kind) -> str:
    text = write_value(value_at(count, kind))
    return f'd("{text}")' if kind is Kind.DATE else text


def _listed(cell: Members) -> list[str]:
    if not cell.values:
        return ["$ != null"] if cell.negated else []
    words = ", ".join(
        write_value(one) if isinstance(one, bool) else _quoted(one) for one in sorted(cell.values, key=str)
    )
    return [f"$ != null and not ($ in [{words}])"] if cell.negated else [f"$ in [{words}]"]


def from_zen(data: object) -> Table:
    """The one decision table of a zen graph. Raises `BadExpression` (not_a_table, no_decision_table)."""
    try:
        assert isinstance(data, Mapping)
        tables = [node["content"] for node in data["nodes"] if node.get("type") == "decisionTableNode"]
        if len(tables) != 1:
            raise BadExpression("no_decision_table", {"count": len(tables)})
        return _read_content(tables[0])
    except (AssertionError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadExpression("not_a_table") from error


def _read_content(content: Mapping[str, Any]) -> Table:
    """The table of a graph. Rows another tool left as we wrote them are taken from our key, others from its rules."""
    ours = from_plain(content[OURS]) if OURS in content else None
    known = {column.name: column for column in (*ours.inputs, *ours.outputs)} if ours else {}
    written = _written(ours)
    rules = [{_text(key): str(value) for key, value in rule.items()} for rule in content["rules"]]
    inputs = [_guessed(one, [rule.get(one["id"], "") for rule in rules], known) for one in content["inputs"]]
    outputs = [
        _guessed_output(one, [rule.get(one["id"], "") for rule in rules], known) for one in content["outputs"]
    ]
    foreign = [
        Row(
            tuple(cells[number] for _column, cells in inputs),
            tuple(cells[number] for _column, cells in outputs),
            rule.get("_description", ""),
        )
        for number, rule in enumerate(rules)
    ]
    columns = (tuple(one for one, _cells in inputs), tuple(one for one, _cells in outputs))
    policy = HitPolicy.COLLECT if content.get("hitPolicy") == "collect" else HitPolicy.FIRST
    if ours is None or columns != (ours.inputs, ours.outputs):
        return Table(*columns, tuple(foreign), policy)
    rows = tuple(
        ours.rows[written.index(rule)] if rule in written else row
        for rule, row in zip(rules, foreign, strict=True)
    )
    unique = ours.policy is HitPolicy.UNIQUE and policy is HitPolicy.FIRST
    return Table(*columns, rows, HitPolicy.UNIQUE if unique else policy)


def _written(table: Table | None) -> list[dict[str, str]]:
    """The rules as we would write them, to tell which another tool has changed."""
    try:
        return [_rule(table, number, row) for number, row in enumerate(table.rows)] if table else []
    except BadExpression:
        return []


def _cell_text(text: str) -> str:
    """A test of zen in the language of our cells, as far as the two have a common form."""
    text = _ROOTED.sub(r"\1", text.strip())
    absent = text.startswith("$ == null or ")
    text = text.removeprefix("$ == null or ")
    text = re.sub(r"""d\(["']([-\d]+)["']\)""", r"\1", re.sub(r"d\(\$\)|\$(?=\s*[<>=!])", "", text))
    text = re.sub(r"^\s*!= null and not \(\$ in \[(.*)\]\)$", r"not(\1)", text)
    text = re.sub(r"^\$ in \[(.*)\]$", r"\1", text.strip())
    if " or " in text:
        text = ", ".join(
            part.strip().removeprefix("(").removesuffix(")").strip() for part in text.split(" or ")
        )
    return f"{text.strip()}, empty" if absent else text.strip()


def _guessed(
    one: Mapping[str, Any], cells: list[str], known: Mapping[str, Column]
) -> tuple[Column, list[str]]:
    """An input: the one we know by that name, or one whose kind follows from what its cells can be read as."""
    texts = [_cell_text(cell) or "-" for cell in cells]
    name = _ROOTED.sub(r"\1", _text(one["field"]).strip())
    for column in known.values():
        if name in (column.name, column.formula):
            return column, texts
    kind = next((kind for kind in _GUESSES if all(_reads(text, kind) for text in texts)), Kind.TEXT)
    plain_name = name if is_name(name) and "." not in name else ""
    formula = "" if plain_name else name
    return Column(plain_name or _text(one["id"]), _text(one.get("name", "")), kind, formula=formula), texts


def _guessed_output(
    one: Mapping[str, Any], cells: list[str], known: Mapping[str, Column]
) -> tuple[Column, list[str]]:
    texts = [_ROOTED.sub(r"\1", cell.strip()) for cell in cells]
    column, _texts = _guessed(one, cells, known)
    if column.name not in known:
        column = Column(column.name, column.label, column.kind, required=False)
    return column, [text if _answers(text, column) else f"= {text}" for text in texts]


def _answers(text: str, column: Column) -> bool:
    """Whether a result is a plain value of its column; otherwise it is a formula."""
    try:
        read_result(text, column.kind, column.choices)
    except BadExpression:
        return False
    return True


def _reads(text: str, kind: Kind) -> bool:
    try:
        read_cell(text, kind)
    except BadExpression:
        return False
    return True
