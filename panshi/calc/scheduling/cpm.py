"""The critical path method for a plan: from values in to dates out, with calendars or in integer time.

Semantics of Microsoft Project as MPXJ's `MicrosoftScheduler` reproduces them; see docs/algorithms/critical-path.md.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .bounds import bounds_of
from .cycles import IntArray
from .floats import Ends, free_floats, link_gaps, total_floats
from .lanes import CalendarRows, lanes_of, plan_start
from .model import Id, LagUnit, Link, Plan
from .network import KINDS, Network, critical_path
from .passes import EarlyDates, LateDates, Timeline, backward, forward
from .schedule import Schedule
from .summaries import FROM_START, spread_links
from .sweep import Topology
from .tree import Tree
from .worktime import WorkTable

_CODE = {kind: code for code, kind in enumerate(KINDS)}


def schedule(plan: Plan) -> Schedule:
    """Early and late dates, floats and the links behind them for every activity of the plan.

    Raises `CannotSchedule…`: links in a circle, calendars without working time where work is needed.
    """
    return _schedule_periods(plan) if plan.start is None else _schedule_dates(plan)


def _schedule_periods(plan: Plan) -> Schedule:
    network = Network.from_plan(plan)
    found = critical_path(network)
    tree = Tree.of(plan)
    early_start, late_start = (tree.earliest(a) for a in (found.early_start, found.late_start))
    early_finish, late_finish = (tree.latest(a) for a in (found.early_finish, found.late_finish))
    total = np.minimum(late_start - early_start, late_finish - early_finish)
    return Schedule(
        plan=plan,
        origin=None,
        early_start=early_start,
        early_finish=early_finish,
        late_start=late_start,
        late_finish=late_finish,
        start=early_start,
        finish=early_finish,
        total_float=total,
        free_float=np.where(tree.is_summary, np.maximum(total, 0), found.free_float),
        critical=total <= 0,
        logic_start=early_start,
        links=spread_links(plan),
        link_start=found.early_start[network.predecessors] + network.weights,
        end=found.makespan,
    )


def _schedule_dates(plan: Plan) -> Schedule:
    tree = Tree.of(plan)
    rows = CalendarRows(plan)
    row_of = {calendar: rows.of(calendar) for calendar in {a.calendar for a in plan.activities} | {None}}
    calendar = np.array([row_of[a.calendar] for a in plan.activities], np.int64)
    links, line = _timeline(plan, tree, calendar, rows)
    early = forward(line)
    end = int(early.finish.max(initial=line.start))
    late = backward(line, end)
    if line.bounds.alap.any():
        early = forward(line, late)
    ends = _ends(tree, line, early, late)
    table = line.lanes.table
    clock = np.array(
        [rows.of() if a.elapsed else row for a, row in zip(plan.activities, calendar.tolist(), strict=True)]
    )
    total = total_floats(ends, table, clock)
    return Schedule(
        plan=plan,
        origin=table.origin,
        early_start=ends.early_start,
        early_finish=ends.early_finish,
        late_start=ends.late_start,
        late_finish=ends.late_finish,
        start=ends.start,
        finish=ends.finish,
        total_float=total,
        free_float=_free_float(plan, tree, ends, table, clock, total),
        critical=tree.any((total <= 0) & ~ends.done),
        logic_start=tree.earliest(tree.widen(early.logic)),
        links=links,
        link_start=line.lanes.next_start(line.successors, early.bound, line.bounds.milestone),
        end=end,
    )


def _timeline(
    plan: Plan, tree: Tree, calendar: IntArray, rows: CalendarRows
) -> tuple[tuple[Link, ...], Timeline]:
    """The plan compiled to arrays, and the links between its leaves in the order of the arrays.

    A link from the start of a summary waits for the leaf that begins first when links of summaries are left out.
    """
    leaves = [plan.activities[i] for i in tree.leaves]
    own, start = calendar[tree.leaves], plan_start(plan)
    lanes = lanes_of(plan, leaves, own, rows)
    bounds = bounds_of(leaves, lanes, start, plan.status_date)
    index = {activity.id: i for i, activity in enumerate(leaves)}

    followed = np.zeros(len(leaves), bool)
    followed[[index[link.predecessor] for link in plan.links if link.predecessor in index]] = True

    def compiled(links: Sequence[Link]) -> Timeline:
        predecessors = np.array([index[link.predecessor] for link in links], np.int64)
        successors = np.array([index[link.successor] for link in links], np.int64)
        lags = np.array([link.lag for link in links], np.int64)
        on_clock = np.array([link.unit is LagUnit.ELAPSED for link in links], bool)
        return Timeline(
            start=lanes.table.seconds(start),
            calendar=own,
            lanes=lanes,
            bounds=bounds,
            predecessors=predecessors,
            successors=successors,
            kinds=np.array([_CODE[link.kind] for link in links], np.int64),
            working=np.where(on_clock, 0, lags),
            elapsed=np.where(on_clock, lags, 0),
            topology=Topology.of(len(leaves), predecessors, successors, [a.id for a in leaves]),
            followed=followed,
        )

    of_summaries = {link.predecessor for link in plan.links if link.kind in FROM_START} & plan.children.keys()
    earliest: dict[Id, Id] = {}
    if of_summaries:
        alone = [link for link in plan.links if link.predecessor in index and link.successor in index]
        starts = forward(compiled(alone)).start
        for summary in of_summaries:
            earliest[summary] = min(plan.leaves(summary), key=lambda leaf: starts[index[leaf]])
    links = spread_links(plan, earliest)
    return links, compiled(links)


def _ends(tree: Tree, line: Timeline, early: EarlyDates, late: LateDates) -> Ends:
    """Dates of the leaves and, rolled up from the planned ones, of the summaries."""
    alap = line.bounds.alap
    planned_start = tree.earliest(tree.widen(np.where(alap, late.start, early.start)))
    planned_finish = tree.latest(tree.widen(np.where(alap, late.finish, early.finish)))
    return Ends(
        early_start=np.where(tree.is_summary, planned_start, tree.widen(early.start)),
        early_finish=np.where(tree.is_summary, planned_finish, tree.widen(early.finish)),
        late_start=tree.earliest(tree.widen(late.start)),
        late_finish=tree.latest(tree.widen(late.finish)),
        alap=tree.widen(alap.astype(np.int64)) > 0,
        started=tree.any(tree.widen(line.bounds.is_started.astype(np.int64)) > 0),
        done=tree.all(tree.widen(line.bounds.is_done.astype(np.int64)) > 0),
    )


def _free_float(
    plan: Plan, tree: Tree, ends: Ends, table: WorkTable, calendar: IntArray, total: IntArray
) -> IntArray:
    """Free floats of the leaves from the plan's own links; a summary's is its total float, but never below 0."""
    index = plan.index
    links = [link for link in plan.links if link.predecessor not in plan.children]
    predecessors = np.array([index[link.predecessor] for link in links], np.int64)
    successors = np.array([index[link.successor] for link in links], np.int64)
    kinds = np.array([_CODE[link.kind] for link in links], np.int64)
    lags = np.array([link.lag for link in links], np.int64)
    gaps = link_gaps(ends, table, calendar, predecessors, successors, kinds, lags)
    return free_floats(ends, total, gaps, predecessors, successors)
