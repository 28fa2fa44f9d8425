"""What a task asks of whoever acts at it: the fields to fill in, and whether an opinion must be written."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from panshi.engines.process import Plain
from panshi.workflow.forms import Field, load_form, missing, modes
from panshi.workflow.models import Task, TaskKind
from panshi.workflow.outline import TaskRules, load_drawing, rules_of
from panshi.workflow.reports.story import start_modes


@dataclass(frozen=True, slots=True)
class StepAsks:
    """The form with what may be done with each field here, the values so far, required fields that are still empty;
    `rules` is None for tasks that are no step of the drawing."""

    form: tuple[Field, ...]
    modes: Mapping[str, str]
    values: Mapping[str, Plain]
    missing: Mapping[str, str]
    comment: bool
    rules: TaskRules | None


def asked_at(task: Task) -> StepAsks:
    """What a task asks; `task` comes with its request and definition."""
    definition = task.request.definition
    form, values = load_form(definition.form), json.loads(task.request.values)
    rules = None
    if task.kind == TaskKind.NODE:
        drawing = load_drawing(definition.outline)
        rules = rules_of(drawing, drawing.node(task.node))
    allowed = modes(form, rules.fields, first=False) if rules else start_modes(definition)
    return StepAsks(
        form=form,
        modes=allowed,
        values=values,
        missing=missing(form, values, allowed=allowed),
        comment=rules is not None and rules.comment == "always",
        rules=rules,
    )
