"""How each activity spends its time: one lane for every working resource, or a single lane for itself.

A lane is an amount of work on a calendar; the activity lasts as long as its slowest lane.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from .calendars import ALWAYS, STANDARD
from .cycles import BoolArray, IntArray
from .errors import CannotScheduleAmount
from .model import MINUTE, Activity, Assignment, Id, Plan, Resource, ResourceKind
from .worktime import DAYS_AHEAD, WEEK, WorkTable


@dataclass(frozen=True, eq=False)
class Lanes:
    """Lanes of all activities; those of activity i are `first[i]` to `first[i + 1]`.

    `calendar` measures `amount` (all of the work) and `remaining` (what is still to be done); `snap` is the
    calendar on whose working time a start or finish is placed, another one only for elapsed durations.
    """

    table: WorkTable
    first: IntArray
    calendar: IntArray
    snap: IntArray
    amount: IntArray
    remaining: IntArray

    def after(self, activities: IntArray, starts: IntArray) -> IntArray:
        """Finish of each activity that starts then."""
        return self._furthest(activities, starts, self.amount)

    def after_remaining(self, activities: IntArray, starts: IntArray) -> IntArray:
        """Finish of each activity that resumes then."""
        return self._furthest(activities, starts, self.remaining)

    def after_done(self, activities: IntArray, starts: IntArray) -> IntArray:
        """Instant at which the work done so far was done, if the activity started then."""
        return self._furthest(activities, starts, self.amount - self.remaining)

    def before(self, activities: IntArray, finishes: IntArray) -> IntArray:
        """Start of each activity that finishes then."""
        return self._nearest(activities, finishes, self.amount)

    def before_remaining(self, activities: IntArray, finishes: IntArray) -> IntArray:
        """Instant from which the remaining work is done by then."""
        return self._nearest(activities, finishes, self.remaining)

    def next_start(self, activities: IntArray, instants: IntArray, milestone: BoolArray) -> IntArray:
        """First instant at which one of the lanes can work; a milestone may stay at the end of a period."""
        lanes, times, cuts = self._spread(activities, instants)
        calendar = self.snap[lanes]
        done = self.table.work_before(times, calendar)
        result = self.table.latest(done, calendar)
        marks = milestone[activities]
        if marks.any():
            resting = marks if cuts is None else np.repeat(marks, np.diff(np.append(cuts, len(times))))
            resting = resting & (self.table.earliest(done, calendar) == times)
            result = np.where(resting, times, result)
        return result if cuts is None else np.minimum.reduceat(result, cuts)

    def previous_finish(self, activities: IntArray, instants: IntArray) -> IntArray:
        """The instant itself, or the end of the last period before it when no work lies between."""
        lanes, times, cuts = self._spread(activities, instants)
        result = self.table.previous_finish(times, self.snap[lanes])
        return result if cuts is None else np.maximum.reduceat(result, cuts)

    def _furthest(self, activities: IntArray, instants: IntArray, amount: IntArray) -> IntArray:
        lanes, times, cuts = self._spread(activities, instants)
        result = self.table.add(times, amount[lanes], self.calendar[lanes])
        return result if cuts is None else np.maximum.reduceat(result, cuts)

    def _nearest(self, activities: IntArray, instants: IntArray, amount: IntArray) -> IntArray:
        lanes, times, cuts = self._spread(activities, instants)
        result = self.table.add(times, -amount[lanes], self.calendar[lanes])
        return result if cuts is None else np.minimum.reduceat(result, cuts)

    def _spread(self, activities: IntArray, instants: IntArray) -> tuple[IntArray, IntArray, IntArray | None]:
        """Lanes of the activities, their instants, and where each activity's lanes begin (None: one lane each)."""
        if len(self.amount) == len(self.first) - 1 or not len(activities):
            return activities, instants, None
        begin = self.first[activities]
        counts = self.first[activities + 1] - begin
        cuts = np.cumsum(counts) - counts
        lanes = np.repeat(begin - cuts, counts) + np.arange(counts.sum())
        return lanes, np.repeat(instants, counts), cuts


