"""The kinds of task that SpiffWorkflow runs for us: its own ones, taught to foresee nothing and to count tokens.

The library keeps a tree of tasks and predicts ahead; we let it grow only by what has happened, so that the state
stays small, and decide joins by where tokens are instead of by predictions, so that loops and resets stay exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from logging import WARNING, getLogger
from typing import Final, TypeAlias

from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import BasePythonScriptEngineEnvironment
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit, BpmnStartTask, SimpleBpmnTask, _EndJoin
from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    EndEvent,
    ExclusiveGateway,
    InclusiveGateway,
    ManualTask,
    ParallelGateway,
    SubWorkflowTask,
    UserTask,
)
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from .types import CannotAdvance

for _name in ("spiff.task", "spiff.workflow"):
    getLogger(_name).setLevel(WARNING)  # otherwise every step gathers the whole tree for a line nobody reads

JOINED: Final = "joined"
"""Internal data of a join that has fired: the ids of the tasks it took in besides itself."""

_ARRIVED: Final = TaskState.WAITING | TaskState.FUTURE
_LIVE: Final = TaskState.FUTURE | TaskState.WAITING | TaskState.READY | TaskState.STARTED


Judge: TypeAlias = Callable[[Task, str], bool]
"""Says whether a condition holds at a task."""


class Conditions(PythonScriptEngine):
    """Stands where the library would evaluate Python. Conditions go to the judge; everything else is refused."""

    def __init__(self, judge: Judge) -> None:
        super().__init__(BasePythonScriptEngineEnvironment())  # the bare base: it evaluates nothing
        self._judge = judge

    def validate(self, expression: str) -> None:
        """Nothing to do: conditions are checked when a drawing is read."""

    def evaluate(
        self, task: Task, expression: str, external_context: Mapping[str, object] | None = None
    ) -> object:
        """Whether the condition holds."""
        return self._judge(task, expression)

    def execute(
        self, task: Task, script: str, external_context: Mapping[str, object] | None = None
    ) -> object:
        """No scripts, ever."""
        raise CannotAdvance("script", node=task.task_spec.name)

    def call_service(self, task: Task, **kwargs: object) -> object:
        """Services are called by whoever runs the process, never from inside."""
        raise CannotAdvance("service", node=task.task_spec.name)


class Unforeseeing(TaskSpec):
    """Adds a task's successors when it completes, never before."""

    def _predict(
        self,
        my_task: Task,
        seen: list[TaskSpec] | None = None,
        looked_ahead: int = 0,
        mask: int = TaskState.PREDICTED_MASK,
    ) -> None:
        return None

    def _next(self, my_task: Task) -> Iterable[TaskSpec]:
        return self.outputs

    def _run_hook(self, my_task: Task) -> bool | None:
        follow(my_task, self._next(my_task))
        return True

    def _on_complete_hook(self, my_task: Task) -> None:
        super()._on_complete_hook(my_task)
        parent = my_task.parent
        if parent is not None and isinstance(parent.task_spec, Watch):
            parent.task_spec.done(parent, my_task)


def follow(task: Task, specs: Iterable[TaskSpec]) -> None:
    """Add the tasks that come next; the library wakes them as soon as this one is complete."""
    for spec in specs:
        task._add_child(spec, TaskState.FUTURE)


def has_token(task: Task) -> bool:
    """Whether a token stands at this task: it is live, and whatever came before it is done."""
    return task.has_state(_LIVE)


def _source(task: Task) -> str:
    """The name of the spec a token came from, which names the arrow: two specs share at most one."""
    return task.parent.task_spec.name if task.parent is not None else ""


class Gather(Unforeseeing, UnstructuredJoin):
    """A join by tokens: of each incoming arrow at most one is taken when it fires; the others go on waiting."""

    def _complete(self, my_task: Task, sources: set[str]) -> bool:
        """Whether tokens on the arrows from `sources` are enough to fire."""
        raise NotImplementedError

    def _taken(self, my_task: Task) -> list[Task]:
        """The tokens that would be taken: this one, and the oldest of every other arrow."""
        taken = {_source(my_task): my_task}
        for task in my_task.workflow.tasks.values():
            if task.task_spec is self and task.has_state(_ARRIVED):
                taken.setdefault(_source(task), task)
        return list(taken.values())

    def _update_hook(self, my_task: Task) -> bool | None:
        taken = self._taken(my_task)
        if not self._complete(my_task, {_source(task) for task in taken}):
            my_task._set_state(TaskState.WAITING)
            return False
        take(my_task, taken)
        return True


def take(my_task: Task, taken: Iterable[Task]) -> None:
    """Let one token stand for several: the others end here."""
    names = joined(my_task)
    for task in taken:
        if task is not my_task:
            task._set_state(TaskState.CANCELLED)
            names += [str(task.id), *joined(task)]
    if names:
        my_task.internal_data[JOINED] = names


def joined(task: Task) -> list[str]:
    """The ids of the tokens that a task stands for besides its own."""
    found = task.internal_data.get(JOINED)
    return [str(name) for name in found] if isinstance(found, list) else []


