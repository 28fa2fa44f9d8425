"""Decisions: the version that holds on a day, which rows match, and why.

Versions never change, so each is compiled once in a process and kept; a decision costs one query for the version, once
a request or step of a job, and microseconds for the table.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from panshi.engines.expressions import (
    BadExpression,
    CompiledTable,
    Exact,
    Given,
    Outcome,
    compile_table,
    write_value,
)
from panshi.ground.base.refusals import Refused
from panshi.ground.rules.content import load_content
from panshi.ground.rules.models import RuleVersion
from panshi.ground.rules.words import sentence
from panshi.ground.settings.once import once

_COMPILED: Final[dict[str, CompiledTable]] = {}
"""Compiled tables by the digest of their content: what is kept can never be stale."""
MOST_COMPILED: Final = 128


class CannotDecide(Refused):
    """No version holds on that day, or the values do not fit the table."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a matched row: the input's label, the value given, and the cell it satisfies."""

    label: str
    value: str
    cell: str


@dataclass(frozen=True, slots=True)
class Match:
    """A row that matched (counted from 1), its remark and the conditions it satisfied."""

    row: int
    note: str
    conditions: tuple[Condition, ...]

    def __str__(self) -> str:
        """In words, for a reader."""
        reasons = _("；").join(f"{one.label} {one.value}（{one.cell}）" for one in self.conditions)
        return _("第 {row} 行：{reasons}").format(row=self.row, reasons=reasons or _("无条件"))


@dataclass(frozen=True, slots=True)
class Decision:
    """What a table answers: one mapping of outputs a matched row (none when no row matched)."""

    key: str
    version: int
    outputs: tuple[Mapping[str, Exact], ...]
    rows: tuple[int, ...]
    matches: tuple[Match, ...]

    @property
    def first(self) -> Mapping[str, Exact]:
        """The outputs of the first matched row; empty when none matched."""
        return self.outputs[0] if self.outputs else {}

    @property
    def explanation(self) -> str:
        """Which row matched and why, in words."""
        return "\n".join(map(str, self.matches)) or _("没有一行符合。")

    def evidence(self) -> dict[str, Any]:
        """The decision as plain values, to be kept beside what was decided."""
        return {
            "table": self.key,
            "version": self.version,
            "rows": list(self.rows),
            "outputs": [{name: write_value(value) for name, value in one.items()} for one in self.outputs],
            "conditions": [
                [[one.label, one.value, one.cell] for one in match.conditions] for match in self.matches
            ],
        }


def decide(table_key: str, *, values: Mapping[str, Given], on: dt.date) -> Decision:
    """Decide with the version that holds on `on`. Raises `CannotDecide` in the person's words."""
    number, table = holding(table_key, on=on)
    return _decision(table_key, number, table, values)


def decide_many(
    table_key: str, *, many: Iterable[Mapping[str, Given]], on: dt.date
) -> Iterator[Decision | CannotDecide]:
    """Decide for many at once, in order; where the values do not fit, the refusal stands in the decision's place.

    Raises `CannotDecide` at once when no version holds.
    """
    number, table = holding(table_key, on=on)
    return _each(table_key, number, table, many)


def _each(
    key: str, number: int, table: CompiledTable, many: Iterable[Mapping[str, Given]]
) -> Iterator[Decision | CannotDecide]:
    for values in many:
        try:
            yield _decision(key, number, table, values)
        except CannotDecide as refusal:
            yield refusal


def holding(table_key: str, *, on: dt.date) -> tuple[int, CompiledTable]:
    """Number and table of the version that holds on a day. Raises `CannotDecide`."""
    found = once(("rules", table_key, on), lambda: _version(table_key, on))
    if found is None:
        raise CannotDecide(
            _("决策表“{key}”在 {day} 没有生效的版本。").format(key=table_key, day=on.isoformat())
        )
    number, digest, version_id = found
    table = _COMPILED.get(digest)
    if table is None:
        text = RuleVersion.objects.values_list("content", flat=True).get(pk=version_id)
        if len(_COMPILED) >= MOST_COMPILED:
            _COMPILED.clear()
        table = _COMPILED[digest] = compile_table(load_content(text).table)
    return number, table


def _version(table_key: str, on: dt.date) -> tuple[int, str, int] | None:
    """Number, digest and key of the version that holds on a day; one indexed query."""
    rows = RuleVersion.objects.filter(table__key=table_key).effective(on)
    return next(iter(rows.values_list("number", "digest", "pk")[:1]), None)


def _decision(key: str, number: int, table: CompiledTable, values: Mapping[str, Given]) -> Decision:
    try:
        exact_values = table.values(values)
        outcome = table.decide_exactly(exact_values)
    except BadExpression as error:
        raise CannotDecide(sentence(error.code, error.params)) from error
    return Decision(key, number, outcome.outputs, outcome.rows, explained(table, outcome, exact_values))


def explained(table: CompiledTable, outcome: Outcome, values: Mapping[str, Exact]) -> tuple[Match, ...]:
    """Why each row matched: its conditions other than "any", with the values that satisfied them."""
    columns = table.table.inputs
    return tuple(
        Match(
            row + 1,
            table.table.rows[row].note,
            tuple(
                Condition(column.label or column.name, value_words(values[column.name]), written.strip())
                for column, text, written in zip(
                    columns, table.texts[row], table.table.rows[row].cells, strict=True
                )
                if text != "-"
            ),
        )
        for row in outcome.rows
    )


def value_words(value: Exact) -> str:
    """A value as a reader says it."""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return _("空") if value is None else write_value(value)
