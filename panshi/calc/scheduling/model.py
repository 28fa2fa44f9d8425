"""A plan as values: activities, links, resources and assignments, frozen and checked on creation.

Dates are naive local `datetime`s; amounts of time are whole **seconds** of working (or elapsed) time, because
Microsoft Project keeps tenths of a minute. A plan without a start has no dates at all: its amounts are integer
periods counted from 0, as in PSPLIB.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from .calendars import Calendar
from .errors import (
    CannotScheduleAmount,
    CannotScheduleHierarchy,
    CannotScheduleReference,
    CannotScheduleSelfLink,
)

Id = int | str
"""What a file or a person calls an activity, a calendar or a resource."""

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
LONGEST = 10**12
"""No single amount is longer: thirty thousand years of seconds, of which a million still add up in 64 bits."""


class LinkKind(StrEnum):
    """Which end of the predecessor binds which end of the successor."""

    FS = "FS"
    SS = "SS"
    FF = "FF"
    SF = "SF"


class LagUnit(StrEnum):
    """Lag counts working time of the successor's calendar, or time on the clock."""

    WORKING = "working"
    ELAPSED = "elapsed"


class ConstraintKind(StrEnum):
    """Date constraints in the words of Microsoft Project."""

    ASAP = "ASAP"
    ALAP = "ALAP"
    SNET = "SNET"
    SNLT = "SNLT"
    FNET = "FNET"
    FNLT = "FNLT"
    MSO = "MSO"
    MFO = "MFO"


class ResourceKind(StrEnum):
    """Only work resources have hours; material and money never move a date."""

    WORK = "work"
    MATERIAL = "material"
    COST = "cost"


@dataclass(frozen=True, slots=True)
class Constraint:
    """A date constraint; `ASAP` and `ALAP` carry no date, all others need one."""

    kind: ConstraintKind = ConstraintKind.ASAP
    on: datetime | None = None

    def __post_init__(self) -> None:
        dated = self.kind not in (ConstraintKind.ASAP, ConstraintKind.ALAP)
        if dated != (self.on is not None):
            raise CannotScheduleAmount(f"constraint {self.kind} {'needs a' if dated else 'takes no'} date")


AS_SOON_AS_POSSIBLE = Constraint()


