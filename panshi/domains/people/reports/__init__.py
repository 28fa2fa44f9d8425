"""Reads about people at accounts: an account's contacts and log, and whom to contact when (reminders)."""

import datetime as dt
import enum
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models import Account
from panshi.domains.people.models import Contact, LogEntry
from panshi.ground.base.models import NOT_PLANNED
from panshi.ground.base.viewer import Viewer
from panshi.ground.files.holders import Holder
from panshi.ground.identity.models import Person
from panshi.ground.settings.fields import FieldSpec
from panshi.ground.settings.reports import lacking_among

COMING_DAYS: Final = 7


def contacts_of(account: Account, *, viewer: Viewer) -> list[Contact]:
    """The people at an account: primary first, those who left last; one query."""
    rows: QuerySet[Any] = Contact.objects.visible_to(viewer).filter(account=account)
    found = list(rows.order_by("pinyin", "pk"))
    return sorted(found, key=lambda contact: (contact.left_on is not None, not contact.primary))


@dataclass(frozen=True, slots=True)
class LogLine:
    """One entry of the contact log as a page shows it."""

    entry: LogEntry
    contact: str
    by: str


def log_of(account: Account, *, viewer: Viewer, limit: int = 50) -> list[LogLine]:
    """The newest entries of an account's log, voided ones marked; two queries."""
    rows = LogEntry.objects.visible_to(viewer).filter(account=account).select_related("contact")
    entries = list(rows.order_by("-on", "-pk")[:limit])
    names = dict(Person.objects.filter(pk__in={entry.by_id for entry in entries}).values_list("pk", "name"))
    return [
        LogLine(entry, entry.contact.name if entry.contact else "", names.get(entry.by_id, ""))
        for entry in entries
    ]


class Due(enum.Enum):
    """How a reminder stands to today; the value is its word."""

    OVERDUE = _("已过期")
    TODAY = _("今天")
    COMING = _("即将到期")


@dataclass(frozen=True, slots=True)
class Reminder:
    """An account to be contacted, when, about what. `days` is negative when overdue."""

    account_id: int
    code: str
    account: str
    abc_class: str
    on: dt.date
    note: str
    due: Due
    days: int
    last_contact_on: dt.date


def reminders(
    *, viewer: Viewer, on: dt.date, owner_id: int | None = None, days: int = COMING_DAYS, limit: int = 100
) -> list[Reminder]:
    """Whom to contact: overdue, today and within `days` calendar days, earliest first; one query.

    With `owner_id` only that person's accounts (the workbench asks for its own person's).
    """
    rows = Account.objects.visible_to(viewer).standing().due(on + dt.timedelta(days=days))
    if owner_id is not None:
        rows = rows.owned_by(owner_id)
    found = rows.exclude(next_contact_on=NOT_PLANNED).order_by("next_contact_on", "abc_class", "pk")
    fields = ("pk", "code", "name", "abc_class", "next_contact_on", "next_contact_note", "last_contact_on")
    return [
        Reminder(pk, code, name, abc, day, note, _due(day, on), (day - on).days, last)
        for pk, code, name, abc, day, note, last in found.values_list(*fields)[:limit]
    ]


def _due(day: dt.date, on: dt.date) -> Due:
    return Due.OVERDUE if day < on else Due.TODAY if day == on else Due.COMING


CONTACT_FILES: Final = Holder(
    kind="contact",
    label=_("联系人"),
    change="people.edit",
    visible=Contact.objects.visible_to,
    titles=lambda ids: dict(Contact.objects.filter(pk__in=ids).values_list("pk", "name")),
    account_of=lambda contact_id: (
        Contact.objects.filter(pk=contact_id).values_list("account_id", flat=True).first()
    ),
)
LOG_FILES: Final = Holder(
    kind="log",
    label=_("跟进"),
    change="people.edit",
    visible=LogEntry.objects.visible_to,
    titles=lambda ids: {
        pk: f"{on:%Y-%m-%d}" for pk, on in LogEntry.objects.filter(pk__in=ids).values_list("pk", "on")
    },
    account_of=lambda entry_id: (
        LogEntry.objects.filter(pk=entry_id).values_list("account_id", flat=True).first()
    ),
)
"""What of people at accounts holds files: a contact (a business card), a line of the contact log (a photo, minutes)."""


def contacts_lacking(spec: FieldSpec, *, viewer: Viewer) -> int:
    """How many contacts who still work at their account have no value of a custom field; only the number, for who
    manages settings."""
    viewer.require("settings.manage")
    return lacking_among(Contact.objects.present(), spec)
