"""Everything a person wants to know of a table before it holds: errors by cell, coverage, test cases, contract."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from panshi.engines.expressions import (
    ANY,
    BadExpression,
    CompiledTable,
    Coverage,
    Exact,
    HitPolicy,
    Kind,
    Table,
    check_table,
    compile_table,
    overlaps_and_gaps,
    read_result,
    write_value,
)
from panshi.ground.rules.content import Case, Content, Contract
from panshi.ground.rules.reports.deciding import Match, explained
from panshi.ground.rules.words import KINDS, sentence

BETWEEN = "|"
_ALIKE = frozenset({Kind.TEXT, Kind.CHOICE})


@dataclass(frozen=True, slots=True)
class CellError:
    """A sentence and where it belongs: `row` and `column` from 0, None for the whole."""

    row: int | None
    column: int | None
    message: str


@dataclass(frozen=True, slots=True)
class CaseResult:
    """How one test case went: what came out, which rows (from 1), and what is wrong, "" when it passed."""

    name: str
    actual: Mapping[str, str]
    rows: tuple[int, ...]
    message: str
    matches: tuple[Match, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the results were those expected."""
        return not self.message


@dataclass(frozen=True, slots=True)
class Finding:
    """An overlap, a gap or a row that never answers, in words; `rows` from 1; `is_error` forbids publishing."""

    text: str
    rows: tuple[int, ...] = ()
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """A table looked at from every side."""

    errors: tuple[CellError, ...]
    findings: tuple[Finding, ...]
    results: tuple[CaseResult, ...]
    broken: tuple[str, ...]
    is_whole: bool = False
    """Whether overlaps and gaps were looked for (a table that takes all rows may have them), and none found."""

    @property
    def may_publish(self) -> bool:
        """Whether nothing forbids publishing."""
        return not (
            self.errors
            or self.broken
            or any(one.is_error for one in self.findings)
            or not all(one.passed for one in self.results)
        )


def checked(content: Content, contract: Contract) -> Checked:
    """Look at content from every side; coverage and cases only where every cell can be read."""
    errors = tuple(
        CellError(one.row, one.column, sentence(one.code, one.params)) for one in check_table(content.table)
    )
    broken = tuple(breaches(content.table, contract))
    if errors:
        return Checked(errors, (), (), broken)
    table = compile_table(content.table)
    found = tuple(findings(content.table))
    results = tuple(run_case(table, case) for case in content.cases)
    return Checked((), found, results, broken, not found and content.table.policy is not HitPolicy.COLLECT)


def run_case(table: CompiledTable, case: Case) -> CaseResult:
    """Run one test case."""
    try:
        values = table.values(case_values(table.table, case.values))
        outcome = table.decide_exactly(values)
        expected = _expected(table.table, case)
    except BadExpression as error:
        return CaseResult(case.name, {}, (), sentence(error.code, error.params))
    actual = {column.name: [one[column.name] for one in outcome.outputs] for column in table.table.outputs}
    shown = {name: f" {BETWEEN} ".join(map(write_value, found)) for name, found in actual.items()}
    blank = not any(text.strip() for text in case.expected.values())
    is_nothing = all(found in ([], [None]) for found in actual.values())
    wrong = [
        _("{label} 应为“{expected}”，实际为“{actual}”").format(
            label=column.label or column.name,
            expected=case.expected.get(column.name, "") or _("空"),
            actual=shown[column.name] or _("空"),
        )
        for column in table.table.outputs
        if actual[column.name] != expected[column.name] and not (blank and is_nothing)
    ]
    rows = tuple(row + 1 for row in outcome.rows)
    return CaseResult(case.name, shown, rows, _("；").join(wrong), explained(table, outcome, values))


def case_values(table: Table, texts: Mapping[str, str]) -> dict[str, Exact]:
    """Inputs as people write them, by the kind of each column. Raises `BadExpression` naming the input."""
    found: dict[str, Exact] = {}
    for column in table.inputs:
        if not column.formula:
            try:
                found[column.name] = read_result(texts.get(column.name, ""), column.kind, column.choices)
            except BadExpression as error:
                label = column.label or column.name
                raise BadExpression(error.code, {**error.params, "name": label}) from error
    return found


def _expected(table: Table, case: Case) -> dict[str, list[Exact]]:
    """The results by column, one for each row that should match; a column with fewer is blank in the others."""
    found = {
        column.name: [
            read_result(part, column.kind, column.choices)
            for part in case.expected.get(column.name, "").split(BETWEEN)
        ]
        for column in table.outputs
    }
    count = max(map(len, found.values()))
    return {name: [*values, *[None] * (count - len(values))] for name, values in found.items()}


def findings(table: Table) -> list[Finding]:
    """Overlaps, gaps and rows that never answer, in words. Raises `BadTable`."""
    coverage = overlaps_and_gaps(table)
    return [
        *_idle(table),
        *_overlaps(table, coverage),
        *_hidden(table, coverage),
        *_gaps(table, coverage),
        *_unsure(coverage),
    ]