class Parallel(Gather, ParallelGateway):
    """Waits for a token on every incoming arrow, then goes on along every outgoing one."""

    def _complete(self, my_task: Task, sources: set[str]) -> bool:
        return len(sources) == len(self._inputs)


class Inclusive(Gather, InclusiveGateway):
    """Waits for every token that can still come, then goes on along every arrow whose condition holds."""

    def _complete(self, my_task: Task, sources: set[str]) -> bool:
        elsewhere = {
            task.task_spec.name
            for task in my_task.workflow.tasks.values()
            if task.task_spec is not self and has_token(task)
        }
        if not elsewhere:
            return True
        here = set[str]().union(*(self._upstream(source) for source in sources))
        return not any(
            (elsewhere & self._upstream(source)) - here for source in self._inputs if source not in sources
        )

    def _upstream(self, source: str) -> set[str]:
        """Every spec from which a token can reach the arrow from `source` without passing this gateway."""
        found, open_ends = {source}, [source]
        while open_ends:
            for name in self._wf_spec.task_specs[open_ends.pop()]._inputs:
                if name != self.name and name not in found:
                    found.add(name)
                    open_ends.append(name)
        return found

    def _next(self, my_task: Task) -> Iterable[TaskSpec]:
        matches, defaults = self._get_matching_outputs(my_task)
        if not matches and not defaults:
            raise CannotAdvance("no_way", node=node_id(self.name))
        return matches or defaults


class Exclusive(Unforeseeing, ExclusiveGateway):
    """Goes on along the first arrow whose condition holds, else along the default."""

    def _next(self, my_task: Task) -> Iterable[TaskSpec]:
        matches, defaults = self._matching(my_task)
        if not matches and not defaults:
            raise CannotAdvance("no_way", node=node_id(self.name))
        return matches or defaults

    def _matching(self, my_task: Task) -> tuple[list[TaskSpec], list[TaskSpec]]:
        specs = self._wf_spec.task_specs
        for condition, name in self.cond_task_specs:
            if condition is not None and condition._matches(my_task):
                return [specs[name]], []
        return [], [specs[self.default_task_spec]] if self.default_task_spec else []


class Watch(Unforeseeing, BoundaryEventSplit):
    """Stands before an activity with deadlines: starts the activity and its deadlines, and ends them together."""

    def done(self, my_task: Task, child: Task) -> None:
        """The activity is complete: its deadlines lapse. An interrupting deadline has come: the activity ends."""
        if isinstance(child.task_spec, BoundaryEvent) and not child.task_spec.cancel_activity:
            return
        for other in my_task.children:
            if other is not child and not other.has_state(TaskState.FINISHED_MASK):
                other.cancel()


class Due(EventDefinition):
    """The event a deadline waits for; only the caller sends it."""


class Deadline(Unforeseeing, BoundaryEvent):
    """A timer on an activity; the caller says when it is due."""


class Begin(Unforeseeing, BpmnStartTask):
    """Where the library begins a process or sub-process."""


class Place(Unforeseeing, SimpleBpmnTask):
    """A node that is only passed: the start event."""


class Way(Unforeseeing, SimpleBpmnTask):
    """Stands for one of several arrows between the same two nodes, and for the library's own last task."""


class Person(Unforeseeing, UserTask):
    """A task of people."""


class Service(Unforeseeing, ManualTask):
    """A named action; the run stops here and the caller performs it."""


class Timer(Unforeseeing, ManualTask):
    """An intermediate timer; the run stops here until the caller says it is due."""


class Block(Unforeseeing, SubWorkflowTask):
    """An embedded sub-process."""

    def copy_data(self, my_task: Task, subworkflow: object) -> None:
        """Nothing: values belong to the whole run."""

    def update_data(self, my_task: Task, subworkflow: object) -> None:
        """Nothing: values belong to the whole run."""


class Finish(Unforeseeing, EndEvent):
    """An end event; a terminating one ends whatever else is going on in its process."""

    def _run_hook(self, my_task: Task) -> bool | None:
        follow(my_task, self.outputs)
        return True


class AllDone(Gather, _EndJoin):
    """The library's last join: waits until no other token is left. Of all that arrive, one waits for the others."""

    def _complete(self, my_task: Task, sources: set[str]) -> bool:
        return not any(
            task.task_spec is not self and has_token(task) for task in my_task.workflow.tasks.values()
        )

    def _taken(self, my_task: Task) -> list[Task]:
        others = (task for task in my_task.workflow.tasks.values() if task.task_spec is self)
        return [my_task, *(task for task in others if task is not my_task and task.has_state(_ARRIVED))]

    def _update_hook(self, my_task: Task) -> bool | None:
        complete = super()._update_hook(my_task)
        if not complete:
            take(my_task, self._taken(my_task))
        return complete


class Process(BpmnProcessSpec):
    """A process or sub-process of the kinds above."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.task_specs.clear()
        self.start = Begin(self, "Start")
        self.end = AllDone(self, f"{name}.EndJoin")
        self.end.connect(Way(self, "End"))


def node_id(spec_name: str) -> str:
    """The node a spec stands for, or empty: only nodes' names begin with a hash."""
    return spec_name[1:] if spec_name.startswith("#") else ""
