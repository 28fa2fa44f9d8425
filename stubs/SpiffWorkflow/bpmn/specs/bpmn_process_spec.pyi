from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

class BpmnProcessSpec(WorkflowSpec):
    end: TaskSpec
    io_specification: object
    data_objects: dict[str, object]
