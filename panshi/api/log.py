"""The contact log: one line about each contact, never changed, only voided."""

import datetime as dt
from typing import Annotated, Any, Final

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from ninja import Query, Router
from pydantic import Field

from panshi.api import answers
from panshi.api.accounts import opened
from panshi.api.contacts import contact_of
from panshi.api.operations import operation
from panshi.api.pages import Order, after, cursor_of, cut
from panshi.api.request import ApiRequest
from panshi.api.types import KEY, MOST_KEY, Asked, Day, In, Key, Line, Out, PageOut
from panshi.api.writing import plain
from panshi.domains.people.models import LogEntry
from panshi.domains.people.services import log_contact, void_log
from panshi.ground.base.viewer import Viewer

router = Router(tags=["log"])

FIELDS: Final[tuple[str, ...]] = (
    *("id", "account_id", "contact_id", "kind", "on", "text", "next_contact_on", "next_contact_note"),
    *("at", "by_id", "voided_at", "void_reason"),
)


class LogEntryOut(Out):
    """One line of the contact log."""

    id: int
    account_id: int = 0
    contact_id: int | None = None
    kind: str = Field("", examples=["phone"])
    on: dt.date | None = None
    text: str = ""
    next_contact_on: dt.date | None = None
    next_contact_note: str = ""
    at: dt.datetime | None = None
    by_id: int | None = None
    voided_at: dt.datetime | None = None
    void_reason: str = ""


class LogPage(PageOut):
    """A page of the contact log."""

    items: list[LogEntryOut]


class LogAsked(Asked):
    """What the log may be narrowed by."""

    fields: str | None = Field(None, max_length=2000, description="Only these fields, joined by commas")
    account: int | None = Field(None, ge=1, le=MOST_KEY, description="About this account")
    by: int | None = Field(None, ge=1, le=MOST_KEY, description="Written by this person")
    since: Day | None = Field(None, description="On this day or later")
    until: Day | None = Field(None, description="On this day or earlier")


class LogNew(In):
    """A new line: what was said, and when to be in contact next."""

    account_id: Key
    contact_id: Key | None = None
    kind: Annotated[str, Field(max_length=12, examples=["phone"])] = "phone"
    on: Day | None = Field(None, description="Today if left out")
    text: Annotated[str, Field(min_length=1, max_length=1000)]
    next_contact_on: Day | None = None
    next_contact_note: Line = ""


class Voiding(In):
    """Why a line is taken back."""

    reason: Annotated[Line, Field(min_length=1)]


@operation(router, "GET", "/log", scope="log:read", answers=LogPage)
def list_log(request: ApiRequest, asked: Query[LogAsked]) -> HttpResponse:
    """The contact log of the accounts you may see, newest first, voided lines included."""
    request.viewer.require("people.view")
    fields = answers.chosen(asked.fields, FIELDS)
    rows: QuerySet[Any] = LogEntry.objects.visible_to(request.viewer)
    for column, value in (
        ("account_id", asked.account),
        ("by_id", asked.by),
        ("on__gte", asked.since),
        ("on__lte", asked.until),
    ):
        if value is not None:
            rows = rows.filter(**{column: value})
    rows = after(rows, Order(falling=True), asked.cursor, "log").values(*FIELDS)
    found, more = cut(rows, asked.limit)
    cursor = cursor_of(None, found[-1]["id"], "log") if more else ""
    items = [{name: plain(row[name]) for name in FIELDS if name in fields} for row in found]
    return answers.page(request, items, cursor)


def _entry(pk: int, viewer: Viewer) -> LogEntry:
    rows = LogEntry.objects.visible_to(viewer).select_related("account")
    found: LogEntry | None = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _shown(entry: LogEntry) -> dict[str, Any]:
    return {name: plain(getattr(entry, name)) for name in FIELDS}


@operation(router, "GET", "/log/{pk}", scope="log:read", answers=LogEntryOut)
def read_log_entry(request: ApiRequest, pk: int = KEY) -> HttpResponse:
    """One line of the log."""
    request.viewer.require("people.view")
    return answers.plain(request, _shown(_entry(pk, request.viewer)))


@operation(router, "POST", "/log", scope="log:write", answers=LogEntryOut, status=201, also=(410,))
def write_log(request: ApiRequest, body: LogNew) -> HttpResponse:
    """Write a line. The account's last and next contact follow from it."""
    account = opened(body.account_id, request.viewer)
    entry = log_contact(
        account=account,
        text=body.text,
        kind=body.kind,
        on=body.on,
        contact=contact_of(body.contact_id, request.viewer) if body.contact_id else None,
        next_contact_on=body.next_contact_on,
        next_contact_note=body.next_contact_note,
        by=request.viewer,
        at=request.at,
    )
    return answers.plain(request, _shown(entry), status=201)


@operation(router, "POST", "/log/{pk}/void", scope="log:write", answers=LogEntryOut)
def void_log_entry(request: ApiRequest, body: Voiding, pk: int = KEY) -> HttpResponse:
    """Take a line back, with the reason; it stays to be seen as void."""
    entry = void_log(entry=_entry(pk, request.viewer), reason=body.reason, by=request.viewer, at=request.at)
    return answers.plain(request, _shown(entry))
