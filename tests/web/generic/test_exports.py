"""Exports: logged before the first row leaves, and no wider than the right to export."""

import csv
import datetime as dt
import io
import json
from collections.abc import Callable

import pytest
from django.http import StreamingHttpResponse
from django.test import Client

from panshi.ground.audit.models import Event
from panshi.ground.identity.models import Person
from panshi.ground.identity.services import give_role
from tests.factories.accounts import make_account
from tests.factories.organisation import SYSTEM, Company

pytestmark = pytest.mark.django_db

SignedIn = Callable[[Person], Client]


def exported(browser: Client, address: str) -> list[str]:
    """The first cells of the rows below the headings."""
    answer = browser.get(address)
    assert isinstance(answer, StreamingHttpResponse)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[arg-type]
    return [row[0] for row in list(csv.reader(io.StringIO(text)))[1:]]


def test_an_export_is_an_event_without_what_was_searched_for(company: Company, signed_in: SignedIn) -> None:
    make_account("甲机械", owner=company.owner, unit=company.units.east_one, abc_class="A")
    assert exported(signed_in(company.owner), "/accounts/export/?format=csv&abc=A") == ["甲机械"]
    event = Event.objects.get(kind="audit.exported")
    told = json.loads(event.payload)
    assert event.by_id == company.owner.pk
    assert (told["listed"], told["form"], told["conditions"]) == ("accounts", "csv", ["abc"])
    assert "name" in told["columns"]


def test_one_exports_no_more_than_the_right_reaches(
    company: Company, signed_in: SignedIn, at: dt.datetime
) -> None:
    """The owner exports own accounts; a further role lets them see the whole region, but not take it out."""
    make_account("自己的", owner=company.owner, unit=company.units.east_one)
    make_account("同事的", owner=company.colleague, unit=company.units.east_one)
    give_role(
        person=company.owner,
        unit=company.units.east,
        role="finance",
        since_on=dt.date(2020, 1, 1),
        by=SYSTEM,
        at=at,
    )
    browser = signed_in(company.owner)
    assert "同事的" in browser.get("/accounts/").content.decode()
    assert exported(browser, "/accounts/export/?format=csv") == ["自己的"]


def test_who_may_not_export_leaves_no_event(company: Company, signed_in: SignedIn) -> None:
    assert signed_in(company.teammate).get("/accounts/export/?format=csv").status_code == 403
    assert not Event.objects.filter(kind="audit.exported").exists()
