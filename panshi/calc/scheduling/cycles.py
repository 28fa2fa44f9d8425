"""Circles in a network: every strongly connected group of activities, listed along its links.

Only looked for when a plan has no topological order, to name the members in the error.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


def adjacency(count: int, sources: IntArray, targets: IntArray) -> tuple[IntArray, IntArray]:
    """Compressed rows: the targets of node i are `rows[first[i]:first[i + 1]]`, in the order of the links."""
    first = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(sources, minlength=count), out=first[1:])
    return first, targets[np.argsort(sources, kind="stable")]


def cycles(
    count: int, sources: IntArray, targets: IntArray, names: Sequence[int | str] | None = None
) -> tuple[tuple[int | str, ...], ...]:
    """Strongly connected groups of two or more nodes, each in the order of a walk along its links.

    Kosaraju's algorithm: finish order on the links, then components against them. `names[i]` replaces node i.
    """
    forward = _rows(count, sources, targets)
    backward = _rows(count, targets, sources)
    finished = _finish_order(range(count), forward, [False] * count)
    reached = [False] * count
    found = []
    for root in reversed(finished):
        if not reached[root]:
            members = set(_finish_order((root,), backward, reached))
            if len(members) > 1:
                found.append(_walk(root, members, forward))
    return tuple(tuple(names[i] if names is not None else i for i in walk) for walk in found)


def _rows(count: int, sources: IntArray, targets: IntArray) -> list[list[int]]:
    first, rows = adjacency(count, sources, targets)
    flat = rows.tolist()
    return [flat[a:b] for a, b in pairwise(first.tolist())]


def _finish_order(roots: Iterable[int], rows: list[list[int]], reached: list[bool]) -> list[int]:
    """Nodes newly reached from the roots, each after everything reached through it."""
    finished: list[int] = []
    for root in roots:
        if reached[root]:
            continue
        reached[root] = True
        path = [(root, iter(rows[root]))]
        while path:
            node, targets = path[-1]
            fresh = next((t for t in targets if not reached[t]), None)
            if fresh is None:
                finished.append(node)
                path.pop()
            else:
                reached[fresh] = True
                path.append((fresh, iter(rows[fresh])))
    return finished


def _walk(root: int, members: set[int], rows: list[list[int]]) -> list[int]:
    """Members in the order a walk along the links meets them: a plain circle reads in its own order."""
    inside = {node: [t for t in rows[node] if t in members] for node in members}
    seen, pending = {root: None}, [root]
    while pending:
        fresh = next((t for t in inside[pending[-1]] if t not in seen), None)
        if fresh is None:
            pending.pop()
        else:
            seen[fresh] = None
            pending.append(fresh)
    return list(seen)
