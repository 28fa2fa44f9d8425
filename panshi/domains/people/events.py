"""Event kinds of people at accounts. Payloads hold ids and field names only: a contact's data can be erased."""

from typing import Final

from panshi.ground.audit.kinds import EventKind

CONTACT_ADDED: Final = EventKind("people.contact_added", ("version",), permission="people.view")
CONTACT_CHANGED: Final = EventKind("people.contact_changed", ("fields", "version"), permission="people.view")
CONTACT_LEFT: Final = EventKind("people.contact_left", ("left_on", "version"), permission="people.view")
CONTACT_BACK: Final = EventKind("people.contact_returned", ("version",), permission="people.view")
LOGGED: Final = EventKind(
    "people.logged", ("way", "on", "contact_id", "next_contact_on"), permission="people.view"
)
LOG_VOIDED: Final = EventKind("people.log_voided", (), permission="people.view")
