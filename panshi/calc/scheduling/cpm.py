"""The critical path method for a plan: from values in to dates out, with calendars or in integer time.

Semantics of Microsoft Project as MPXJ's `MicrosoftScheduler` reproduces them; see docs/algorithms/critical-path.md.
"""

from __future__ import annotations

import numpy as np

from .compilation import compile_plan
from .floats import Ends, free_floats, link_gaps, total_floats
from .model import Plan
from .network import Network, critical_path
from .passes import backward, forward
from .schedule import Schedule
from .summaries import spread_links
from .timeline import EarlyDates, LateDates, Timeline
from .tree import Tree


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
    compiled = compile_plan(plan)
    tree, line = compiled.tree, compiled.line
    early = forward(line)
    end = int(early.finish.max(initial=line.start))
    late = backward(line, end)
    if line.bounds.alap.any():
        early = forward(line, late)
    ends = _ends(tree, line, early, late)
    table, own = line.lanes.table, compiled.own_links
    total = total_floats(ends, table, compiled.clock)
    gaps = link_gaps(ends, table, compiled.clock, own.predecessors, own.successors, own.kinds, own.lags)
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
        free_float=free_floats(ends, total, gaps, own.predecessors, own.successors),
        critical=tree.any((total <= 0) & ~ends.done),
        logic_start=tree.earliest(tree.widen(early.logic)),
        links=compiled.links,
        link_start=line.lanes.next_start(line.successors, early.bound, line.bounds.milestone),
        end=end,
    )


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
