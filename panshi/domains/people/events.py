"""Kinds of events and notices of people at accounts. Events hold ids and field names only: a contact's data can be
erased."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from panshi.ground.audit.kinds import EventKind
from panshi.ground.notices.kinds import NoticeKind

CONTACT_ADDED: Final = EventKind("people.contact_added", ("version",), permission="people.view")
CONTACT_CHANGED: Final = EventKind("people.contact_changed", ("fields", "version"), permission="people.view")
RESTRICTED_CHANGED: Final = EventKind(
    "people.restricted_changed", ("fields", "version"), permission="audit.view"
)
CONTACT_LEFT: Final = EventKind("people.contact_left", ("left_on", "version"), permission="people.view")
CONTACT_BACK: Final = EventKind("people.contact_returned", ("version",), permission="people.view")
CONTACT_REMOVED: Final = EventKind(
    "people.contact_removed", ("batch_id", "version"), permission="people.view"
)
LOGGED: Final = EventKind(
    "people.logged", ("way", "on", "contact_id", "next_contact_on"), permission="people.view"
)
LOG_IMPORTED: Final = EventKind("people.log_imported", ("entries", "batch_id"), permission="people.view")
LOG_RETRACTED: Final = EventKind("people.log_retracted", ("entries", "batch_id"), permission="people.view")
LOG_VOIDED: Final = EventKind("people.log_voided", (), permission="people.view")

CONTACTS_DUE: Final = NoticeKind(
    "people.contacts_due",
    _("今天该联系的客户"),
    _("今天有 %(count)d 家客户该联系，另有 %(overdue)d 家已过期"),
    mail=False,
)
