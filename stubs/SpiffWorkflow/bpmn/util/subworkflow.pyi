from uuid import UUID

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.workflow import Workflow

class BpmnBaseWorkflow(Workflow): ...

class BpmnSubWorkflow(BpmnBaseWorkflow):
    def __init__(
        self,
        spec: BpmnProcessSpec,
        parent_task_id: UUID,
        top_workflow: BpmnWorkflow,
        *,
        deserializing: bool = ...,
    ) -> None: ...
