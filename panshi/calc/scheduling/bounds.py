"""What a plan fixes before any pass: dates that constraints, actual dates and deadlines allow each leaf.

Times are seconds after the origin of the work table; `NEVER` and `FOREVER` stand for "no bound".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np

from .cycles import BoolArray, IntArray
from .lanes import Lanes
from .model import Activity, ConstraintKind

NEVER = -(2**62)
FOREVER = 2**62

_K = ConstraintKind


@dataclass(frozen=True, eq=False)
class Bounds:
    """Bounds of each leaf.

    Forward: the start is at least `floor`, at least `source` where nothing precedes, then moved to the next working
    time and into [`low`, `high`]; `finish` replaces the computed finish, `source_finish` only where nothing precedes.
    Backward: the finish is `pin` if there is one, else at most `cap`; then at most `due`; `done` fixes both ends.
    `happened` marks milestones without duration that have their actual start.
    """

    floor: IntArray
    source: IntArray
    source_finish: IntArray
    low: IntArray
    high: IntArray
    finish: IntArray
    pin: IntArray
    cap: IntArray
    due: IntArray
    done: IntArray
    started: IntArray
    alap: BoolArray
    milestone: BoolArray
    happened: BoolArray

    @cached_property
    def is_started(self) -> BoolArray:
        """Leaves with an actual start."""
        return np.not_equal(self.started, NEVER)

    @cached_property
    def is_done(self) -> BoolArray:
        """Leaves with an actual finish."""
        return np.not_equal(self.done, NEVER)


def bounds_of(leaves: Sequence[Activity], lanes: Lanes, start: datetime, status: datetime | None) -> Bounds:
    """Bounds of the leaves of a project that begins at `start`; unfinished work comes after `status`."""
    count, seconds = len(leaves), lanes.table.seconds
    empty = {name: np.full(count, NEVER) for name in ("source_finish", "finish", "pin", "done", "started")}
    bounds = Bounds(
        floor=np.full(count, NEVER if status is None else seconds(status)),
        source=np.full(count, seconds(start)),
        low=np.full(count, NEVER),
        high=np.full(count, FOREVER),
        cap=np.full(count, FOREVER),
        due=np.full(count, FOREVER),
        alap=np.array([a.constraint.kind is _K.ALAP for a in leaves], bool),
        milestone=np.array([a.milestone for a in leaves], bool),
        happened=np.array(
            [a.actual_start is not None and a.milestone and not a.duration for a in leaves], bool
        ),
        **empty,
    )
    dated: dict[ConstraintKind, list[tuple[int, int]]] = defaultdict(list)
    for i, activity in enumerate(leaves):
        if activity.constraint.on is not None:
            dated[activity.constraint.kind].append((i, seconds(activity.constraint.on)))
    for kind, found in dated.items():
        which, dates = np.array(found, np.int64).T
        _constrain(bounds, lanes, kind, which, dates)
    for i, activity in enumerate(leaves):
        if activity.deadline is not None:
            bounds.due[i] = seconds(activity.deadline)
    _fix_actual_dates(bounds, lanes, leaves, status)
    return bounds


def _constrain(bounds: Bounds, lanes: Lanes, kind: ConstraintKind, which: IntArray, dates: IntArray) -> None:
    """Write the bounds one kind of constraint puts on these leaves."""
    if kind in (_K.FNET, _K.FNLT, _K.MFO):
        starts, finishes = lanes.before(which, dates), dates
    else:
        starts, finishes = dates, lanes.after(which, dates)
    if kind in (_K.SNET, _K.FNET):
        bounds.source[which] = bounds.low[which] = starts
        bounds.source_finish[which] = dates if kind is _K.FNET else NEVER
    elif kind in (_K.SNLT, _K.FNLT):
        bounds.high[which] = starts
        bounds.cap[which] = finishes
    else:
        bounds.low[which] = bounds.high[which] = starts
        bounds.pin[which] = finishes
        bounds.finish[which] = dates if kind is _K.MFO else NEVER


def _fix_actual_dates(
    bounds: Bounds, lanes: Lanes, leaves: Sequence[Activity], status: datetime | None
) -> None:
    """What has happened stays: actual dates overrule links and constraints."""
    seconds = lanes.table.seconds
    which = np.array([i for i, a in enumerate(leaves) if a.actual_start is not None], np.int64)
    if not len(which):
        return
    started = np.array([seconds(on) for i in which if (on := leaves[i].actual_start)], np.int64)
    if status is None:
        finish = lanes.after(which, started)
    else:
        finish = lanes.after_remaining(which, np.maximum(started, seconds(status)))
    for k, i in enumerate(which.tolist()):
        activity = leaves[i]
        if activity.constraint.kind is _K.FNET and activity.constraint.on is not None:
            finish[k] = max(finish[k], seconds(activity.constraint.on))
        if activity.actual_finish is not None:
            finish[k] = bounds.done[i] = seconds(activity.actual_finish)
    bounds.started[which] = bounds.low[which] = bounds.high[which] = started
    bounds.finish[which] = finish
    bounds.source_finish[which] = NEVER
    bounds.floor[which] = NEVER
