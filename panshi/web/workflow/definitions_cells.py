"""What the editor of a process holds, and which of its cells a problem speaks of."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from panshi.ground.base.refusals import Refused
from panshi.workflow.forms import form_problems
from panshi.workflow.models import ProcessVersion, Source
from panshi.workflow.wording import DefinitionProblem

MOST_ROWS: Final = 200
_FLOW: Final = re.compile(r'<\w+:sequenceFlow id="([^"]+)"[^>]*? sourceRef="([^"]+)"')
_COLUMN_OF_SHAPE: Final = {
    "when": "condition",
    "decision": "reject",
    "rejected": "reject",
    "after": "condition",
}


@dataclass(frozen=True, slots=True)
class Content:
    """What the editor holds: a step table (None for a process drawn elsewhere, whose `drawing` stays) and the form."""

    steps: dict[str, Any] | None
    drawing: str
    form: list[dict[str, Any]]

    @property
    def plain(self) -> dict[str, Any]:
        """As the island holds it."""
        return {"steps": self.steps, "form": self.form}

    @property
    def form_is_sound(self) -> bool:
        """Whether the form can be read."""
        return not form_problems(self.form)


def start_content(base: ProcessVersion | None) -> Content:
    """What the editor begins with: the version as it stands, or one step for a new process."""
    if base is None:
        first = {
            "id": "step1",
            "name": _("上级审批"),
            "who": "applicant.superior",
            "kind": "approve",
            "sign": "single",
            "days": 2,
            "overdue": "remind",
            "settings": {},
        }
        title = {"name": "title", "label": _("标题"), "kind": "text", "required": True}
        return Content({"settings": {}, "steps": [first]}, "", [title])
    form = json.loads(base.form)
    if base.source == Source.BPMN:
        return Content(None, base.drawing, form)
    table = json.loads(base.steps or "{}")
    return Content({"settings": table.get("settings") or {}, "steps": table.get("steps") or []}, "", form)


def read_content(given: object, base: ProcessVersion | None) -> Content:
    """What the island sent. Raises `Refused` for what is no table at all."""
    plain = given if isinstance(given, dict) else {}
    steps, form = plain.get("steps"), plain.get("form")
    if not isinstance(form, list) or not _rows(form):
        raise Refused(_("内容不是一张步骤表。"))
    if steps is None and base is not None and base.source == Source.BPMN:
        return Content(None, base.drawing, list(form))
    if not isinstance(steps, dict) or not _rows(steps.get("steps")):
        raise Refused(_("内容不是一张步骤表。"))
    settings = steps.get("settings") if isinstance(steps.get("settings"), dict) else {}
    rows = []
    for row in steps["steps"]:
        own = row["settings"] if isinstance(row.get("settings"), dict) else {}
        rows.append({**row, "settings": {name: value for name, value in own.items() if value != ""}})
    return Content({"settings": settings, "steps": rows}, "", list(form))


def _rows(given: object) -> bool:
    return isinstance(given, list) and len(given) <= MOST_ROWS and all(isinstance(row, dict) for row in given)


def cells(problems: Iterable[DefinitionProblem], content: Content, xml: str) -> list[dict[str, Any]]:
    """Each problem with its grid ("steps", "form" or ""), row and column, so that it is told where it can be mended."""
    place = _Places(content, xml)
    return [
        {"message": problem.message, "element": problem.element, "where": problem.name, **place.of(problem)}
        for problem in problems
    ]


class _Places:
    """Finds the row of an element of the drawing a step table means."""

    def __init__(self, content: Content, xml: str) -> None:
        rows = content.steps["steps"] if content.steps is not None else []
        self.rows = {str(row.get("id") or f"step{number}"): number - 1 for number, row in enumerate(rows, 1)}
        self.fields = {str(field.get("name", "")): at for at, field in enumerate(content.form)}
        self.flows: Mapping[str, str] = dict(_FLOW.findall(xml)) if rows else {}
        roles = dict.fromkeys(str(row.get("who", "")) for row in rows if row.get("who")) or {"": None}
        self.lanes = {
            f"lane.{number}": next((at for at, row in enumerate(rows) if str(row.get("who", "")) == who), 0)
            for number, who in enumerate(roles, 1)
        }

    def of(self, problem: DefinitionProblem) -> dict[str, Any]:
        """Grid, row and column of a problem."""
        element = self.flows.get(problem.element, problem.element)
        if element in self.lanes:
            return {"grid": "steps", "row": self.lanes[element], "column": "who"}
        key, _dot, shape = element.partition(".")
        if key in self.rows and element:
            column = problem.field or _COLUMN_OF_SHAPE.get(shape, "name")
            return {"grid": "steps", "row": self.rows[key], "column": column}
        if element in self.fields:
            return {"grid": "form", "row": self.fields[element], "column": problem.field or "name"}
        return {"grid": "", "row": None, "column": problem.field}
