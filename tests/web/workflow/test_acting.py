"""Acting on pages: agree, turn down, send back, hand on, sign along; too late is told and nothing typed is lost."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from panshi.ground.identity.models import Person
from panshi.ground.identity.services import choose_appearance
from panshi.workflow import services
from panshi.workflow.models import Request, RequestState, Seat, Task
from tests.factories.organisation import AT, Company
from tests.web.workflow.desk import HTMX, act, make_travel, task_of, text, toast, travel
from tests.workflow.processes import nodes_open, viewer

SignedIn = Callable[[Person], Client]


@pytest.fixture
def asked(company: Company) -> Request:
    make_travel()
    return travel(company)


def test_two_people_agree_from_the_drawer_and_the_request_is_through(
    company: Company, asked: Request, signed_in: SignedIn
) -> None:
    first = act(signed_in(company.supervisor), task_of(asked), "approve", remark="同意", f_amount="1,500")
    assert first.status_code == 204
    assert asked.number in toast(first)
    silent = act(signed_in(company.director), task_of(asked), "approve")
    assert silent.status_code == 422
    assert "必须填写意见" in text(silent)
    assert act(signed_in(company.director), task_of(asked), "approve", remark="注意安全").status_code == 204
    asked.refresh_from_db()
    assert asked.state == RequestState.APPROVED
    assert '"1500.00"' in asked.values


def test_the_quick_look_decides_right_there(company: Company, asked: Request, signed_in: SignedIn) -> None:
    browser, task = signed_in(company.supervisor), task_of(asked)
    address = reverse("workflow:task", args=[task.pk])
    look = text(browser.get(address, headers=dict(HTMX)))
    assert "拜访重点客户" in look
    assert 'name="f_amount"' in look
    assert 'value="reject"' in look
    unsaid = browser.post(address, {"verb": "reject", "f_amount": "900"}, headers=dict(HTMX))
    assert unsaid.status_code == 422
    assert "请填写驳回的原因" in text(unsaid)
    assert 'value="900"' in text(unsaid)
    done = browser.post(address, {"verb": "reject", "remark": "费用太高"}, headers=dict(HTMX))
    assert done.status_code == 204
    asked.refresh_from_db()
    assert asked.state == RequestState.REJECTED


def test_without_scripts_a_task_leads_to_its_request_and_back_again(
    company: Company, asked: Request, signed_in: SignedIn
) -> None:
    browser, task = signed_in(company.supervisor), task_of(asked)
    there = reverse("workflow:detail", args=[asked.pk])
    assert browser.get(reverse("workflow:task", args=[task.pk]))["Location"] == there
    answer = browser.post(reverse("workflow:act", args=[task.pk, "approve"]), {"f_amount": "1200"})
    assert answer["Location"] == there


def test_whoever_comes_second_is_told_and_keeps_what_was_typed(
    company: Company, asked: Request, signed_in: SignedIn
) -> None:
    task = task_of(asked)
    act(signed_in(company.supervisor), task, "approve", f_amount="1200")
    late = act(signed_in(company.supervisor), task, "reject", remark="我有不同的看法")
    assert late.status_code == 422
    assert "已由周立处理（同意）" in text(late)
    assert "我有不同的看法" in text(late)
    quick = signed_in(company.supervisor).post(
        reverse("workflow:task", args=[task.pk]),
        {"verb": "approve", "remark": "我也同意"},
        headers=dict(HTMX),
    )
    assert quick.status_code == 422
    assert "已由周立处理" in text(quick)
    assert "我也同意" in text(quick)
    opened = signed_in(company.supervisor).get(reverse("workflow:act", args=[task.pk, "reject"]))
    assert opened.status_code == 422
    assert nodes_open(asked) == ["head"]


def test_whoever_comes_second_is_told_of_who_decided_not_of_who_handed_it_on(
    company: Company, asked: Request, signed_in: SignedIn
) -> None:
    task = task_of(asked)
    act(signed_in(company.supervisor), task, "delegate", to=str(company.director.pk), remark="请代看")
    act(signed_in(company.director), task, "reject", remark="费用太高")
    late = act(signed_in(company.director), task, "approve", remark="同意", f_amount="1200")
    assert late.status_code == 422
    assert f"已由{company.director.name}处理（驳回）" in text(late)


def test_signing_along_is_offered_in_words_of_something_to_do(
    company: Company, asked: Request, signed_in: SignedIn
) -> None:
    browser = signed_in(company.supervisor)
    address = reverse("workflow:act", args=[task_of(asked).pk, "add_signer"])
    assert "加签" in text(browser.get(address))
    choose_appearance(language="en", by=company.viewer("supervisor"))
    assert "Add a signer" in text(browser.get(address))
    assert "Signer added" not in text(browser.get(address))


def test_a_wrong_figure_is_told_at_its_field(company: Company, asked: Request, signed_in: SignedIn) -> None:
    answer = act(signed_in(company.supervisor), task_of(asked), "approve", f_amount="很多", remark="同意")
    assert answer.status_code == 422
    assert 'id="id_f_amount-error"' in text(answer)
    assert "请填写数字" in text(answer)
    assert nodes_open(asked) == ["leader"]


def test_sent_back_to_the_applicant_corrected_and_straight_back(
    company: Company, asked: Request, signed_in: SignedIn
) -> None:
    director = signed_in(company.director)
    act(signed_in(company.supervisor), task_of(asked), "approve", f_amount="1200")
    offered = text(director.get(reverse("workflow:act", args=[task_of(asked).pk, "send_back"])))
    assert "申请人" in offered
    assert "LEADER" in offered
    assert act(director, task_of(asked), "send_back", to_node="", straight="on").status_code == 422
    act(director, task_of(asked), "send_back", to_node="", straight="on", remark="写清楚去见谁")
    asked.refresh_from_db()
    assert asked.state == RequestState.RETURNED
    owner = signed_in(company.owner)
    shown = text(owner.get(reverse("workflow:act", args=[task_of(asked).pk, "resubmit"])))
    assert "写清楚去见谁" in shown
    assert "拜访重点客户" in shown
    again = act(owner, task_of(asked), "resubmit", f_reason="拜访张总", f_amount="1200", f_city="gz")
    assert again.status_code == 204
    assert nodes_open(asked) == ["head"]  # the supervisor is not asked again
    changed = text(director.get(reverse("workflow:detail", args=[asked.pk, "changes"])))
    assert "上海" in changed
    assert "广州" in changed


def test_handing_on_and_signing_along(company: Company, asked: Request, signed_in: SignedIn) -> None:
    browser = signed_in(company.supervisor)
    nobody = act(browser, task_of(asked), "delegate", to="999999")
    assert nobody.status_code == 422
    assert "没有这个人" in text(nobody)
    act(browser, task_of(asked), "delegate", to=str(company.colleague.pk), remark="他更熟")
    assert nodes_open(asked) == ["leader"]
    colleague = signed_in(company.colleague)
    assert act(browser, task_of(asked), "approve").status_code == 422
    act(colleague, task_of(asked), "add_signer", signer=str(company.operations.pk), place="after")
    act(colleague, task_of(asked), "approve", f_amount="1200")
    assert nodes_open(asked) == ["leader"]
    act(signed_in(company.operations), task_of(asked), "approve", f_amount="1200")
    assert nodes_open(asked) == ["head"]


def test_a_task_of_several_people_is_taken_and_put_back(company: Company, signed_in: SignedIn) -> None:
    make_travel()
    asked = travel(company)
    services.delegate(task=task_of(asked), to=company.colleague, by=viewer(company.supervisor), at=AT)
    services.add_signer(
        task=task_of(asked), signer=company.operations, place="after", by=viewer(company.colleague), at=AT
    )
    Seat.objects.filter(task=task_of(asked)).update(state="open")
    colleague = signed_in(company.colleague)
    assert act(colleague, task_of(asked), "claim").status_code == 204
    taken = act(signed_in(company.operations), task_of(asked), "approve", f_amount="1200")
    assert "已由林可领取" in text(taken)
    assert act(colleague, task_of(asked), "release").status_code == 204
    assert Task.objects.get(pk=task_of(asked).pk).claimed_by_id is None


def test_outsiders_find_no_task_and_onlookers_cannot_act(
    company: Company, asked: Request, signed_in: SignedIn
) -> None:
    task = task_of(asked)
    assert act(signed_in(company.outsider), task, "approve", remark="同意").status_code == 404
    assert act(signed_in(company.general_manager), task, "approve", f_amount="1").status_code == 403
    own = act(signed_in(company.owner), task, "approve", f_amount="1")
    assert own.status_code == 422
    assert "不能审批自己的申请" in text(own)
    assert act(signed_in(company.supervisor), task, "fly").status_code == 404
    assert nodes_open(asked) == ["leader"]


def test_a_substitute_decides_and_the_story_says_for_whom(
    company: Company, asked: Request, signed_in: SignedIn
) -> None:
    services.set_absence(
        person=company.supervisor, substitute=company.colleague, since_on=AT.date(), until_on=AT.date(),
        by=viewer(company.supervisor), at=AT,
    )  # fmt: skip
    services.approve(task=task_of(asked), values={"amount": "10"}, by=viewer(company.colleague), at=AT)
    story = text(signed_in(company.owner).get(reverse("workflow:detail", args=[asked.pk])))
    assert "代 周立" in story
