"""A drawing as the text that is stored once per version, and what is built from it once per process.

The text is our own drawing, not the library's serialised specification: it stays readable by people and by later
releases of the library. Building the library's tasks from it costs a millisecond and is kept.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Final

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.event_definitions.simple import (
    NoneEventDefinition,
    TerminateEventDefinition,
)
from SpiffWorkflow.specs.base import TaskSpec

from .specs import (
    Block,
    Deadline,
    Due,
    Exclusive,
    Finish,
    Inclusive,
    Parallel,
    Person,
    Place,
    Process,
    Service,
    Timer,
    Watch,
    Way,
)
from .types import BadState, Drawing, Duration, Flow, Lane, Node

FORMAT: Final = 1


@dataclass(frozen=True, eq=False)
class Built:
    """The library's tasks of one definition; shared by every run and thread, never changed."""

    drawing: Drawing
    nodes: dict[str, Node]
    process: Process
    blocks: dict[str, Process]
    mark: str
    """Eight bytes of the text's hash: states carry it, so that none is restored on another definition."""

    def scope(self, block: str) -> Process:
        """The process of a sub-process, or the outermost for the empty name."""
        return self.blocks[block] if block else self.process


def compile_drawing(drawing: Drawing) -> str:
    """The text of a definition, stored once per version. The drawing must come from `read_drawing`."""
    body = asdict(drawing) | {"names": sorted(drawing.names)}
    for node in body["nodes"]:
        for key in [
            key for key, value in node.items() if value in ("", None, {}) or value == _USUAL.get(key)
        ]:
            del node[key]
    text = json.dumps({"format": FORMAT, "drawing": body}, ensure_ascii=False, separators=(",", ":"))
    built(text)
    return text


_USUAL: Final = {"interrupting": True}


@lru_cache(maxsize=128)
def built(compiled: str) -> Built:
    """What runs a compiled definition. Raises BadState when the text is not one of ours."""
    try:
        stored = json.loads(compiled)
        if stored["format"] != FORMAT:
            raise BadState("format", found=str(stored["format"]))
        drawing = _drawing(stored["drawing"])
    except (ValueError, KeyError, TypeError) as error:
        raise BadState("definition") from error
    mark = hashlib.sha256(compiled.encode()).hexdigest()[:16]
    blocks = {node.id: Process(node.id) for node in drawing.nodes if node.kind == "subprocess"}
    whole = Built(drawing, {node.id: node for node in drawing.nodes}, Process(drawing.key), blocks, mark)
    _Builder(whole).build()
    return whole


def _drawing(body: dict[str, Any]) -> Drawing:
    nodes = []
    for node in body.pop("nodes"):
        duration = node.pop("duration", None)
        nodes.append(Node(**{"name": ""} | node, duration=Duration(**duration) if duration else None))
    return Drawing(
        **{
            **body,
            "lanes": tuple(Lane(**lane) for lane in body["lanes"]),
            "nodes": tuple(nodes),
            "flows": tuple(Flow(**flow) for flow in body["flows"]),
            "names": frozenset(body["names"]),
        }
    )


class _Builder:
    """Makes one task of the library for every node and connects them along the arrows."""

    def __init__(self, whole: Built) -> None:
        self.whole = whole
        self.specs: dict[str, TaskSpec] = {}
        self.entries: dict[str, TaskSpec] = {}
        self.pairs: set[tuple[str, str]] = set()

    def build(self) -> None:
        """Tasks first, then the watches before activities with deadlines, then the arrows."""
        for node in self.whole.nodes.values():
            self.specs[node.id] = self.entries[node.id] = self._task(node)
        for node in self.whole.nodes.values():
            if node.kind == "deadline":
                self._watch(node)
        for node in self.whole.nodes.values():
            scope = self.whole.scope(node.parent)
            if node.kind == "start":
                scope.start.connect(self.specs[node.id])
            elif node.kind == "end":
                self.specs[node.id].connect(scope.end)
        for flow in self.whole.drawing.flows:
            self._arrow(flow)

    def _task(self, node: Node) -> TaskSpec:
        scope, name = self.whole.scope(node.parent), f"#{node.id}"
        match node.kind:
            case "subprocess":
                return Block(scope, name, node.id)
            case "end":
                final = node.settings.get("terminate") == "true"
                return Finish(scope, name, TerminateEventDefinition() if final else NoneEventDefinition())
            case "deadline":
                return Deadline(scope, name, Due(node.id), node.interrupting)
            case kind:
                return _PLAIN[kind](scope, name)

    def _watch(self, deadline: Node) -> None:
        activity = deadline.attached_to
        watch = self.entries[activity]
        if not isinstance(watch, Watch):
            watch = Watch(self.whole.scope(deadline.parent), f"@{activity}")
            watch.connect(self.specs[activity])
            self.entries[activity] = watch
        watch.connect(self.specs[deadline.id])

    def _arrow(self, flow: Flow) -> None:
        source, target = self.specs[flow.source], self.entries[flow.target]
        if (flow.source, flow.target) in self.pairs:  # the library knows an arrow by its two ends
            way = Way(self.whole.scope(self.whole.nodes[flow.source].parent), f"~{flow.id}")
            way.connect(target)
            target = way
        self.pairs.add((flow.source, flow.target))
        if isinstance(source, BpmnTaskSpec):
            source.connect_outgoing_if(None if flow.default else flow.condition or None, target)


_PLAIN: Final[dict[str, type[TaskSpec]]] = {
    "start": Place,
    "user": Person,
    "service": Service,
    "timer": Timer,
    "exclusive": Exclusive,
    "parallel": Parallel,
    "inclusive": Inclusive,
}
