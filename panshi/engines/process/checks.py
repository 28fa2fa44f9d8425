"""What can be wrong with a drawing whose elements are all known: arrows, gateways, lanes, ways that lead nowhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from .graph import Ways, reachable
from .soundness import dead_ends
from .types import Drawing, Flow, Node, Problem

_GATEWAYS = ("exclusive", "parallel", "inclusive")
_DECIDING = ("exclusive", "inclusive")
_WITH_DEADLINES = ("user", "service", "subprocess")
_WAITING = ("user", "service", "timer", "deadline")


def problems_of(
    drawing: Drawing, known_bad: Collection[str], actions: Collection[str] | None
) -> list[Problem]:
    """Everything wrong, in the order of the file. Ways through the drawing are judged only if all else is right."""
    plan = _Plan.of(drawing)
    found = [
        *_arrows(plan, known_bad),
        *(
            problem
            for node in drawing.nodes
            if node.id not in known_bad
            for problem in _node(plan, node, actions)
        ),
        *_people(drawing),
    ]
    if found or known_bad:
        return found
    found = [*_lost(plan), *_circles(plan)]
    return found or list(dead_ends(drawing))


@dataclass(frozen=True)
class _Plan:
    """A drawing with its arrows by node, leaving out those that lead to or from nowhere."""

    drawing: Drawing
    nodes: dict[str, Node]
    out: dict[str, list[Flow]]
    sources: frozenset[str]
    """Where arrows begin, also those that lead to an element that was refused."""

    @classmethod
    def of(cls, drawing: Drawing) -> _Plan:
        nodes = {node.id: node for node in drawing.nodes}
        out: dict[str, list[Flow]] = defaultdict(list)
        for flow in drawing.flows:
            if flow.source in nodes and flow.target in nodes:
                out[flow.source].append(flow)
        return cls(drawing, nodes, out, frozenset(flow.source for flow in drawing.flows))

    def inside(self, parent: str) -> list[Node]:
        """The nodes directly in a sub-process, or in the process for the empty name."""
        return [node for node in self.drawing.nodes if node.parent == parent]


def _problem(of: Node | Flow, code: str, **params: str) -> Problem:
    return Problem(of.id, of.name, code, params)


def _arrows(plan: _Plan, known_bad: Collection[str]) -> Iterator[Problem]:
    for flow in plan.drawing.flows:
        ends = (("source", flow.source), ("target", flow.target))
        missing = [(end, name) for end, name in ends if name not in plan.nodes]
        for end, name in missing:
            if name not in known_bad or not name:
                yield _problem(flow, "flow.unknown_end", end=end, ref=name)
        if missing:
            continue
        source, target = plan.nodes[flow.source], plan.nodes[flow.target]
        if source.parent != target.parent:
            yield _problem(flow, "flow.crosses_subprocess", source=source.id, target=target.id)
        if source.kind == "end":
            yield _problem(flow, "flow.from_end", node=source.id)
        if target.kind in ("start", "deadline"):
            yield _problem(
                flow, "flow.into_start" if target.kind == "start" else "flow.into_deadline", node=target.id
            )
        if flow.condition and source.kind not in _DECIDING:
            yield _problem(flow, "flow.condition_misplaced", node=source.id)


def _node(plan: _Plan, node: Node, actions: Collection[str] | None) -> Iterator[Problem]:
    out = plan.out[node.id]
    if node.kind != "end" and node.id not in plan.sources:
        yield _problem(node, "node.no_way_on")
    elif node.kind in _DECIDING:
        yield from _deciding(node, out)
    elif len(out) > 1 and node.kind not in _GATEWAYS:
        yield _problem(node, "node.several_ways_on")
    if node.kind == "service":
        action = node.settings.get("action", "")
        if not action:
            yield _problem(node, "action.missing")
        elif actions is not None and action not in actions:
            yield _problem(node, "action.unknown", action=action)
    elif node.kind == "deadline":
        yield from _deadline(plan, node)
    elif node.kind == "subprocess":
        yield from _ends(plan, node.id, node.id, node.name)


def _deciding(node: Node, out: list[Flow]) -> Iterator[Problem]:
    bare = [flow for flow in out if not flow.condition and not flow.default]
    if len(out) > 1 and len(bare) == len(out):
        yield _problem(node, "gateway.no_conditions")
        return
    for flow in bare:
        yield _problem(flow, "flow.no_condition", node=node.id)
    if out and not any(flow.default for flow in out) and not bare:
        yield _problem(node, "gateway.no_default")


def _deadline(plan: _Plan, node: Node) -> Iterator[Problem]:
    host = plan.nodes.get(node.attached_to)
    if host is None or host.parent != node.parent:
        yield _problem(node, "deadline.unknown_host", ref=node.attached_to)
    elif host.kind not in _WITH_DEADLINES:
        yield _problem(node, "deadline.wrong_host", host=host.id, kind=host.kind)


def _people(drawing: Drawing) -> Iterator[Problem]:
    """Somebody must be responsible for each user task: one problem a lane, else one a task."""
    lanes = {lane.id: lane for lane in drawing.lanes}
    blamed: set[str] = set()
    for node in drawing.nodes:
        if node.kind != "user" or node.role:
            continue
        lane = lanes.get(node.lane)
        if lane is None:
            yield _problem(node, "task.no_role")
        elif lane.id not in blamed:
            blamed.add(lane.id)
            yield Problem(lane.id, lane.name, "lane.no_role", {"task": node.name or node.id})


def _ends(plan: _Plan, scope: str, element: str, name: str) -> Iterator[Problem]:
    """One start and at least one end."""
    inside = plan.inside(scope)
    starts = [node for node in inside if node.kind == "start"]
    if not starts:
        yield Problem(element, name, "start.missing")
    for other in starts[1:]:
        yield _problem(other, "start.several", first=starts[0].id)
    if not any(node.kind == "end" for node in inside):
        yield Problem(element, name, "end.missing")


def _lost(plan: _Plan) -> Iterator[Problem]:
    """Nodes never come to, and nodes from which no end can be reached, each in its own process."""
    yield from (found := list(_ends(plan, "", plan.drawing.key, plan.drawing.name)))
    if found:
        return
    forward: dict[str, tuple[str, ...]] = {}
    backward: dict[str, list[str]] = defaultdict(list)
    for node in plan.drawing.nodes:
        hung = [other.id for other in plan.drawing.nodes if other.attached_to == node.id]
        forward[node.id] = (*(flow.target for flow in plan.out[node.id]), *hung)
        for target in forward[node.id]:
            backward[target].append(node.id)
    back: Ways = {node: tuple(sources) for node, sources in backward.items()}
    starts = {node.id for node in plan.drawing.nodes if node.kind == "start"}
    ends = {node.id for node in plan.drawing.nodes if node.kind == "end"}
    reached, leading = starts | reachable(forward, starts), ends | reachable(back, ends)
    for node in plan.drawing.nodes:
        if node.id not in reached:
            yield _problem(node, "node.unreachable")
        elif node.id not in leading:
            yield _problem(node, "node.no_end")


def _circles(plan: _Plan) -> Iterator[Problem]:
    """Circles in which nobody ever does anything: once inside, nothing can change the conditions."""
    passed = {node.id for node in plan.drawing.nodes if node.kind not in _WAITING}
    next_ones: dict[str, list[str]] = {}
    for node in plan.drawing.nodes:
        if node.kind == "subprocess":
            next_ones[node.id] = [inner.id for inner in plan.inside(node.id) if inner.kind == "start"]
        elif node.kind == "end" and node.parent:
            next_ones[node.id] = [flow.target for flow in plan.out[node.parent]]
        else:
            next_ones[node.id] = [flow.target for flow in plan.out[node.id]]
    quick: Ways = {
        node: tuple(target for target in targets if target in passed)
        for node, targets in next_ones.items()
        if node in passed
    }
    blamed: set[str] = set()
    for node in plan.drawing.nodes:
        if node.id in passed and node.id not in blamed:
            after = reachable(quick, [node.id])
            if node.id in after:
                blamed |= {other for other in after if node.id in reachable(quick, [other])}
                yield _problem(node, "circle")
