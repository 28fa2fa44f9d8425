"""The administrator's queue: what nobody can do is found somebody for, what stopped goes on, and only here."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from panshi.ground.audit.models import Event
from panshi.ground.base.refs import RecordRef
from panshi.ground.identity.models import Person
from panshi.workflow import services
from panshi.workflow.models import Request, Task, TaskKind
from tests.factories.accounts import make_account
from tests.factories.organisation import AT, Company
from tests.workflow import bound
from tests.workflow.processes import agree, make_process, open_task, start, step, viewer

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(company: Company, signed_in: Callable[[Person], Client]) -> Client:
    return signed_in(company.administrator)


@pytest.fixture
def orphan(company: Company) -> Request:
    """A request whose step nobody holds."""
    make_process("leave", [step("first", "role:finance")])
    return start("leave", company.owner)


@pytest.fixture
def refused(company: Company) -> Request:
    """A request agreed to whose decision was refused; the administrator has it."""
    account = make_account(owner=company.owner, unit=company.units.east_one, lifecycle="active")
    make_process(
        "tried",
        [step("first", "applicant.superior")],
        form=bound.FORM,
        refused=f"person:{company.administrator.username}",
    )
    request = services.start_request(
        process="tried",
        subjects=(RecordRef("account", account.pk),),
        values={"reason": "x"},
        by=viewer(company.owner),
        at=AT,
    )
    type(account).objects.filter(pk=account.pk).update(lifecycle="lost")
    agree(request, company.supervisor)
    return request


def test_a_task_nobody_can_do_is_given_to_somebody(
    browser: Client, orphan: Request, company: Company
) -> None:
    task = open_task(orphan)
    page = browser.get(reverse("workflow:queue")).content.decode()
    assert reverse("workflow:queue_assign", args=[task.pk]) in page
    address = reverse("workflow:queue_assign", args=[task.pk])
    assert browser.get(address).status_code == 200
    nobody = browser.post(address, {"to": "999999"})
    assert (nobody.status_code, Task.objects.get(pk=task.pk).queued) == (422, True)
    own = browser.post(address, {"to": str(company.owner.pk)})
    assert own.status_code == 422
    assert browser.post(address, {"to": str(company.director.pk), "remark": "代理"}).status_code == 302
    assert not Task.objects.get(pk=task.pk).queued
    agree(orphan, company.director)
    orphan.refresh_from_db()
    assert orphan.state == "approved"
    assert address not in browser.get(reverse("workflow:queue")).content.decode()


def test_a_request_is_ended_only_with_a_reason(browser: Client, orphan: Request) -> None:
    address = reverse("workflow:queue_cancel", args=[orphan.pk])
    assert browser.post(address, {"remark": " "}).status_code == 422
    assert browser.post(address, {"remark": "重复提交"}).status_code == 302
    orphan.refresh_from_db()
    assert (orphan.state, orphan.remark) == ("cancelled", "重复提交")
    assert browser.get(address).status_code == 404


def test_a_refused_decision_is_repeated_or_given_up(
    browser: Client, refused: Request, company: Company, signed_in: Callable[[Person], Client]
) -> None:
    task = Task.objects.get(request=refused, kind=TaskKind.REFUSED, state="open")
    page = browser.get(reverse("workflow:queue")).content.decode()
    assert "客户已流失。" in page
    repeat = reverse("workflow:queue_repeat", args=[task.pk])
    assert repeat in page
    assert "客户已流失。" in browser.get(repeat).content.decode()
    other = signed_in(company.operations)
    assert repeat not in other.get(reverse("workflow:queue")).content.decode()
    assert other.post(repeat).status_code in (403, 409, 422)
    assert browser.post(repeat).status_code == 302
    refused.refresh_from_db()
    assert refused.state == "stuck"
    again = Task.objects.get(request=refused, kind=TaskKind.REFUSED, state="open")
    give_up = reverse("workflow:queue_give_up", args=[again.pk])
    assert browser.post(give_up, {"remark": ""}).status_code == 422
    assert browser.post(give_up, {"remark": "客户流失"}).status_code == 302
    refused.refresh_from_db()
    assert refused.state == "rejected"


def test_a_stopped_request_is_tried_again(browser: Client, company: Company) -> None:
    make_process(
        "count",
        [step("first", "applicant.superior"), step("next", "role:general_manager", condition="amount > 5")],
        form=[{"name": "amount", "label": "数", "kind": "number"}],
    )
    request = start("count", company.owner)
    agree(request, company.supervisor)
    request.refresh_from_db()
    assert request.state == "stuck"
    address = reverse("workflow:queue_retry", args=[request.pk])
    assert address in browser.get(reverse("workflow:queue")).content.decode()
    assert browser.get(address).status_code == 200
    assert browser.post(address).status_code == 302
    request.refresh_from_db()
    assert request.state == "stuck"


def test_a_request_moves_to_the_version_in_use_on_purpose(
    browser: Client, orphan: Request, company: Company
) -> None:
    address = reverse("workflow:queue_move", args=[orphan.pk])
    assert browser.post(address, {"remark": "x"}).status_code == 422
    make_process("leave", [step("first", "applicant.superior")])
    assert browser.post(address, {"remark": "角色改了"}).status_code == 302
    agree(orphan, company.supervisor)
    orphan.refresh_from_db()
    assert (orphan.state, orphan.definition.number) == ("approved", 2)


def test_only_managers_of_processes_come_here(
    orphan: Request, company: Company, signed_in: Callable[[Person], Client]
) -> None:
    task = open_task(orphan)
    for person in (company.owner, company.director, company.compliance):
        one = signed_in(person)
        assert one.get(reverse("workflow:queue")).status_code == 403
        assert (
            one.post(reverse("workflow:queue_assign", args=[task.pk]), {"to": person.pk}).status_code == 403
        )
        assert (
            one.post(reverse("workflow:queue_cancel", args=[orphan.pk]), {"remark": "x"}).status_code == 403
        )
    orphan.refresh_from_db()
    assert orphan.state == "running"


def test_more_waits_make_no_more_queries(
    browser: Client, orphan: Request, refused: Request, company: Company, django_assert_max_num_queries: Any
) -> None:
    def counted() -> int:
        browser.get(reverse("workflow:queue"))
        with django_assert_max_num_queries(30) as seen:
            assert browser.get(reverse("workflow:queue")).status_code == 200
        return len(seen)

    few = counted()
    for _number in range(5):
        start("leave", company.colleague)
    assert counted() == few


def test_a_stopped_request_is_listed_once_and_names_its_step(browser: Client, company: Company) -> None:
    make_process(
        "share",
        [
            step("first", "applicant.superior"),
            step("next", "role:general_manager", condition="10 / amount > 5"),
        ],
        form=[{"name": "amount", "label": "数", "kind": "number"}],
    )
    request = start("share", company.owner, amount="0")
    agree(request, company.supervisor)
    request.refresh_from_db()
    assert request.state == "stuck"
    assert "NEXT: 10 / amount > 5" in request.remark
    assert "next.when" not in request.remark
    page = browser.get(reverse("workflow:queue")).content.decode()
    assert page.count(f'href="{reverse("workflow:detail", args=[request.pk])}"') == 1


@pytest.fixture
def divided(company: Company) -> Request:
    """A request that stopped twice over: the conditions of its next two steps divide by nothing."""
    make_process(
        "share",
        [
            step("first", "applicant.superior"),
            step("next", "role:general_manager", condition="10 / amount > 5"),
            step("last", "role:key_account_director", condition="20 / amount > 5"),
        ],
        form=[{"name": "amount", "label": "数", "kind": "number"}],
    )
    request = start("share", company.owner, amount="0")
    agree(request, company.supervisor)
    return request


def test_the_way_of_a_request_that_cannot_choose_is_chosen(
    browser: Client, divided: Request, company: Company
) -> None:
    address = reverse("workflow:queue_choose", args=[divided.pk])
    assert address in browser.get(reverse("workflow:queue")).content.decode()
    page = browser.get(address).content.decode()
    assert ("NEXT" in page, "LAST" in page, "10 / amount" in page) == (True, True, True)
    flows = re.findall(r'name="flow" value="([^"]+)"', page)
    assert len(flows) == 2
    assert browser.post(address, {"flow": flows[0], "remark": ""}).status_code == 422
    assert browser.post(address, {"flow": "elsewhere", "remark": "x"}).status_code == 422
    assert browser.post(address, {"flow": flows[1], "remark": "数额为零，不必总经理审批"}).status_code == 302
    divided.refresh_from_db()
    assert (divided.state, "LAST" in divided.remark) == ("stuck", True), "the next choice stops it again"
    flows = re.findall(r'name="flow" value="([^"]+)"', browser.get(address).content.decode())
    assert browser.post(address, {"flow": flows[0], "remark": "请总监看"}).status_code == 302
    divided.refresh_from_db()
    assert (divided.state, open_task(divided).node) == ("running", "last")
    assert Event.objects.filter(kind="workflow.way_chosen", subject_id=divided.pk).count() == 2
    agree(divided, company.director)
    divided.refresh_from_db()
    assert divided.state == "approved"
    assert browser.get(address).status_code == 404
    story = browser.get(reverse("workflow:detail", args=[divided.pk])).content.decode()
    assert "数额为零，不必总经理审批" in story


def test_nobody_chooses_the_way_of_a_request_of_their_own(
    company: Company, signed_in: Callable[[Person], Client]
) -> None:
    make_process(
        "share",
        [step("next", "role:general_manager", condition="10 / amount > 5")],
        form=[{"name": "amount", "label": "数", "kind": "number"}],
    )
    request = start("share", company.administrator, amount="0")
    browser = signed_in(company.administrator)
    address = reverse("workflow:queue_choose", args=[request.pk])
    flow = re.findall(r'name="flow" value="([^"]+)"', browser.get(address).content.decode())[0]
    assert browser.post(address, {"flow": flow, "remark": "x"}).status_code == 422
    request.refresh_from_db()
    assert request.state == "stuck"
