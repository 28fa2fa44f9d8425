"""Contacts: people at accounts."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from ninja import Query, Router
from pydantic import Field, StrictBool

from panshi.api import answers
from panshi.api.accounts import opened
from panshi.api.custom import as_given, values_of
from panshi.api.operations import operation
from panshi.api.pages import Order, after, cursor_of, cut
from panshi.api.request import ApiRequest
from panshi.api.types import (
    KEY,
    MOST_KEY,
    Asked,
    AskedFields,
    CustomValue,
    Day,
    In,
    Key,
    Line,
    Out,
    PageOut,
    Text,
)
from panshi.api.writing import plain
from panshi.domains.people.models import Contact
from panshi.domains.people.models.cleaning import CONTACT_FIELDS
from panshi.domains.people.services import (
    add_contact,
    leave_contact,
    return_contact,
    update_contact,
)
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.models import RecordKind

router = Router(tags=["contacts"])

COLUMNS: Final[tuple[str, ...]] = (
    "id",
    "account_id",
    "version",
    *CONTACT_FIELDS,
    "left_on",
    "created_at",
    "updated_at",
)
FIELDS: Final = (*COLUMNS, "custom")


class ContactOut(Out):
    """A person at an account."""

    id: int
    account_id: int = 0
    version: int = 0
    name: str = Field("", examples=["王工"])
    title: str = ""
    department: str = ""
    phone: str = ""
    mobile: str = ""
    email: str = ""
    wechat: str = ""
    primary: bool = Field(False, description="At most one contact of an account is primary")
    note: str = ""
    left_on: dt.date | None = Field(None, description="The day they left the account")
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
    custom: dict[str, CustomValue] = Field(default_factory=dict)


class ContactPage(PageOut):
    """A page of contacts."""

    items: list[ContactOut]


class ContactsAsked(Asked):
    """What contacts may be narrowed by."""

    fields: str | None = Field(None, max_length=2000, description="Only these fields, joined by commas")
    account: int | None = Field(None, ge=1, le=MOST_KEY, description="At this account")
    name: str | None = Field(None, min_length=1, max_length=60, description="This text within the name")
    present: bool | None = Field(None, description="Only those who still work there")


class ContactFields(In):
    """Fields of a contact."""

    title: Line | None = None
    department: Line | None = None
    phone: Line | None = None
    mobile: Line | None = None
    email: Line | None = None
    wechat: Line | None = None
    primary: StrictBool = False
    note: Text | None = None
    custom: dict[str, CustomValue] | None = None


class ContactNew(ContactFields):
    """A new contact of an account."""

    account_id: Key
    name: Annotated[Line, Field(min_length=1)]


class ContactChange(ContactFields):
    """Changes of a contact: only what is named is changed."""

    name: Annotated[Line, Field(min_length=1)] | None = None


class Leaving(In):
    """When somebody left."""

    left_on: Day


@operation(router, "GET", "/contacts", scope="contacts:read", answers=ContactPage)
def list_contacts(request: ApiRequest, asked: Query[ContactsAsked]) -> HttpResponse:
    """The contacts of the accounts you may see."""
    request.viewer.require("people.view")
    fields = answers.chosen(asked.fields, FIELDS)
    rows: QuerySet[Any] = Contact.objects.visible_to(request.viewer)
    if asked.account is not None:
        rows = rows.filter(account_id=asked.account)
    if asked.name is not None:
        rows = rows.filter(name__icontains=asked.name)
    if asked.present is not None:
        rows = rows.filter(left_on__isnull=asked.present)
    rows = after(rows, Order(), asked.cursor, "contacts").values(*COLUMNS)
    found, more = cut(rows, asked.limit)
    cursor = cursor_of(None, found[-1]["id"], "contacts") if more else ""
    return answers.page(request, _shown(found, fields, request.viewer), cursor)


def _shown(rows: Sequence[Mapping[str, Any]], fields: set[str], viewer: Viewer) -> list[dict[str, Any]]:
    custom = (
        values_of(RecordKind.CONTACT, {row["id"]: row["account_id"] for row in rows}, viewer=viewer)
        if "custom" in fields
        else {}
    )
    found = []
    for row in rows:
        one = {name: plain(row[name]) for name in COLUMNS if name in fields}
        if "custom" in fields:
            one["custom"] = custom.get(row["id"], {})
        found.append(one)
    return found


def contact_of(pk: int, viewer: Viewer) -> Contact:
    """A contact the viewer may see. Raises `Http404`."""
    rows = Contact.objects.visible_to(viewer).select_related("account")
    found: Contact | None = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _one(pk: int, viewer: Viewer, fields: set[str] | None = None) -> dict[str, Any]:
    rows = list(Contact.objects.visible_to(viewer).filter(pk=pk).values(*COLUMNS))
    if not rows:
        raise Http404
    return _shown(rows, fields or set(FIELDS), viewer)[0]


def _given(body: ContactFields) -> dict[str, Any]:
    own: dict[str, Any] = {
        name: getattr(body, name) for name in CONTACT_FIELDS if name in body.model_fields_set
    }
    return {**own, **as_given(body.custom)}


@operation(router, "GET", "/contacts/{pk}", scope="contacts:read", answers=ContactOut)
def read_contact(request: ApiRequest, asked: Query[AskedFields], pk: int = KEY) -> HttpResponse:
    """One contact."""
    request.viewer.require("people.view")
    fields = answers.chosen(asked.fields, FIELDS, always=("id", "version"))
    return answers.record(request, _one(pk, request.viewer, fields))


@operation(router, "POST", "/contacts", scope="contacts:write", answers=ContactOut, status=201, also=(410,))
def create_contact(request: ApiRequest, body: ContactNew) -> HttpResponse:
    """Add a person at an account. Being primary is taken over from whoever was."""
    account = opened(body.account_id, request.viewer)
    contact = add_contact(
        account=account, values=_given(body) | {"name": body.name}, by=request.viewer, at=request.at
    )
    found = _one(contact.pk, request.viewer)
    return answers.record(request, found, status=201, location=f"/api/v1/contacts/{contact.pk}")


@operation(router, "PATCH", "/contacts/{pk}", scope="contacts:write", answers=ContactOut, versioned=True)
def change_contact(request: ApiRequest, body: ContactChange, pk: int = KEY) -> HttpResponse:
    """Change fields of a contact."""
    update_contact(
        contact=contact_of(pk, request.viewer),
        values=_given(body),
        expected_version=answers.expected_version(request),
        by=request.viewer,
        at=request.at,
    )
    return answers.record(request, _one(pk, request.viewer))


@operation(router, "POST", "/contacts/{pk}/leave", scope="contacts:write", answers=ContactOut)
def mark_contact_left(request: ApiRequest, body: Leaving, pk: int = KEY) -> HttpResponse:
    """Say that a contact left the account."""
    contact = contact_of(pk, request.viewer)
    leave_contact(contact=contact, left_on=body.left_on, by=request.viewer, at=request.at)
    return answers.record(request, _one(pk, request.viewer))


@operation(router, "POST", "/contacts/{pk}/return", scope="contacts:write", answers=ContactOut)
def mark_contact_returned(request: ApiRequest, pk: int = KEY) -> HttpResponse:
    """Take back that a contact left."""
    return_contact(contact=contact_of(pk, request.viewer), by=request.viewer, at=request.at)
    return answers.record(request, _one(pk, request.viewer))
