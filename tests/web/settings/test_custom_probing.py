"""Conditions on custom fields find the same rows in whichever form the database is asked."""

import json
import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from panshi.domains.accounts.models import Account
from panshi.ground.identity.models import Person
from panshi.ground.settings.models import CustomValue
from panshi.web.generic import probing
from panshi.web.generic.lists import PAGE_SIZE
from tests.factories.accounts import make_account
from tests.factories.custom import make_field
from tests.factories.organisation import Company

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Person], Client]

SENTENCE = [
    "any",
    ["custom.lines", "lt", "8"],
    ["all", ["custom.yes", "not", "1"], ["custom.lines", "filled"]],
]
ASKED = {
    "a range": "custom.lines.min=3&custom.lines.max=30",
    "two fields": "custom.lines.min=3&custom.yes=1",
    "not filled in": "custom.lines.is=empty&custom.yes=0",
    "with a built-in one": "custom.yes=1&lifecycle=potential&sort=-name",
    "further down": "custom.yes=1&page=2",
    "a sentence": urlencode({"where": json.dumps(SENTENCE)}),
}


@pytest.fixture
def filled(company: Company) -> list[Account]:
    """More accounts than a page holds, two fields on most of them."""
    lines, yes = make_field("number", "产线条数", code="lines"), make_field("yes", "战略客户", code="yes")
    made = [
        make_account(f"恒岳{number:03d}", owner=company.owner, unit=company.units.east_one)
        for number in range(2 * PAGE_SIZE + 20)
    ]
    values = [CustomValue(field=yes, record_id=row.pk, ref=place % 4 > 0) for place, row in enumerate(made)]
    held = [
        CustomValue(field=lines, record_id=row.pk, number=place % 40)
        for place, row in enumerate(made)
        if place % 5
    ]
    CustomValue.objects.bulk_create([*values, *held])
    return made


@pytest.mark.parametrize("asked", ASKED)
def test_both_forms_find_the_same_rows_in_the_same_order(
    filled: list[Account],
    company: Company,
    signed_in: SignedIn,
    monkeypatch: pytest.MonkeyPatch,
    asked: str,
) -> None:
    browser = signed_in(company.general_manager)
    found = []
    for longest in (0, 10**9):
        monkeypatch.setattr(probing, "LONGEST_WALK", longest)
        with CaptureQueriesContext(connection) as seen:
            page = browser.get(f"/accounts/?{ASKED[asked]}").content.decode()
        found.append(
            (re.findall(r"恒岳\d+(?=</a>)", page), re.findall(r'id="list-count"[^>]*>\s*(\d+)', page))
        )
    assert found[0] == found[1]
    assert found[0][0]
    if connection.vendor == "postgresql":
        assert any("IS NOT NULL" in query["sql"] and "LIMIT 1)" in query["sql"] for query in seen)
