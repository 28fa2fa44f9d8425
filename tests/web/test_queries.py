"""How many queries each page makes, as a reviewed baseline: the same for 51 records and for 70.

Where the two databases are asked differently (search looks near before it looks everywhere on PostgreSQL, see
`panshi.ground.search.matching`) the baseline holds a number for each.

After a deliberate change write the new numbers with `PANSHI_WRITE_QUERIES=1 pytest tests/web/test_queries.py`.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from panshi.domains.accounts.models import Account
from panshi.domains.accounts.services import rebuild_accounts
from panshi.domains.people.models import Contact
from panshi.domains.people.services import log_contact
from panshi.ground.identity.models import Person
from tests.factories.accounts import make_account
from tests.factories.organisation import AT, Company

BASELINE = Path(__file__).parent / "queries.json"
PAGES = {
    "list": "/accounts/",
    "list by number": "/accounts/?page=2",
    "list narrowed": "/accounts/?abc=A&owner=me&sort=-sales",
    "list found by words": "/accounts/?q=恒岳",
    "overview": "/accounts/{pk}/",
    "profile": "/accounts/{pk}/profile/",
    "group and team": "/accounts/{pk}/group/",
    "history": "/accounts/{pk}/history/",
    "contacts of an account": "/people/of/{pk}/",
    "log of an account": "/people/of/{pk}/log/",
    "contacts": "/people/",
    "contact log": "/people/log/",
    "edit a section": "/accounts/{pk}/edit/",
    "write a log line": "/people/log/new/{pk}/",
    "search": "/search/?q=恒岳",
    "workbench": "/",
}


def records(company: Company, count: int) -> Account:
    """Accounts of the owner in one group, each with contacts and log lines; answers the head of the group."""
    viewer = company.viewer("owner")
    head = make_account(
        owner=company.owner, unit=company.units.east_one, abc_class="A", team=(company.teammate,)
    )
    Account.objects.filter(pk=head.pk).update(group=head)
    for _number in range(count):
        make_account(owner=company.owner, unit=company.units.east_one, abc_class="A", parent=head, group=head)
        contact = Contact.objects.create(account=head, name="王工", created_at=AT, updated_at=AT)
        log_contact(account=head, text="问计划", contact=contact, by=viewer, at=AT)
    rebuild_accounts()
    return head


@pytest.fixture
def counted(
    company: Company, signed_in: Callable[[Person], Client], django_assert_max_num_queries: Any
) -> Callable[[int], dict[str, int]]:
    """The queries of every page with so many records."""

    def count(records_made: int) -> dict[str, int]:
        head, browser = records(company, records_made), signed_in(company.owner)
        found = {}
        for name, template in PAGES.items():
            address = template.format(pk=head.pk)
            browser.get(address)
            with django_assert_max_num_queries(60) as seen:
                assert browser.get(address).status_code == 200
            found[name] = len(seen)
        return found

    return count


def baseline() -> dict[str, int]:
    """The reviewed numbers for the database in use."""
    stored: dict[str, int | dict[str, int]] = json.loads(BASELINE.read_text(encoding="utf-8"))
    return {
        page: number[connection.vendor] if isinstance(number, dict) else number
        for page, number in stored.items()
    }


def write(found: dict[str, int]) -> None:
    """Store new numbers; a page with a number for each database keeps the other one's."""
    stored: dict[str, int | dict[str, int]] = json.loads(BASELINE.read_text(encoding="utf-8"))
    for page, number in found.items():
        known = stored.get(page)
        stored[page] = {**known, connection.vendor: number} if isinstance(known, dict) else number
    BASELINE.write_text(json.dumps(stored, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def test_pages_make_the_queries_of_the_baseline(counted: Callable[[int], dict[str, int]]) -> None:
    found = counted(70)
    if os.environ.get("PANSHI_WRITE_QUERIES"):
        write(found)
    assert found == baseline()


def test_more_records_make_no_more_queries(counted: Callable[[int], dict[str, int]]) -> None:
    few = counted(51)
    known = baseline()
    assert {name for name, count in few.items() if count > known[name]} == set()
