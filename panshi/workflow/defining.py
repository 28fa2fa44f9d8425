"""From what an administrator wrote to what runs: the drawing of a step table or file, and everything wrong with it.

Nothing here writes; saving and publishing are services.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from panshi.engines.expressions import Kind
from panshi.engines.process import BadDrawing, Drawing, StepTable, TableStep, draw_steps, read_drawing
from panshi.ground.identity.models import Person
from panshi.workflow.bindings import ALWAYS_KNOWN, INFORM, actions, binding_of
from panshi.workflow.forms import Field, form_problems, load_form
from panshi.workflow.labels import label_of
from panshi.workflow.naming import who_words
from panshi.workflow.outline import MODES, NUMBERS, PROCESS_WIDE, VALUES, read_modes
from panshi.workflow.roles import named_logins, parts_of, unknown_parts
from panshi.workflow.wording import DefinitionProblem, column_of, drawing_words

FIELD_KINDS: Final[Mapping[str, Kind]] = {
    "text": Kind.TEXT,
    "long": Kind.TEXT,
    "number": Kind.NUMBER,
    "money": Kind.MONEY,
    "date": Kind.DATE,
    "choice": Kind.CHOICE,
    "multi": Kind.LIST,
    "person": Kind.NUMBER,
    "account": Kind.NUMBER,
}
STEP_KINDS: Final = ("approve", "do", "inform", "action")
MOST_OUTCOME: Final = 40
"""Characters of the outcome an end may say; requests keep it."""
STEP_KEYS: Final = frozenset(TableStep.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Definition:
    """What was written, read: `drawing` is None when it cannot be read at all; `xml` is the drawing as BPMN."""

    xml: str
    drawing: Drawing | None
    problems: tuple[DefinitionProblem, ...]


def names_for(process: str, form: Iterable[Field]) -> dict[str, Kind]:
    """Every name conditions of a process may use: form fields, the subject's facts, the last outcome."""
    known = {field.name: FIELD_KINDS[field.kind] for field in form if field.kind in FIELD_KINDS}
    facts = {fact.name: Kind(fact.kind) for fact in (*binding_of(process).facts, *ALWAYS_KNOWN)}
    return known | facts


def define(*, process: str, name: str, source: str, steps: str, drawing: str, form: str) -> Definition:
    """Read a definition and say everything that is wrong with it."""
    written_form = json.loads(form)
    problems = [DefinitionProblem(field, field, words) for field, words in form_problems(written_form)]
    fields = () if problems else load_form(form)
    xml = drawing.encode()
    if source == "steps":
        table, wrong = read_steps(json.loads(steps or "{}"), process=process, name=name, form=fields)
        problems += wrong
        if table is None:
            return Definition("", None, tuple(problems))
        xml = draw_steps(table)
    known = names_for(process, fields)
    try:
        read = read_drawing(xml, names=known, actions={*actions(), *INFORM})
    except BadDrawing as refusal:
        problems += [
            DefinitionProblem(each.element, each.name, drawing_words(each), column_of(each))
            for each in refusal.problems
        ]
        return Definition(xml.decode(errors="replace"), None, tuple(problems))
    problems += _rule_problems(read, fields)
    return Definition(xml.decode(), read, tuple(problems))


def read_steps(
    given: Any, *, process: str, name: str, form: Iterable[Field] = ()
) -> tuple[StepTable | None, list[DefinitionProblem]]:
    """A step table given as JSON data; None with what is wrong when it cannot be drawn."""
    rows = given.get("steps") if isinstance(given, dict) else None
    if not isinstance(rows, list) or not rows:
        return None, [DefinitionProblem("", "", _("步骤表至少要有一个步骤。"))]
    problems: list[DefinitionProblem] = []
    steps: list[TableStep] = []
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            problems.append(DefinitionProblem(str(number), "", _("步骤的写法不对。")))
            continue
        key = str(row.get("id") or f"step{number}")
        words = [*_row_problems(row, key, seen)]
        seen.add(key)
        problems += [DefinitionProblem(key, str(row.get("name", "")), each, field) for field, each in words]
        if not words:
            steps.append(_step(row, key, form))
    if problems:
        return None, problems
    settings = {str(key): str(value) for key, value in dict(given.get("settings") or {}).items()}
    return StepTable(process, name, tuple(steps), settings), []


