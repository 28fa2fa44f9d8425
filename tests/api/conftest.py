"""Programs with tokens: a caller for each person, with every scope unless a test names some."""

import datetime as dt
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from panshi.ground.identity.models import Person
from panshi.ground.identity.reports import viewer_of
from panshi.ground.identity.scopes import BY_CODE
from panshi.ground.identity.services import TokenLimits, make_token

LIMITS = TokenLimits(days=365, each=50)


@dataclass
class Caller:
    """A program: every request carries its token."""

    secret: str
    client: Client = field(default_factory=Client)
    base: str = "/api/v1"

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.secret:
            named["Authorization"] = f"Bearer {self.secret}"
        sent: dict[str, Any] = {}
        if body is not None:
            text = body if isinstance(body, str | bytes) else json.dumps(body)
            sent = {"data": text, "content_type": "application/json"}
        return self.client.generic(method, f"{self.base}{path}", headers=named, **sent)  # type: ignore[return-value]

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self("GET", path, **headers)

    def post(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self("POST", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self("PATCH", path, body, **headers)

    def form(self, path: str, data: dict[str, Any], **headers: str) -> HttpResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named["Authorization"] = f"Bearer {self.secret}"
        return self.client.post(f"{self.base}{path}", data, headers=named)  # type: ignore[return-value]


def token_of(person: Person, scopes: Collection[str] = tuple(BY_CODE), days: int = 30) -> str:
    """The secret of a new token."""
    at = timezone.now()
    return make_token(
        name="测试程序",
        scopes=scopes,
        expires_on=timezone.localdate(at) + dt.timedelta(days=days),
        limits=LIMITS,
        by=viewer_of(person.pk, on=timezone.localdate(at)),
        at=at,
    )[1]


@pytest.fixture
def calling() -> Callable[..., Caller]:
    """A program acting for a person."""

    def caller(person: Person, *scopes: str) -> Caller:
        return Caller(token_of(person, scopes or tuple(BY_CODE)))

    return caller
