"""Reads of notices: how many wait, what they say to whom, how a person wants to be told, and the outbox."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db.models import Count, Min, Q, QuerySet
from django.utils.translation import gettext as _

from panshi.ground.base.refs import RecordRef
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.reports import names_of
from panshi.ground.notices.kinds import NoticeKind, all_kinds
from panshi.ground.notices.models import Choice, Mail, MailState, Notice, Rhythm
from panshi.ground.notices.ways import Ways, proposed

MOST_COUNTED: Final = 100
GO: Final = "/go/{kind}/{id}/"
"""Where every face leads to a record named by kind and key; mails, written where no page is known, begin with it."""


@dataclass(frozen=True, slots=True)
class Told:
    """A notice in words for one reader. `address` is empty where it leads nowhere; `hidden` when the reader may no
    longer see what it speaks of and the sentence says only that."""

    id: int
    kind: str
    label: str
    text: str
    at: dt.datetime
    read: bool
    urgent: bool
    address: str
    hidden: bool = False


def unread_count(viewer: Viewer) -> int:
    """How many notices a person has not read, counted to 100 at most: one look into a partial index."""
    if viewer.person_id is None:
        return 0
    rows = Notice.objects.visible_to(viewer).filter(person_id=viewer.person_id).shown().unread()
    return int(rows.order_by()[:MOST_COUNTED].count())


def notices_of(
    viewer: Viewer,
    *,
    kind: str = "",
    unread: bool = False,
    before: int | None = None,
    count: int = 50,
) -> tuple[list[Notice], int | None]:
    """A portion of a person's notices, newest first, and where the next one begins (None at the end); one query."""
    rows = Notice.objects.visible_to(viewer).filter(person_id=viewer.person_id or 0).shown()
    if kind:
        rows = rows.filter(kind=kind)
    if unread:
        rows = rows.unread()
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: count + 1])
    return found[:count], found[count - 1].pk if len(found) > count else None


def kinds_of(viewer: Viewer) -> list[NoticeKind]:
    """The kinds a person has notices of, for the filter; one query."""
    rows = Notice.objects.visible_to(viewer).filter(person_id=viewer.person_id or 0).shown()
    held = set(rows.order_by().values_list("kind", flat=True).distinct())
    return [kind for name, kind in all_kinds().items() if name in held]


def told(notices: Iterable[Notice], *, accounts: Mapping[int, str]) -> list[Told]:
    """Notices in words; one query. `accounts` names those accounts the reader may see: what speaks of another one is
    told without a word about it."""
    rows = list(notices)
    people = names_of(each.by_id for each in rows)
    return [_told(each, all_kinds().get(each.kind), accounts, people) for each in rows]


def _told(
    notice: Notice, kind: NoticeKind | None, accounts: Mapping[int, str], people: Mapping[int, str]
) -> Told:
    label = str(kind.label) if kind else _("通知")
    hidden = kind is None or (notice.account_id is not None and notice.account_id not in accounts)
    if hidden or kind is None:
        text = _("%(label)s（相关记录已不存在，或您已不能查看）") % {"label": label}
    else:
        given: dict[str, Any] = json.loads(notice.values)
        given |= {
            "account": accounts.get(notice.account_id or 0, ""),
            "by": people.get(notice.by_id or 0, _("系统")),
        }
        text = _filled(kind, given, label)
    return Told(
        id=notice.pk,
        kind=notice.kind,
        label=label,
        text=text,
        at=notice.at,
        read=notice.read_at is not None,
        urgent=bool(kind and kind.urgent),
        address="" if hidden else address_of(notice),
        hidden=hidden,
    )


def _filled(kind: NoticeKind, given: Mapping[str, Any], label: str) -> str:
    """The sentence; a notice kept from before the sentence named something more is told by its label."""
    try:
        return str(kind.sentence) % given
    except (KeyError, TypeError, ValueError):
        return label


def address_of(notice: Notice) -> str:
    """Where a notice leads: its record, else its account, else nowhere."""
    if notice.record_kind and notice.record_id is not None:
        return go(RecordRef(notice.record_kind, notice.record_id))
    return go(RecordRef("account", notice.account_id)) if notice.account_id is not None else ""


def go(record: RecordRef) -> str:
    """The path under which every face finds a record."""
    return GO.format(kind=record.kind, id=record.id)


def choices_of(viewer: Viewer) -> list[tuple[NoticeKind, Ways]]:
    """Every kind with the ways this person wants it; one query."""
    rows = Choice.objects.visible_to(viewer).filter(person_id=viewer.person_id or 0)
    chosen = {each.kind: Ways(each.in_app, each.by_mail, each.in_digest) for each in rows}
    return [(kind, chosen.get(name) or proposed(kind)) for name, kind in all_kinds().items()]


def rhythm_of(viewer: Viewer) -> Rhythm:
    """When the person wants to be left alone; an unsaved row with the defaults where they never said."""
    person_id = viewer.person_id or 0
    found = Rhythm.objects.visible_to(viewer).filter(person_id=person_id).first()
    return found or Rhythm(person_id=person_id)


@dataclass(frozen=True, slots=True)
class Outbox:
    """How mail stands: whether there is a server, how many wait (since when) and how many failed."""

    on: bool
    waiting: int
    waiting_since: dt.datetime | None
    failed: int


def outbox(viewer: Viewer) -> Outbox:
    """The state of the outbox, for administrators; one query."""
    viewer.require("settings.manage")
    open_ = Q(state__in=[MailState.WAITING, MailState.SENDING])
    found = Mail.objects.visible_to(viewer).aggregate(
        waiting=Count("pk", filter=open_),
        since=Min("asked_at", filter=open_),
        failed=Count("pk", filter=Q(state=MailState.FAILED)),
    )
    return Outbox(bool(settings.MAIL_URL), found["waiting"], found["since"], found["failed"])


def mails(viewer: Viewer) -> "QuerySet[Mail]":
    """All mails, for the administrator's list."""
    viewer.require("settings.manage")
    rows: QuerySet[Mail] = Mail.objects.visible_to(viewer)
    return rows
