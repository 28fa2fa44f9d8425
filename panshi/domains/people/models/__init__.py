"""Tables of people at accounts: the contact 联系人 and the contact log 跟进记录."""

from panshi.domains.people.models.contacts import Contact, ContactQuerySet
from panshi.domains.people.models.log import LogEntry, LogEntryQuerySet

__all__ = ["Contact", "ContactQuerySet", "LogEntry", "LogEntryQuerySet"]
