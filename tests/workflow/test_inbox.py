"""The inbox: what stands in it for whom, who stands in for whom, and what one request's page says."""

import datetime as dt

import pytest

from panshi.ground.base.refusals import NotAllowed
from panshi.workflow import reports, services
from panshi.workflow.models import Act, Request
from tests.factories.organisation import AT, Company
from tests.workflow.processes import agree, make_process, open_task, start, step, viewer

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 21)
WEEK = dt.date(2026, 11, 27)


def has(company: Company, name: str, *, on: dt.date = TODAY) -> list[str]:
    return [str(task) for task in reports.to_do(viewer=company.viewer(name), on=on).order_by("pk")]


def test_each_list_holds_what_concerns_its_person(company: Company) -> None:
    make_process("leave", [step("one", "applicant.superior"), step("two", "role:general_manager")])
    request = start("leave", company.owner)
    services.copy(request=request, to=[company.teammate], by=viewer(company.owner), at=AT)
    assert (has(company, "supervisor"), has(company, "general_manager"), has(company, "owner")) == (
        ["ONE"],
        [],
        [],
    )
    agree(request, company.supervisor)
    assert (has(company, "supervisor"), has(company, "general_manager")) == ([], ["TWO"])
    assert [act.node for act in reports.handled(viewer=viewer(company.supervisor))] == ["one"]
    assert list(reports.applied_for(viewer=viewer(company.owner))) == [request]
    assert reports.copied(viewer=viewer(company.teammate)).count() == 1
    counts = reports.counts(viewer=viewer(company.teammate), on=TODAY, at=AT)
    assert (counts.to_do, counts.unread) == (0, 1)
    assert reports.counts(viewer=viewer(company.general_manager), on=TODAY, at=AT).to_do == 1


def test_taken_by_one_it_leaves_the_lists_of_the_others(company: Company) -> None:
    make_process("leave", [step("one", "unit:key_account_supervisor,unit:key_account_director")])
    request = start("leave", company.owner)
    assert has(company, "supervisor") == has(company, "director") == ["ONE"]
    services.claim(task=open_task(request), by=viewer(company.director), at=AT)
    assert (has(company, "supervisor"), has(company, "director")) == ([], ["ONE"])


def test_a_substitute_acts_for_somebody_during_their_absence(company: Company) -> None:
    make_process("leave", [step("one", "applicant.superior")])
    before = start("leave", company.owner)
    by = viewer(company.supervisor)
    for since, until, who in (
        (WEEK, TODAY, company.colleague),
        (TODAY - dt.timedelta(days=9), TODAY - dt.timedelta(days=2), company.colleague),
        (TODAY, WEEK, company.supervisor),
    ):
        with pytest.raises(services.CannotSetAbsence):
            services.set_absence(
                person=company.supervisor, substitute=who, since_on=since, until_on=until, by=by, at=AT
            )
    with pytest.raises(NotAllowed):
        services.set_absence(
            person=company.director, substitute=company.colleague, since_on=TODAY, until_on=WEEK, by=by, at=AT
        )
    absence = services.set_absence(
        person=company.supervisor, substitute=company.colleague, since_on=TODAY, until_on=WEEK, by=by, at=AT
    )
    with pytest.raises(services.CannotSetAbsence, match="已经设了"):
        services.set_absence(
            person=company.supervisor, substitute=company.director, since_on=WEEK, until_on=WEEK, by=by, at=AT
        )
    after = start("leave", company.owner)
    assert has(company, "colleague") == ["ONE", "ONE"]
    assert has(company, "colleague", on=WEEK + dt.timedelta(days=1)) == []
    assert Request.objects.visible_to(viewer(company.colleague)).count() == 2
    agree(before, company.colleague)
    act = Act.objects.get(request=before, kind="approved")
    assert (act.person_id, act.acted_for_id) == (company.colleague.pk, company.supervisor.pk)
    services.end_absence(absence=absence, by=by, at=AT)
    with pytest.raises(NotAllowed):
        agree(after, company.colleague)


