"""Working time as workflow counts it: the official calendar as known here, the hours as set, moments in local time."""

import datetime as dt
from collections import defaultdict

from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.calc.periods import add_months
from panshi.calc.reference.official_days import official_years
from panshi.calc.working_time import Deadline, OfficialYear, WorkCalendar
from panshi.engines.process import Duration
from panshi.ground.settings.checks import checks, misfit
from panshi.ground.settings.models import CalendarDay, DayKind
from panshi.ground.settings.once import once
from panshi.ground.settings.reports import value


def working_calendar() -> WorkCalendar:
    """The years shipped, those an administrator entered instead, and the working hours in force."""
    hours = ((value("processes.day_begins"), value("processes.day_ends")),)
    if hours[0][0] >= hours[0][1]:
        hours = ((dt.time(8, 30), dt.time(17, 30)),)
    return WorkCalendar({**official_years(), **once("workflow.calendar", _entered_years)}, hours)


@checks("processes.day_begins")
def _before_its_end(begins: dt.time) -> None:
    ends: dt.time = value("processes.day_ends")
    if begins >= ends:
        raise misfit(_("必须早于工作时间结束（%(time)s）。") % {"time": f"{ends:%H:%M}"})


@checks("processes.day_ends")
def _after_its_beginning(ends: dt.time) -> None:
    begins: dt.time = value("processes.day_begins")
    if ends <= begins:
        raise misfit(_("必须晚于工作时间开始（%(time)s）。") % {"time": f"{begins:%H:%M}"})


def _entered_years() -> dict[int, OfficialYear]:
    off: dict[int, set[dt.date]] = defaultdict(set)
    made_up: dict[int, set[dt.date]] = defaultdict(set)
    for year, day, kind in CalendarDay.objects.values_list("year_id", "on", "kind"):
        (off if kind == DayKind.OFF else made_up)[year].add(day)
    return {
        year: OfficialYear(frozenset(off[year]), frozenset(made_up[year])) for year in set(off) | set(made_up)
    }


def local(at: dt.datetime) -> dt.datetime:
    """A moment as the calendar counts it: local and naive."""
    return timezone.localtime(at).replace(tzinfo=None)


def aware(moment: dt.datetime) -> dt.datetime:
    """The moment of a local time."""
    return timezone.make_aware(moment)


def due_after(at: dt.datetime, *, days: int, hours: int, calendar: WorkCalendar) -> Deadline:
    """When so many working days and hours after a moment have passed."""
    found = calendar.after_days(local(at), days) if days else Deadline(local(at), provisional=False)
    if not hours:
        return found
    later = calendar.after_minutes(found.at, hours * 60)
    return Deadline(later.at, found.provisional or later.provisional)


def fires_at(at: dt.datetime, duration: Duration, *, calendar: WorkCalendar) -> Deadline:
    """When a timer of the drawing falls due: months and seconds by the clock, then working days and minutes."""
    start = local(at)
    moment = dt.datetime.combine(add_months(start.date(), duration.months), start.time())
    moment += dt.timedelta(seconds=duration.seconds)
    provisional = False
    if duration.work_days:
        found = calendar.after_days(moment, duration.work_days)
        moment, provisional = found.at, found.provisional
    if duration.work_minutes:
        found = calendar.after_minutes(moment, duration.work_minutes)
        moment, provisional = found.at, provisional or found.provisional
    return Deadline(moment, provisional)


def minutes_used(start: dt.datetime, end: dt.datetime, *, calendar: WorkCalendar) -> int:
    """Working minutes between two moments."""
    return calendar.minutes_between(local(start), local(end))
