"""The document: what is committed is what is served. A change of the API is a change of this file, on purpose.

After a deliberate change: `PANSHI_WRITE_API=1 pytest tests/api/test_document.py`.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from panshi.api.document import build
from panshi.api.urls import api
from panshi.ground.identity.models import Person
from panshi.ground.identity.scopes import BY_CODE
from tests.api.conftest import Caller
from tests.factories.organisation import Company

KEPT = Path(__file__).parents[2] / "docs" / "api" / "openapi.json"


def test_the_document_is_the_committed_one() -> None:
    found = json.loads(json.dumps(build(api), default=str))
    if os.environ.get("PANSHI_WRITE_API"):
        KEPT.parent.mkdir(exist_ok=True)
        KEPT.write_text(
            json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8"
        )
    assert found == json.loads(KEPT.read_text(encoding="utf-8"))


def test_every_operation_says_what_it_is_and_what_can_go_wrong() -> None:
    document = build(api)
    assert document["openapi"].startswith("3.1")
    for path, methods in document["paths"].items():
        for method, one in methods.items():
            where = f"{method} {path}"
            assert len(one["description"]) > 20, where
            assert one["x-scope"] in BY_CODE or one["x-scope"] == "", where
            assert {"401", "403", "404", "422", "429"} <= set(one["responses"]), where
            if one["x-scope"].endswith(":write"):
                assert method != "get", where


@pytest.mark.django_db
def test_the_document_is_for_who_signed_in_or_has_a_token(
    company: Company, calling: Callable[..., Caller], signed_in: Callable[[Person], Client]
) -> None:
    address = "/api/v1/openapi.json"
    assert Client().get(address).status_code == 302
    assert Client().get(address, headers={"Authorization": "Bearer pst_0000000000_x"}).status_code == 302
    assert signed_in(company.newcomer).get(address).json()["info"]["title"] == "Panshi"
    assert calling(company.owner, "log:read").get("/openapi.json").status_code == 200


@pytest.mark.django_db
def test_the_page_loads_nothing_from_elsewhere(
    company: Company, signed_in: Callable[[Person], Client]
) -> None:
    assert Client().get("/api/docs/").status_code == 302
    answer = signed_in(company.owner).get("/api/docs/")
    said = answer.content.decode()
    assert answer.status_code == 200
    assert "/static/ninja/swagger-ui-bundle.js" in said
    assert "//cdn" not in said
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
