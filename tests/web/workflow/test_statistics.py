"""Figures of processes: inside what one may oversee, each leading to its requests; the queue in test_queue."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from panshi.ground.identity.models import Assignment, Person
from panshi.workflow.models import Process, Request, Task
from tests.factories.organisation import Company
from tests.workflow.processes import agree, make_process, start, step

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Person], Client]


def rows(page: str, caption: str) -> list[list[str]]:
    """The cells of the table with a caption."""
    table = page.partition(f">{caption}</caption>")[2].partition("</table>")[0].partition("<tbody>")[2]
    return [
        [re.sub(r"<[^>]+>|\s+", "", cell) for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)]
        for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)
    ]


@pytest.fixture
def leaves(company: Company) -> Process:
    """Three requests of the owner: two agreed at the first step after one and three hours, one still there."""
    at = timezone.now() - dt.timedelta(days=2)
    version = make_process(
        "leave",
        [step("first", "applicant.superior"), step("second", f"person:{company.director.username}")],
        at=at,
    )
    for minutes in (60, 180):
        request = start("leave", company.owner, at=at)
        agree(request, company.supervisor, at=at)
        Task.objects.filter(request=request, node="first").update(minutes=minutes)
    start("leave", company.owner, at=at)
    return version.process


def test_times_stand_in_working_hours_and_lead_to_requests(
    leaves: Process, company: Company, signed_in: SignedIn
) -> None:
    page = signed_in(company.director).get(reverse("workflow:statistics"))
    text = page.content.decode()
    assert rows(text, "leave") == [
        ["FIRST", "2", "1.0", "3.0", "0%", "0%", "1"],
        ["SECOND", "0", "–", "–", "–", "–", "2"],
    ]
    assert "从提交到结束" not in text  # none has ended
    since = (timezone.localdate() - dt.timedelta(days=89)).isoformat()
    link = f"{reverse('workflow:overseen')}?process={leaves.pk}&amp;started.from={since}"
    assert link in text
    listed = signed_in(company.director).get(link.replace("&amp;", "&")).content.decode()
    assert listed.count('class="p1') >= 3


def test_whole_requests_have_their_times_and_returns(
    leaves: Process, company: Company, signed_in: SignedIn
) -> None:
    at = dt.datetime(2026, 3, 2, 9, 0, tzinfo=timezone.get_current_timezone())  # a Monday
    make_process("errand", [step("only", "applicant.superior")], at=at)
    for hours in (1, 2, 26):
        agree(start("errand", company.owner, at=at), company.supervisor, at=at + dt.timedelta(hours=hours))
    Request.objects.filter(process__key="errand").order_by("pk").update(started_at=at)
    Request.objects.filter(pk=Request.objects.filter(process__key="errand").earliest("pk").pk).update(cycle=2)
    page = signed_in(company.director).get(reverse("workflow:statistics"), {"period": "365"}).content.decode()
    assert "从提交到结束：中位数 2.0 小时，九成不超过 11.0 小时" in page
    assert "退回过的申请 33 %" in page


def test_desks_lead_to_what_waits_for_their_holder(
    leaves: Process, company: Company, signed_in: SignedIn
) -> None:
    """The director has two by name, the superior one through the role held alone; each bar opens exactly those."""
    text = signed_in(company.director).get(reverse("workflow:statistics")).content.decode()
    desks = {row[0]: row[1:4] for row in rows(text, "等在谁那里")}
    assert desks == {company.director.name: ["2", "0", "0"], company.supervisor.name: ["1", "0", "0"]}
    numbers = Request.objects.values_list("number", flat=True)
    for person, count in ((company.director, 2), (company.supervisor, 1)):
        link = f"{reverse('workflow:overseen')}?holder={person.pk}"
        assert link in text
        listed = signed_in(company.director).get(link).content.decode()
        assert sum(number in listed for number in numbers) == count
        assert person.name in listed
    Task.objects.filter(node="first", state="open").update(claimed_by=company.director)
    assert company.supervisor.name not in {
        row[0]
        for row in rows(
            signed_in(company.director).get(reverse("workflow:statistics")).content.decode(), "等在谁那里"
        )
    }
    nobody = signed_in(company.director).get(f"{reverse('workflow:overseen')}?holder=none").content.decode()
    assert not any(number in nobody for number in numbers)


def test_what_several_share_lies_on_each_desk(company: Company, signed_in: SignedIn, leaves: Process) -> None:
    make_process("pay", [step("only", "unit:key_account_supervisor")])
    start("pay", company.owner, at=timezone.now())
    Assignment.objects.create(
        person=company.colleague,
        role="key_account_supervisor",
        unit=Assignment.objects.get(person=company.supervisor).unit,
        since_on=dt.date(2020, 1, 1),
    )
    page = signed_in(company.director).get(reverse("workflow:statistics")).content.decode()
    desks = {row[0]: row[1:3] for row in rows(page, "等在谁那里")}
    assert desks[company.colleague.name] == ["2", "2"]
    assert desks[company.supervisor.name] == ["2", "2"]


def test_figures_are_those_one_may_oversee(leaves: Process, company: Company, signed_in: SignedIn) -> None:
    other = signed_in(company.rival).get(reverse("workflow:statistics")).content.decode()
    assert rows(other, "leave") == []
    assert signed_in(company.owner).get(reverse("workflow:statistics")).status_code == 403


def test_a_period_and_a_process_narrow(leaves: Process, company: Company, signed_in: SignedIn) -> None:
    make_process("other", [step("only", "applicant.superior")])
    start("other", company.owner, at=timezone.now())
    browser = signed_in(company.director)
    both = browser.get(reverse("workflow:statistics")).content.decode()
    one = browser.get(reverse("workflow:statistics"), {"process": "other", "period": "30"}).content.decode()
    assert rows(both, "leave")
    assert rows(both, "other")
    assert rows(one, "leave") == []
    assert rows(one, "other")


def test_more_requests_make_no_more_queries(
    leaves: Process, company: Company, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    browser = signed_in(company.director)

    def counted() -> int:
        browser.get(reverse("workflow:statistics"))
        with django_assert_max_num_queries(30) as seen:
            assert browser.get(reverse("workflow:statistics")).status_code == 200
        return len(seen)

    few = counted()
    for number in range(5):
        make_process(f"p{number}", [step("first", "applicant.superior")])
        start(f"p{number}", company.owner, at=timezone.now())
    assert counted() == few


def test_what_is_open_past_its_time_is_late_too(
    leaves: Process, company: Company, signed_in: SignedIn
) -> None:
    Task.objects.filter(node="first", state="open").update(due_at=timezone.now() - dt.timedelta(hours=1))
    text = signed_in(company.director).get(reverse("workflow:statistics")).content.decode()
    assert [row[5] for row in rows(text, "leave")] == ["33%", "–"]
