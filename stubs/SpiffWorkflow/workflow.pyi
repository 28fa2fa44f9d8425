from uuid import UUID

from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.event import Event

class Workflow:
    spec: WorkflowSpec
    tasks: dict[UUID, Task]
    task_tree: Task
    completed: bool
    success: bool
    completed_event: Event
    top_workflow: BpmnWorkflow
    @property
    def parent_task_id(self) -> UUID | None: ...
    def _remove_task(self, task_id: UUID) -> None: ...
