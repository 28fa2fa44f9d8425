"""Going back: to an earlier step or the applicant, straight back to the sender, over and over, with opinions kept."""

import pytest

from panshi.workflow import services
from panshi.workflow.models import Act, Request
from tests.factories.organisation import AT, Company
from tests.workflow.processes import agree, make_process, nodes_open, open_task, start, step, viewer

pytestmark = pytest.mark.django_db

FORM = [{"name": "amount", "label": "金额", "kind": "money", "required": True}]


def three(company: Company, **settings: str) -> Request:
    make_process(
        "budget",
        [
            step("one", "applicant.superior"),
            step("two", "unit:key_account_director"),
            step("three", "role:general_manager"),
        ],
        form=FORM,
        **settings,
    )
    request = start("budget", company.owner, amount="5000")
    agree(request, company.supervisor)
    agree(request, company.director)
    assert nodes_open(request) == ["three"]
    return request


def test_sent_back_to_a_step_it_comes_straight_back_to_the_sender(company: Company) -> None:
    request = three(company)
    manager = viewer(company.general_manager)
    with pytest.raises(services.CannotSendBack) as refusal:
        services.send_back(task=open_task(request), to_node="one", remark=" ", by=manager, at=AT)
    assert list(refusal.value.errors) == ["remark"]
    for nonsense in ("three", "nowhere", "start.event"):
        with pytest.raises(services.CannotSendBack):
            services.send_back(task=open_task(request), to_node=nonsense, remark="x", by=manager, at=AT)
    services.send_back(task=open_task(request), to_node="one", remark="补充说明", by=manager, at=AT)
    assert nodes_open(request) == ["one"]
    agree(request, company.supervisor, remark="已补充")
    assert nodes_open(request) == ["three"]
    assert open_task(request).seats.get().person_id == company.general_manager.pk
    kept = Act.objects.get(request=request, kind="kept")
    assert (kept.node, kept.person_id) == ("two", company.director.pk)
    agree(request, company.general_manager)
    request.refresh_from_db()
    assert request.state == "approved"


def test_sent_back_without_keeping_everybody_is_asked_again(company: Company) -> None:
    request = three(company)
    services.send_back(
        task=open_task(request),
        to_node="one",
        remark="重来",
        straight=False,
        by=viewer(company.general_manager),
        at=AT,
    )
    agree(request, company.supervisor)
    assert nodes_open(request) == ["two"]


def test_the_applicant_puts_it_right_and_only_the_sender_is_asked(company: Company) -> None:
    request = three(company)
    services.send_back(task=open_task(request), remark="金额不对", by=viewer(company.general_manager), at=AT)
    request.refresh_from_db()
    task = open_task(request)
    assert (request.state, request.remark, task.kind) == ("returned", "金额不对", "revise")
    applicant = viewer(company.owner)
    with pytest.raises(services.CannotFillForm):
        services.resubmit(task=task, values={"amount": "many"}, by=applicant, at=AT)
    with pytest.raises(services.CannotFillForm):
        services.resubmit(task=task, values={"amount": ""}, by=applicant, at=AT)
    with pytest.raises(services.CannotDecideHere):
        services.approve(task=task, by=applicant, at=AT)
    services.resubmit(task=task, values={"amount": "4,000"}, remark="已改", by=applicant, at=AT)
    assert nodes_open(request) == ["three"]
    act = Act.objects.get(request=request, kind="resubmitted")
    assert list(act.changes.values_list("field", "before", "after")) == [("amount", "5000.00", "4000.00")]
    agree(request, company.general_manager)
    request.refresh_from_db()
    assert request.state == "approved"
    kinds = list(Act.objects.filter(request=request).order_by("pk").values_list("kind", flat=True))
    assert kinds.count("kept") == 2


def test_on_another_way_nothing_is_kept_that_nobody_looked_at(company: Company) -> None:
    make_process(
        "budget",
        [step("one", "applicant.superior"), step("big", "role:general_manager", condition="amount > 1000")],
        form=FORM,
    )
    request = start("budget", company.owner, amount="5000")
    agree(request, company.supervisor)
    services.send_back(task=open_task(request), remark="太多", by=viewer(company.general_manager), at=AT)
    services.resubmit(task=open_task(request), values={"amount": "900"}, by=viewer(company.owner), at=AT)
    request.refresh_from_db()
    assert (request.state, nodes_open(request)) == ("running", ["one"])
    agree(request, company.supervisor)
    request.refresh_from_db()
    assert request.state == "approved"


def test_a_loop_of_send_backs_ends_where_people_end_it(company: Company) -> None:
    request = three(company)
    for _round in range(12):
        services.send_back(
            task=open_task(request), to_node="one", remark="再看", by=viewer(company.general_manager), at=AT
        )
        services.send_back(
            task=open_task(request, "one"), remark="请改", by=viewer(company.supervisor), at=AT
        )
        services.resubmit(task=open_task(request), by=viewer(company.owner), at=AT)
        assert nodes_open(request) == ["one"]
        agree(request, company.supervisor)
        assert nodes_open(request) == ["three"]
    agree(request, company.general_manager)
    request.refresh_from_db()
    assert (request.state, request.cycle) == ("approved", 25)


def test_a_returned_request_can_be_given_up_or_withdrawn(company: Company) -> None:
    request = three(company)
    services.send_back(task=open_task(request), remark="不必做", by=viewer(company.general_manager), at=AT)
    with pytest.raises(services.CannotGiveUp):
        services.give_up(task=open_task(request), remark="", by=viewer(company.owner), at=AT)
    services.give_up(task=open_task(request), remark="同意不做", by=viewer(company.owner), at=AT)
    request.refresh_from_db()
    assert (request.state, nodes_open(request)) == ("rejected", [])
    other = three(company)
    with pytest.raises(services.CannotWithdraw):
        services.withdraw(request=other, by=viewer(company.supervisor), at=AT)
    services.withdraw(request=other, remark="不需要了", by=viewer(company.owner), at=AT)
    other.refresh_from_db()
    assert (other.state, other.remark) == ("withdrawn", "不需要了")
    with pytest.raises(services.CannotChangeEnded):
        services.withdraw(request=other, by=viewer(company.owner), at=AT)


def test_where_the_definition_says_so_a_step_sends_nothing_back_and_no_goes_to_the_applicant(
    company: Company,
) -> None:
    make_process("strict", [step("one", "applicant.superior", sendback="no", reject="return")])
    request = start("strict", company.owner)
    with pytest.raises(services.CannotSendBack, match="不能退回"):
        services.send_back(task=open_task(request), remark="x", by=viewer(company.supervisor), at=AT)
    services.reject(task=open_task(request), remark="写清楚", by=viewer(company.supervisor), at=AT)
    request.refresh_from_db()
    assert (request.state, open_task(request).kind) == ("returned", "revise")
    services.resubmit(task=open_task(request), by=viewer(company.owner), at=AT)
    agree(request, company.supervisor)
    request.refresh_from_db()
    assert request.state == "approved"
