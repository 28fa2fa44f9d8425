"""The page of a request: what it tells whom, and what those around it may do."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from panshi.ground.files.models import File
from panshi.ground.identity.models import Person
from panshi.ground.identity.services import choose_appearance
from panshi.ground.notices.models import Notice
from panshi.workflow import services
from panshi.workflow.models import Copy, Request, RequestState
from tests.factories.organisation import AT, Company
from tests.web.workflow.desk import HTMX, act, make_travel, task_of, text, toast, travel
from tests.workflow.processes import make_process, start, step, viewer

SignedIn = Callable[[Person], Client]


@pytest.fixture
def asked(company: Company) -> Request:
    make_travel()
    return travel(company)


def page(browser: Client, asked: Request, *tab: str) -> str:
    return text(browser.get(reverse("workflow:detail", args=[asked.pk, *tab])))


def around(browser: Client, asked: Request, verb: str, **typed: object) -> object:
    address = reverse("workflow:around", args=[asked.pk, verb])
    return browser.post(address, typed, headers=dict(HTMX))


def test_the_page_says_who_has_it_why_and_what_comes_after(
    company: Company, asked: Request, signed_in: SignedIn
) -> None:
    shown = page(signed_in(company.owner), asked)
    assert asked.number in shown
    assert "1,200.00" in shown
    assert "上海" in shown
    assert "周立" in shown
    assert "离申请对象最近的" in shown  # why this person
    assert "HEAD" in shown  # the step to come
    assert "催办" in shown
    assert reverse("workflow:act", args=[task_of(asked).pk, "approve"]) not in shown
    assert reverse("workflow:act", args=[task_of(asked).pk, "approve"]) in page(
        signed_in(company.supervisor), asked
    )


def test_the_story_says_in_the_readers_language_where_a_request_went(
    company: Company, asked: Request, signed_in: SignedIn
) -> None:
    act(signed_in(company.supervisor), task_of(asked), "send_back", to_node="", remark="请写明日期")
    services.withdraw(request=asked, by=viewer(company.owner), at=AT)
    address, browser = reverse("workflow:detail", args=[asked.pk]), signed_in(company.owner)
    for language, ended, back in (("zh-hans", "已撤回", "申请人"), ("en", "Withdrawn", "Applicant")):
        choose_appearance(language=language, by=company.viewer("owner"))
        told = text(browser.get(address))
        assert f"→ {ended}<" in told
        assert f"→ {back}<" in told


def test_a_changed_field_is_marked_and_told(company: Company, asked: Request, signed_in: SignedIn) -> None:
    before = page(signed_in(company.owner), asked)
    assert "已改动" not in before
    assert "表单没有修改过" in page(signed_in(company.owner), asked, "changes")
    act(signed_in(company.supervisor), task_of(asked), "approve", f_amount="800", remark="压缩费用")
    after = page(signed_in(company.owner), asked)
    assert "已改动" in after
    assert "压缩费用" in after
    assert "1,200.00" in after
    assert "800.00" in after


@pytest.mark.parametrize("who", ["outsider", "newcomer", "teammate", "rival", "administrator"])
def test_strangers_to_a_request_find_nothing(
    company: Company, asked: Request, signed_in: SignedIn, who: str
) -> None:
    browser = signed_in(getattr(company, who))
    for address in (
        reverse("workflow:detail", args=[asked.pk]),
        reverse("workflow:detail", args=[asked.pk, "files"]),
        reverse("workflow:around", args=[asked.pk, "comment"]),
        reverse("files:of", args=["request", asked.pk]),
    ):
        assert browser.get(address).status_code == 404


def test_a_subject_outside_ones_scope_is_named_without_a_link(
    company: Company, asked: Request, signed_in: SignedIn
) -> None:
    services.copy(request=asked, to=[company.outsider], by=viewer(company.owner), at=AT)
    assert signed_in(company.outsider).get(reverse("workflow:detail", args=[asked.pk])).status_code == 200
    assert not Copy.objects.filter(read_at=None).exists()


def test_comments_mention_people_who_then_see_it(
    company: Company, asked: Request, signed_in: SignedIn
) -> None:
    browser = signed_in(company.owner)
    empty = around(browser, asked, "comment", text=" ")
    assert empty.status_code == 422  # type: ignore[attr-defined]
    told = around(browser, asked, "comment", text="请看一下", mentioned=[company.outsider.pk])
    assert toast(told) == "评论已发表"  # type: ignore[arg-type]
    assert Notice.objects.filter(person=company.outsider, kind="workflow.mentioned").exists()
    assert "请看一下" in page(signed_in(company.outsider), asked)


def test_the_composer_keeps_what_was_typed(company: Company, asked: Request, signed_in: SignedIn) -> None:
    address = reverse("workflow:around", args=[asked.pk, "comment"])
    answer = signed_in(company.owner).post(
        address, {"text": "", "mentioned": [company.colleague.pk]}, headers={**HTMX, "HX-Target": "composer"}
    )
    assert answer.status_code == 422
    assert 'id="composer"' in text(answer)
    assert company.colleague.name in text(answer)


def test_copies_urging_and_withdrawing(company: Company, asked: Request, signed_in: SignedIn) -> None:
    owner = signed_in(company.owner)
    assert "1 人" in toast(around(owner, asked, "copy", to=[company.colleague.pk]))  # type: ignore[arg-type]
    assert "已经收到过" in toast(around(owner, asked, "copy", to=[company.colleague.pk]))  # type: ignore[arg-type]
    assert "1 个任务" in toast(around(owner, asked, "urge"))  # type: ignore[arg-type]
    again = around(owner, asked, "urge", remark="很急")
    assert again.status_code == 422  # type: ignore[attr-defined]
    assert "刚催过" in text(again)
    assert "很急" in text(again)
    supervisor = signed_in(company.supervisor)
    assert supervisor.post(reverse("workflow:around", args=[asked.pk, "withdraw"])).status_code == 403
    asked.refresh_from_db()
    assert asked.state == RequestState.RUNNING
    around(owner, asked, "withdraw", remark="行程取消")
    asked.refresh_from_db()
    assert asked.state == RequestState.WITHDRAWN
    assert owner.post(reverse("workflow:around", args=[asked.pk, "withdraw"])).status_code == 403


def test_only_managers_of_processes_end_a_request_and_say_why(
    company: Company, asked: Request, signed_in: SignedIn
) -> None:
    assert (
        signed_in(company.supervisor)
        .post(reverse("workflow:around", args=[asked.pk, "cancel_request"]), {"remark": "x"})
        .status_code
        == 403
    )
    browser = signed_in(company.operations)
    assert around(browser, asked, "cancel_request").status_code == 422  # type: ignore[attr-defined]
    around(browser, asked, "cancel_request", remark="重复提交")
    asked.refresh_from_db()
    assert asked.state == RequestState.CANCELLED
    assert "重复提交" in page(signed_in(company.owner), asked)


def test_a_countersign_says_its_rule_and_who_has_voted(company: Company, signed_in: SignedIn) -> None:
    make_process(
        "board",
        [step("all", "unit:key_account_supervisor,unit:key_account_director", sign="all")],
    )
    asked = start("board", company.owner)
    services.approve(task=task_of(asked), by=viewer(company.supervisor), at=AT)
    shown = page(signed_in(company.owner), asked)
    assert "全部同意才通过" in shown
    assert "已表态：周立" in shown


def test_parties_attach_files_and_see_them(company: Company, asked: Request, signed_in: SignedIn) -> None:
    upload = reverse("files:upload", args=["request", asked.pk])
    note = SimpleUploadedFile("行程.txt", "周一出发".encode())
    signed_in(company.supervisor).post(upload, {"file": note})
    assert File.objects.get().record_id == asked.pk
    assert "行程.txt" in text(signed_in(company.owner).get(reverse("files:of", args=["request", asked.pk])))
    other = SimpleUploadedFile("别人.txt", b"x")
    assert signed_in(company.outsider).post(upload, {"file": other}).status_code == 404
    assert File.objects.count() == 1


def test_a_long_story_makes_no_more_queries(company: Company, asked: Request, signed_in: SignedIn) -> None:
    browser = signed_in(company.supervisor)
    address = reverse("workflow:detail", args=[asked.pk])

    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(address).status_code == 200
        return len(seen)

    services.comment(request=asked, text="一", by=viewer(company.owner), at=AT)
    count()
    few = count()
    for number in range(6):
        services.comment(
            request=asked, text=str(number), mentioned=[company.director], by=viewer(company.director), at=AT
        )
    assert count() == few
    assert few < 35
