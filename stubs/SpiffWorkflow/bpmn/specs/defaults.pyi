from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec, _BpmnCondition
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.task import Task

class UserTask(BpmnTaskSpec): ...
class ManualTask(BpmnTaskSpec): ...

class ExclusiveGateway(BpmnTaskSpec):
    default_task_spec: str | None
    cond_task_specs: list[tuple[_BpmnCondition | None, str]]

class ParallelGateway(UnstructuredJoin, BpmnTaskSpec): ...

class InclusiveGateway(UnstructuredJoin, BpmnTaskSpec):
    def _get_matching_outputs(self, my_task: Task) -> tuple[list[TaskSpec], list[TaskSpec]]: ...

class SubWorkflowTask(BpmnTaskSpec):
    spec: str
    def __init__(self, wf_spec: WorkflowSpec, bpmn_id: str, subworkflow_spec: str) -> None: ...
    def _on_subworkflow_completed(self, subworkflow: object, my_task: Task) -> None: ...

class EndEvent(BpmnTaskSpec):
    def __init__(self, wf_spec: WorkflowSpec, bpmn_id: str, event_definition: EventDefinition) -> None: ...

class BoundaryEvent(BpmnTaskSpec):
    event_definition: EventDefinition
    cancel_activity: bool
    def __init__(
        self, wf_spec: WorkflowSpec, bpmn_id: str, event_definition: EventDefinition, cancel_activity: bool
    ) -> None: ...
