"""Pages of tokens: the secret is shown once, to its person only; what is ended opens nothing."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from panshi.ground.identity.models import ApiToken, CalendarFeed, Person
from tests.factories.organisation import Company

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Person], Client]


def test_a_token_is_shown_once_and_opens_the_api(company: Company, signed_in: SignedIn) -> None:
    browser = signed_in(company.owner)
    on = timezone.localdate().isoformat()
    sent = {"name": "ERP", "scopes": ["accounts:read"], "expires_on": on}
    answer = browser.post("/settings/me/tokens/new/", sent)
    found = re.search(r"pst_[0-9a-f]{10}_[\w-]+", answer.content.decode())
    assert found is not None
    assert answer.headers["Cache-Control"] == "no-store"
    asked = Client().get("/api/v1/accounts", headers={"Authorization": f"Bearer {found[0]}"})
    assert asked.status_code == 200
    listed = browser.get("/settings/me/tokens/").content.decode()
    assert found[0] not in listed
    assert found[0][:14] in listed


def test_a_token_without_scope_or_beyond_the_longest_is_refused_at_the_field(
    company: Company, signed_in: SignedIn
) -> None:
    browser = signed_in(company.owner)
    for sent in (
        {"name": "ERP", "expires_on": timezone.localdate().isoformat()},
        {"name": "ERP", "scopes": ["accounts:read"], "expires_on": "2199-01-01"},
    ):
        assert browser.post("/settings/me/tokens/new/", sent).status_code == 422
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("who", ["owner", "administrator"])
def test_its_person_or_a_manager_of_tokens_ends_it(company: Company, signed_in: SignedIn, who: str) -> None:
    on = timezone.localdate().isoformat()
    signed_in(company.owner).post(
        "/settings/me/tokens/new/", {"name": "ERP", "scopes": ["log:read"], "expires_on": on}
    )
    token = ApiToken.objects.get()
    address = f"/settings/tokens/{token.pk}/revoke/"
    assert signed_in(company.outsider).post(address).status_code == 404
    assert ApiToken.objects.get().revoked_at is None
    assert signed_in(getattr(company, who)).post(address).status_code == 302
    assert ApiToken.objects.get().revoked_at is not None


def test_the_calendar_address_is_made_shown_and_ended(company: Company, signed_in: SignedIn) -> None:
    browser = signed_in(company.owner)
    said = browser.post("/settings/me/calendar/new/").content.decode()
    found = re.search(r"/api/calendar\.ics\?key=[\w-]+", said)
    assert found is not None
    assert Client().get(found[0]).status_code == 200
    browser.post("/settings/me/calendar/end/")
    assert Client().get(found[0]).status_code == 404
    assert not CalendarFeed.objects.exists()
