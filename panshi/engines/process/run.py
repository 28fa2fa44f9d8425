"""One run of a process: start it, say what happened, let it go on, save it. Keeps no clock and calls no service.

The caller completes user and service tasks, says when timers are due, and calls `advance` afterwards. Values are
one flat set for the whole run. After any refusal the object may be half changed: load the saved state again.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState
from SpiffWorkflow.workflow import Workflow

from panshi.engines.expressions import BadExpression, truth

from .clearing import clear
from .compiled import Built, built
from .going_back import ways_back
from .graph import reachable, ways
from .specs import Conditions, Deadline, Finish, Person, Service, Timer, Watch, node_id
from .state import Memory, freeze, in_order, thaw
from .types import (
    CannotAdvance,
    CannotComplete,
    CannotSendBack,
    NodeState,
    Plain,
    Step,
    Waiting,
    WaitingKind,
)

MOST_VISITS: Final = 50
"""Times one node may be passed in one advance; more is a circle that no person stands in."""

MOST_TOKENS: Final = 200
"""Places where one run may be at the same time."""

CLEAR_AT: Final = 150
"""Tasks kept before the traces of earlier rounds are cleared away."""

_KINDS: Final[tuple[tuple[type, WaitingKind], ...]] = (
    (Person, "user"),
    (Service, "service"),
    (Timer, "timer"),
    (Deadline, "deadline"),
)


class Run:
    """A run of one compiled definition. Make one with `start` or `load`."""

    def __init__(self, whole: Built, state: str | None, values: Mapping[str, Plain]) -> None:
        self._whole = whole
        conditions = Conditions(self._judge)
        if state is None:
            self._workflow = BpmnWorkflow(whole.process, dict(whole.blocks), script_engine=conditions)
            self._memory = Memory()
            self._memory.known = ()
        else:
            self._workflow, self._memory = thaw(state, whole, conditions)
            if self._memory.known is None:
                self._memory.known = self.waiting
        self._learn(values)

    @classmethod
    def start(cls, compiled: str, values: Mapping[str, Plain]) -> Run:
        """A new run, before its first step: call `advance`. Raises BadState for a damaged definition."""
        return cls(built(compiled), None, values)

    @classmethod
    def load(cls, compiled: str, state: str) -> Run:
        """The run as saved. Raises BadState when state and definition do not belong together."""
        return cls(built(compiled), state, {})

    def save(self) -> str:
        """The state as text, without the definition. Store it as text: the order of keys matters."""
        settled = self._memory.known == self.waiting and not self._memory.passed
        memory = replace(self._memory, known=None) if settled else self._memory
        return freeze(self._workflow, memory, self._whole.mark)

    @property
    def values(self) -> Mapping[str, Plain]:
        """Everything conditions may ask about."""
        return self._memory.values

    @property
    def ended(self) -> bool:
        """Whether nothing can happen any more."""
        return self._workflow.completed

    @property
    def cancelled(self) -> bool:
        """Whether the run was ended by `cancel`."""
        return self._memory.cancelled

    @property
    def end_node(self) -> str | None:
        """The end event reached last in the outermost process; none while running and after `cancel`."""
        return self._memory.end_node if self.ended else None

    @property
    def waiting(self) -> tuple[Waiting, ...]:
        """Where the run waits for its caller: people, services, timers and the deadlines of activities."""
        return tuple(found for task in self._tasks() if (found := _waiting(task)) is not None)

    def advance(self, values: Mapping[str, Plain] | None = None) -> Step:
        """Go on through gateways and events until everything waits. Raises CannotAdvance."""
        self._learn(values or {})
        try:
            self._settle()
        except SpiffWorkflowException as error:
            raise CannotAdvance("engine", message=str(error)) from error
        now = self.waiting
        if not now and not self.ended:
            raise CannotAdvance("stuck", node=self._stuck_at())
        if len(self._workflow.tasks) > CLEAR_AT:
            self._memory.done |= clear(self._workflow)
        before, self._memory.known = self._memory.known or (), now
        passed, self._memory.passed = tuple(self._memory.passed), []
        return Step(
            entered=tuple(place for place in now if place not in before),
            left=tuple(place for place in before if place not in now),
            passed=passed,
            ended=self.ended,
        )

    def complete(self, waiting_id: str, values: Mapping[str, Plain] | None = None) -> None:
        """A user or service task is done, with what it brought. Call `advance` next. Raises CannotComplete."""
        task = self._waiting_task(waiting_id, (Person, Service))
        self._learn(values or {})
        self._do(task)

    def fire(self, waiting_id: str) -> None:
        """A timer or deadline is due. Call `advance` next. Raises CannotComplete."""
        task = self._waiting_task(waiting_id, (Timer, Deadline))
        if isinstance(task.task_spec, Deadline):
            task.task_spec.event_definition.catch(task)
            task.task_spec._update(task)
        self._do(task)

    def can_send_back(self, from_waiting: str) -> tuple[str, ...]:
        """The user tasks that may be gone back to from a waiting place, nearest first."""
        task = self._waiting_task(from_waiting, (Person, Service, Timer))
        return tuple(way.node for way in ways_back(task) if not way.refusal)

    def send_back(self, to_node: str, from_waiting: str) -> None:
        """Go back to a user task done earlier in the same branch; what came after it is undone. Values stay.

        Call `advance` next. Raises CannotSendBack (unknown_node, not_a_user_task, never_done, parallel, ended)
        and CannotComplete when the run does not wait at `from_waiting`.
        """
        if self.ended:
            raise CannotSendBack("ended")
        task = self._waiting_task(from_waiting, (Person, Service, Timer))
        node = self._whole.nodes.get(to_node)
        if node is None:
            raise CannotSendBack("unknown_node", node=to_node)
        if node.kind != "user":
            raise CannotSendBack("not_a_user_task", node=to_node)
        way = next((way for way in ways_back(task) if way.node == to_node), None)
        if way is None:
            done = self.states()[to_node] == "finished"
            raise CannotSendBack("parallel" if done else "never_done", node=to_node)
        if way.refusal:
            raise CannotSendBack(way.refusal, node=to_node)
        way.go()

    def choose(self, node: str, flow: str) -> None:
        """Let the next pass of a gateway take this arrow, whatever the conditions say. Call `advance` next. Raises
        CannotAdvance (no_way) when the arrow does not leave that node."""
        if not any(each.id == flow and each.source == node for each in self._whole.drawing.flows):
            raise CannotAdvance("no_way", node=node)
        self._memory.chosen[node] = flow

    def cancel(self) -> None:
        """End the run where it is."""
        if not self.ended:
            self._workflow.cancel()
            self._memory.cancelled = True
            self._memory.end_node = None

    def states(self) -> Mapping[str, NodeState]:
        """For every node: done, being done, passed over for good, or possibly still to come."""
        current: set[str] = set()
        finished = set(self._memory.done)
        pending: set[str] = set()
        for task in self._tasks():
            node = node_id(task.task_spec.name)
            if not node:
                continue
            if task.has_state(TaskState.COMPLETED):
                finished.add(node)
            elif not task.has_state(TaskState.FINISHED_MASK):
                (pending if isinstance(task.task_spec, Deadline) else current).add(node)
        ahead = set() if self.ended else reachable(ways(self._whole.drawing), current | pending) | pending
        return {
            node: "current"
            if node in current
            else "finished"
            if node in finished
            else "ahead"
            if node in ahead
            else "skipped"
            for node in self._whole.nodes
        }

    def _tasks(self) -> Iterator[Task]:
        """Every task of the run, sub-processes after the process they lie in."""
        for scope in self._scopes():
            yield from in_order(scope.task_tree)

    def _scopes(self) -> list[Workflow]:
        return [self._workflow, *self._workflow.subprocesses.values()]

    def _settle(self) -> None:
        visits: Counter[str] = Counter()
        while ready := [
            task for scope in self._scopes() for task in scope.tasks.values() if _runs_itself(task)
        ]:
            for task in ready:
                if not _runs_itself(task):
                    continue  # another one has ended it meanwhile
                visits[task.task_spec.name] += 1
                if visits[task.task_spec.name] > MOST_VISITS:
                    raise CannotAdvance("circle", node=node_id(task.task_spec.name))
                self._do(task)
            if len(ready) > MOST_TOKENS:
                raise CannotAdvance("too_many", most=str(MOST_TOKENS))
            if len(self._workflow.tasks) > 2 * CLEAR_AT:
                self._memory.done |= clear(self._workflow)

    def _do(self, task: Task) -> None:
        task.run()
        if node := node_id(task.task_spec.name):
            self._memory.passed.append(node)
            self._memory.chosen.pop(node, None)
            if isinstance(task.task_spec, Finish) and task.workflow is self._workflow:
                self._memory.end_node = node

    def _waiting_task(self, waiting_id: str, kinds: tuple[type, ...]) -> Task:
        if self.ended:
            raise CannotComplete("ended")
        for task in self._tasks():
            if task.id.hex == waiting_id:
                if _waiting(task) is None:
                    break
                if not isinstance(task.task_spec, kinds):
                    raise CannotComplete("other_kind", node=node_id(task.task_spec.name))
                return task
        raise CannotComplete("not_waiting", waiting=waiting_id)

    def _stuck_at(self) -> str:
        waiting = (task for task in self._tasks() if task.has_state(TaskState.WAITING))
        return next((node for task in waiting if (node := node_id(task.task_spec.name))), "")

    def _learn(self, values: Mapping[str, Plain]) -> None:
        """Take over values; TypeError or ValueError for what is not plain."""
        if values:
            self._memory.values.update(json.loads(json.dumps(values, ensure_ascii=False, allow_nan=False)))

    def _judge(self, task: Task, expression: str) -> bool:
        """Whether a condition holds. Where a person chose the way its own condition does and no other; the way
        without one is the default."""
        chosen = self._memory.chosen.get(node_id(task.task_spec.name))
        if chosen is not None:
            return any(
                each.id == chosen and each.condition == expression for each in self._whole.drawing.flows
            )
        try:
            return truth(expression, self._memory.values)
        except BadExpression as error:
            raise CannotAdvance(
                "condition",
                node=node_id(task.task_spec.name),
                condition=expression,
                reason=error.code,
                name=str(error.params.get("name", "")),
            ) from error


def _runs_itself(task: Task) -> bool:
    return task.has_state(TaskState.READY) and not task.task_spec.manual


def _waiting(task: Task) -> Waiting | None:
    """The place a task stands for, if the run waits there for its caller."""
    spec = task.task_spec
    kind = next((kind for spec_type, kind in _KINDS if isinstance(spec, spec_type)), None)
    if kind is None or not task.has_state(TaskState.WAITING if kind == "deadline" else TaskState.READY):
        return None
    on = ""
    if kind == "deadline" and (watch := task.parent) is not None and isinstance(watch.task_spec, Watch):
        on = next((other.id.hex for other in watch.children if not isinstance(other.task_spec, Deadline)), "")
    return Waiting(task.id.hex, node_id(spec.name), kind, on)
