"""Microsoft Project XML: what MPXJ writes is read without loss; damaged, foreign and hostile files are refused."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import jpype
import pytest

from panshi.calc.scheduling.cpm import schedule
from panshi.calc.scheduling.errors import CannotSchedule
from panshi.calc.scheduling.model import HOUR, ConstraintKind, LagUnit, LinkKind, Plan, ResourceKind
from panshi.engines.plans.errors import CannotReadPlan
from panshi.engines.plans.mspdi import MspdiPlan, read_mspdi
from tests.calc.scheduling_mpxj import java, write_mspdi
from tests.calc.scheduling_random import Mix, random_plans

SAMPLE = (Path(__file__).parents[1] / "data" / "mspdi" / "tender.xml").read_bytes()

DATES = ["early_start", "early_finish", "late_start", "late_finish", "start", "finish"]
FIELDS = [*DATES, "total_float", "free_float", "critical"]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.oracle
@pytest.mark.parametrize(
    "mix",
    [
        Mix(),
        Mix(alap=0.1, progress=0.2, elapsed=0.1, summaries=0.3),
        Mix(alap=0.1, progress=0.2, resources=0.3, elapsed=0.05, summaries=0.3, summary_links=0.1),
    ],
    ids=["links", "progress", "resources"],
)
def test_what_mpxj_writes_gives_the_same_schedule(mix: Mix) -> None:
    for plan in random_plans(11, 6, 40, mix):
        read = read_mspdi(write_mspdi(plan))
        assert read.notes == ()
        assert dates(read.plan) == dates(plan, by_id=True)


def dates(plan: Plan, by_id: bool = False) -> dict[str, list[object]]:
    return {str(r.id) if by_id else r.name: [getattr(r, f) for f in FIELDS] for r in schedule(plan).rows()}


@pytest.fixture(scope="module")
def tender() -> MspdiPlan:
    return read_mspdi(SAMPLE)


def test_tasks_links_and_resources_are_read(tender: MspdiPlan) -> None:
    plan = tender.plan
    by_name = {a.name: a for a in plan.activities}
    assert plan.start == at("2025-01-20T08:00")
    assert plan.status_date == at("2025-01-21T17:00")
    assert by_name["Prepare bid"].parent == by_name["Tender"].id
    assert by_name["Price"].duration == 16 * HOUR
    assert by_name["Price"].deadline == at("2025-02-14T17:00")
    assert by_name["Dry concrete"].elapsed
    assert by_name["Open bids"].milestone
    assert by_name["Open bids"].constraint.kind is ConstraintKind.SNET
    assert by_name["Read documents"].actual_start == at("2025-01-20T08:00")
    assert by_name["Read documents"].remaining == 4 * HOUR
    kinds = {(link.predecessor, link.successor): (link.kind, link.lag, link.unit) for link in plan.links}
    assert kinds[2, 3] == (LinkKind.FS, 0, LagUnit.WORKING)
    assert kinds[3, 4] == (LinkKind.SS, 4 * HOUR, LagUnit.WORKING)
    assert kinds[4, 5] == (LinkKind.FF, 8 * HOUR, LagUnit.WORKING), "50 % of 16 hours"
    assert kinds[5, 6] == (LinkKind.SF, -24 * HOUR, LagUnit.ELAPSED)
    assert [(r.name, r.kind, r.capacity) for r in plan.resources] == [
        ("Ann", ResourceKind.WORK, 1),
        ("Paper", ResourceKind.MATERIAL, 1),
    ]
    assert [(a.resource, a.units, a.work) for a in plan.assignments] == [(1, 0.5, 8 * HOUR)]


def test_calendars_inherit_and_expand(tender: MspdiPlan) -> None:
    national, ann = tender.plan.calendars
    assert national.shifts_on(date(2025, 1, 29)) == ()
    assert national.shifts_on(date(2025, 1, 26)) == ((480, 720), (780, 1020))
    assert national.shifts_on(date(2026, 10, 1)) == () != national.shifts_on(date(2026, 10, 2))
    assert ann.shifts_on(date(2025, 1, 24)) == (), "her own week has no Friday"
    assert ann.shifts_on(date(2025, 1, 26)) == national.shifts_on(date(2025, 1, 26)), "the base's make-up day"
    assert ann.shifts_on(date(2025, 3, 3)) == ((1320, 1440 + 360),), "a night shift in her other week"


def test_what_bears_on_dates_and_is_not_understood_is_listed(tender: MspdiPlan) -> None:
    assert tender.notes == (
        "task 8 is inactive and left out",
        "calendar 1: exception Third Monday recurs by position in the month or year and is left out",
        "task 6: its levelling delay is left out",
        "task 7 is scheduled by hand; it is held at its start date",
        "task 6: its link from task 99 leads outside the plan and is left out",
    )
    assert tender.unread == {"Project/SaveVersion": 1, "Task/ExtendedAttribute": 1, "Task/Notes": 1}


@pytest.mark.oracle
@pytest.mark.parametrize(
    ("rule", "recurrence", "settings"),
    [
        ("<Type>1</Type><Period>3</Period>", "DAILY", {"Frequency": 3}),
        (
            "<Type>2</Type><Month>9</Month><MonthDay>1</MonthDay>",
            "YEARLY",
            {"MonthNumber": 10, "DayNumber": 1},
        ),
        (
            "<Type>4</Type><Period>2</Period><MonthDay>15</MonthDay>",
            "MONTHLY",
            {"Frequency": 2, "DayNumber": 15},
        ),
        ("<Type>4</Type><MonthDay>31</MonthDay>", "MONTHLY", {"Frequency": 1, "DayNumber": 31}),
        ("<Type>6</Type><Period>2</Period><DaysOfWeek>20</DaysOfWeek>", "WEEKLY", {"Frequency": 2}),
    ],
)
def test_recurring_exceptions_fall_on_the_days_mpxj_finds(
    rule: str, recurrence: str, settings: dict[str, int]
) -> None:
    span = "<TimePeriod><FromDate>2025-01-06T00:00:00</FromDate><ToDate>2035-12-31T23:59:00</ToDate></TimePeriod>"
    entry = f"<Exception>{span}<Occurrences>9</Occurrences>{rule}<DayWorking>0</DayWorking></Exception>"
    raw = SAMPLE.replace(b"<Exceptions>", f"<Exceptions>{entry}".encode(), 1)
    calendar = read_mspdi(raw).plan.calendars[0]
    mpxj, local = java(), jpype.JClass("java.time.LocalDate")
    data = mpxj.RecurringData()
    data.setRecurrenceType(getattr(mpxj.RecurrenceType, recurrence))
    data.setStartDate(local.of(2025, 1, 6))
    data.setOccurrences(jpype.JInt(9))
    for name, value in settings.items():
        getattr(data, f"set{name}")(jpype.JInt(value))
    if recurrence == "WEEKLY":
        for weekday in ("TUESDAY", "THURSDAY"):
            data.setWeeklyDay(getattr(jpype.JClass("java.time.DayOfWeek"), weekday), True)
    theirs = [date.fromisoformat(str(day)) for day in data.getDates()]
    assert [e.first for e in calendar.exceptions[:-5]] == theirs


BOMB = b'<?xml version="1.0"?><!DOCTYPE p [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><Project>&b;</Project>'
EXTERNAL = (
    b'<?xml version="1.0"?><!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]><Project>&x;</Project>'
)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (BOMB, "entities"),
        (EXTERNAL, "entities"),
        (b"<!DOCTYPE p><Project/>", "document type"),
        (SAMPLE[: len(SAMPLE) // 2], "breaks off"),
        (b"", "breaks off"),
        (b"PK\x03\x04 a workbook", "breaks off"),
        (b"<html><body/></html>", "outermost element is 'html'"),
        (b'<Project xmlns="http://tempuri.org/other"/>', "outermost element"),
        (b'<Project xmlns="http://schemas.microsoft.com/project"/>', "no tasks"),
        (b"<Project><Tasks><Task><UID>1</UID></Task></Tasks></Project>", "start date"),
        (SAMPLE.replace(b"PT16H0M0S", b"two days"), "Task 4: Duration is 'two days'"),
        (SAMPLE.replace(b"2025-02-14T17:00:00", b"tomorrow"), "Deadline is 'tomorrow'"),
        (SAMPLE.replace(b"<UID>3</UID>", b"<UID>three</UID>"), "UID is 'three'"),
        (SAMPLE.replace(b"<ConstraintType>4<", b"<ConstraintType>NaN<"), "ConstraintType is 'NaN'"),
        (SAMPLE.replace(b"<ConstraintType>4<", b"<ConstraintType>1e999<"), "ConstraintType is '1e999'"),
    ],
)
def test_foreign_damaged_and_hostile_files_are_refused(raw: bytes, why: str) -> None:
    with pytest.raises(CannotReadPlan, match=why):
        read_mspdi(raw)


@pytest.mark.parametrize(
    ("written", "instead", "why"),
    [
        (b"<Duration>PT16H0M0S<", b"<Duration>-PT16H0M0S<", "activity 4 has a negative duration"),
        (b"<Duration>PT16H0M0S<", b"<Duration>PT999999999H0M0S<", "activity 4 has an endless duration"),
        (b"<Duration>PT16H0M0S<", b"<Duration>PT99999999H0M0S<", "does not lie in the years 1 to 9999"),
        (b"<MaxUnits>1.00<", b"<MaxUnits>-1<", "resource 1 has a negative capacity"),
    ],
)
def test_amounts_no_plan_can_have_are_refused(written: bytes, instead: bytes, why: str) -> None:
    assert written in SAMPLE
    with pytest.raises(CannotSchedule, match=why):
        schedule(read_mspdi(SAMPLE.replace(written, instead)).plan)
