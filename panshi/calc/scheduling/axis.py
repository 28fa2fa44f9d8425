"""One axis of time for a whole plan: the working time of its project calendar, or its integer periods.

Optimisation and simulation need a single clock without nights and holidays. Activities on other calendars
are measured where the critical path method puts them, which is exact as long as they stay near there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .calendars import STANDARD, Calendar
from .cycles import BoolArray, IntArray
from .model import Activity, ConstraintKind
from .schedule import Moment, Schedule
from .worktime import WorkTable

_PROJECT = np.zeros(1, np.int64)
"""The only calendar of the table, as an index array."""


@dataclass(frozen=True, eq=False)
class WorkAxis:
    """A scheduled plan measured on one axis; amounts in working seconds of the project calendar, or periods.

    `distances[k]` is the least time from start to start that link k of the schedule asks for, `releases` the
    starts that no link explains (constraints, calendars, progress), `fixed` marks what cannot be moved: started,
    finished or dated.
    """

    schedule: Schedule
    starts: IntArray
    durations: IntArray
    distances: IntArray
    predecessors: IntArray
    successors: IntArray
    releases: IntArray
    fixed: BoolArray
    table: WorkTable | None
    origin: int
    """The plan's start on the axis of the table."""

    @classmethod
    def of(cls, schedule: Schedule) -> WorkAxis:
        """The axis of a plan that was scheduled by `cpm.schedule`."""
        plan = schedule.plan
        table = None if plan.start is None else WorkTable.of([(_project_calendar(schedule),)], plan.start)
        origin = 0
        if table is not None and plan.start is not None:
            origin = int(_work(table, np.array([table.seconds(plan.start)]))[0])
        starts, finishes, asked = (
            values if table is None else _work(table, _instants(schedule, table, values)) - origin
            for values in (schedule.early_start, schedule.early_finish, schedule.link_start)
        )
        summary = np.array([a.id in plan.children for a in plan.activities], bool)
        busy = np.array([a.duration > 0 for a in plan.activities], bool) & ~summary
        durations = np.where(summary, 0, np.maximum(finishes - starts, busy))
        sources = np.array([plan.index[link.predecessor] for link in schedule.links], np.int64)
        targets = np.array([plan.index[link.successor] for link in schedule.links], np.int64)
        fixed = np.array([_is_fixed(a) for a in plan.activities], bool)
        explained = np.zeros(len(starts), np.int64)
        np.maximum.at(explained, targets, asked)
        return cls(
            schedule=schedule,
            starts=starts,
            durations=durations,
            distances=asked - starts[sources],
            predecessors=sources,
            successors=targets,
            releases=np.where((starts > explained) & ~summary, starts, 0),
            fixed=fixed & ~summary,
            table=table,
            origin=origin,
        )

    def finish(self, amount: float) -> Moment:
        """The date on which this much time after the start of the plan has been worked."""
        if self.table is None or self.schedule.plan.start is None:
            return round(amount)
        instant = self.table.earliest(np.array([self.origin + round(amount)]), _PROJECT)
        return self._moment(int(instant[0]))

    def start(self, amount: float) -> Moment:
        """The date on which work begins that follows this much time after the start of the plan."""
        if self.table is None or self.schedule.plan.start is None:
            return round(amount)
        instant = self.table.latest(np.array([self.origin + round(amount)]), _PROJECT)
        return self._moment(int(instant[0]))

    def amount(self, value: int) -> int:
        """An entry of the schedule's arrays as time after the start of the plan."""
        if self.table is None:
            return value
        return (
            int(_work(self.table, _instants(self.schedule, self.table, np.array([value])))[0]) - self.origin
        )

    def _moment(self, seconds: int) -> Moment:
        assert self.table is not None
        shift = self.table.seconds(self.schedule.origin) if self.schedule.origin is not None else 0
        return self.schedule.moment(seconds - shift)


def _project_calendar(schedule: Schedule) -> Calendar:
    plan = schedule.plan
    return next((c for c in plan.calendars if c.id == plan.calendar), STANDARD)


def _instants(schedule: Schedule, table: WorkTable, values: IntArray) -> IntArray:
    """Seconds after the schedule's origin as seconds after the table's."""
    return values + (table.seconds(schedule.origin) if schedule.origin is not None else 0)


def _work(table: WorkTable, instants: IntArray) -> IntArray:
    return table.work_before(instants, np.zeros(len(instants), np.int64))


def _is_fixed(activity: Activity) -> bool:
    dated = activity.constraint.kind in (ConstraintKind.MSO, ConstraintKind.MFO)
    return dated or activity.actual_start is not None
