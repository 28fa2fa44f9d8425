"""Microsoft Project XML (MSPDI) as a plan: tasks, links, calendars, resources, assignments, progress.

The reader never guesses in silence: what bears on the schedule and is not understood is noted, and every element
it did not read is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

from panshi.calc.scheduling.calendars import Calendar
from panshi.calc.scheduling.model import (
    Activity,
    Assignment,
    Constraint,
    ConstraintKind,
    Id,
    LagUnit,
    Link,
    LinkKind,
    Plan,
    Resource,
    ResourceKind,
)

from .errors import CannotReadPlan
from .mspdi_calendars import read_calendars
from .xml_values import KIND, amount, decimal, flag, integer, moment, parse_project, text

_K = ConstraintKind
CONSTRAINTS = (_K.ASAP, _K.ALAP, _K.MSO, _K.MFO, _K.SNET, _K.SNLT, _K.FNET, _K.FNLT)
LINK_KINDS = (LinkKind.FF, LinkKind.FS, LinkKind.SF, LinkKind.SS)
RESOURCE_KINDS = (ResourceKind.MATERIAL, ResourceKind.WORK, ResourceKind.COST)
ELAPSED_FORMATS = frozenset({4, 6, 8, 10, 12, 20, 36, 38, 40, 42, 44, 52})
PERCENT_FORMATS = frozenset({19, 20, 51, 52})
LAG_UNIT_SECONDS = 6
"""Lags are written in tenths of a minute."""

READ = {
    "Project": "Name Title StartDate StatusDate CalendarUID ScheduleFromStart Calendars Tasks Resources Assignments",
    "Task": "UID ID Name Active Manual IsNull OutlineLevel Type Start Duration DurationFormat Milestone Summary "
    "ConstraintType ConstraintDate Deadline CalendarUID IgnoreResourceCalendar ActualStart ActualFinish "
    "ActualDuration RemainingDuration PredecessorLink LevelingDelay ExternalTask",
    "PredecessorLink": "PredecessorUID Type CrossProject LinkLag LagFormat",
    "Resource": "UID Name Type MaxUnits CalendarUID",
    "Assignment": "TaskUID ResourceUID Units Work RemainingWork",
}


@dataclass(frozen=True, slots=True)
class MspdiPlan:
    """A plan, `notes` on what bears on its schedule but was not understood, and the elements left `unread`."""

    plan: Plan
    notes: tuple[str, ...]
    unread: Mapping[str, int]


def read_mspdi(source: bytes | Path) -> MspdiPlan:
    """Read a project file; raises `CannotReadPlan` for a file that is no such file, cut off or hostile."""
    root = parse_project(source.read_bytes() if isinstance(source, Path) else source)
    notes: list[str] = []
    tasks = _tasks(root, notes)
    if not tasks:
        raise CannotReadPlan(KIND, "it holds no tasks")
    start = moment(root, "StartDate")
    if start is None:
        start = min((s for task, _ in tasks if (s := moment(task, "Start"))), default=None)
    if start is None:
        raise CannotReadPlan(KIND, "neither the project nor a task has a start date")
    if not flag(root, "ScheduleFromStart", default=True):
        notes.append("the project is scheduled back from its finish; here it is scheduled from its start")
    calendars = read_calendars(root, notes.append)
    known = {c.id for c in calendars}
    default = integer(root, "CalendarUID", -1)
    resources = _resources(root, known)
    parents = {parent for _, parent in tasks}
    activities = tuple(_activity(task, parent, known, parents, notes) for task, parent in tasks)
    plan = Plan(
        name=text(root, "Title") or text(root, "Name"),
        activities=activities,
        links=_links(tasks, {a.id: a for a in activities}, notes),
        calendars=calendars,
        resources=resources,
        assignments=_assignments(root, {a.id for a in activities}, {r.id for r in resources}),
        start=start,
        calendar=default if default in known else _first(calendars, notes),
        status_date=moment(root, "StatusDate"),
    )
    return MspdiPlan(plan, tuple(notes), _unread(root))


def _first(calendars: tuple[Calendar, ...], notes: list[str]) -> Id | None:
    notes.append("the project names no calendar of its own; the first one is used")
    return calendars[0].id if calendars else None


def _tasks(root: Element, notes: list[str]) -> list[tuple[Element, int | None]]:
    """Tasks that take part in the schedule, each with the summary above it by outline level."""
    found: list[tuple[Element, int | None]] = []
    above: list[tuple[int, int]] = []
    for task in root.iterfind("Tasks/Task"):
        uid, level = integer(task, "UID"), integer(task, "OutlineLevel", 1)
        if flag(task, "IsNull") or level == 0:
            continue
        if not flag(task, "Active", default=True):
            notes.append(f"task {uid} is inactive and left out")
            continue
        if flag(task, "ExternalTask"):
            notes.append(f"task {uid} belongs to another project and is left out")
            continue
        while above and above[-1][0] >= level:
            above.pop()
        found.append((task, above[-1][1] if above else None))
        above.append((level, uid))
    return found


def _activity(
    task: Element, parent: int | None, calendars: set[Id], parents: set[int | None], notes: list[str]
) -> Activity:
    uid = integer(task, "UID")
    calendar = integer(task, "CalendarUID", -1)
    constraint = _constraint(task, uid, notes)
    if uid in parents and constraint.kind is not _K.ASAP:
        notes.append(f"task {uid} is a summary; its constraint {constraint.kind} is left out")
        constraint = Constraint()
    if integer(task, "LevelingDelay"):
        notes.append(f"task {uid}: its levelling delay is left out")
    started, finished = moment(task, "ActualStart"), moment(task, "ActualFinish")
    return Activity(
        id=uid,
        name=text(task, "Name"),
        duration=amount(task, "Duration") or 0,
        parent=parent,
        milestone=flag(task, "Milestone"),
        calendar=calendar if calendar in calendars else None,
        constraint=constraint,
        deadline=moment(task, "Deadline"),
        actual_start=None if uid in parents else started or finished,
        actual_finish=None if uid in parents else finished,
        remaining=_remaining(task) if started and not finished else None,
        fixed_duration=integer(task, "Type") == 1,
        elapsed=integer(task, "DurationFormat") in ELAPSED_FORMATS,
        ignore_resource_calendars=flag(task, "IgnoreResourceCalendar"),
    )


def _remaining(task: Element) -> int | None:
    """Remaining duration; writers that leave out zeros still state the actual one."""
    stated, done = amount(task, "RemainingDuration"), amount(task, "ActualDuration")
    if stated is None and done is not None:
        return max((amount(task, "Duration") or 0) - done, 0)
    return stated


def _constraint(task: Element, uid: int, notes: list[str]) -> Constraint:
    if flag(task, "Manual"):
        notes.append(f"task {uid} is scheduled by hand; it is held at its start date")
        start = moment(task, "Start")
        return Constraint(_K.MSO, start) if start else Constraint()
    code, on = integer(task, "ConstraintType"), moment(task, "ConstraintDate")
    if not 0 <= code < len(CONSTRAINTS):
        notes.append(f"task {uid}: constraint type {code} is unknown and left out")
        return Constraint()
    kind = CONSTRAINTS[code]
    if kind in (_K.ASAP, _K.ALAP):
        return Constraint(kind)
    if on is None:
        notes.append(f"task {uid}: constraint {kind} has no date and is left out")
        return Constraint()
    return Constraint(kind, on)


def _links(
    tasks: list[tuple[Element, int | None]], activities: Mapping[Id, Activity], notes: list[str]
) -> tuple[Link, ...]:
    found: list[Link] = []
    for task, _ in tasks:
        uid = integer(task, "UID")
        for item in task.iterfind("PredecessorLink"):
            before, code = integer(item, "PredecessorUID"), integer(item, "Type", 1)
            if before not in activities or flag(item, "CrossProject"):
                notes.append(
                    f"task {uid}: its link from task {before} leads outside the plan and is left out"
                )
            elif not 0 <= code < len(LINK_KINDS):
                notes.append(f"task {uid}: link type {code} is unknown and left out")
            else:
                found.append(Link(before, uid, LINK_KINDS[code], *_lag(item, activities[before])))
    return tuple(found)


def _lag(item: Element, predecessor: Activity) -> tuple[int, LagUnit]:
    """Lag in seconds; a percentage is taken of the predecessor's duration."""
    value, form = decimal(item, "LinkLag"), integer(item, "LagFormat", 7)
    unit = LagUnit.ELAPSED if form in ELAPSED_FORMATS else LagUnit.WORKING
    if form in PERCENT_FORMATS:
        unit = LagUnit.ELAPSED if form in ELAPSED_FORMATS or predecessor.elapsed else LagUnit.WORKING
        return round(predecessor.duration * value / 100), unit
    return round(value * LAG_UNIT_SECONDS), unit


