"""Ways through a drawing: which node can follow which, sub-processes and deadlines included."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache

from .types import Drawing

Ways = Mapping[str, tuple[str, ...]]


@lru_cache(maxsize=128)
def ways_on(
    drawing_nodes: tuple[tuple[str, str, str, str], ...], arrows: tuple[tuple[str, str], ...]
) -> Ways:
    """For every node the nodes that can come next; see `ways`."""
    following: dict[str, list[str]] = defaultdict(list)
    for source, target in arrows:
        following[source].append(target)
    for node, kind, parent, attached_to in drawing_nodes:
        if kind == "start" and parent:
            following[parent].append(node)
        if kind == "end" and parent:
            following[node].append(f"{parent}/")  # leaving the sub-process, not entering it again
        if attached_to:
            following[attached_to].append(node)
    blocks = {node for node, kind, _parent, _on in drawing_nodes if kind == "subprocess"}
    for source, target in arrows:
        if source in blocks:
            following[f"{source}/"].append(target)
    return {node: tuple(targets) for node, targets in following.items()}


def ways(drawing: Drawing) -> Ways:
    """For every node the nodes that can come next: along arrows, into and out of sub-processes, to deadlines."""
    return ways_on(
        tuple((node.id, node.kind, node.parent, node.attached_to) for node in drawing.nodes),
        tuple((flow.source, flow.target) for flow in drawing.flows),
    )


def reachable(ways_on: Ways, starts: Iterable[str]) -> set[str]:
    """Every node that can still come after those given (they themselves only if they can come again)."""
    found: set[str] = set()
    todo = list(starts)
    while todo:
        for target in ways_on.get(todo.pop(), ()):
            if target not in found:
                found.add(target)
                todo.append(target)
    return {node for node in found if not node.endswith("/")}
