"""A plan compiled to arrays, and what its two passes give.

Leaves are numbered in the order of the plan; every array has one entry for each leaf, or for each link.
"""

from __future__ import annotations

from dataclasses import dataclass

from .bounds import Bounds
from .cycles import BoolArray, IntArray
from .lanes import Lanes
from .sweep import Topology

FS, SS, FF, SF = range(4)


@dataclass(frozen=True, eq=False)
class Timeline:
    """Leaves and the links between them, compiled to arrays.

    Link k joins leaf `predecessors[k]` to `successors[k]`; of its lag, `working` counts on the successor's own
    calendar (`calendar`) and `elapsed` on the clock; `kinds` are positions in `network.KINDS`.
    """

    start: int
    calendar: IntArray
    lanes: Lanes
    bounds: Bounds
    predecessors: IntArray
    successors: IntArray
    kinds: IntArray
    working: IntArray
    elapsed: IntArray
    topology: Topology
    followed: BoolArray

    @property
    def count(self) -> int:
        """Number of leaves."""
        return len(self.calendar)


@dataclass(frozen=True, eq=False)
class EarlyDates:
    """Forward pass.

    `logic` is the start the links alone would give, before constraints and actual dates; `bound[k]` the instant
    link k alone asks for, before it is moved to working time.
    """

    start: IntArray
    finish: IntArray
    logic: IntArray
    bound: IntArray


@dataclass(frozen=True, eq=False)
class LateDates:
    """Backward pass: `resume` is the latest instant at which the remaining work must go on."""

    start: IntArray
    finish: IntArray
    resume: IntArray