def _row_problems(row: Mapping[str, Any], key: str, seen: set[str]) -> Iterable[tuple[str, str]]:
    """What is wrong with one row, each with its column."""
    if key in seen:
        yield "id", _("步骤代码重复。")
    if not key.isidentifier() or not key.isascii() or len(key) > 60:
        yield "id", _("步骤代码只能含英文字母、数字和下划线，且以字母开头。")
    if not str(row.get("name", "")).strip():
        yield "name", _("请填写步骤名称。")
    if row.get("kind", "approve") not in STEP_KINDS:
        yield "kind", _("没有这种步骤。")
    if unknown := set(row) - STEP_KEYS:
        yield "", _("不认识的设置：%(names)s。") % {"names": "、".join(sorted(unknown))}
    for name in ("sign", "overdue"):
        if row.get(name) and row[name] not in VALUES[name]:
            yield name, _("“%(name)s”不能是“%(value)s”。") % {"name": label_of(name), "value": row[name]}
    for name in ("days", "percent"):
        if not str(row.get(name, 0) or 0).isdigit():
            yield name, _("“%(name)s”应为整数。") % {"name": label_of(name)}


def _step(row: Mapping[str, Any], key: str, form: Iterable[Field]) -> TableStep:
    """One row; its lane is called as its role reads unless the row says otherwise."""
    lane = {"lane": who_words(str(row.get("who", "")), form)} if row.get("who") else {}
    return TableStep(
        id=key,
        name=str(row["name"]).strip(),
        who=str(row.get("who", "")),
        kind=row.get("kind", "approve"),
        condition=str(row.get("condition", "") or ""),
        sign=row.get("sign") or "single",
        percent=int(row.get("percent") or 0),
        days=int(row.get("days") or 0),
        overdue=row.get("overdue") or "none",
        action=str(row.get("action", "") or ""),
        settings=lane | {str(name): str(value) for name, value in dict(row.get("settings") or {}).items()},
    )


def _rule_problems(drawing: Drawing, form: Iterable[Field]) -> list[DefinitionProblem]:
    """What the engine does not know: roles, people, form fields and the rules of tasks."""
    fields = {field.name: field for field in form}
    people = {name for name, field in fields.items() if field.kind == "person"}
    expressions = [node.role for node in drawing.nodes if node.role]
    expressions += [drawing.settings.get(name, "") for name in ("refused", "copy")]
    logins = set(
        Person.objects.active()
        .filter(username__in=named_logins(expressions))
        .values_list("username", flat=True)
    )

    def who(expression: str) -> Iterable[str]:
        for part in unknown_parts(expression, fields=people, logins=logins):
            yield _("不认识的处理人“%(part)s”。") % {"part": part}

    found: list[DefinitionProblem] = []
    for node in drawing.nodes:
        words: list[tuple[str, str]] = []
        if node.kind == "user":
            words += [("who", each) for each in who(node.role)]
            words += [] if parts_of(node.role) else [("who", _("没有写由谁处理。"))]
            words += _setting_problems(node.settings)
        if node.settings.get("action") in INFORM:
            words += [("who", each) for each in who(node.role or node.settings.get("who", ""))]
        if len(node.settings.get("outcome", "")) > MOST_OUTCOME:
            words.append(("", _("结果太长，最多 %(most)s 个字。") % {"most": MOST_OUTCOME}))
        words += [("fields", each) for each in _mode_problems(node.settings.get("fields", ""), fields)]
        found += [DefinitionProblem(node.id, node.name, each, field) for field, each in words]
    wide = {name: value for name, value in drawing.settings.items() if name in PROCESS_WIDE}
    refused = drawing.settings.get("refused", "")
    words = [*_setting_problems(wide)]
    words += [("copy", each) for each in who(drawing.settings.get("copy", ""))]
    words += [] if refused == "last" else [("refused", each) for each in who(refused)]
    return found + [DefinitionProblem("", drawing.name, each, field) for field, each in words]


def _setting_problems(settings: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    for name, value in settings.items():
        if name in VALUES and value and value not in VALUES[name]:
            yield name, _("“%(name)s”不能是“%(value)s”。") % {"name": label_of(name), "value": value}
        if name in NUMBERS and value and not (value.isascii() and value.isdigit() and int(value) <= 365):
            yield name, _("“%(name)s”应为 0 到 365 的整数。") % {"name": label_of(name)}


def _mode_problems(text: str, fields: Mapping[str, Field]) -> Iterable[str]:
    for name, mode in read_modes(text).items():
        if name not in fields:
            yield _("表单没有字段“%(name)s”。") % {"name": name}
        elif mode not in MODES:
            yield _("字段“%(name)s”不能是“%(mode)s”。") % {"name": fields[name].label, "mode": mode}
        elif fields[name].source == "subject" and mode in ("edit", "require"):
            yield _("字段“%(name)s”取自申请对象，不能修改。") % {"name": fields[name].label}
        elif fields[name].kind == "file" and mode == "require":
            yield _("附件字段“%(name)s”不能设为必填。") % {"name": fields[name].label}
