"""Going back to an earlier task of the same branch: which tasks can be gone back to, and how the tree is undone.

A task may be gone back to when it and the present one lie in the same branch: nothing else is going on behind it,
and nothing that has flowed into the present branch came from beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState
from SpiffWorkflow.workflow import Workflow

from .specs import Block, Deadline, Person, Watch, joined, node_id
from .state import in_order


@dataclass(frozen=True, eq=False)
class WayBack:
    """A user task done earlier; `refusal` says why it cannot be gone back to, or is empty."""

    node: str
    refusal: str
    task: Task
    present: Task

    def go(self) -> None:
        """Undo everything after the task and let it begin again."""
        _reopen_blocks(self.task, self.present)
        _begin_again(self.task)


def ways_back(present: Task) -> Iterator[WayBack]:
    """The user tasks before the present one, nearest first, the latest round of each only."""
    top = present.workflow.top_workflow
    scopes: list[Workflow] = [top, *top.subprocesses.values()]
    everything = {str(task.id): task for scope in scopes for task in scope.tasks.values()}
    before = list(chain(present))
    own = set(before)
    elsewhere = {other for task in _going_on(everything) if task not in own for other in _beside(task, own)}
    seen = {node_id(present.task_spec.name)}
    merged: list[set[Task]] = []
    for task in before:
        node = node_id(task.task_spec.name)
        if isinstance(task.task_spec, Person) and task.has_state(TaskState.COMPLETED) and node not in seen:
            seen.add(node)
            alone = task not in elsewhere and all(task in ancestors for ancestors in merged)
            yield WayBack(node, "" if alone else "parallel", task, present)
        taken = [everything.get(name) for name in joined(task)]
        branches = [_beside(other, own) if other is not None else set[Task]() for other in taken]
        merged += [
            ancestors for other, ancestors in zip(taken, branches, strict=True) if ancestors or other is None
        ]


def chain(task: Task) -> Iterator[Task]:
    """The task and all that came before it, out of sub-processes and through finished ones, last first."""
    at: Task | None = task
    from_inside = True
    while at is not None:
        if not from_inside:
            yield from _finished_inside(at)
        yield at
        from_inside = at.parent is None
        at = at.parent or _owner(at.workflow)


def _finished_inside(block: Task) -> Iterator[Task]:
    """The tasks of a finished sub-process from its last one back to its first; nothing for other tasks."""
    inner = block.workflow.top_workflow.subprocesses.get(block.id)
    if inner is None or not inner.completed:
        return
    at = next((task for task in inner.tasks.values() if task.task_spec.name == "End"), None)
    while at is not None:
        yield from _finished_inside(at)
        yield at
        at = at.parent


def _owner(workflow: Workflow) -> Task | None:
    """The sub-process task, in the process around it, that this workflow carries out."""
    top = workflow.top_workflow
    scopes: list[Workflow] = [top, *top.subprocesses.values()]
    owner = workflow.parent_task_id
    return next((scope.tasks[owner] for scope in scopes if owner in scope.tasks), None) if owner else None


def _going_on(everything: Mapping[str, Task]) -> Iterator[Task]:
    """Every live token, and those for which one at the end of a process stands."""
    for task in everything.values():
        if not task.has_state(TaskState.FINISHED_MASK):
            yield task
            yield from (other for name in joined(task) if (other := everything.get(name)) is not None)


def _beside(task: Task, own: set[Task]) -> set[Task]:
    """The task and all before it; nothing for what the deadlines of the own tasks have begun, which goes with them."""
    line = list(chain(task))
    if any(isinstance(at.task_spec, Deadline) and at not in own and at.parent in own for at in line):
        return set()
    return set(line)


def _reopen_blocks(task: Task, present: Task) -> None:
    """Sub-processes that the task lies in and the present one does not were finished: they go on again."""
    owner = _owner(task.workflow)
    while owner is not None and not _holds(owner, present):
        for child in list(owner.children):
            remove(child)
        owner._set_state(TaskState.STARTED)
        owner.workflow.top_workflow.subprocesses[owner.id].completed = False
        watch = owner.parent
        if watch is not None and isinstance(watch.task_spec, Watch):
            for deadline in [child for child in watch.children if child is not owner]:
                spec = deadline.task_spec
                remove(deadline)
                spec._update(watch._add_child(spec, TaskState.FUTURE))
        owner = _owner(owner.workflow)


def _holds(owner: Task, present: Task) -> bool:
    """Whether the present task lies inside this sub-process, which is therefore still going on."""
    scope: Task | None = _owner(present.workflow)
    while scope is not None:
        if scope is owner:
            return True
        scope = _owner(scope.workflow)
    return False


def _begin_again(task: Task) -> None:
    """Put a new task in the place of a finished one and drop all that followed."""
    parent = task.parent
    if parent is not None and isinstance(parent.task_spec, Watch):
        task, parent = parent, parent.parent
    assert parent is not None  # only the library's own first task has none
    spec = task.task_spec
    remove(task)
    spec._update(parent._add_child(spec, TaskState.FUTURE))


def remove(task: Task) -> None:
    """Take a task and all that followed out of the tree, with the sub-processes they started."""
    top = task.workflow.top_workflow
    for one in in_order(task):
        if isinstance(one.task_spec, Block) and one.id in top.subprocesses:
            top.delete_subprocess(one)
    task.workflow._remove_task(task.id)
