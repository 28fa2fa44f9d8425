"""Reads BPMN 2.0 into a drawing, or says everything that is wrong with it, element by element.

What we run is a part of BPMN; whatever is not in it is refused by name and never half understood. Foreign
extensions and the diagram interchange are left alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from xml.etree.ElementTree import Element

from panshi.engines.expressions import BadExpression, Kind, names_of

from .checks import problems_of
from .conditions import read_condition
from .countersign import read_countersign
from .durations import iso_duration, working_duration
from .types import BadDrawing, Drawing, Duration, Flow, Lane, Node, NodeKind, Problem
from .xml import MODEL, kind_of, name_of, open_xml, settings_of, text_of

MOST_NODES: Final = 500
MOST_FLOWS: Final = 2_000
MOST_BLOCKS_DEEP: Final = 5
MOST_ID: Final = 80
"""Characters of an element's id: what every table that names an element can hold."""

_KINDS: Final[Mapping[str, NodeKind]] = {
    "startEvent": "start",
    "endEvent": "end",
    "userTask": "user",
    "serviceTask": "service",
    "exclusiveGateway": "exclusive",
    "parallelGateway": "parallel",
    "inclusiveGateway": "inclusive",
    "subProcess": "subprocess",
    "intermediateCatchEvent": "timer",
    "boundaryEvent": "deadline",
}
_SILENT: Final = frozenset(
    {
        *(
            "documentation",
            "extensionElements",
            "laneSet",
            "incoming",
            "outgoing",
            "sequenceFlow",
            "property",
        ),
        *("textAnnotation", "association", "group", "auditing", "monitoring", "ioSpecification"),
        *("dataObject", "dataObjectReference", "dataStoreReference", "multiInstanceLoopCharacteristics"),
        *("dataInputAssociation", "dataOutputAssociation", "category", "standardLoopCharacteristics"),
    }
)
"""Parts of a process that say nothing about its course, or that are read with the element they belong to."""


def read_drawing(
    xml: bytes,
    *,
    names: Mapping[str, Kind] | Collection[str] | None = None,
    actions: Collection[str] | None = None,
) -> Drawing:
    """The process in a BPMN 2.0 file. Raises BadDrawing with every problem found.

    `names` are those a condition may use (with kinds, types are checked too) and `actions` the registered ones of
    service tasks; without them any name and any action pass.
    """
    root = open_xml(xml)
    reader = _Reader(names)
    drawing = reader.read(root)
    found = reader.problems + problems_of(drawing, reader.known_bad, actions)
    if found:
        raise BadDrawing(tuple(found))
    return drawing


