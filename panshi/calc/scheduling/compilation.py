"""From a plan to arrays: rows of the work table, lanes, bounds and the links between leaves.

Compiling reads every object once; both passes and the floats then see nothing but arrays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from .bounds import bounds_of
from .cycles import BoolArray, IntArray
from .lanes import CalendarRows, lanes_of, plan_start
from .model import Activity, Id, LagUnit, Link, LinkKind, Plan
from .network import KINDS, longest_paths
from .passes import forward
from .summaries import FROM_START, spread_links
from .sweep import Topology
from .timeline import Timeline
from .tree import Tree

_CODE = {kind: code for code, kind in enumerate(KINDS)}


@dataclass(frozen=True, eq=False)
class LinkArrays:
    """Links as parallel arrays: positions of their ends, `kinds` as positions in `KINDS`, lags and their unit."""

    predecessors: IntArray
    successors: IntArray
    kinds: IntArray
    lags: IntArray
    elapsed: IntArray

    @classmethod
    def of(cls, links: Sequence[Link], index: Mapping[Id, int]) -> LinkArrays:
        """Arrays of the links, whose ends are numbered by `index`."""
        lags = np.array([link.lag for link in links], np.int64)
        on_clock = np.array([link.unit is LagUnit.ELAPSED for link in links], bool)
        return cls(
            predecessors=np.array([index[link.predecessor] for link in links], np.int64),
            successors=np.array([index[link.successor] for link in links], np.int64),
            kinds=np.array([0 if link.kind is LinkKind.FS else _CODE[link.kind] for link in links], np.int64),
            lags=lags,
            elapsed=np.where(on_clock, lags, 0),
        )


@dataclass(frozen=True, eq=False)
class CompiledPlan:
    """A plan as arrays.

    `clock` is the row of the work table that measures each activity's float; `links` are the links between leaves
    in the order of `line`; `own_links` those of the plan itself that leave a leaf, with positions in the plan.
    """

    tree: Tree
    clock: IntArray
    links: tuple[Link, ...]
    line: Timeline
    own_links: LinkArrays


def compile_plan(plan: Plan) -> CompiledPlan:
    """Compile a plan that has a start date.

    A link from the start of a summary waits for the leaf that begins first when links of summaries are left out.
    """
    tree, rows = Tree.of(plan), CalendarRows(plan)
    row_of = {calendar: rows.of(calendar) for calendar in {a.calendar for a in plan.activities} | {None}}
    calendar = np.array([row_of[a.calendar] for a in plan.activities], np.int64)
    elapsed = np.array([a.elapsed for a in plan.activities], bool)
    clock = np.where(elapsed, rows.of(), calendar) if elapsed.any() else calendar
    leaves = [plan.activities[i] for i in tree.leaves]
    index = {activity.id: i for i, activity in enumerate(leaves)}
    leaving = [k for k in plan.links if k.predecessor in index] if plan.children else plan.links
    own_links = LinkArrays.of(leaving, plan.index)

    links = spread_links(plan)
    arrays = own_links if not plan.children else LinkArrays.of(links, index)
    followed = np.zeros(len(plan.activities), bool)
    followed[own_links.predecessors] = True
    line = _timeline(plan, leaves, calendar[tree.leaves], rows, arrays, followed[tree.leaves])
    summaries = {link.predecessor for link in plan.links if link.kind in FROM_START} & plan.children.keys()
    if summaries:
        links = spread_links(plan, _earliest(plan, summaries, line, index))
        line = _with_links(line, LinkArrays.of(links, index), list(index))
    return CompiledPlan(tree, clock, links, line, own_links)


def _timeline(
    plan: Plan,
    leaves: Sequence[Activity],
    own: IntArray,
    rows: CalendarRows,
    arrays: LinkArrays,
    followed: BoolArray,
) -> Timeline:
    """Timeline of the leaves, whose own calendars are the rows `own`, with these links between them."""
    names = [leaf.id for leaf in leaves]
    durations = np.array([leaf.duration for leaf in leaves], np.int64)
    topology = Topology.of(len(leaves), arrays.predecessors, arrays.successors, names)
    distances = durations[arrays.predecessors] + np.maximum(arrays.lags, 0)
    length = longest_paths(topology.forward, arrays.predecessors, distances, durations * 0)
    start = plan_start(plan)
    lanes = lanes_of(plan, leaves, own, rows, int((length + durations).max(initial=0)))
    return Timeline(
        start=lanes.table.seconds(start),
        calendar=own,
        lanes=lanes,
        bounds=bounds_of(leaves, lanes, start, plan.status_date),
        predecessors=arrays.predecessors,
        successors=arrays.successors,
        kinds=arrays.kinds,
        working=arrays.lags - arrays.elapsed,
        elapsed=arrays.elapsed,
        topology=topology,
        followed=followed,
    )


def _with_links(line: Timeline, arrays: LinkArrays, names: Sequence[Id]) -> Timeline:
    """The same leaves with other links between them."""
    return replace(
        line,
        predecessors=arrays.predecessors,
        successors=arrays.successors,
        kinds=arrays.kinds,
        working=arrays.lags - arrays.elapsed,
        elapsed=arrays.elapsed,
        topology=Topology.of(line.count, arrays.predecessors, arrays.successors, names),
    )


def _earliest(plan: Plan, summaries: set[Id], line: Timeline, index: Mapping[Id, int]) -> dict[Id, Id]:
    """Leaf of each summary that begins first by the links between leaves alone."""
    alone = [link for link in plan.links if link.predecessor in index and link.successor in index]
    starts = forward(_with_links(line, LinkArrays.of(alone, index), list(index))).start
    return {s: min(plan.leaves(s), key=lambda leaf: starts[index[leaf]]) for s in summaries}
