from uuid import UUID

from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.workflow import Workflow

class Task:
    id: UUID
    workflow: Workflow
    task_spec: TaskSpec
    internal_data: dict[str, object]
    data: dict[str, object]
    triggered: bool
    last_state_change: float
    _parent: UUID | None
    _children: list[UUID]
    def __init__(
        self,
        workflow: Workflow,
        task_spec: TaskSpec,
        parent: Task | None = None,
        state: int = ...,
        id: UUID | None = None,
    ) -> None: ...
    @property
    def state(self) -> int: ...
    @property
    def parent(self) -> Task | None: ...
    @property
    def children(self) -> list[Task]: ...
    def has_state(self, state: int) -> bool: ...
    def run(self) -> bool | None: ...
    def cancel(self) -> None: ...
    def _add_child(self, task_spec: TaskSpec, state: int = ...) -> Task: ...
    def _set_state(self, value: int) -> None: ...
    def _drop_children(self, force: bool = ...) -> None: ...