@dataclass
class _Reader:
    """Collects nodes, flows, lanes and problems of one file."""

    names: Mapping[str, Kind] | Collection[str] | None
    problems: list[Problem] = field(default_factory=list)
    known_bad: set[str] = field(default_factory=set)
    """Ids of elements already refused, so that their neighbours are not blamed."""
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    lanes: list[Lane] = field(default_factory=list)
    lane_of: dict[str, Lane] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)

    def blame(self, element: Element, code: str, **params: str) -> None:
        """Note a problem of an element."""
        self.problems.append(Problem(element.get("id", ""), name_of(element), code, params))
        self.known_bad.add(element.get("id", ""))

    def read(self, root: Element) -> Drawing:
        """The drawing, as far as it could be read."""
        process = self._process(root)
        self._read_lanes(process, "")
        self._read_scope(process, "", 0)
        self._mark_defaults()
        used: set[str] = set()
        for flow in self.flows.values():
            if flow.condition:
                used |= _names(flow.condition)
        titles = {
            participant.get("processRef"): name_of(participant)
            for participant in root.iter(f"{MODEL}participant")
        }
        return Drawing(
            key=process.get("id", ""),
            name=name_of(process) or titles.get(process.get("id"), "") or process.get("id", ""),
            lanes=tuple(self.lanes),
            nodes=tuple(self.nodes.values()),
            flows=tuple(self.flows.values()),
            names=frozenset(used),
            settings=settings_of(process),
        )

    def _process(self, root: Element) -> Element:
        processes = [
            one for one in root.findall(f"{MODEL}process") if any(kind_of(child) in _KINDS for child in one)
        ]
        if len(processes) > 1:
            for other in processes[1:]:
                self.blame(other, "process.several")
        if not processes:
            raise BadDrawing((Problem("", "", "process.missing"),))
        if not processes[0].get("id"):
            self.blame(processes[0], "id.missing", kind="process")
        return processes[0]

    def _read_lanes(self, holder: Element, role: str) -> None:
        for lane_set in [*holder.findall(f"{MODEL}laneSet"), *holder.findall(f"{MODEL}childLaneSet")]:
            for element in lane_set.findall(f"{MODEL}lane"):
                own = settings_of(element).get("role", role)
                lane = Lane(element.get("id", ""), name_of(element), own)
                self._claim_id(element, "lane")
                self.lanes.append(lane)
                for reference in element.findall(f"{MODEL}flowNodeRef"):
                    self.lane_of[text_of(reference)] = lane
                self._read_lanes(element, own)  # inner lanes are more exact and come later

    def _claim_id(self, element: Element, kind: str) -> bool:
        name = element.get("id", "")
        if not name:
            self.blame(element, "id.missing", kind=kind)
        elif len(name) > MOST_ID or name in self.ids:
            self.blame(
                element,
                "id.duplicate" if name in self.ids else "id.too_long",
                id=name[:MOST_ID],
                most=str(MOST_ID),
            )
        else:
            self.ids.add(name)
            return True
        return False

    def _read_scope(self, holder: Element, parent: str, depth: int) -> None:
        for element in holder:
            kind = kind_of(element)
            if kind == "sequenceFlow":
                self._read_flow(element)
            elif kind in _KINDS:
                self._read_node(element, kind, parent, depth)
            elif kind and kind not in _SILENT:
                self.blame(element, "unsupported", kind=kind)

    def _read_node(self, element: Element, tag: str, parent: str, depth: int) -> None:
        if not self._claim_id(element, tag):
            return
        if len(self.nodes) >= MOST_NODES:
            raise BadDrawing((Problem("", "", "file.too_many_nodes", {"most": str(MOST_NODES)}),))
        node_id, kind, settings = element.get("id", ""), _KINDS[tag], settings_of(element)
        lane = self.lane_of.get(node_id)
        if lane is None and parent:
            lane = self.lane_of.get(parent)
            if lane is not None:
                self.lane_of[node_id] = lane
        node = Node(
            id=node_id,
            name=name_of(element),
            kind=kind,
            lane=lane.id if lane else "",
            parent=parent,
            attached_to=element.get("attachedToRef", "") if kind == "deadline" else "",
            role=settings.get("role") or (lane.role if lane else ""),
            interrupting=element.get("cancelActivity", "true") != "false",
            settings={**settings, **self._marks(element, kind, settings)},
        )
        self.nodes[node_id] = replace(node, duration=self._events(element, node))
        if default := element.get("default"):
            self.defaults[node_id] = default
        if kind == "subprocess":
            self._read_block(element, node_id, depth)

    def _read_block(self, element: Element, node_id: str, depth: int) -> None:
        if element.get("triggeredByEvent") == "true":
            self.blame(element, "event_subprocess")
        elif depth >= MOST_BLOCKS_DEEP:
            self.blame(element, "subprocess.too_deep", most=str(MOST_BLOCKS_DEEP))
        else:
            self._read_scope(element, node_id, depth + 1)

    def _marks(self, element: Element, kind: NodeKind, settings: Mapping[str, str]) -> Mapping[str, str]:
        """Countersign and loop marks of an activity."""
        if element.find(f"{MODEL}standardLoopCharacteristics") is not None:
            self.blame(element, "loop_mark")
        several = element.find(f"{MODEL}multiInstanceLoopCharacteristics")
        if kind != "user":
            if several is not None:
                self.blame(element, "countersign.not_user")
            return {}
        marks, code = read_countersign(several, settings)
        if code:
            self.blame(element, code)
        return marks

    def _events(self, element: Element, node: Node) -> Duration | None:
        """What an event waits for or does; the duration of timers."""
        kinds = [(kind_of(child), child) for child in element]
        definitions = [(kind, child) for kind, child in kinds if kind.endswith("EventDefinition")]
        if node.kind in ("timer", "deadline"):
            if not definitions or definitions[0][0] != "timerEventDefinition":
                self.blame(element, "event_unsupported", kind=definitions[0][0] if definitions else "")
                return None
            return self._duration(element, definitions[0][1], node.settings)
        for kind, _child in definitions:
            if node.kind == "end" and kind == "terminateEventDefinition":
                self._terminate(node)
            else:
                self.blame(element, "event_unsupported", kind=kind)
        return None

    def _terminate(self, node: Node) -> None:
        assert isinstance(node.settings, dict)  # made just above, not shared yet
        node.settings["terminate"] = "true"

    def _duration(self, element: Element, timer: Element, settings: Mapping[str, str]) -> Duration | None:
        if "days" in settings or "hours" in settings:
            found = working_duration(settings)
        elif timer.find(f"{MODEL}timeDuration") is not None:
            found = iso_duration(text_of(timer.find(f"{MODEL}timeDuration")))
        else:
            others = [kind_of(child) for child in timer if kind_of(child).startswith("time")]
            self.blame(element, "timer.only_duration" if others else "timer.no_duration")
            return None
        if found is None:
            self.blame(element, "timer.bad_duration")
        return found

    def _read_flow(self, element: Element) -> None:
        if not self._claim_id(element, "sequenceFlow"):
            return
        if len(self.flows) >= MOST_FLOWS:
            raise BadDrawing((Problem("", "", "file.too_many_flows", {"most": str(MOST_FLOWS)}),))
        condition, problem = read_condition(element.find(f"{MODEL}conditionExpression"), self.names)
        if problem is not None:
            self.blame(element, problem[0], **problem[1])
        flow_id = element.get("id", "")
        self.flows[flow_id] = Flow(
            flow_id,
            element.get("sourceRef", ""),
            element.get("targetRef", ""),
            condition,
            name=name_of(element),
        )

    def _mark_defaults(self) -> None:
        """The arrow named by its gateway, or the only one without a condition."""
        for node in self.nodes.values():
            out = [flow for flow in self.flows.values() if flow.source == node.id]
            named = self.defaults.get(node.id)
            if named is not None and named not in {flow.id for flow in out}:
                self.problems.append(Problem(node.id, node.name, "default.unknown", {"flow": named}))
                self.known_bad.add(node.id)
            elif node.kind in ("exclusive", "inclusive"):
                bare = [flow.id for flow in out if not flow.condition]
                chosen = named or (bare[0] if len(bare) == 1 else None)
                if chosen is not None:
                    self.flows[chosen] = replace(self.flows[chosen], default=True, condition="")


def _names(condition: str) -> set[str]:
    try:
        return set(names_of(condition))
    except BadExpression:
        return set()
