"""A decision table as rows of a spreadsheet, and back: headings, what each column is, the rules, the test cases.

The first cell of a row says what the row is; its words are understood in Chinese and English alike.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from panshi.engines.expressions import Column, HitPolicy, Kind, Row, Table
from panshi.ground.base.refusals import Refused
from panshi.ground.rules.content import Case, Content

Cells = Sequence[str]

_INPUTS: Final = ("输入", "Input")
_OUTPUTS: Final = ("输出", "Output")
_MARKS: Final[Mapping[str, tuple[str, str]]] = {
    "label": ("名称", "Label"),
    "kind": ("类型", "Kind"),
    "choices": ("可选值", "Choices"),
    "required": ("必填", "Required"),
    "formula": ("公式", "Formula"),
    "policy": ("多行符合时", "When several match"),
    "case": ("测试", "Test"),
}
_ROW: Final = ("行", "Row")
_NOTE: Final = ("说明", "Remark")
_ANY: Final = frozenset({"", "-", "任意", "any"})
_NO: Final = frozenset({"否", "no", "false", "0"})
_ANY_WORDS: Final = ("任意", "any")
_YES_NO: Final = {True: ("是", "yes"), False: ("否", "no")}
_KIND_WORDS: Final[Mapping[Kind, tuple[str, str]]] = {
    Kind.TEXT: ("文本", "text"),
    Kind.NUMBER: ("数字", "number"),
    Kind.MONEY: ("金额", "money"),
    Kind.DATE: ("日期", "date"),
    Kind.BOOLEAN: ("是/否", "yes/no"),
    Kind.CHOICE: ("选项", "choice"),
}
_POLICY_WORDS: Final[Mapping[HitPolicy, tuple[str, str]]] = {
    HitPolicy.FIRST: ("取第一条符合的", "first"),
    HitPolicy.UNIQUE: ("只能有一条符合", "unique"),
    HitPolicy.COLLECT: ("取全部符合的", "collect"),
}
_KINDS: Final = {word: kind for kind, words in _KIND_WORDS.items() for word in words}
_POLICIES: Final = {word: policy for policy, words in _POLICY_WORDS.items() for word in words}
FORMULA_STARTS: Final = "=+-@＝＋－＠"


class CannotReadTable(Refused):
    """The sheet is no decision table; the message names the cell."""


def is_heading(text: str) -> bool:
    """Whether a cell is a heading of such a sheet."""
    return text.strip().startswith((*_INPUTS, *_OUTPUTS)) or text.strip() in (*_ROW, *_NOTE)


def to_rows(content: Content) -> tuple[list[str], list[list[str]]]:
    """Headings and rows."""
    table = content.table
    columns = (*table.inputs, *table.outputs)
    at = 0 if (get_language() or "zh").startswith("zh") else 1
    headings = [
        _ROW[at],
        *(f"{_INPUTS[at]} {column.name}" for column in table.inputs),
        *(f"{_OUTPUTS[at]} {column.name}" for column in table.outputs),
        _NOTE[at],
    ]
    rows = [
        [_MARKS["policy"][at], _POLICY_WORDS[table.policy][at], *[""] * len(columns)],
        [_MARKS["label"][at], *(column.label for column in columns), ""],
        [_MARKS["kind"][at], *(_KIND_WORDS[column.kind][at] for column in columns), ""],
        [_MARKS["choices"][at], *("、".join(column.choices) for column in columns), ""],
        [_MARKS["required"][at], *(_YES_NO[column.required][at] for column in columns), ""],
        [_MARKS["formula"][at], *(column.formula for column in columns), ""],
    ]
    for number, row in enumerate(table.rows):
        cells = [_ANY_WORDS[at] if cell.strip() in ("", "-") else cell for cell in row.cells]
        rows.append([str(number + 1), *cells, *row.results, row.note])
    for case in content.cases:
        given = [case.values.get(column.name, "") for column in table.inputs]
        expected = [case.expected.get(column.name, "") for column in table.outputs]
        rows.append([_MARKS["case"][at], *given, *expected, case.name])
    return headings, rows


def from_rows(headings: Cells, rows: Iterable[tuple[int, Cells]]) -> Content:
    """Content out of a sheet; `rows` come with their numbers. Cells may be wrong, the shape may not.

    Raises `CannotReadTable` naming the cell.
    """
    places = _places(headings)
    told: dict[str, list[str]] = {}
    rules: list[Cells] = []
    cases: list[Cells] = []
    for _number, raw in rows:
        cells = [_undisarmed(cell) for cell in raw] + [""] * (len(headings) - len(raw))
        mark = next((mark for mark, words in _MARKS.items() if cells[0].strip() in words), "")
        if mark == "case":
            cases.append(cells)
        elif mark:
            told[mark] = cells
        else:
            rules.append(cells)
    inputs = [_column(name, place, told, is_input=True) for name, place in places[0]]
    outputs = [_column(name, place, told, is_input=False) for name, place in places[1]]
    note = next((place for place, text in enumerate(headings) if text.strip() in _NOTE), None)
    table = Table(
        tuple(inputs),
        tuple(outputs),
        tuple(
            Row(
                tuple(_condition(cells[place]) for _name, place in places[0]),
                tuple(cells[place].strip() for _name, place in places[1]),
                cells[note].strip() if note is not None else "",
            )
            for cells in rules
        ),
        _policy(told.get("policy")),
    )
    return Content(table, tuple(_case(cells, places, note) for cells in cases))


Named = list[tuple[str, int]]


def _places(headings: Cells) -> tuple[Named, Named]:
    inputs: Named = []
    outputs: Named = []
    for place, heading in enumerate(headings):
        text = heading.strip()
        for words, found in ((_INPUTS, inputs), (_OUTPUTS, outputs)):
            for word in words:
                if text.startswith(word):
                    found.append((text.removeprefix(word).strip(" :："), place))
    if not inputs or not outputs:
        message = _("没有找到标题行：条件列的标题写“输入 列名”，结果列的标题写“输出 列名”。")
        raise CannotReadTable(message)
    return inputs, outputs


def _column(name: str, place: int, told: Mapping[str, list[str]], *, is_input: bool) -> Column:
    def of(mark: str) -> str:
        return told[mark][place].strip() if mark in told else ""

    word = of("kind").lower()
    if word not in _KINDS and word:
        raise CannotReadTable(
            _("{cell}：没有名为“{value}”的类型，可用：{known}。").format(
                cell=_("“类型”行第 {column} 列").format(column=place + 1),
                value=of("kind"),
                known=_("、").join(_KINDS),
            )
        )
    return Column(
        name=name,
        label=of("label"),
        kind=_KINDS.get(word, Kind.TEXT),
        choices=tuple(one.strip() for one in of("choices").replace(",", "、").split("、") if one.strip()),
        required=is_input and of("required").lower() not in _NO,
        formula=of("formula") if is_input else "",
    )


def _policy(cells: list[str] | None) -> HitPolicy:
    if cells is None or not cells[1].strip():
        return HitPolicy.FIRST
    word = cells[1].strip()
    if word not in _POLICIES:
        raise CannotReadTable(_("“多行符合时”不认识“{value}”。").format(value=word))
    return _POLICIES[word]


def _case(cells: Cells, places: tuple[Named, Named], note: int | None) -> Case:
    return Case(
        cells[note].strip() if note is not None else "",
        {name: cells[place].strip() for name, place in places[0]},
        {name: cells[place].strip() for name, place in places[1]},
    )


def _condition(cell: str) -> str:
    text = cell.strip()
    return "-" if text.lower() in _ANY else text


def _undisarmed(cell: str) -> str:
    """Without the apostrophe that kept a spreadsheet from running the text as a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] and cell[1] in FORMULA_STARTS else cell
