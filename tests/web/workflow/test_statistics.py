"""Figures of processes: inside what one may oversee, each leading to its requests; the queue in test_queue."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from panshi.ground.identity.models import Person
from panshi.workflow.models import Process, Task
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
    assert [row[:3] for row in rows(text, "等在谁那里")] == [[company.director.name, "2", "0"]]
    since = (timezone.localdate() - dt.timedelta(days=89)).isoformat()
    link = f"{reverse('workflow:overseen')}?process={leaves.pk}&amp;started.from={since}"
    assert link in text
    listed = signed_in(company.director).get(link.replace("&amp;", "&")).content.decode()
    assert listed.count('class="p1') >= 3


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
