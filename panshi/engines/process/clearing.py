"""Clears away the traces of earlier rounds, so that a process that loops for years keeps a small state.

Of every node the latest visit stays, so that going back and the picture of the run lose nothing that still counts.
"""

from __future__ import annotations

from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState
from SpiffWorkflow.workflow import Workflow

from .going_back import remove
from .specs import JOINED, AllDone, Gather, Watch, joined, node_id
from .state import in_order


def clear(workflow: BpmnWorkflow) -> set[str]:
    """Take out finished visits of nodes visited again later on the same way; the nodes they were of."""
    done: set[str] = set()
    for scope in (workflow, *workflow.subprocesses.values()):
        if not scope.completed:
            done |= _clear_scope(scope)
    return done


def _clear_scope(scope: Workflow) -> set[str]:
    alive = _alive(scope)
    outdated = _outdated(scope, alive)
    done: set[str] = set()
    for task in list(in_order(scope.task_tree)):
        if task not in outdated or task.id not in scope.tasks:
            continue
        (heir,) = [child for child in task.children if child in alive]
        for child in task.children:
            if child is not heir:
                done |= _nodes(child)
                remove(child)
        done |= {node_id(task.task_spec.name)} - {""}
        _replace(task, heir)
    known = {str(task.id) for task in scope.tasks.values()}
    for task in scope.tasks.values():
        if isinstance(task.task_spec, AllDone) and joined(task):
            task.internal_data[JOINED] = [name for name in joined(task) if name in known]
    return done


def _alive(scope: Workflow) -> set[Task]:
    """Unfinished tasks and all before them."""
    alive: set[Task] = set()
    for task in scope.tasks.values():
        at: Task | None = None if task.has_state(TaskState.FINISHED_MASK) else task
        while at is not None and at not in alive:
            alive.add(at)
            at = at.parent
    return alive


def _outdated(scope: Workflow, alive: set[Task]) -> set[Task]:
    """Finished tasks with one way on, on which the same node has been finished again."""
    outdated: set[Task] = set()
    below: dict[Task, frozenset[str]] = {}
    for task in reversed(list(in_order(scope.task_tree))):
        ways = [child for child in task.children if child in alive]
        later = below[ways[0]] if len(ways) == 1 else frozenset[str]()
        finished = task.has_state(TaskState.COMPLETED)
        below[task] = later | {task.task_spec.name} if finished else later
        if not finished or len(ways) != 1 or task.parent is None:
            continue
        heir = ways[0]
        waits = isinstance(heir.task_spec, Gather) and not heir.has_state(TaskState.FINISHED_MASK)
        bound = isinstance(task.task_spec, Watch) and heir not in outdated
        if task.task_spec.name in later and not waits and not bound:
            outdated.add(task)
    return outdated


def _nodes(task: Task) -> set[str]:
    return {
        node
        for one in in_order(task)
        if one.has_state(TaskState.COMPLETED) and (node := node_id(one.task_spec.name))
    }


def _replace(task: Task, heir: Task) -> None:
    """Let `heir` stand where `task` stood, and forget `task`."""
    parent = task.parent
    assert parent is not None  # the first task of a process is never outdated
    parent._children[parent._children.index(task.id)] = heir.id
    heir._parent = parent.id
    top = task.workflow.top_workflow
    if task.id in top.subprocesses:
        top.delete_subprocess(task)
    del task.workflow.tasks[task.id]