def _resources(root: Element, calendars: set[Id]) -> tuple[Resource, ...]:
    found = []
    for item in root.iterfind("Resources/Resource"):
        uid, calendar = integer(item, "UID"), integer(item, "CalendarUID", -1)
        if uid == 0 and not text(item, "Name"):
            continue
        found.append(
            Resource(
                id=uid,
                name=text(item, "Name"),
                kind=RESOURCE_KINDS[min(max(integer(item, "Type", 1), 0), 2)],
                capacity=decimal(item, "MaxUnits", 1.0),
                calendar=calendar if calendar in calendars else None,
            )
        )
    return tuple(found)


def _assignments(root: Element, activities: set[Id], resources: set[Id]) -> tuple[Assignment, ...]:
    """Assignments of resources; Project also writes one without resource for every unassigned task."""
    return tuple(
        Assignment(
            activity=integer(item, "TaskUID"),
            resource=integer(item, "ResourceUID"),
            units=decimal(item, "Units", 1.0),
            work=amount(item, "Work"),
            remaining_work=amount(item, "RemainingWork"),
        )
        for item in root.iterfind("Assignments/Assignment")
        if integer(item, "TaskUID") in activities and integer(item, "ResourceUID", -1) in resources
    )


def _unread(root: Element) -> Mapping[str, int]:
    """How often each element occurs that this reader does not look at."""
    known = {tag: set(children.split()) for tag, children in READ.items()}
    found = Counter(
        f"{element.tag}/{child.tag}"
        for element in root.iter()
        if element.tag in known
        for child in element
        if child.tag not in known[element.tag]
    )
    return dict(sorted(found.items()))
