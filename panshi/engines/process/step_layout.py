"""Where the shapes and arrows of a step table are drawn: from left to right, a lane for each role.

Every shape has a column of its own, only an end after a rejection stands under its gateway; arrows run along the
middle of a lane, along its upper edge past steps that are passed over, and change lanes between columns. So no
arrow crosses a shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from .steps import Outline
from .types import Flow, Node

Point = tuple[int, int]

_SIZES: Final[Mapping[str, Point]] = {
    "user": (120, 80),
    "service": (120, 80),
    "exclusive": (50, 50),
    "start": (36, 36),
    "end": (36, 36),
}
_POOL: Final = (160, 80)
_HEAD: Final = 30
"""Width of the strip with the pool's name, and of that with a lane's."""
_GAP: Final = 60
_MIDDLE, _PASSING, _UNDER = 90, 22, 172
"""From the top of a lane: its middle, the way past its steps, and the middle of the ends under gateways."""
_LOW, _HIGH = 160, 220
"""Height of a lane without and with ends under gateways."""


@dataclass(frozen=True)
class Box:
    """A rectangle."""

    x: int
    y: int
    width: int
    height: int

    @property
    def centre(self) -> Point:
        """Its middle."""
        return self.x + self.width // 2, self.y + self.height // 2


@dataclass(frozen=True)
class Layout:
    """The pool, and by id every lane, shape and arrow."""

    pool: Box
    lanes: Mapping[str, Box]
    shapes: Mapping[str, Box]
    arrows: Mapping[str, tuple[Point, ...]]


def lay_out(drawn: Outline) -> Layout:
    """A place for everything."""
    tall = {node.lane for node in drawn.nodes if node.id in drawn.below}
    tops: dict[str, int] = {}
    bottom = _POOL[1]
    for lane in drawn.lanes:
        tops[lane.id] = bottom
        bottom += _HIGH if lane.id in tall else _LOW
    shapes: dict[str, Box] = {}
    x = _POOL[0] + 2 * _HEAD + _GAP
    for node in drawn.nodes:
        if node.id in drawn.below:
            above = shapes[drawn.below[node.id]].centre[0]
            shapes[node.id] = _around(node, above, tops[node.lane] + _UNDER)
        else:
            width = _SIZES[node.kind][0]
            shapes[node.id] = _around(node, x + width // 2, tops[node.lane] + _MIDDLE)
            x += width + _GAP
    width = x - _POOL[0]
    lanes = {
        lane.id: Box(_POOL[0] + _HEAD, tops[lane.id], width - _HEAD, (_HIGH if lane.id in tall else _LOW))
        for lane in drawn.lanes
    }
    arrows = {flow.id: _way(flow, drawn, shapes, tops) for flow in drawn.flows}
    return Layout(Box(*_POOL, width, bottom - _POOL[1]), lanes, shapes, arrows)


def _around(node: Node, x: int, y: int) -> Box:
    width, height = _SIZES[node.kind]
    return Box(x - width // 2, y - height // 2, width, height)


def _way(flow: Flow, drawn: Outline, shapes: Mapping[str, Box], tops: Mapping[str, int]) -> tuple[Point, ...]:
    source, target = shapes[flow.source], shapes[flow.target]
    (from_x, from_y), (to_x, to_y) = source.centre, target.centre
    if flow.target in drawn.below:
        return (from_x, source.y + source.height), (to_x, target.y)
    if _passes_over(flow, drawn):
        above = tops[next(node.lane for node in drawn.nodes if node.id == flow.source)] + _PASSING
        return (from_x, source.y), (from_x, above), (to_x, above), (to_x, target.y)
    start, end = (source.x + source.width, from_y), (target.x, to_y)
    if from_y == to_y:
        return start, end
    turn = target.x - _GAP // 2
    return start, (turn, from_y), (turn, to_y), end


def _passes_over(flow: Flow, drawn: Outline) -> bool:
    """Whether other columns lie between both ends of an arrow."""
    columns = [node.id for node in drawn.nodes if node.id not in drawn.below]
    return (flow.source, flow.target) not in set(pairwise(columns))
