"""Whether a drawing can get stuck: a parallel gateway waiting for a branch that was never taken.

Plays the drawing as a game of tokens, every decision both ways, each process and sub-process on its own. The number
of positions is bounded: beyond the bound nothing is claimed, and a run that is stuck says so itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from typing import Final

from .types import Drawing, Flow, Node, Problem

MOST_POSITIONS: Final = 2_000
MOST_WAYS: Final = 6
"""Arrows of an inclusive gateway whose combinations are all played; of more, each alone and all together."""

Position = tuple[str, ...]
"""The arrows on which a token stands, sorted; one with two tokens stands twice."""


def dead_ends(drawing: Drawing) -> Iterator[Problem]:
    """Parallel gateways at which some course of events waits for ever."""
    blamed: set[str] = set()
    for scope in ("", *(node.id for node in drawing.nodes if node.kind == "subprocess")):
        game = _Game(drawing, scope)
        for gateway in game.stuck():
            if gateway.id not in blamed:
                blamed.add(gateway.id)
                yield Problem(gateway.id, gateway.name, "gateway.waits_for_ever")


class _Game:
    """The tokens of one process."""

    def __init__(self, drawing: Drawing, scope: str) -> None:
        self.nodes = {node.id: node for node in drawing.nodes if node.parent == scope}
        self.out: dict[str, list[Flow]] = defaultdict(list)
        self.into: dict[str, list[str]] = defaultdict(list)
        self.target: dict[str, Node] = {}
        self.source: dict[str, str] = {}
        self._known_upstream: dict[str, set[str]] = {}
        for flow in drawing.flows:
            if flow.source in self.nodes:
                self.out[flow.source].append(flow)
                self.into[flow.target].append(flow.id)
                self.target[flow.id] = self.nodes[flow.target]
                self.source[flow.id] = flow.source
        self.hung: dict[str, list[Node]] = defaultdict(list)
        for node in self.nodes.values():
            if node.attached_to:
                self.hung[node.attached_to].append(node)

    def stuck(self) -> list[Node]:
        """Gateways in front of which tokens are left when nothing can move."""
        if not any(node.kind == "parallel" and len(self.into[node.id]) > 1 for node in self.nodes.values()):
            return []
        (start,) = [node for node in self.nodes.values() if node.kind == "start"]
        first: Position = tuple(sorted(flow.id for flow in self.out[start.id]))
        seen, todo = {first}, [first]
        found: list[Node] = []
        while todo and len(seen) <= MOST_POSITIONS:
            position = todo.pop()
            following = self._moves(position)
            if position and not following:
                found += [self.target[arrow] for arrow in position]
            for after in following:
                if len(after) <= 3 * len(self.nodes) + 3 and after not in seen:
                    seen.add(after)
                    todo.append(after)
        return found

    def _moves(self, position: Position) -> list[Position]:
        """What can happen next. Only one token is moved at a time: no other can disturb it, so the order of moves
        does not matter, and only decisions multiply positions. Inclusive gateways, which look at the other tokens,
        come last."""
        waiting: list[str] = []
        for arrow in dict.fromkeys(position):
            node = self.target[arrow]
            taken = self.into[node.id] if node.kind == "parallel" else [arrow]
            if node.kind == "inclusive":
                waiting.append(arrow)
            elif set(taken) <= set(position):
                return self._after(position, node, taken)
        found: list[Position] = []
        for node in {self.target[arrow].id: self.target[arrow] for arrow in waiting}.values():
            if not self._may_still_come(node, position):
                taken = [arrow for arrow in self.into[node.id] if arrow in position]
                found += self._after(position, node, taken)
        return found

    def _after(self, position: Position, node: Node, taken: list[str]) -> list[Position]:
        """The positions after a node has taken these tokens."""
        if node.settings.get("terminate") == "true":
            return [()]
        rest = list(position)
        for arrow in taken:
            rest.remove(arrow)
        return [tuple(sorted([*rest, *given])) for given in self._given(node)]

    def _given(self, node: Node) -> Iterator[list[str]]:
        """The arrows that get a token after a node: one list for each possible outcome."""
        out = [flow.id for flow in self.out[node.id]]
        if node.kind == "end":
            yield []
        elif node.kind == "exclusive":
            yield from ([one] for one in out)
        elif node.kind == "inclusive":
            yield from self._some_of(node)
        else:
            yield out
            for deadline in self.hung[node.id]:
                late = [flow.id for flow in self.out[deadline.id]]
                yield late if deadline.interrupting else [*out, *late]

    def _some_of(self, node: Node) -> Iterator[list[str]]:
        flows = self.out[node.id]
        default = [flow.id for flow in flows if flow.default]
        others = [flow.id for flow in flows if not flow.default]
        if default:
            yield default
        sizes = range(1, len(others) + 1) if len(others) <= MOST_WAYS else (1, len(others))
        for size in sizes:
            yield from (list(some) for some in combinations(others, size))

    def _may_still_come(self, node: Node, position: Position) -> bool:
        """Whether an inclusive gateway has to wait: a token elsewhere can reach an arrow that has none."""
        empty = [arrow for arrow in self.into[node.id] if arrow not in position]
        full = [arrow for arrow in self.into[node.id] if arrow in position]
        upstream_full = set[str]().union(*(self._upstream(arrow, node) for arrow in full))
        elsewhere = {arrow for arrow in position if self.target[arrow] is not node}
        return any((elsewhere & self._upstream(arrow, node)) - upstream_full for arrow in empty)

    def _upstream(self, arrow: str, gateway: Node) -> set[str]:
        """The arrows from which a token can come to this one without passing the gateway."""
        if arrow in self._known_upstream:
            return self._known_upstream[arrow]
        found: set[str] = set()
        todo = [arrow]
        while todo:
            source = self.source[todo.pop()]
            host = self.nodes[source].attached_to or source
            if host == gateway.id:
                continue
            for before in self.into[host]:
                if before not in found:
                    found.add(before)
                    todo.append(before)
        self._known_upstream[arrow] = found
        return found
