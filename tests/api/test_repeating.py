"""Idempotency keys: of equal requests one is carried out."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, connections
from django.utils import timezone

from panshi.domains.accounts.models import Account
from panshi.ground.identity.models import ApiToken, KeptAnswer
from panshi.ground.identity.services.answers import KEPT
from tests.api.conftest import Caller, token_of
from tests.factories.organisation import Company, make_company

Calling = Callable[..., Caller]
BODY = {"name": "青石轴承厂"}


class TestRepeating:
    def test_the_same_again_is_answered_and_not_done(self, company: Company, calling: Calling) -> None:
        caller = calling(company.owner)
        first = caller.post("/accounts", BODY, Idempotency_Key="erp-1")
        again = caller.post("/accounts", BODY, Idempotency_Key="erp-1")
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.content == again.content
        assert again.headers["Idempotent-Replayed"] == "true"
        assert first.headers["Location"] == again.headers["Location"]
        assert Account.objects.count() == 1

    def test_another_request_under_the_same_key(self, company: Company, calling: Calling) -> None:
        caller = calling(company.owner)
        caller.post("/accounts", BODY, Idempotency_Key="erp-1")
        other = caller.post("/accounts", {"name": "白云机床厂"}, Idempotency_Key="erp-1")
        assert (other.status_code, other.json()["type"]) == (422, "urn:panshi:problem:key_reused")
        assert Account.objects.count() == 1

    def test_what_was_refused_leaves_the_key_free(self, company: Company, calling: Calling) -> None:
        caller = calling(company.owner)
        assert caller.post("/accounts", {"name": "…"}, Idempotency_Key="k").status_code == 422
        assert not KeptAnswer.objects.exists()
        assert caller.post("/accounts", BODY, Idempotency_Key="k").status_code == 201

    def test_while_the_first_runs_the_second_waits(self, company: Company, calling: Calling) -> None:
        caller = calling(company.owner)
        made = caller.post("/accounts", BODY, Idempotency_Key="k")
        KeptAnswer.objects.update(status=0)
        waiting = caller.post("/accounts", BODY, Idempotency_Key="k")
        assert made.status_code == 201
        assert (waiting.status_code, waiting.headers["Retry-After"]) == (409, "1")

    def test_keys_belong_to_their_token_and_last_a_day(self, company: Company, calling: Calling) -> None:
        caller = calling(company.owner)
        caller.post("/accounts", BODY, Idempotency_Key="k")
        other = calling(company.colleague).post("/accounts", {"name": "白云机床厂"}, Idempotency_Key="k")
        assert other.status_code == 201
        mine = KeptAnswer.objects.filter(token__person=company.owner)
        mine.update(at=timezone.now() - KEPT * 1.1)
        assert caller.post("/accounts", {"name": "黄山阀门厂"}, Idempotency_Key="k").status_code == 201

    @pytest.mark.parametrize("key", ["x" * 129, "钥匙", "a\tb"])
    def test_a_key_is_plain_text(self, company: Company, calling: Calling, key: str) -> None:
        answer = calling(company.owner).post("/accounts", BODY, Idempotency_Key=key)
        assert answer.status_code == 400
        assert not Account.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one() -> None:
    """Both programs send the same request at the same moment."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one writer in at a time")
    company = make_company()
    secret = token_of(company.owner)
    assert ApiToken.objects.exists()
    together, statuses = threading.Barrier(2), []

    def send() -> None:
        together.wait()
        statuses.append(Caller(secret).post("/accounts", BODY, Idempotency_Key="k").status_code)
        connections.close_all()

    threads = [threading.Thread(target=send) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Account.objects.count() == 1
    assert set(statuses) <= {201, 409}
    assert 201 in statuses
