"""Tokens: what opens the door, what closes it, and how fast one may knock."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from panshi.ground.audit.models import Event
from panshi.ground.identity.models import ApiToken, Assignment, Person
from panshi.ground.identity.services import (
    CannotMakeToken,
    TokenLimits,
    count_request,
    deactivate_person,
    make_token,
    revoke_token,
)
from panshi.ground.settings.services import change_setting
from tests.api.conftest import Caller, token_of
from tests.factories.accounts import make_account
from tests.factories.organisation import AT, SYSTEM, Company

Calling = Callable[..., Caller]
TODAY = AT.date()


class TestMaking:
    def test_the_secret_is_stored_nowhere(self, company: Company) -> None:
        secret = token_of(company.owner)
        token = ApiToken.objects.get(person=company.owner)
        assert secret.startswith(token.prefix)
        assert secret not in str(vars(token))
        told = Event.objects.get(kind="identity.token_made")
        assert secret.split("_")[2] not in told.payload

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"name": " "}, "name"),
            ({"scopes": []}, "scopes"),
            ({"scopes": ["accounts:everything"]}, "scopes"),
            ({"expires_on": TODAY - dt.timedelta(days=1)}, "expires_on"),
            ({"expires_on": TODAY + dt.timedelta(days=31)}, "expires_on"),
            ({"limits": TokenLimits(days=30, each=0)}, "name"),
        ],
    )
    def test_it_needs_a_name_a_scope_and_an_end(
        self, company: Company, changed: dict[str, object], field: str
    ) -> None:
        asked = {
            "name": "ERP", "scopes": ["accounts:read"], "expires_on": TODAY, "limits": TokenLimits(30, 1),
        } | changed  # fmt: skip
        with pytest.raises(CannotMakeToken) as refused:
            make_token(**asked, by=company.viewer("owner"), at=AT)  # type: ignore[arg-type]
        assert field in refused.value.errors
        assert not ApiToken.objects.exists()


class TestTheDoor:
    def test_without_a_token_nothing_opens(self, company: Company) -> None:
        for secret in ("", "nonsense", "pst_0123456789_x", "pst_"):
            answer = Caller(secret).get("/accounts")
            assert answer.status_code == 401
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")

    def test_a_session_opens_nothing(self, company: Company, signed_in: Callable[[Person], Client]) -> None:
        browser = signed_in(company.owner)
        assert browser.get("/api/v1/accounts").status_code == 401
        assert (
            browser.post("/api/v1/accounts", {"name": "x"}, content_type="application/json").status_code
            == 401
        )

    def test_a_wrong_secret_with_a_known_beginning(self, company: Company) -> None:
        secret = token_of(company.owner)
        assert Caller(secret[:-1] + ("a" if secret[-1] != "a" else "b")).get("/token").status_code == 401

    def test_expired_revoked_and_deactivated_are_closed_at_once(
        self, company: Company, calling: Calling
    ) -> None:
        caller = calling(company.owner)
        assert caller.get("/token").status_code == 200
        token = ApiToken.objects.get(person=company.owner)
        ApiToken.objects.filter(pk=token.pk).update(expires_on=timezone.localdate() - dt.timedelta(days=1))
        assert caller.get("/token").status_code == 401
        ApiToken.objects.filter(pk=token.pk).update(expires_on=timezone.localdate())
        assert caller.get("/token").status_code == 200
        deactivate_person(person=company.owner, by=SYSTEM, at=AT)
        assert caller.get("/token").status_code == 401
        Person.objects.filter(pk=company.owner.pk).update(is_active=True)
        revoke_token(token=token, by=company.viewer("administrator"), at=AT)
        assert caller.get("/token").status_code == 401

    def test_a_scope_that_lacks_is_named(self, company: Company, calling: Calling) -> None:
        answer = calling(company.owner, "log:read").get("/accounts")
        assert (answer.status_code, answer.json()["needed"]) == (403, ["accounts:read"])

    def test_it_has_no_more_than_its_person_has_today(self, company: Company, calling: Calling) -> None:
        make_account(owner=company.owner, unit=company.units.east_one)
        caller = calling(company.operations)
        assert len(caller.get("/accounts").json()["items"]) == 1
        assert "identity.manage" not in caller.get("/token").json()["permissions"]
        Assignment.objects.filter(person=company.operations).update(until_on="2026-01-02")
        assert caller.get("/accounts").status_code == 403

    def test_words_are_in_the_language_asked_for(self, company: Company, calling: Calling) -> None:
        caller = calling(company.owner)
        chinese = caller.get("/accounts/987654321", Accept_Language="zh-CN").json()
        english = caller.get("/accounts/987654321", Accept_Language="en").json()
        assert (chinese["title"], chinese["type"]) == ("没有找到", english["type"])
        assert english["title"].isascii()


class TestPace:
    def test_too_many_in_a_minute_wait(self, company: Company, calling: Calling) -> None:
        change_setting(
            code="api.requests_a_minute", value="2", reason="测试", expected_number=0, by=SYSTEM, at=AT
        )
        caller, other = calling(company.owner), calling(company.colleague)
        hurried = ApiToken.objects.get(person=company.owner)
        at = timezone.now()
        for _request in range(3):
            count_request(token=hurried, at=at)
        answer = caller.get("/token")
        if timezone.now().replace(second=0, microsecond=0) == at.replace(second=0, microsecond=0):
            assert answer.status_code == 429
            assert 1 <= int(answer.headers["Retry-After"]) <= 60
        assert other.get("/token").status_code == 200

    def test_another_minute_is_counted_anew(self, company: Company, calling: Calling) -> None:
        change_setting(
            code="api.requests_a_minute", value="2", reason="测试", expected_number=0, by=SYSTEM, at=AT
        )
        caller = calling(company.owner)
        for _request in range(3):
            before = timezone.now() - dt.timedelta(minutes=1)
            count_request(token=ApiToken.objects.get(person=company.owner), at=before)
        assert caller.get("/token").status_code == 200

    def test_the_last_use_is_noted_now_and_then(self, company: Company, calling: Calling) -> None:
        caller = calling(company.owner)
        caller.get("/token")
        first = ApiToken.objects.get(person=company.owner).used_at
        caller.get("/token")
        assert first is not None
        assert ApiToken.objects.get(person=company.owner).used_at == first
