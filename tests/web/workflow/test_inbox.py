"""The inbox as pages: what waits for whom, filters, counts, many at once, and the block of the workbench."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from panshi.ground.identity.models import Person
from panshi.workflow import services
from panshi.workflow.models import Copy, Request, Task
from tests.factories.organisation import AT, Company
from tests.web.workflow.desk import HTMX, make_travel, task_of, text, travel
from tests.workflow.processes import make_process, start, step, viewer

SignedIn = Callable[[Person], Client]


@pytest.fixture
def asked(company: Company) -> Request:
    make_travel()
    return travel(company)


def listed(browser: Client, name: str, query: str = "") -> str:
    return text(browser.get(reverse(f"workflow:{name}") + query))


def test_each_finds_their_own(company: Company, asked: Request, signed_in: SignedIn) -> None:
    title = f">{asked.title}<"
    assert title in listed(signed_in(company.supervisor), "inbox")
    for who in ("owner", "director", "colleague", "newcomer", "general_manager"):
        assert title not in listed(signed_in(getattr(company, who)), "inbox"), who
    assert title in listed(signed_in(company.owner), "mine")
    assert title not in listed(signed_in(company.supervisor), "mine")
    services.approve(task=task_of(asked), values={"amount": "5"}, by=viewer(company.supervisor), at=AT)
    assert title not in listed(signed_in(company.supervisor), "inbox")
    assert title in listed(signed_in(company.supervisor), "done")
    assert title in listed(signed_in(company.director), "inbox")
    assert "HEAD" in listed(signed_in(company.owner), "mine")  # where it stands


def test_every_request_is_for_those_who_oversee(
    company: Company, asked: Request, signed_in: SignedIn
) -> None:
    assert asked.title in listed(signed_in(company.director), "overseen")
    assert asked.title not in listed(signed_in(company.rival), "overseen")
    assert signed_in(company.owner).get(reverse("workflow:overseen")).status_code == 403
    assert reverse("workflow:overseen") not in listed(signed_in(company.owner), "inbox")


def test_filters_narrow(company: Company, asked: Request, signed_in: SignedIn) -> None:
    make_process("other", [step("one", "unit:key_account_supervisor")])
    second = start("other", company.colleague)
    browser = signed_in(company.supervisor)
    title, other = f">{asked.title}<", f">{second.title}<"
    assert title in listed(browser, "inbox")
    assert other in listed(browser, "inbox")
    for query, found in (
        (f"?process={asked.process_id}", title),
        (f"?applicant={company.colleague.pk}", other),
        (f"?q={second.number}", other),
        ("?overdue=yes", ""),
    ):
        page = listed(browser, "inbox", query)
        assert [each for each in (title, other) if each in page] == [found] * bool(found), query
    Task.objects.filter(pk=task_of(asked).pk).update(due_at=AT - dt.timedelta(days=400))
    late = listed(browser, "inbox", "?overdue=yes")
    assert title in late
    assert "已超时" in late


def test_tabs_count_what_waits(company: Company, asked: Request, signed_in: SignedIn) -> None:
    services.copy(request=asked, to=[company.supervisor], by=viewer(company.owner), at=AT)
    tabs = text(signed_in(company.supervisor).get(reverse("workflow:tabs") + "?at=inbox"))
    assert "1 待办" in tabs
    assert "1 未读" in tabs
    assert 'aria-current="page"' in tabs
    rail = text(signed_in(company.supervisor).get(reverse("notices:waiting")))
    assert "1 项待办" in rail
    assert "1 份未读抄送" in rail


def test_a_copy_is_read_by_opening_it(company: Company, asked: Request, signed_in: SignedIn) -> None:
    services.copy(request=asked, to=[company.colleague], by=viewer(company.owner), at=AT)
    copy, browser = Copy.objects.get(), signed_in(company.colleague)
    assert asked.title in listed(browser, "copied", "?read=no")
    assert signed_in(company.outsider).get(reverse("workflow:copied_one", args=[copy.pk])).status_code == 404
    assert Copy.objects.get().read_at is None
    led = browser.get(reverse("workflow:copied_one", args=[copy.pk]))
    assert led["Location"] == reverse("workflow:detail", args=[asked.pk])
    assert asked.title not in listed(browser, "copied", "?read=no")


def bulk(browser: Client, *tasks: Task, **typed: str) -> tuple[str, str]:
    """Pick tasks, look at what would happen, agree; answers preview and result."""
    typed = {"remark": "", **typed}
    begun = browser.post(
        reverse("workflow:inbox_bulk"), {"act": "approve", "pk": [task.pk for task in tasks]}
    )
    preview = text(browser.post(begun["Location"], typed))
    browser.post(begun["Location"], {**typed, "confirmed": "1"})
    return preview, text(browser.get(begun["Location"]))


def test_many_are_agreed_to_each_for_itself(company: Company, asked: Request, signed_in: SignedIn) -> None:
    make_process("simple", [step("one", "unit:key_account_supervisor")])
    make_process("strict", [step("one", "unit:key_account_supervisor", comment="always")])
    first, strict = start("simple", company.owner), start("strict", company.owner)
    preview, result = bulk(signed_in(company.supervisor), task_of(first), task_of(strict), task_of(asked))
    assert "此步骤必须填写意见" in preview
    assert {each.state for each in Request.objects.filter(pk__in=[first.pk])} == {"approved"}
    assert Request.objects.get(pk=strict.pk).state == "running"
    assert "此步骤必须填写意见" in result
    assert not Task.objects.open().filter(request=asked, node="leader").exists()


def test_somebody_elses_tasks_cannot_be_picked(company: Company, asked: Request, signed_in: SignedIn) -> None:
    browser = signed_in(company.director)
    answer = browser.post(reverse("workflow:inbox_bulk"), {"act": "approve", "pk": [task_of(asked).pk]})
    assert answer["Location"].startswith(reverse("workflow:inbox"))
    assert Task.objects.open().filter(request=asked, node="leader").exists()


def test_the_workbench_shows_what_waits(company: Company, asked: Request, signed_in: SignedIn) -> None:
    assert reverse("workflow:bench") in text(signed_in(company.supervisor).get("/"))
    block = signed_in(company.supervisor).get(reverse("workflow:bench"), headers=dict(HTMX))
    assert asked.title in text(block)
    assert asked.title not in text(signed_in(company.director).get(reverse("workflow:bench")))


@pytest.mark.parametrize("name", ["inbox", "mine", "bench", "tabs"])
def test_more_requests_make_no_more_queries(
    company: Company, asked: Request, signed_in: SignedIn, name: str
) -> None:
    browser = signed_in(company.supervisor if name != "mine" else company.owner)

    def count() -> int:
        browser.get(reverse(f"workflow:{name}"))
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert browser.get(reverse(f"workflow:{name}")).status_code == 200
        return len(seen)

    travel(company)
    few = count()
    for _number in range(5):
        travel(company)
    assert count() == few
    assert few < 25
