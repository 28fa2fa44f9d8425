"""What the page tests of workflow share: a two-step approval, somebody's request, and answers read as text."""

import html
import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from panshi.workflow.models import Request, Task
from tests.factories.organisation import Company
from tests.workflow.processes import make_process, open_task, start, step

HTMX: Mapping[str, str] = {"HX-Request": "true"}
FORM: list[Mapping[str, Any]] = [
    {"name": "reason", "label": "出差事由", "kind": "long", "required": True},
    {"name": "amount", "label": "预计费用", "kind": "money"},
    {"name": "city", "label": "目的地", "kind": "choice", "choices": [["sh", "上海"], ["gz", "广州"]]},
]


def make_travel(**more: Any) -> None:
    """A process in which the supervisor may correct the amount and the director has to say something."""
    make_process(
        "travel",
        [
            step("leader", "unit:key_account_supervisor", fields="amount:edit", days=2),
            step("head", "unit:key_account_director", comment="always"),
        ],
        form=FORM,
        **more,
    )


def travel(company: Company, reason: str = "拜访重点客户", **values: Any) -> Request:
    """A request of the owner."""
    return start("travel", company.owner, reason=reason, amount="1200", city="sh", **values)


def task_of(request: Request, node: str = "") -> Task:
    """The open task."""
    return open_task(request, node)


def act(browser: Client, task: Task, verb: str, **typed: Any) -> HttpResponse:
    """Send the form of an act as the drawer does."""
    answer: Any = browser.post(reverse("workflow:act", args=[task.pk, verb]), typed, headers=dict(HTMX))
    return answer  # type: ignore[no-any-return]


def text(answer: Any) -> str:
    """What an answer says."""
    return html.unescape(answer.content.decode())


def toast(answer: HttpResponse) -> str:
    """What the page under the drawer is told."""
    return str(json.loads(answer["HX-Trigger"])["panshi:toast"]["text"])