def _idle(table: Table) -> list[Finding]:
    """Rows that ask nothing and say nothing: left over from typing. Where one row answers, an "any" written out
    means "otherwise nothing" and may stand."""
    found = []
    for number, row in enumerate(table.rows, 1):
        asked = {cell.strip().lower() for cell in row.cells}
        may_stand = table.policy is not HitPolicy.COLLECT and any(asked)
        if asked <= ANY and not any(text.strip() for text in row.results) and not may_stand:
            text = _("第 {row} 行既没有条件也没有结果，请填写或删去。").format(row=number)
            found.append(Finding(text, (number,), is_error=True))
    return found


def _overlaps(table: Table, coverage: Coverage) -> list[Finding]:
    if table.policy is HitPolicy.COLLECT:
        return []
    hidden = set(coverage.hidden)
    found = []
    for one in coverage.overlaps:
        if table.policy is HitPolicy.FIRST and (not one.differ or one.second in hidden):
            continue
        words = (
            _("第 {first} 行和第 {second} 行都符合，例如 {example}。")
            if table.policy is HitPolicy.UNIQUE
            else _("第 {first} 行和第 {second} 行都符合时取第 {first} 行，例如 {example}。")
        )
        text = words.format(
            first=one.first + 1, second=one.second + 1, example=example_words(table, one.example)
        )
        found.append(Finding(text, (one.first + 1, one.second + 1), table.policy is HitPolicy.UNIQUE))
    if coverage.more_overlaps and found:
        more = _("另有 {count} 对行重叠。").format(count=coverage.more_overlaps)
        found.append(Finding(more, is_error=table.policy is HitPolicy.UNIQUE))
    return found


def _hidden(table: Table, coverage: Coverage) -> list[Finding]:
    return [
        Finding(_("第 {row} 行永远轮不到：前面的行已经包含了它。").format(row=row + 1), (row + 1,))
        if table.policy is HitPolicy.FIRST
        else Finding(_("第 {row} 行什么也匹配不了。").format(row=row + 1), (row + 1,))
        for row in coverage.hidden
    ]


def _gaps(table: Table, coverage: Coverage) -> list[Finding]:
    if table.policy is HitPolicy.COLLECT:
        return []
    found = []
    for gap in coverage.gaps:
        region = _("，").join(
            f"{column.label or column.name} {text}"
            for column, text in zip(table.inputs, gap.cells, strict=True)
            if text != "-"
        )
        found.append(
            Finding(
                _("没有一行覆盖：{region}。例如 {example}。").format(
                    region=region, example=example_words(table, gap.example)
                )
            )
        )
    return found


def _unsure(coverage: Coverage) -> list[Finding]:
    words = {
        "computed": _("有公式列：上面列出的情况未必真会出现，公式列与其他条件的关系无法判断。"),
        "large": _("这张表的组合太多，没有全部检查完；可能还有未列出的重叠或遗漏。"),
    }
    return [Finding(words[code]) for code in coverage.unsure]


def example_words(table: Table, example: Mapping[str, Exact]) -> str:
    """Inputs in words: label value, label value."""
    return _("，").join(
        f"{column.label or column.name} {write_value(example[column.name]) or _('空')}"
        for column in table.inputs
    )


def breaches(table: Table, contract: Contract) -> list[str]:
    """How a table breaks the contract of the programs that consult it, in sentences."""
    inputs = {column.name: column for column in table.inputs if not column.formula}
    outputs = {column.name: column for column in table.outputs}
    found = [
        _("条件“{name}”程序不会提供，只能用：{known}。").format(
            name=name, known=_("、").join(contract.inputs)
        )
        for name in inputs
        if contract.inputs and name not in contract.inputs
    ]
    for name, kind in contract.inputs.items():
        if name in inputs and not _fits(inputs[name].kind, kind):
            found.append(_("条件“{name}”的类型应为{kind}。").format(name=name, kind=KINDS[kind]))
    for name, kind in contract.outputs.items():
        if name not in outputs:
            found.append(_("缺少结果列“{name}”，使用这张表的程序需要它。").format(name=name))
        elif not _fits(outputs[name].kind, kind):
            found.append(_("结果“{name}”的类型应为{kind}。").format(name=name, kind=KINDS[kind]))
        elif name in contract.choices:
            found += _strange_results(table, name, contract.choices[name])
    return found


def _fits(kind: Kind, wanted: Kind) -> bool:
    return kind is wanted or {kind, wanted} <= _ALIKE or {kind, wanted} <= {Kind.NUMBER, Kind.MONEY}


def _strange_results(table: Table, name: str, choices: tuple[str, ...]) -> list[str]:
    """Results a program would not understand."""
    place = [column.name for column in table.outputs].index(name)
    column = table.outputs[place]
    found = []
    for number, row in enumerate(table.rows):
        text = row.results[place] if place < len(row.results) else ""
        try:
            value = read_result(text, column.kind, column.choices)
        except BadExpression:
            continue  # told at the cell
        if text.strip().startswith(("=", "＝")) or (value is not None and value not in choices):
            found.append(
                _("第 {row} 行的结果“{value}”程序不认识，只能是：{choices}。").format(
                    row=number + 1, value=text, choices=_("、").join(choices)
                )
            )
    return found
