"""Writes about people at accounts: contacts, and the contact log that pushes touches and the next contact down."""

from panshi.domains.people.models.cleaning import CannotSaveContact
from panshi.domains.people.services.contacts import (
    add_contact,
    add_contacts,
    leave_contact,
    recount_some,
    return_contact,
    tell_counts,
    update_contact,
)
from panshi.domains.people.services.finding import findable, put_contacts, rebuild_contacts
from panshi.domains.people.services.log import CannotLog, CannotVoidLog, log_contact, void_log
from panshi.domains.people.services.log_lots import Said, log_contacts

__all__ = [
    "CannotLog",
    "CannotSaveContact",
    "CannotVoidLog",
    "Said",
    "add_contact",
    "add_contacts",
    "findable",
    "leave_contact",
    "log_contact",
    "log_contacts",
    "put_contacts",
    "rebuild_contacts",
    "recount_some",
    "return_contact",
    "tell_counts",
    "update_contact",
    "void_log",
]
