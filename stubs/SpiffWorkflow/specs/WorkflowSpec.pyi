from SpiffWorkflow.specs.base import TaskSpec

class WorkflowSpec:
    name: str
    task_specs: dict[str, TaskSpec]
    start: TaskSpec
    def __init__(self, name: str | None = ..., filename: str | None = ...) -> None: ...
