"""Writes a step table as a BPMN 2.0 file with lanes and diagram interchange, for bpmn-js and other tools."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from .step_layout import Box, Layout, Point, lay_out
from .steps import Outline, StepTable, Words, outline
from .types import NAMESPACE, Flow, Lane, Node

_TAGS: Final[Mapping[str, str]] = {
    "start": "startEvent",
    "end": "endEvent",
    "user": "userTask",
    "service": "serviceTask",
    "exclusive": "exclusiveGateway",
}
_SMALL, _LABEL = 50, 140
"""Height up to which a shape's name stands below it, and how wide."""

_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"'
    ' xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
    ' xmlns:di="http://www.omg.org/spec/DD/20100524/DI"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    f' xmlns:panshi="{NAMESPACE}" id="definitions" targetNamespace="{NAMESPACE}">'
)


def draw_steps(table: StepTable, words: Words | None = None) -> bytes:
    """The table as a BPMN file; the same table gives the same bytes. Raises ValueError for a table without steps.

    An approval must be completed with the value `outcome`, "approved" or "rejected".
    """
    drawn = outline(table, words or Words())
    lines = [
        _HEAD,
        '  <bpmn:collaboration id="collaboration">',
        f'    <bpmn:participant id="pool" name={_quoted(table.name)} processRef={_quoted(table.key)} />',
        "  </bpmn:collaboration>",
        *_process(table, drawn),
        *_diagram(drawn, lay_out(drawn)),
        "</bpmn:definitions>",
        "",
    ]
    return "\n".join(lines).encode()


_NOT_XML: Final = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _quoted(text: str) -> str:
    """An attribute value, without characters XML does not know."""
    return quoteattr(_NOT_XML.sub("", text))


def _process(table: StepTable, drawn: Outline) -> Iterable[str]:
    yield f'  <bpmn:process id={_quoted(table.key)} name={_quoted(table.name)} isExecutable="true">'
    yield from _settings(table.settings, 4)
    yield '    <bpmn:laneSet id="lanes">'
    for lane in drawn.lanes:
        yield from _lane(lane, drawn)
    yield "    </bpmn:laneSet>"
    for node in drawn.nodes:
        yield from _node(node, drawn)
    for flow in drawn.flows:
        yield _flow(flow)
    yield "  </bpmn:process>"


def _settings(settings: Mapping[str, str], indent: int) -> Iterable[str]:
    if settings:
        space = " " * indent
        yield f"{space}<bpmn:extensionElements>"
        for name, value in settings.items():
            yield f"{space}  <panshi:setting name={_quoted(name)} value={_quoted(value)} />"
        yield f"{space}</bpmn:extensionElements>"


def _lane(lane: Lane, drawn: Outline) -> Iterable[str]:
    role = f" panshi:role={_quoted(lane.role)}" if lane.role else ""
    yield f"      <bpmn:lane id={_quoted(lane.id)} name={_quoted(lane.name)}{role}>"
    for node in drawn.nodes:
        if node.lane == lane.id:
            yield f"        <bpmn:flowNodeRef>{escape(node.id)}</bpmn:flowNodeRef>"
    yield "      </bpmn:lane>"


def _node(node: Node, drawn: Outline) -> Iterable[str]:
    tag = f"bpmn:{_TAGS[node.kind]}"
    named = f" name={_quoted(node.name)}" if node.name else ""
    default = next((flow.id for flow in drawn.flows if flow.source == node.id and flow.default), "")
    chosen = f" default={_quoted(default)}" if default else ""
    yield f"    <{tag} id={_quoted(node.id)}{named}{chosen}>"
    yield from _settings(node.settings, 6)
    for flow in drawn.flows:
        if flow.target == node.id:
            yield f"      <bpmn:incoming>{flow.id}</bpmn:incoming>"
    for flow in drawn.flows:
        if flow.source == node.id:
            yield f"      <bpmn:outgoing>{flow.id}</bpmn:outgoing>"
    yield f"    </{tag}>"


def _flow(flow: Flow) -> str:
    named = f" name={_quoted(flow.name)}" if flow.name else ""
    ends = f"sourceRef={_quoted(flow.source)} targetRef={_quoted(flow.target)}"
    start = f"    <bpmn:sequenceFlow id={_quoted(flow.id)}{named} {ends}"
    if not flow.condition:
        return f"{start} />"
    condition = escape(_NOT_XML.sub("", flow.condition))
    return (
        f'{start}>\n      <bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{condition}'
        "</bpmn:conditionExpression>\n    </bpmn:sequenceFlow>"
    )


def _diagram(drawn: Outline, layout: Layout) -> Iterable[str]:
    yield '  <bpmndi:BPMNDiagram id="diagram">'
    yield '    <bpmndi:BPMNPlane id="plane" bpmnElement="collaboration">'
    yield from _shape("pool", layout.pool, ' isHorizontal="true"')
    for lane in drawn.lanes:
        yield from _shape(lane.id, layout.lanes[lane.id], ' isHorizontal="true"')
    for node in drawn.nodes:
        marked = ' isMarkerVisible="true"' if node.kind == "exclusive" else ""
        yield from _shape(node.id, layout.shapes[node.id], marked, named=bool(node.name))
    for flow in drawn.flows:
        yield from _edge(flow, layout.arrows[flow.id])
    yield "    </bpmndi:BPMNPlane>"
    yield "  </bpmndi:BPMNDiagram>"


def _shape(element: str, box: Box, more: str, *, named: bool = False) -> Iterable[str]:
    yield f"      <bpmndi:BPMNShape id={_quoted(f'{element}.shape')} bpmnElement={_quoted(element)}{more}>"
    yield f'        <dc:Bounds x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" />'
    if named and box.height <= _SMALL:  # small shapes have their name below
        yield from _label(box.centre[0] - _LABEL // 2, box.y + box.height + 4, _LABEL)
    yield "      </bpmndi:BPMNShape>"


def _label(x: int, y: int, width: int) -> Iterable[str]:
    yield "        <bpmndi:BPMNLabel>"
    yield f'          <dc:Bounds x="{x}" y="{y}" width="{width}" height="14" />'
    yield "        </bpmndi:BPMNLabel>"


def _edge(flow: Flow, points: tuple[Point, ...]) -> Iterable[str]:
    yield f'      <bpmndi:BPMNEdge id="{flow.id}.edge" bpmnElement="{flow.id}">'
    yield from (f'        <di:waypoint x="{x}" y="{y}" />' for x, y in points)
    if flow.name:
        x, y = points[1] if flow.default else points[0]
        yield from _label(x + 6, y - 18 if flow.default else y + 6, _LABEL // 2)
    yield "      </bpmndi:BPMNEdge>"
