"""Why is this date what it is: driving links, chains of them, critical paths and contradictions, as data.

A link drives its successor when it alone would hold it where the links together hold it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from itertools import islice

import numpy as np

from .cycles import IntArray
from .model import Activity, ConstraintKind, Id, Link
from .schedule import Moment, Schedule

_EARLIEST = (ConstraintKind.SNET, ConstraintKind.FNET)


class Reason(StrEnum):
    """What decides a start."""

    LINK = "link"
    CONSTRAINT = "constraint"
    ACTUAL = "actual date"
    STATUS_DATE = "status date"
    PROJECT_START = "project start"
    AS_LATE_AS_POSSIBLE = "as late as possible"


@dataclass(frozen=True, slots=True)
class Driver:
    """One reason for the start of `activity`, with the link for `Reason.LINK` and the instant it asks for."""

    activity: Id
    reason: Reason
    at: Moment
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """A constraint or deadline (`kind`) that asks for `on` what the rest of the plan does not allow.

    For a constraint, links (or the status date) allow the activity to start at `possible`, but the constraint makes
    it start at `scheduled`. For a deadline, `scheduled` and `possible` are the early finish. `chain` names the
    activities that cause it, the first one first.
    """

    activity: Id
    kind: ConstraintKind | None
    on: datetime
    scheduled: Moment
    possible: Moment
    chain: tuple[Id, ...]


class Drivers:
    """Answers about one schedule; looks each activity's links up in an index built on first use."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule

    @cached_property
    def _incoming(self) -> tuple[list[int], IntArray]:
        """Links by successor, as compressed rows over the activities of the plan."""
        index = self.schedule.plan.index
        successors = np.array([index[link.successor] for link in self.schedule.links], np.int64)
        counts = np.bincount(successors, minlength=len(index))
        return [0, *np.cumsum(counts).tolist()], np.argsort(successors, kind="stable")

    def links(self, activity: Id) -> tuple[Link, ...]:
        """Links that hold the activity where its links together hold it; those of its first leaf for a summary."""
        leaf = self._leaf(activity)
        i = self.schedule.plan.index[leaf]
        first, order = self._incoming
        into = order[first[i] : first[i + 1]]
        driving = into[self.schedule.link_start[into] == self.schedule.logic_start[i]]
        return tuple(self.schedule.links[k] for k in driving.tolist())

    def of(self, activity: Id) -> tuple[Driver, ...]:
        """Every reason for the planned start of an activity."""
        schedule = self.schedule
        leaf = schedule.plan.activities[schedule.plan.index[self._leaf(activity)]]
        i = schedule.plan.index[leaf.id]
        at = schedule.moment(schedule.start[i])
        if leaf.actual_start is not None:
            return (Driver(leaf.id, Reason.ACTUAL, at),)
        if leaf.constraint.kind is ConstraintKind.ALAP and schedule.start[i] != schedule.early_start[i]:
            return (Driver(leaf.id, Reason.AS_LATE_AS_POSSIBLE, at),)
        if schedule.early_start[i] != schedule.logic_start[i]:
            return (Driver(leaf.id, Reason.CONSTRAINT, at),)
        links = self.links(leaf.id)
        if links:
            return tuple(Driver(leaf.id, Reason.LINK, at, link) for link in links)
        return (Driver(leaf.id, self._source(leaf, i), at),)

    def chain(self, activity: Id) -> tuple[Driver, ...]:
        """One driver after the other back to the first cause, the cause first and the activity itself last."""
        found: list[Driver] = []
        node: Id | None = activity
        while node is not None:
            driver = self.of(node)[0]
            found.append(driver)
            node = None if driver.link is None else driver.link.predecessor
        return tuple(reversed(found))

    def critical_paths(self, limit: int = 100) -> tuple[tuple[Id, ...], ...]:
        """Chains of driving links that lead to the end of the project, at most `limit` of them."""
        return tuple(islice(self._paths(), limit))

    def conflicts(self) -> tuple[Conflict, ...]:
        """Constraints that overrule the links, and deadlines that cannot hold, with what causes them."""
        schedule, found = self.schedule, []
        for i, activity in enumerate(schedule.plan.activities):
            on, due = activity.constraint.on, activity.deadline
            started = activity.actual_start is not None or activity.id in schedule.plan.children
            if on is not None and not started and schedule.early_start[i] < schedule.logic_start[i]:
                found.append(self._conflict(activity, activity.constraint.kind, on, i))
            if due is not None and activity.actual_finish is None and self._after(schedule.finish[i], due):
                found.append(self._conflict(activity, None, due, i))
        return tuple(found)

    def _conflict(self, activity: Activity, kind: ConstraintKind | None, on: datetime, i: int) -> Conflict:
        schedule = self.schedule
        scheduled, possible = schedule.early_start, schedule.logic_start
        if kind is None:
            scheduled = possible = schedule.finish
        links = self.links(activity.id)
        before = self.chain(links[0].predecessor) if links else ()
        return Conflict(
            activity=activity.id,
            kind=kind,
            on=on,
            scheduled=schedule.moment(scheduled[i]),
            possible=schedule.moment(possible[i]),
            chain=(*(driver.activity for driver in before), activity.id),
        )

    def _after(self, value: int, due: datetime) -> bool:
        moment = self.schedule.moment(value)
        return isinstance(moment, datetime) and moment > due

    def _leaf(self, activity: Id) -> Id:
        """The activity itself, or the leaf with which a summary begins."""
        plan = self.schedule.plan
        if activity not in plan.children:
            return activity
        return min(plan.leaves(activity), key=lambda leaf: self.schedule.start[plan.index[leaf]])

    def _source(self, leaf: Activity, i: int) -> Reason:
        schedule = self.schedule
        first, _ = self._incoming
        if leaf.constraint.kind in _EARLIEST and first[i] == first[i + 1]:
            return Reason.CONSTRAINT
        status = schedule.plan.status_date
        start = schedule.plan.start
        if status is not None and start is not None and (first[i] < first[i + 1] or status > start):
            return Reason.STATUS_DATE
        return Reason.PROJECT_START

    def _paths(self) -> Iterator[tuple[Id, ...]]:
        schedule = self.schedule
        activities = schedule.plan.activities
        last = np.flatnonzero((schedule.early_finish == schedule.end) & schedule.critical).tolist()
        ends = [activities[i].id for i in reversed(last) if activities[i].id not in schedule.plan.children]
        pending: list[tuple[Id, ...]] = [(end,) for end in ends]
        while pending:
            path = pending.pop()
            before = [d.link.predecessor for d in self.of(path[0]) if d.link is not None]
            if not before:
                yield path
            pending.extend((node, *path) for node in reversed(before))
