"""What a viewer may do with a task or a request, so that pages offer exactly what services will accept."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from panshi.engines.process import CannotComplete, Drawing, Run
from panshi.ground.base.viewer import Viewer
from panshi.workflow.forms import Field, load_form, modes
from panshi.workflow.models import Request, RunState, Seat, SeatState, Task, TaskKind
from panshi.workflow.outline import TaskRules, load_drawing, read_modes, rules_of
from panshi.workflow.services.holding import seat_for


@dataclass(frozen=True, slots=True)
class BackTo:
    """A step a task may be sent back to; an empty node is the applicant."""

    node: str
    name: str


@dataclass(frozen=True, slots=True)
class PossibleActs:
    """What may be done at one task: `acts` are names of services, `acted_for` whom it is done for, `modes` what may be
    done with each field of the form, `comment` whether an opinion must be written."""

    task: Task
    acts: frozenset[str]
    acted_for: int | None
    back_to: tuple[BackTo, ...]
    modes: Mapping[str, str]
    comment: bool
    rules: TaskRules | None


def possible_acts(
    *, task: Task, seats: Sequence[Seat], run: Run | None, viewer: Viewer, on: dt.date
) -> PossibleActs | None:
    """What a viewer may do at an open task; None when it is not theirs. `task` has its request and definition."""
    drawing = load_drawing(task.request.definition.outline)
    form = load_form(task.request.definition.form)
    found = seat_for(task, seats, by=viewer, on=on)
    acted_for = found[1] if found else None
    if found is None or task.claimed_by_id not in (None, viewer.person_id, acted_for):
        return None
    if task.kind != TaskKind.NODE:
        return PossibleActs(
            task, _own_acts(task, viewer), acted_for, (), _start_modes(drawing, form), False, None
        )
    rules = rules_of(drawing, drawing.node(task.node))
    acts = {"approve", "add_signer"}
    acts |= {"reject"} if rules.kind == "approve" else set()
    acts |= {"send_back"} if rules.sendback else set()
    acts |= {"delegate"} if rules.delegate else set()
    acts |= {"release"} if task.claimed_by_id is not None else set()
    if task.claimed_by_id is None and (
        found[0].person_id is None or sum(seat.state == SeatState.OPEN for seat in seats) > 1
    ):
        acts.add("claim")
    return PossibleActs(
        task=task,
        acts=frozenset(acts),
        acted_for=acted_for,
        back_to=_back_to(drawing, task, run) if rules.sendback else (),
        modes=modes(form, rules.fields, first=False),
        comment=rules.comment == "always",
        rules=rules,
    )


def _own_acts(task: Task, viewer: Viewer) -> frozenset[str]:
    """Acts of tasks that are no node of the drawing."""
    if task.kind == TaskKind.REVISE:
        return frozenset({"resubmit", "give_up"})
    if task.kind == TaskKind.REFUSED:
        own = {"resubmit"} if task.request.applicant_id == viewer.person_id else set()
        return frozenset({"repeat_decision", "give_up", "delegate"} | own)
    return frozenset()


def _start_modes(drawing: Drawing, form: Sequence[Field]) -> dict[str, str]:
    start = next(node for node in drawing.nodes if node.kind == "start")
    return modes(form, read_modes(start.settings.get("fields", "")), first=True)


def _back_to(drawing: Drawing, task: Task, run: Run | None) -> tuple[BackTo, ...]:
    """The applicant, and the steps the engine can go back to, nearest first."""
    found = [BackTo("", "")]
    if run is not None and task.waiting:
        try:
            nodes = run.can_send_back(task.waiting)
        except CannotComplete:
            nodes = ()
        found += [BackTo(node, drawing.node(node).name) for node in nodes if node != task.node]
    return tuple(found)


def request_acts(*, request: Request, viewer: Viewer) -> frozenset[str]:
    """What a viewer who sees a request may do around its tasks."""
    acts = {"copy", "comment"}
    if request.is_open:
        if request.applicant_id == viewer.person_id:
            acts |= {"withdraw", "urge"}
        if viewer.may("processes.view"):
            acts.add("urge")
        if viewer.may("processes.manage"):
            acts |= {"cancel_request", "move_request", "assign_task"}
            acts |= {"retry_request"} if request.state == "stuck" else set()
    return frozenset(acts)


def stored_run(request: Request) -> Run | None:
    """The run of a request as saved, for looking at; None when it has none."""
    state = RunState.objects.filter(request_id=request.pk).values_list("state", flat=True).first()
    return Run.load(request.definition.compiled, state) if state else None


def why_of(task: Task) -> list[dict[str, object]]:
    """How each seat of a task was found, as stored."""
    found: list[dict[str, object]] = json.loads(task.why)
    return found