def test_a_substitute_for_some_processes_acts_in_those_alone(company: Company) -> None:
    make_process("leave", [step("one", "applicant.superior")])
    make_process("money", [step("one", "applicant.superior")])
    services.set_absence(
        person=company.supervisor,
        substitute=company.colleague,
        since_on=TODAY,
        until_on=WEEK,
        processes=["leave"],
        by=viewer(company.supervisor),
        at=AT,
    )
    leave, money = start("leave", company.owner), start("money", company.owner)
    assert len(has(company, "colleague")) == 1
    agree(leave, company.colleague)
    with pytest.raises(NotAllowed):
        agree(money, company.colleague)


def test_nobody_approves_their_own_request_as_a_substitute(company: Company) -> None:
    make_process("leave", [step("one", "applicant.superior")])
    services.set_absence(
        person=company.supervisor,
        substitute=company.owner,
        since_on=TODAY,
        until_on=WEEK,
        by=viewer(company.supervisor),
        at=AT,
    )
    request = start("leave", company.owner)
    assert has(company, "owner") == []
    with pytest.raises(services.CannotAct, match="自己"):
        agree(request, company.owner)


def test_the_page_tells_who_has_it_and_why(company: Company) -> None:
    make_process(
        "leave",
        [
            step("one", "applicant.superior", days=2),
            step("two", "role:general_manager", fields="secret:hide"),
        ],
        form=[{"name": "secret", "label": "保密", "kind": "text"}],
    )
    request = start("leave", company.owner, secret="底价")
    page = reports.request_page(request_id=request.pk, viewer=viewer(company.owner), on=TODAY, at=AT)
    assert page is not None
    (waiting,) = page.waiting
    assert (waiting.holders, waiting.seats) == (("周立",), ("东区一组的大客户主管",))
    assert waiting.why == ("沈南舟的上级：东区一组的大客户主管",)
    states = {node.node: node.state for node in page.nodes}
    assert (states["one"], states["two"]) == ("current", "ahead")
    assert page.acts >= {"withdraw", "urge", "copy", "comment"}
    assert page.possible == ()
    assert "<bpmn:" in page.drawing
    agree(request, company.supervisor, remark="好")
    page = reports.request_page(
        request_id=request.pk, viewer=viewer(company.general_manager), on=TODAY, at=AT
    )
    assert page is not None
    assert [shown.field.name for shown in page.fields] == []
    assert [line.act.text for line in page.story][-1] == "好"
    (possible,) = page.possible
    assert [back.node for back in possible.back_to] == ["", "one"]


def test_figures_count_working_minutes_and_only_what_one_oversees(company: Company) -> None:
    make_process("leave", [step("one", "applicant.superior")])
    friday = dt.datetime(2026, 11, 20, 8, 0, tzinfo=dt.UTC)
    for hours in (1, 2, 65):
        request = start("leave", company.owner, at=friday)
        agree(request, company.supervisor, at=friday + dt.timedelta(hours=hours))
    window = {"since": friday - dt.timedelta(days=1), "until": friday + dt.timedelta(days=1), "at": AT}
    (figures,) = reports.process_figures(viewer=company.viewer("director"), **window)
    (only,) = figures.steps
    assert (figures.started, figures.approved, only.closed) == (3, 3, 3)
    assert (only.median, only.ninetieth) == (90, 120), "16:00 to 17:30, and half an hour on Monday"
    assert reports.process_figures(viewer=company.viewer("rival"), **window) == []
    with pytest.raises(NotAllowed):
        reports.process_figures(viewer=company.viewer("owner"), **window)


def test_quick_opinions_are_ones_own(company: Company) -> None:
    services.keep_opinions(texts=["同意", "请补充材料", "同意", " "], by=viewer(company.owner))
    assert reports.quick_opinions(viewer=viewer(company.owner)) == ["同意", "请补充材料"]
    assert reports.quick_opinions(viewer=viewer(company.director)) == []
    with pytest.raises(services.CannotKeepOpinion):
        services.keep_opinions(texts=[str(number) for number in range(21)], by=viewer(company.owner))
