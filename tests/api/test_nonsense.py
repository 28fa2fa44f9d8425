"""Bodies and addresses that mean harm, and addresses that lead nowhere: always a problem, never a fault of ours."""

from collections.abc import Callable

import pytest

from panshi.domains.accounts.models import Account
from tests.api.conftest import Caller
from tests.factories.organisation import Company

Calling = Callable[..., Caller]

BODIES = {
    "nothing": b"",
    "no JSON": b"{",
    "a list": b"[]",
    "a bare text": b'"name"',
    "deep": b"[" * 100_000,
    "deep objects": b'{"custom":' * 20 + b"1" + b"}" * 20,
    "a huge integer": b'{"name":"x","employees":' + b"9" * 5000 + b"}",
    "a huge number": b'{"name":"x","employees":1e999}',
    "not a number": b'{"name":"x","employees":NaN}',
    "NUL": b'{"name":"a\\u0000b"}',
    "NUL in a key": b'{"name":"x","custom":{"a\\u0000":1}}',
    "half a surrogate": b'{"name":"a\\ud800b"}',
    "a key twice": b'{"name":"x","name":"y"}',
    "no UTF-8": b'{"name":"\xff"}',
    "text for a number": b'{"name":"x","employees":"12"}',
    "number for an amount": b'{"name":"x","registered_capital":12}',
    "an amount below zero": b'{"name":"x","registered_capital":"-1"}',
    "a day that is none": b'{"name":"x","founded_on":"2026-02-30"}',
    "a day as a number": b'{"name":"x","founded_on":0}',
    "an unknown field": b'{"name":"x","is_key":true}',
    "a key no table holds": b'{"name":"x","owner_id":9223372036854775808}',
    "an owner who is not there": b'{"name":"x","owner_id":987654321}',
    "too long a name": b'{"name":"' + b"x" * 5000 + b'"}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_a_harmful_body_is_told_so_and_saves_nothing(company: Company, calling: Calling, body: bytes) -> None:
    answer = calling(company.owner)("POST", "/accounts", body)
    assert answer.status_code in {400, 413, 422}, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["request_id"]
    assert not Account.objects.exists()


def test_a_body_too_large_or_of_another_kind(company: Company, calling: Calling) -> None:
    caller = calling(company.owner)
    large = caller("POST", "/accounts", b'{"name":"' + b"x" * 2_000_000 + b'"}')
    assert large.status_code == 413
    enormous = caller("POST", "/accounts", b'{"name":"' + b"x" * 6_000_000 + b'"}')
    assert enormous.status_code == 413
    kind = caller.client.post(
        "/api/v1/accounts", "name=x", content_type="text/plain",
        headers={"Authorization": f"Bearer {caller.secret}"},
    )  # fmt: skip
    assert kind.status_code == 415


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/accounts/0", 422),
        ("/accounts/abc", 422),
        ("/accounts/9223372036854775808", 422),
        ("/accounts/9223372036854775807", 404),
        ("/accounts?name=a%00b", 400),
        ("/accounts?cursor=%00", 400),
        ("/accounts?code=%ff%fe", 200),
        ("/accounts?region=%25", 422),
        ("/accounts?owner=9223372036854775808", 422),
        ("/nowhere", 404),
        ("/files?record=account:0", 422),
        ("/files?record=nothing:1", 404),
        ("/log?since=2026-02-31", 422),
        ("/events?after=-1", 422),
    ],
)
def test_odd_addresses(company: Company, calling: Calling, path: str, status: int) -> None:
    answer = calling(company.operations).get(path)
    assert answer.status_code == status, answer.content
    if status >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_another_method_names_those_there_are(company: Company, calling: Calling) -> None:
    answer = calling(company.owner)("DELETE", "/accounts")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "POST"}
    assert answer.json()["type"] == "urn:panshi:problem:method_not_allowed"


def test_nothing_is_kept_by_caches_or_given_to_other_sites(company: Company, calling: Calling) -> None:
    answer = calling(company.owner).get("/accounts", Origin="https://elsewhere.example")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Authorization" in answer.headers["Vary"]
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]
