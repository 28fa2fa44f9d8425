from uuid import UUID

from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.util.subworkflow import BpmnBaseWorkflow, BpmnSubWorkflow
from SpiffWorkflow.task import Task

class BpmnWorkflow(BpmnBaseWorkflow):
    subprocesses: dict[UUID, BpmnSubWorkflow]
    subprocess_specs: dict[str, BpmnProcessSpec]
    script_engine: PythonScriptEngine
    def __init__(
        self,
        spec: BpmnProcessSpec,
        subprocess_specs: dict[str, BpmnProcessSpec] | None = ...,
        script_engine: PythonScriptEngine | None = ...,
        *,
        deserializing: bool = ...,
    ) -> None: ...
    def delete_subprocess(self, my_task: Task) -> list[Task]: ...
    def cancel(self) -> list[Task]: ...
