"""Writes of the contact log, which push touches and the next contact down to the account."""

import datetime as dt
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.domains.accounts.models import Account, TouchKind
from panshi.domains.accounts.services import plan_contact, record_touch, void_touch
from panshi.domains.people import events
from panshi.domains.people.models import Contact, LogEntry
from panshi.domains.people.services.reach import require
from panshi.ground.audit.services import record
from panshi.ground.base.models import NEVER
from panshi.ground.base.refusals import NotAllowed, Refused
from panshi.ground.base.viewer import Viewer

TOUCH_SOURCE: Final = "people.log"


class CannotLog(Refused):
    """The entry says nothing, lies in the future, or speaks of somebody else's contact."""


@transaction.atomic
def log_contact(
    *,
    account: Account,
    text: str,
    kind: str = TouchKind.PHONE,
    on: dt.date | None = None,
    contact: Contact | None = None,
    next_contact_on: dt.date | None = None,
    next_contact_note: str = "",
    by: Viewer,
    at: dt.datetime,
) -> LogEntry:
    """Write one line of the contact log: today unless `on` says otherwise, with the next contact if one is agreed."""
    require(account, by)
    today = timezone.localdate(at)
    day = on or today
    check_entry(account, text, kind, day, contact, next_contact_on, today)
    entry: LogEntry = LogEntry.objects.create(
        account=account,
        contact=contact,
        kind=kind,
        on=day,
        text=text.strip(),
        next_contact_on=next_contact_on,
        next_contact_note=next_contact_note.strip()[:200] if next_contact_on else "",
        at=at,
        by_id=by.person_id,
    )
    record_touch(account=account, on=day, kind=kind, source=TOUCH_SOURCE, source_id=entry.pk, by=by, at=at)
    _plan(account, by=by, at=at)
    record(
        events.LOGGED,
        at=at,
        by_id=by.person_id,
        account_id=account.pk,
        subject_id=entry.pk,
        way=kind,
        on=day,
        contact_id=contact.pk if contact else None,
        next_contact_on=next_contact_on,
    )
    return entry


class CannotVoidLog(Refused):
    """The entry is void already, or nobody said why."""


@transaction.atomic
def void_log(*, entry: LogEntry, reason: str, by: Viewer, at: dt.datetime) -> LogEntry:
    """Take an entry back: its own author, or whoever may edit the account. Touch and plan follow what is left."""
    require(entry.account, by)
    row: LogEntry = LogEntry.objects.select_for_update().get(pk=entry.pk)
    if row.by_id != by.person_id and not (
        Account.objects.visible_to(by, "accounts.edit").filter(pk=row.account_id).exists()
    ):
        raise NotAllowed(_("只能作废自己的跟进记录。"))
    if row.voided_at is not None:
        raise CannotVoidLog(_("此记录已作废。"))
    if not reason.strip():
        raise CannotVoidLog(_("请说明作废的理由。"), field="reason")
    row.voided_at, row.voided_by_id, row.void_reason = at, by.person_id, reason.strip()[:200]
    row.save(update_fields=["voided_at", "voided_by_id", "void_reason"])
    void_touch(source=TOUCH_SOURCE, source_id=row.pk, by=by, at=at)
    _plan(row.account, by=by, at=at)
    record(events.LOG_VOIDED, at=at, by_id=by.person_id, account_id=row.account_id, subject_id=row.pk)
    return row


def check_entry(
    account: Account,
    text: str,
    kind: str,
    on: dt.date,
    contact: Contact | None,
    next_contact_on: dt.date | None,
    today: dt.date,
) -> None:
    """What every entry must say. Raises `CannotLog` at its field."""
    if not text.strip():
        raise CannotLog(_("请写一句跟进内容。"), field="text")
    if len(text.strip()) > 1000:
        raise CannotLog(_("最多 %(length)d 个字符。") % {"length": 1000}, field="text")
    if kind not in TouchKind.values:
        raise CannotLog(_("没有这种联系方式。"), field="kind")
    if on > today:
        raise CannotLog(_("跟进日期不能在今天之后。"), field="on")
    if on <= NEVER:
        raise CannotLog(_("跟进日期太早，请核对年份。"), field="on")
    if contact is not None and contact.account_id != account.pk:
        raise CannotLog(_("联系人不属于这个客户。"), field="contact")
    if next_contact_on is not None and next_contact_on < on:
        raise CannotLog(_("下次联系不能早于本次跟进。"), field="next_contact_on")


def _plan(account: Account, *, by: Viewer, at: dt.datetime) -> None:
    """The next contact is what was agreed last, until a contact on that day or later has kept it."""
    entries = LogEntry.objects.standing().filter(account=account)
    agreed = entries.exclude(next_contact_on=None).order_by("-on", "-pk").first()
    kept = agreed is not None and (
        entries.filter(Q(on__gt=agreed.on) | Q(pk__gt=agreed.pk), on__gte=agreed.next_contact_on).exists()
    )
    on = None if agreed is None or kept else agreed.next_contact_on
    plan_contact(account=account, on=on, note=agreed.next_contact_note if agreed else "", by=by, at=at)
