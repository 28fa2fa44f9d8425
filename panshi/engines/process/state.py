"""The state of one run as text: the tasks that have happened or are live, without the definition.

Each process or sub-process in progress is a list of tasks in tree order, `[parent, spec, state, id, joined]`, the
parent as its place in the list. Only tasks somebody may refer to keep their id. Order matters: keep the text as
text, never in a column type that sorts keys.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState
from SpiffWorkflow.workflow import Workflow

from .compiled import Built
from .specs import JOINED, Block, Conditions, joined
from .types import BadState, Plain, Waiting

FORMAT: Final = 1


@dataclass
class Memory:
    """What a run remembers besides its tasks: the values, nodes done whose tasks were cleared away, how it ended."""

    values: dict[str, Plain] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    end_node: str | None = None
    cancelled: bool = False
    known: tuple[Waiting, ...] | None = None
    """The places told by the last advance, if something has happened since."""
    passed: list[str] = field(default_factory=list)
    chosen: dict[str, str] = field(default_factory=dict)
    """Gateways at which a person chose the way, and the arrow; forgotten when it was taken."""


def freeze(workflow: BpmnWorkflow, memory: Memory, mark: str) -> str:
    """The state as text."""
    state = {
        "format": FORMAT,
        "mark": mark,
        "values": memory.values,
        "done": sorted(memory.done),
        "end": memory.end_node,
        "cancelled": memory.cancelled,
        "completed": workflow.completed,
        "tasks": _tasks(workflow),
        "blocks": [
            [str(task_id), block.completed, _tasks(block)] for task_id, block in workflow.subprocesses.items()
        ],
    }
    if memory.known is not None:
        state["known"] = [[place.id, place.node, place.kind, place.on] for place in memory.known]
        state["passed"] = memory.passed
    if memory.chosen:
        state["chosen"] = memory.chosen
    return json.dumps(state, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def in_order(root: Task) -> Iterator[Task]:
    """The tasks below and with `root` in tree order, without descending into sub-processes."""
    todo = [root]
    while todo:
        task = todo.pop()
        yield task
        todo.extend(reversed(task.children))


def _tasks(workflow: Workflow) -> list[list[object]]:
    tasks = list(in_order(workflow.task_tree))
    named = {name for task in tasks for name in joined(task)}
    places = {task.id: place for place, task in enumerate(tasks)}
    rows = []
    for task in tasks:
        parent = -1 if task.parent is None else places[task.parent.id]
        row: list[object] = [parent, task.task_spec.name, task.state]
        keep = not task.has_state(TaskState.FINISHED_MASK) or str(task.id) in named
        if keep or isinstance(task.task_spec, Block):
            row.append(task.id.hex)
            if joined(task):
                row.append(joined(task))
        elif joined(task):
            row += ["", joined(task)]
        rows.append(row)
    return rows


def thaw(state: str, whole: Built, conditions: Conditions) -> tuple[BpmnWorkflow, Memory]:
    """The run as it was saved. Raises BadState when the text is damaged or belongs to another definition."""
    try:
        stored = json.loads(state)
        if stored["format"] != FORMAT:
            raise BadState("format", found=str(stored["format"]))
        if stored["mark"] != whole.mark:
            raise BadState("other_definition")
        return _restore(stored, whole, conditions), Memory(
            values=dict(stored["values"]),
            done=set(stored["done"]),
            end_node=stored["end"],
            cancelled=bool(stored["cancelled"]),
            known=tuple(Waiting(*place) for place in stored["known"]) if "known" in stored else None,
            passed=list(stored.get("passed", ())),
            chosen=dict(stored.get("chosen", ())),
        )
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, AssertionError) as error:
        raise BadState("state") from error


def _restore(stored: dict[str, Any], whole: Built, conditions: Conditions) -> BpmnWorkflow:
    workflow = BpmnWorkflow(whole.process, dict(whole.blocks), script_engine=conditions, deserializing=True)
    _plant(workflow, stored["tasks"])
    workflow.completed = stored["completed"]
    owners = dict(workflow.tasks)
    for task_id, completed, rows in stored["blocks"]:  # a sub-process always stands after the one around it
        owner = owners[UUID(task_id)]
        assert isinstance(owner.task_spec, Block)
        block = BpmnSubWorkflow(whole.blocks[owner.task_spec.spec], owner.id, workflow, deserializing=True)
        workflow.subprocesses[owner.id] = block
        _plant(block, rows)
        block.completed = completed
        block.completed_event.connect(owner.task_spec._on_subworkflow_completed, owner)
        owners |= block.tasks
    return workflow


def _plant(workflow: Workflow, rows: list[list[Any]]) -> None:
    tasks: list[Task] = []
    for parent, name, state, *rest in rows:
        spec = workflow.spec.task_specs[name]
        known = UUID(rest[0]) if rest and rest[0] else None
        task = Task(workflow, spec, tasks[parent] if parent >= 0 else None, state=state, id=known)
        if len(rest) > 1:
            task.internal_data[JOINED] = list(rest[1])
        tasks.append(task)
    workflow.task_tree = tasks[0]
