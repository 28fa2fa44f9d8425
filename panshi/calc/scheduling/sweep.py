"""Topological order of a network as arrays, cut into groups that can be computed at once.

Every pass of the critical path method is one sweep: group after group, each group's values from its links.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .cycles import IntArray, adjacency, cycles
from .errors import CannotScheduleCycle


@dataclass(frozen=True, slots=True)
class Group:
    """Nodes that can be computed together, their slice of the links and where each one's links begin in it."""

    targets: IntArray
    links: slice
    starts: IntArray


@dataclass(frozen=True, slots=True)
class Sweep:
    """One direction through a network.

    `order` permutes the links so that each group's are contiguous; `targets` are the nodes with links in the
    order of computation, `starts` the first link of each, `cuts` the first target of each group (and the end).
    """

    order: IntArray
    targets: IntArray
    starts: IntArray
    cuts: IntArray

    @classmethod
    def along(cls, rank: IntArray, depth: IntArray, targets: IntArray) -> Sweep:
        """Sweep that computes `targets` (one per link) by ascending `depth`, within a depth by `rank`."""
        order = np.argsort(rank[targets], kind="stable")
        ordered = targets[order]
        if not len(ordered):
            empty = np.zeros(0, np.int64)
            return cls(order, empty, np.zeros(1, np.int64), np.zeros(1, np.int64))
        starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
        nodes = ordered[starts]
        depths = depth[nodes]
        cuts = np.flatnonzero(np.concatenate(([True], depths[1:] != depths[:-1], [True])))
        return cls(order, nodes, np.append(starts, len(ordered)), cuts)

    def groups(self) -> Iterator[Group]:
        """The groups in the order of computation."""
        cuts, starts, targets = self.cuts.tolist(), self.starts, self.targets
        for first, last in pairwise(cuts):
            begin = int(starts[first])
            yield Group(targets[first:last], slice(begin, int(starts[last])), starts[first:last] - begin)


@dataclass(frozen=True, slots=True)
class Topology:
    """Levels of an acyclic network: `depth` is the longest number of links from a source to each node."""

    depth: IntArray
    rank: IntArray
    forward: Sweep
    backward: Sweep

    @classmethod
    def of(
        cls, count: int, sources: IntArray, targets: IntArray, names: Sequence[int | str] | None = None
    ) -> Topology:
        """Order `count` nodes by the links `sources[k]` -> `targets[k]`.

        Raises `CannotScheduleCycle` naming the members of each circle by `names` (default: positions).
        """
        depth = _depths(count, sources, targets)
        if depth is None:
            raise CannotScheduleCycle(cycles(count, sources, targets, names))
        by_depth = np.argsort(depth, kind="stable")
        rank = np.empty(count, np.int64)
        rank[by_depth] = np.arange(count)
        forward = Sweep.along(rank, depth, targets)
        backward = Sweep.along(-rank, -depth, sources)
        return cls(depth, rank, forward, backward)

    @property
    def order(self) -> IntArray:
        """Nodes in topological order."""
        return np.argsort(self.rank)


def _depths(count: int, sources: IntArray, targets: IntArray) -> IntArray | None:
    """Longest number of links to each node by Kahn's algorithm, None when there is a circle.

    Plain lists: one visit to each link, faster here than array calls on the narrow frontiers of real plans.
    """
    first_array, rows_array = adjacency(count, sources, targets)
    first, rows = first_array.tolist(), rows_array.tolist()
    waiting = np.bincount(targets, minlength=count).tolist()
    depth = [0] * count
    ready = [i for i in range(count) if not waiting[i]]
    for node in ready:
        below = depth[node] + 1
        for target in rows[first[node] : first[node + 1]]:
            depth[target] = max(depth[target], below)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    return np.array(depth, np.int64) if len(ready) == count else None
