"""Total and free float in working time of each activity's own calendar.

Both follow Microsoft Project: the smaller of start and finish slack, and the gap to the nearest successor.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .cycles import BoolArray, IntArray
from .worktime import WorkTable

FF_OR_SF = 2
FINISH_KINDS = (0, 2)


@dataclass(frozen=True, eq=False)
class Ends:
    """Dates of all activities, summaries included, and their state; seconds after the table's origin."""

    early_start: IntArray
    early_finish: IntArray
    late_start: IntArray
    late_finish: IntArray
    alap: BoolArray
    started: BoolArray
    done: BoolArray

    @property
    def start(self) -> IntArray:
        """Scheduled start: late for activities as late as possible, early for all others."""
        return np.where(self.alap, self.late_start, self.early_start)

    @property
    def finish(self) -> IntArray:
        """Scheduled finish."""
        return np.where(self.alap, self.late_finish, self.early_finish)


def total_floats(ends: Ends, table: WorkTable, calendar: IntArray) -> IntArray:
    """Working time an activity can slip before it delays the end, a deadline or a constraint; negative when late.

    The smaller of start slack and finish slack; finish slack alone once it has started; 0 when as late as possible.
    """
    at_start = table.between(ends.early_start, ends.late_start, calendar)
    at_finish = table.between(ends.early_finish, ends.late_finish, calendar)
    total = np.where(ends.started, at_finish, np.minimum(at_start, at_finish))
    return np.where(ends.alap, 0, total)


def free_floats(
    ends: Ends,
    total: IntArray,
    gaps: IntArray,
    predecessors: IntArray,
    successors: IntArray,
) -> IntArray:
    """Working time an activity can slip before it delays a successor, never below 0.

    `gaps` holds what `link_gaps` found for each link. Without unfinished successors it is the total float.
    """
    live = ~ends.done[successors]
    free = np.full(len(total), np.iinfo(np.int64).max)
    np.minimum.at(free, predecessors[live], gaps[live])
    followed = np.zeros(len(total), bool)
    followed[predecessors[live]] = True
    free = np.maximum(np.where(followed, free, total), 0)
    return np.where(ends.done, 0, free)


def link_gaps(
    ends: Ends,
    table: WorkTable,
    calendar: IntArray,
    predecessors: IntArray,
    successors: IntArray,
    kinds: IntArray,
    lags: IntArray,
) -> IntArray:
    """Working time on the predecessor's calendar between the linked ends, less the lag."""
    start, finish = ends.start, ends.finish
    source = np.where(np.isin(kinds, FINISH_KINDS), finish[predecessors], start[predecessors])
    target = np.where(kinds >= FF_OR_SF, finish[successors], start[successors])
    return table.between(source, target, calendar[predecessors]) - lags
