"""The diagram of a request: how far it is in colour and words, who has it, and nobody else's."""

import datetime as dt
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from panshi.ground.identity.models import Person
from panshi.workflow.models import Request, Task
from tests.factories.organisation import AT, Company
from tests.workflow.processes import agree, make_process, start, step

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Person], Client]


@pytest.fixture
def request_(company: Company) -> Request:
    """Agreed to by the superior; with the general manager, who has two days; a step that was passed over."""
    make_process(
        "leave",
        [
            step("first", "applicant.superior"),
            step("never", "role:compliance", condition="1 > 2"),
            step("second", "role:general_manager", days=2),
        ],
    )
    request = start("leave", company.owner)
    agree(request, company.supervisor)
    return request


def asked(browser: Client, request: Request, **more: Any) -> Any:
    return browser.get(reverse("workflow:diagram", args=[request.pk]), **more)


def drawn(page: str) -> dict[str, Any]:
    """The island's data by node."""
    found = re.search(r'<script id="diagram-\d+-data" type="application/json">(.*?)</script>', page)
    assert found
    data = json.loads(found[1])
    assert "<bpmn" in data["xml"]
    return {node["id"]: node for node in data["nodes"]}


def row(page: str, node: str) -> str:
    """The table's row of a node, as text."""
    found = re.search(rf'data-node="{node}".*?</tr>', page, re.DOTALL)
    assert found
    return re.sub(r"<[^>]+>", " ", found[0])


def test_states_stand_in_the_drawing_and_in_the_table(
    request_: Request, company: Company, signed_in: SignedIn
) -> None:
    page = asked(signed_in(company.owner), request_).content.decode()
    nodes = drawn(page)
    assert [nodes[name]["state"] for name in ("first", "never", "second", "end.event")] == [
        "finished",
        "skipped",
        "current",
        "ahead",
    ]
    assert nodes["second"]["tag"]
    assert nodes["first"]["tag"] == ""
    assert company.supervisor.name in row(page, "first")
    assert "已完成" in row(page, "first")
    assert "已跳过" in row(page, "never")
    assert "进行中" in row(page, "second")
    assert f"{company.general_manager.name}" in page


def test_what_is_late_says_so(request_: Request, company: Company, signed_in: SignedIn) -> None:
    Task.objects.filter(request=request_, node="second").update(
        opened_at=AT - dt.timedelta(days=9), due_at=AT - dt.timedelta(days=3)
    )
    page = asked(signed_in(company.owner), request_).content.decode()
    assert "已超期" in row(page, "second")


def test_a_fragment_is_only_the_diagram(request_: Request, company: Company, signed_in: SignedIn) -> None:
    answer = asked(signed_in(company.owner), request_, headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()
    assert drawn(answer.content.decode())


def test_only_those_who_have_to_do_with_a_request_see_its_diagram(
    request_: Request, company: Company, signed_in: SignedIn
) -> None:
    for person, status in (
        (company.owner, 200),
        (company.supervisor, 200),
        (company.general_manager, 200),
        (company.colleague, 404),
        (company.outsider, 404),
    ):
        assert asked(signed_in(person), request_).status_code == status


def test_more_tasks_make_no_more_queries(
    request_: Request, company: Company, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    make_process("long", [step(f"s{number}", "applicant.superior") for number in range(12)])
    other = start("long", company.owner)
    for _number in range(8):
        agree(other, company.supervisor)
    browser = signed_in(company.owner)
    counts = []
    for each in (request_, other):
        asked(browser, each)
        with django_assert_max_num_queries(30) as seen:
            asked(browser, each)
        counts.append(len(seen))
    assert counts[1] <= counts[0]
