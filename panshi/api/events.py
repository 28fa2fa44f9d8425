"""Events: what happened, in the order of the seals, for programs that follow along."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, ConfigDict, Field

from panshi.api import answers
from panshi.api.operations import operation
from panshi.api.request import ApiRequest
from panshi.api.types import MOST_KEY, Out
from panshi.api.writing import plain
from panshi.domains.accounts.models import Account
from panshi.ground.audit.feed import SealedEvent, sealed_after
from panshi.ground.audit.kinds import all_kinds
from panshi.ground.base.viewer import Viewer

router = Router(tags=["events"])

PORTION: Final = 500
PORTIONS: Final = 4
"""How many seals one request looks at: somebody who may see few events asks on from `after`."""

HIDDEN: Final = frozenset({"duplicate_ids"})
"""Payload that names accounts the reader may not see."""


class EventOut(Out):
    """Something that happened. Values of fields are not told: read the record."""

    seq: int = Field(description="Its number in the sealed chain")
    kind: str = Field(examples=["accounts.changed"])
    at: dt.datetime
    by_id: int | None
    account_id: int | None
    subject_id: int | None
    payload: dict[str, Any]


class EventPage(Out):
    """What happened next."""

    items: list[EventOut]
    after: int = Field(description="Ask on with this number; keep it where you left off")
    more: bool = Field(description="Whether to ask on at once")


class EventsAsked(BaseModel):
    """From where, and what."""

    model_config = ConfigDict(extra="forbid")

    after: int = Field(0, ge=0, le=MOST_KEY, description="Only events sealed after this number")
    limit: int = Field(100, ge=1, le=200, description="How many events at most")
    account: int | None = Field(None, ge=1, le=MOST_KEY, description="Only of this account")
    kind: str | None = Field(
        None, max_length=60, description="Only of this kind, or of those that begin with it"
    )


@operation(router, "GET", "/events", scope="events:read", answers=EventPage)
def list_events(request: ApiRequest, asked: Query[EventsAsked]) -> HttpResponse:
    """What happened to records you may see, oldest first. Keep `after` and ask again later: no event is lost or told
    twice. Events are sealed within seconds."""
    viewer = request.viewer
    kinds = {
        name: kind.permission
        for name, kind in all_kinds().items()
        if kind.permission and viewer.may(kind.permission) and name.startswith(asked.kind or "")
    }
    items: list[SealedEvent] = []
    at, more = asked.after, True
    for _portion in range(PORTIONS):
        found, last = sealed_after(at, count=PORTION, kinds=list(kinds))
        if last == at:
            more = False
            break
        told = [one for one in found if asked.account in (None, one.account_id)]
        items += _open_to(told, kinds, viewer)
        at = last
        if len(items) >= asked.limit:
            break
    if len(items) > asked.limit:
        items = items[: asked.limit]
        at = items[-1].seq
    return answers.plain(request, {"items": [_shown(one) for one in items], "after": at, "more": more})


def _open_to(found: Sequence[SealedEvent], kinds: dict[str, str], viewer: Viewer) -> list[SealedEvent]:
    """Those the viewer may know of: the kind's permission must reach the account, or everything where there is none.
    One query for each permission."""
    asked: dict[str, set[int]] = defaultdict(set)
    for one in found:
        if one.account_id is not None:
            asked[kinds[one.kind]].add(one.account_id)
    reached = {
        permission: set(
            Account.objects.visible_to(viewer, permission).filter(pk__in=ids).values_list("pk", flat=True)
        )
        if not viewer.sees_all(permission)
        else ids
        for permission, ids in asked.items()
    }
    seen = {key for ids in asked.values() for key in ids}
    if not viewer.sees_all("accounts.view"):
        seen = set(Account.objects.visible_to(viewer).filter(pk__in=seen).values_list("pk", flat=True))
    return [
        one
        for one in found
        if (
            viewer.sees_all(kinds[one.kind])
            if one.account_id is None
            else one.account_id in reached[kinds[one.kind]] and one.account_id in seen
        )
    ]


def _shown(one: SealedEvent) -> dict[str, Any]:
    return {
        "seq": one.seq,
        "kind": one.kind,
        "at": plain(one.at),
        "by_id": one.by_id,
        "account_id": one.account_id,
        "subject_id": one.subject_id,
        "payload": {name: value for name, value in one.payload.items() if name not in HIDDEN},
    }
