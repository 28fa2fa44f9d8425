"""Deadlines in working time: reminders, escalation, automatic answers, timers of the drawing, each fired once."""

import datetime as dt

import pytest

from panshi.ground.identity.models import Assignment
from panshi.ground.notices.models import Notice
from panshi.ground.settings.models import CalendarDay, CalendarYear
from panshi.workflow import services
from panshi.workflow.models import Act, Request, Timer
from tests.factories.organisation import SYSTEM, Company
from tests.workflow.processes import agree, make_process, nodes_open, open_task, start, step, viewer

pytestmark = pytest.mark.django_db

FRIDAY = dt.datetime(2026, 11, 20, 8, 0, tzinfo=dt.UTC)
"""16:00 in China."""
LATER = dt.datetime(2026, 11, 30, 8, 0, tzinfo=dt.UTC)


def fire(at: dt.datetime) -> int:
    return services.fire_due(by=SYSTEM, at=at)


def told(kind: str) -> set[int]:
    return set(Notice.objects.filter(kind=kind).values_list("person_id", flat=True))


def one(company: Company, at: dt.datetime = FRIDAY, **rules: object) -> Request:
    make_process("leave", [step("first", "applicant.superior", days=2, **rules)], at=at)
    return start("leave", company.owner, at=at)


def test_two_working_days_from_friday_end_on_tuesday(company: Company) -> None:
    task = open_task(one(company))
    assert (task.due_at, task.provisional) == (dt.datetime(2026, 11, 24, 8, 0, tzinfo=dt.UTC), False)


def test_a_year_without_an_official_calendar_is_provisional_until_it_is_entered(company: Company) -> None:
    year_end = dt.datetime(2026, 12, 31, 2, 0, tzinfo=dt.UTC)
    assert open_task(one(company, at=year_end)).provisional
    year = CalendarYear.objects.create(year=2027, notice="国办发明电", at=FRIDAY)
    CalendarDay.objects.create(year=year, on=dt.date(2027, 1, 1), kind="off")
    task = open_task(one(company, at=year_end))
    assert (task.provisional, task.due_at.date()) == (False, dt.date(2027, 1, 5))


def test_after_a_downtime_what_fell_due_fires_once(company: Company) -> None:
    request = one(company, overdue="approve")
    assert fire(FRIDAY) == 0
    assert fire(LATER) == 1
    assert fire(LATER) == 0
    request.refresh_from_db()
    assert request.state == "approved"
    assert Act.objects.filter(request=request, kind="timed_out").count() == 1


def test_it_is_turned_down_by_itself_only_where_the_definition_says_so(company: Company) -> None:
    request = one(company, overdue="reject")
    fire(LATER)
    request.refresh_from_db()
    assert request.state == "rejected"
    silent = one(company)
    fire(LATER)
    silent.refresh_from_db()
    assert silent.state == "running"


def test_people_are_reminded_before_and_again_after(company: Company) -> None:
    request = one(company, overdue="remind", remind=1)
    monday = dt.datetime(2026, 11, 23, 8, 0, tzinfo=dt.UTC)
    assert fire(monday) == 1
    assert told("workflow.due_soon") == {company.supervisor.pk}
    moment, reminders = monday, 0
    for _day in range(14):
        moment += dt.timedelta(days=1)
        reminders += fire(moment)
    assert reminders == 6, "at the deadline, then on five working days"
    assert told("workflow.overdue") == {company.supervisor.pk}
    agree(request, company.supervisor, at=moment)
    assert not Timer.objects.filter(open=True).exists()


def test_overdue_it_goes_to_the_superior(company: Company) -> None:
    request = one(company, overdue="escalate")
    fire(LATER)
    assert told("workflow.escalated") == {company.director.pk}
    with pytest.raises(services.CannotAct):
        agree(request, company.supervisor, at=LATER)
    agree(request, company.director, at=LATER)
    request.refresh_from_db()
    assert request.state == "approved"


def test_without_a_superior_it_goes_to_the_administrators_queue(company: Company) -> None:
    make_process("top", [step("first", "role:general_manager", days=1, overdue="escalate")])
    request = start("top", company.owner, at=FRIDAY)
    fire(LATER)
    assert open_task(request).queued


def test_what_ended_meanwhile_is_not_fired(company: Company) -> None:
    request = one(company, overdue="approve")
    services.withdraw(request=request, by=viewer(company.owner), at=FRIDAY)
    assert fire(LATER) == 0


DRAWING = """<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:p="urn:panshi:bpmn:1" id="d">
<process id="timed" name="Timed" isExecutable="true">
<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="wait"/>
<intermediateCatchEvent id="wait" p:days="1"><timerEventDefinition/></intermediateCatchEvent>
<sequenceFlow id="f2" sourceRef="wait" targetRef="a"/>
<userTask id="a" name="A" p:role="applicant.superior"/>
<boundaryEvent id="late" attachedToRef="a" p:hours="4"><timerEventDefinition/></boundaryEvent>
<sequenceFlow id="f3" sourceRef="a" targetRef="e"/><sequenceFlow id="f4" sourceRef="late" targetRef="b"/>
<userTask id="b" name="B" p:role="role:general_manager"/><sequenceFlow id="f5" sourceRef="b" targetRef="e"/>
<endEvent id="e"/></process></definitions>"""


def test_timers_and_deadlines_of_a_drawing(company: Company) -> None:
    version = services.import_bpmn(xml=DRAWING.encode(), by=SYSTEM, at=FRIDAY)
    services.publish(version=version, note="首版", by=SYSTEM, at=FRIDAY)
    request = start("timed", company.owner, at=FRIDAY)
    assert nodes_open(request) == []
    monday = dt.datetime(2026, 11, 23, 8, 0, tzinfo=dt.UTC)
    assert fire(monday) == 1
    assert nodes_open(request) == ["a"]
    assert Timer.objects.get(open=True).due_at == dt.datetime(2026, 11, 24, 3, 0, tzinfo=dt.UTC), (
        "4 hours: 1.5 and 2.5"
    )
    assert fire(LATER) == 1
    assert nodes_open(request) == ["b"]
    agree(request, company.general_manager, at=LATER)
    request.refresh_from_db()
    assert request.state == "approved"


def test_tasks_whose_people_left_are_queued_in_the_morning(company: Company) -> None:
    request = one(company)
    assert services.queue_orphans(by=SYSTEM, at=FRIDAY) == 0
    Assignment.objects.filter(role="key_account_supervisor").update(until_on=dt.date(2026, 11, 20))
    assert services.queue_orphans(by=SYSTEM, at=LATER) == 1
    assert services.queue_orphans(by=SYSTEM, at=LATER) == 0
    assert open_task(request).queued
