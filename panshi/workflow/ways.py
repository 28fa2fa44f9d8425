"""The ways out of a choice that a stopped request stands before, in words an administrator can choose by."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from panshi.engines.process import Drawing, Flow
from panshi.workflow.models import Task, TaskKind

PASSED_BY = ("exclusive", "parallel", "inclusive")
"""Nodes nobody does anything at; what comes after them says where a way leads."""


@dataclass(frozen=True, slots=True)
class WayOut:
    """One arrow out of the choice: `words` say where it leads and under which condition it was meant."""

    flow: str
    words: str


def ways_at(task: Task, drawing: Drawing) -> tuple[WayOut, ...]:
    """The ways out of the choice a stuck task names; none where it stopped for another reason."""
    if task.kind != TaskKind.STUCK:
        return ()
    kinds = {node.id: node.kind for node in drawing.nodes}
    if kinds.get(task.node) not in ("exclusive", "inclusive"):
        return ()
    return tuple(WayOut(flow.id, _words(flow, drawing)) for flow in drawing.flows if flow.source == task.node)


def _words(flow: Flow, drawing: Drawing) -> str:
    where = "、".join(_leads_to(flow.target, drawing, set())) or _("结束")
    why = flow.name or flow.condition or _("其他情况")
    return _("到“%(where)s”（%(why)s）") % {"where": where, "why": why}


def _leads_to(node_id: str, drawing: Drawing, seen: set[str]) -> list[str]:
    """The names of the next nodes where something is done, the end among them."""
    if node_id in seen:
        return []
    seen.add(node_id)
    node = drawing.node(node_id)
    if node.kind == "end":
        return [node.name or _("结束")]
    if node.kind not in PASSED_BY:
        return [node.name or node.id]
    found: list[str] = []
    for flow in drawing.flows:
        if flow.source == node_id:
            found += [name for name in _leads_to(flow.target, drawing, seen) if name not in found]
    return found
