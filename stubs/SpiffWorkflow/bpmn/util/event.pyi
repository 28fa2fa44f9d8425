from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition

class BpmnEvent:
    def __init__(self, event_definition: EventDefinition) -> None: ...
