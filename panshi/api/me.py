"""Who a token is and what it may do; and the custom fields there are."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import BaseModel, ConfigDict, Field

from panshi.api import answers
from panshi.api.operations import operation
from panshi.api.problems import Problem
from panshi.api.request import ApiRequest
from panshi.api.types import Out
from panshi.api.writing import plain
from panshi.ground.settings.models import RecordKind
from panshi.ground.settings.reports import custom_fields

router = Router(tags=["token"])


class TokenOut(Out):
    """The token of this request."""

    name: str
    prefix: str
    scopes: list[str]
    expires_on: dt.date
    person_id: int
    person_name: str
    permissions: list[str] = Field(description="What the token may do now, all scopes and roles considered")


@operation(router, "GET", "/token", scope="", answers=TokenOut, also=(304,))
def read_token(request: ApiRequest) -> HttpResponse:
    """Who you are to us: the token, its person, its scopes, and the permissions it has today."""
    token = request.token
    found: dict[str, Any] = {
        "name": token.name,
        "prefix": token.prefix,
        "scopes": list(token.scope_codes),
        "expires_on": plain(token.expires_on),
        "person_id": token.person_id,
        "person_name": token.person.name,
        "permissions": sorted(request.viewer.spans),
    }
    return answers.plain(request, found)


class CustomFieldsAsked(BaseModel):
    """Of which kind of record."""

    model_config = ConfigDict(extra="forbid")

    record: str = Field("account", pattern="^(account|contact)$", description="account or contact")


class ChoiceOut(Out):
    """A value one may choose."""

    code: str
    label: str
    active: bool


class CustomFieldOut(Out):
    """A custom field."""

    code: str
    label: str
    kind: str = Field(examples=["text", "choice"])
    required: bool
    choices: list[ChoiceOut]


class CustomFieldsOut(Out):
    """The custom fields of a kind of record, in order."""

    items: list[CustomFieldOut]


@operation(router, "GET", "/custom-fields", scope="", answers=CustomFieldsOut, also=(304,))
def list_custom_fields(request: ApiRequest, asked: Query[CustomFieldsAsked]) -> HttpResponse:
    """The custom fields you may see: what `custom` holds in accounts or contacts."""
    needed = {"account": "accounts:", "contact": "contacts:"}[asked.record]
    if not any(code.startswith(needed) for code in request.token.scope_codes):
        raise Problem(
            403, "missing_scope", _("此操作需要令牌的范围“%(scope)s”。") % {"scope": f"{needed}read"},
            needed=[f"{needed}read"],
        )  # fmt: skip
    specs = custom_fields(RecordKind(asked.record), viewer=request.viewer)
    items = [
        {
            "code": spec.row.code,
            "label": spec.label,
            "kind": str(spec.kind.value),
            "required": spec.required,
            "choices": [{"code": one.code, "label": one.label, "active": one.active} for one in spec.choices],
        }
        for spec in specs
    ]
    return answers.plain(request, {"items": items})