class CalendarRows:
    """Rows of the work table: calendars, and pairs of calendars that must both work, numbered as they are met."""

    def __init__(self, plan: Plan) -> None:
        self._calendars = {c.id: c for c in plan.calendars}
        self._default = plan.calendar
        self._rows: dict[tuple[Id | None, ...], int] = {}

    def of(self, *ids: Id | None) -> int:
        """Row on which all of these calendars work; None is the project's, no id at all means day and night."""
        named = tuple(dict.fromkeys(self._default if i is None else i for i in ids))
        return self._rows.setdefault(named, len(self._rows))

    def table(self, start: datetime, length: int) -> WorkTable:
        """Work table of the rows numbered so far, made for a longest path of `length` working seconds."""
        groups = [tuple(STANDARD if i is None else self._calendars[i] for i in ids) for ids in self._rows]
        weekly = min(
            sum(b - a for day in c.week for a, b in day) * MINUTE or WEEK for group in groups for c in group
        )
        days = DAYS_AHEAD + length * 7 // weekly
        return WorkTable.of([group or (ALWAYS,) for group in groups], start, days)


def lanes_of(plan: Plan, leaves: Sequence[Activity], own: IntArray, rows: CalendarRows, length: int) -> Lanes:
    """Lanes of the leaves, whose own calendars are the rows `own`; `length` as in `CalendarRows.table`."""
    assigned = _working_assignments(plan)
    several = [(i, assigned[a.id]) for i, a in enumerate(leaves) if a.id in assigned and not a.fixed_duration]
    counts = np.ones(len(leaves), np.int64)
    for i, assignments in several:
        counts[i] = len(assignments)
    first = np.append(0, np.cumsum(counts))
    amount = np.repeat(np.array([a.duration for a in leaves], np.int64), counts)
    remaining = amount.copy()
    for i, activity in enumerate(leaves):
        if activity.actual_start is not None:
            remaining[first[i]] = remaining_duration(activity)
    snap = np.repeat(own, counts)
    calendar = snap.copy()
    calendar[first[:-1][[a.elapsed for a in leaves]]] = rows.of() if any(a.elapsed for a in leaves) else 0
    resources = {r.id: r for r in plan.resources}
    for i, assignments in several:
        for lane, assignment in enumerate(assignments, start=int(first[i])):
            calendar[lane] = snap[lane] = _lane_row(
                leaves[i], resources[assignment.resource], int(own[i]), rows
            )
            amount[lane], remaining[lane] = _lane_work(leaves[i], assignment)
    return Lanes(rows.table(plan_start(plan), length), first, calendar, snap, amount, remaining)


def plan_start(plan: Plan) -> datetime:
    """Start of a plan that has dates; raises `CannotScheduleAmount` for a plan in integer periods."""
    if plan.start is None:
        raise CannotScheduleAmount("the plan has no start date")
    return plan.start


def _working_assignments(plan: Plan) -> dict[Id, list[Assignment]]:
    work = {r.id for r in plan.resources if r.kind is ResourceKind.WORK}
    found: dict[Id, list[Assignment]] = defaultdict(list)
    for assignment in plan.assignments:
        if assignment.resource in work and assignment.units > 0:
            found[assignment.activity].append(assignment)
    return dict(found)


def _lane_row(activity: Activity, resource: Resource, own: int, rows: CalendarRows) -> int:
    """Row of the calendar the activity and the resource share; an unnamed project calendar does not bind."""
    if resource.calendar is None or activity.ignore_resource_calendars:
        return own
    return rows.of(*(() if activity.calendar is None else (activity.calendar,)), resource.calendar)


def _lane_work(activity: Activity, assignment: Assignment) -> tuple[int, int]:
    """Working time an assignment takes on its calendar, all of it and what remains."""
    amount = activity.duration if assignment.work is None else round(assignment.work / assignment.units)
    if activity.actual_start is None:
        return amount, amount
    if assignment.remaining_work is not None:
        return amount, min(round(assignment.remaining_work / assignment.units), amount)
    return amount, round(amount * remaining_duration(activity) / max(activity.duration, 1))


def remaining_duration(activity: Activity) -> int:
    """What is left to do: all of it before the start, nothing after the finish, else as stated."""
    if activity.actual_finish is not None:
        return 0
    if activity.actual_start is None or activity.remaining is None:
        return activity.duration
    return activity.remaining