@dataclass(frozen=True, slots=True)
class Estimate:
    """Three-point estimate: optimistic <= most likely <= pessimistic, in the unit of the duration."""

    optimistic: float
    most_likely: float
    pessimistic: float

    def __post_init__(self) -> None:
        if not 0 <= self.optimistic <= self.most_likely <= self.pessimistic:
            numbers = f"{self.optimistic}, {self.most_likely}, {self.pessimistic}"
            raise CannotScheduleAmount(f"estimate {numbers} is not in ascending order")


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One activity, milestone or summary; an activity that is another's `parent` is a summary.

    `duration` and `remaining` (None: what the actual dates leave) are amounts of working time. With work
    assignments the dates come from the assigned work on the resources' calendars, unless `fixed_duration`;
    an `elapsed` duration runs day and night. Without an actual start nothing is done: `remaining` does not count.
    `milestone` marks an event that may sit at the end of a working period instead of the start of the next.
    """

    id: Id
    name: str = ""
    duration: int = 0
    parent: Id | None = None
    milestone: bool = False
    calendar: Id | None = None
    constraint: Constraint = AS_SOON_AS_POSSIBLE
    deadline: datetime | None = None
    actual_start: datetime | None = None
    actual_finish: datetime | None = None
    remaining: int | None = None
    fixed_duration: bool = False
    elapsed: bool = False
    ignore_resource_calendars: bool = False
    estimate: Estimate | None = None

    def __post_init__(self) -> None:
        for what, amount in (("duration", self.duration), ("remaining duration", self.remaining or 0)):
            if not 0 <= amount <= LONGEST:
                wrong = "a negative" if amount < 0 else "an endless"
                raise CannotScheduleAmount(f"activity {self.id!r} has {wrong} {what} ({amount})")
        if self.actual_finish is not None and (
            self.actual_start is None or self.actual_finish < self.actual_start
        ):
            raise CannotScheduleAmount(f"activity {self.id!r} finished before it started")


@dataclass(frozen=True, slots=True)
class Link:
    """A precedence link; a negative `lag` is a lead."""

    predecessor: Id
    successor: Id
    kind: LinkKind = LinkKind.FS
    lag: int = 0
    unit: LagUnit = LagUnit.WORKING

    def __post_init__(self) -> None:
        if self.predecessor == self.successor:
            raise CannotScheduleSelfLink(self.predecessor)
        if abs(self.lag) > LONGEST:
            link = f"{self.predecessor!r} -> {self.successor!r}"
            raise CannotScheduleAmount(f"link {link} has an endless lag ({self.lag})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A person, team, machine or material; `capacity` in units (1 = one whole person or machine)."""

    id: Id
    name: str = ""
    kind: ResourceKind = ResourceKind.WORK
    capacity: float = 1
    calendar: Id | None = None

    def __post_init__(self) -> None:
        if self.capacity < 0:
            raise CannotScheduleAmount(f"resource {self.id!r} has a negative capacity ({self.capacity})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """`units` of a resource on an activity; `work` None: duration x units; `remaining_work` None: all of it."""

    activity: Id
    resource: Id
    units: float = 1
    work: int | None = None
    remaining_work: int | None = None

    def __post_init__(self) -> None:
        amounts = (self.units, self.work or 0, self.remaining_work or 0)
        if not 0 <= min(amounts) <= max(amounts) <= LONGEST:
            wrong = "negative" if min(amounts) < 0 else "endless"
            raise CannotScheduleAmount(f"assignment of {self.resource!r} to {self.activity!r} is {wrong}")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything the scheduling engine needs to know of a project.

    `start` None makes it a plan in integer periods (no calendars, constraints or actual dates).
    `calendar` names the project calendar, the default of activities and resources without their own.
    With a `status_date` no unfinished work lies before it.
    """

    activities: tuple[Activity, ...]
    links: tuple[Link, ...] = ()
    calendars: tuple[Calendar, ...] = ()
    resources: tuple[Resource, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    start: datetime | None = None
    calendar: Id | None = None
    status_date: datetime | None = None
    name: str = ""

    def __post_init__(self) -> None:
        _unique("activity", (a.id for a in self.activities))
        _unique("calendar", (c.id for c in self.calendars))
        _unique("resource", (r.id for r in self.resources))
        self._check_references()
        self._check_hierarchy()
        if self.start is None:
            self._check_undated()

    @cached_property
    def index(self) -> dict[Id, int]:
        """Position of every activity in `activities` by its id."""
        return {activity.id: i for i, activity in enumerate(self.activities)}

    @cached_property
    def children(self) -> dict[Id, tuple[Id, ...]]:
        """Direct children of every summary in the order of the plan."""
        found: dict[Id, list[Id]] = {}
        for activity in self.activities:
            if activity.parent is not None:
                found.setdefault(activity.parent, []).append(activity.id)
        return {parent: tuple(ids) for parent, ids in found.items()}

    def leaves(self, summary: Id) -> tuple[Id, ...]:
        """Activities below a summary that are no summaries: direct children first, then branch by branch."""
        found: list[Id] = []
        pending = [summary]
        while pending:
            own = self.children.get(pending.pop(), ())
            found += [i for i in own if i not in self.children]
            pending += [i for i in reversed(own) if i in self.children]
        return tuple(found)

    def _check_references(self) -> None:
        known = self.index
        calendars = {c.id for c in self.calendars}
        resources = {r.id for r in self.resources}
        for link in self.links:
            if link.predecessor not in known or link.successor not in known:
                missing = f"{link.predecessor!r} -> {link.successor!r}"
                raise CannotScheduleReference("link to an unknown activity", missing)
        for activity in self.activities:
            if activity.parent is not None and activity.parent not in known:
                raise CannotScheduleReference("unknown parent", repr(activity.parent))
        named = [self.calendar, *(a.calendar for a in self.activities), *(r.calendar for r in self.resources)]
        for calendar in set(named) - calendars - {None}:
            raise CannotScheduleReference("unknown calendar", repr(calendar))
        for assignment in self.assignments:
            if assignment.activity not in known or assignment.resource not in resources:
                raise CannotScheduleReference(
                    "assignment of an unknown resource or activity",
                    f"{assignment.resource!r} -> {assignment.activity!r}",
                )

    def _check_hierarchy(self) -> None:
        parents = {a.id: a.parent for a in self.activities if a.parent is not None}
        settled: set[Id] = set()
        for start in parents:
            path: dict[Id, None] = {}
            node: Id | None = start
            while node is not None and node not in settled:
                if node in path:
                    raise CannotScheduleHierarchy(
                        f"activities contain each other: {', '.join(map(repr, path))}"
                    )
                path[node] = None
                node = parents.get(node)
            settled.update(path)
        for link in self.links:
            for inner, outer in ((link.predecessor, link.successor), (link.successor, link.predecessor)):
                if outer in self.children and outer in _ancestors(inner, parents):
                    raise CannotScheduleHierarchy(
                        f"{inner!r} is linked to {outer!r}, the summary that contains it"
                    )

    def _check_undated(self) -> None:
        for a in self.activities:
            if a.constraint.kind is not ConstraintKind.ASAP or a.deadline or a.actual_start:
                raise CannotScheduleAmount(
                    f"activity {a.id!r} has constraints, but the plan has no start date"
                )


def _unique(noun: str, ids: Iterable[Id]) -> None:
    counted = Counter(ids)
    twice = [i for i, times in counted.items() if times > 1]
    if twice:
        raise CannotScheduleReference(f"{noun} used twice", ", ".join(map(repr, twice[:10])))


def _ancestors(node: Id, parents: dict[Id, Id]) -> set[Id]:
    found: set[Id] = set()
    while node in parents:
        node = parents[node]
        found.add(node)
    return found
