"""Writes of contacts: people at accounts, who leave and return; at most one is primary."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.domains.accounts.models import Account
from panshi.domains.accounts.reports.completeness import CONTACTS, PRIMARY
from panshi.domains.accounts.services.completeness import record_counts
from panshi.domains.accounts.services.custom import Bearer, clean_borne, restricted_names
from panshi.domains.people import events
from panshi.domains.people.models import Contact
from panshi.domains.people.models.cleaning import CannotSaveContact, clean, derive
from panshi.domains.people.services.finding import put_contacts
from panshi.domains.people.services.reach import require
from panshi.ground.audit.models import Event
from panshi.ground.audit.services import draft, record
from panshi.ground.base.bulk import insert_rows
from panshi.ground.base.refusals import NotAllowed
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.models import RecordKind
from panshi.ground.settings.services import set_custom_values, split_values

CHUNK: Final = 2500


@transaction.atomic
def add_contact(*, account: Account, values: Mapping[str, Any], by: Viewer, at: dt.datetime) -> Contact:
    """Add a person at the account, with custom values as `custom.<code>`; being primary is taken over from whoever
    was."""
    require(account, by)
    contact = Contact(account=account, created_at=at, updated_at=at, created_by_id=by.person_id)
    if not str(values.get("name") or "").strip():
        raise CannotSaveContact(_("请填写姓名。"), field="name")
    cleaned, typed = _clean_all(values, contact, by=by)
    _fill(contact, cleaned)
    _make_way(contact)
    contact.save(force_insert=True)
    _keep_custom(contact, typed, by=by)
    _note(events.CONTACT_ADDED, contact, by=by, at=at)
    tell_counts([account.pk], by=by, at=at)
    put_contacts([contact], new=True)
    return contact


Author = tuple[int | None, dt.datetime]
"""Who kept something, and when."""


@transaction.atomic
def add_contacts(
    *,
    rows: Sequence[tuple[int, Mapping[str, Any]]],
    by: Viewer,
    at: dt.datetime,
    authors: Mapping[int, Author] = MappingProxyType({}),
) -> list[Contact]:
    """Add many people, each with the key of an account, in a few statements; all accounts must be within reach.

    `authors` (by account) names who added them and when, where that was not `by` and `at`."""
    by.require("people.edit")
    account_ids = {account_id for account_id, _values in rows}
    if not by.sees_all("people.edit"):
        reached = Account.objects.visible_to(by, "people.edit").filter(pk__in=account_ids).count()
        if reached != len(account_ids):
            raise NotAllowed(_("您没有此项操作的权限。"))
    contacts = []
    for account_id, values in rows:
        who, when = authors.get(account_id, (by.person_id, at))
        contact = Contact(account_id=account_id, created_at=when, updated_at=when, created_by_id=who)
        _fill(contact, clean(values))
        if not contact.name:
            raise CannotSaveContact(_("请填写姓名。"), field="name")
        contacts.append(contact)
    insert_rows(Contact, contacts)
    insert_rows(
        Event,
        [
            draft(
                events.CONTACT_ADDED,
                at=contact.created_at,
                by_id=contact.created_by_id,
                account_id=contact.account_id,
                subject_id=contact.pk,
                version=contact.version,
            )
            for contact in contacts
        ],
    )
    tell_counts(account_ids, by=by, at=at)
    put_contacts(contacts, new=True)
    return contacts


@transaction.atomic
def update_contact(
    *, contact: Contact, values: Mapping[str, Any], expected_version: int, by: Viewer, at: dt.datetime
) -> Contact:
    """Change the given fields of a contact, custom ones too."""
    require(contact.account, by)
    record_: Contact = Contact.objects.select_for_update().get(pk=contact.pk)
    record_.expect(expected_version)
    cleaned, typed = _clean_all(values, record_, by=by)
    changes = _fill(record_, cleaned)
    custom = _keep_custom(record_, typed, by=by)
    if not changes and not custom:
        return record_
    _make_way(record_)
    record_.step(at=at)
    record_.save()
    _note_changes(record_, changes | custom, by=by, at=at)
    if "primary" in changes:
        tell_counts([record_.account_id], by=by, at=at)
    put_contacts([record_])
    return record_


@transaction.atomic
def leave_contact(*, contact: Contact, left_on: dt.date, by: Viewer, at: dt.datetime) -> Contact:
    """Say that a contact left the account; what was done with them stays."""
    require(contact.account, by)
    record_: Contact = Contact.objects.select_for_update().get(pk=contact.pk)
    if record_.left_on is not None:
        raise CannotSaveContact(_("此联系人已标记为离职。"), field="left_on")
    if left_on > timezone.localdate(at):
        raise CannotSaveContact(_("离职日期不能在今天之后。"), field="left_on")
    record_.left_on, record_.primary = left_on, False
    record_.step(at=at)
    record_.save()
    _note(events.CONTACT_LEFT, record_, by=by, at=at, left_on=left_on)
    tell_counts([record_.account_id], by=by, at=at)
    return record_


@transaction.atomic
def return_contact(*, contact: Contact, by: Viewer, at: dt.datetime) -> Contact:
    """Take back that a contact left."""
    require(contact.account, by)
    record_: Contact = Contact.objects.select_for_update().get(pk=contact.pk)
    if record_.left_on is None:
        raise CannotSaveContact(_("此联系人仍在职。"), field="left_on")
    record_.left_on = None
    record_.step(at=at)
    record_.save()
    _note(events.CONTACT_BACK, record_, by=by, at=at)
    tell_counts([record_.account_id], by=by, at=at)
    return record_


@transaction.atomic
def tell_counts(account_ids: Iterable[int], *, by: Viewer, at: dt.datetime) -> int:
    """Tell the archive how many people we know at accounts, for its completeness; two queries besides the archive's.
    Answers how many accounts' completeness changed."""
    counts: dict[int, dict[str, int]] = {pk: {CONTACTS: 0, PRIMARY: 0} for pk in account_ids}
    present = Contact.objects.present().filter(account_id__in=counts)
    for account_id, primary in present.values_list("account_id", "primary"):
        counts[account_id][CONTACTS] += 1
        counts[account_id][PRIMARY] += primary
    return record_counts(counts=counts, by=by, at=at)


@transaction.atomic
def recount_some(*, after: int, by: Viewer, at: dt.datetime) -> int | None:
    """Tell the archive anew of the next accounts after a key; answers the last one's, None when that was the end."""
    by.require("people.edit")
    ids = list(
        Account.objects.standing().filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:CHUNK]
    )
    tell_counts(ids, by=by, at=at)
    return ids[-1] if len(ids) == CHUNK else None


def _clean_all(
    values: Mapping[str, Any], contact: Contact, *, by: Viewer
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Own and custom fields, with the errors of both at once."""
    own, custom = split_values(values)
    bearer = Bearer(RecordKind.CONTACT, contact.pk, contact.account_id)
    typed, errors = clean_borne(custom, bearer=bearer, by=by)
    cleaned: dict[str, Any] = {}
    try:
        cleaned = clean(own)
    except CannotSaveContact as refusal:
        errors = refusal.errors | errors
    if errors:
        raise CannotSaveContact(next(iter(errors.values())), errors=errors)
    return cleaned, typed


def _keep_custom(contact: Contact, typed: dict[str, Any], *, by: Viewer) -> dict[str, tuple[str, str]]:
    if not typed:
        return {}
    return set_custom_values(record_kind=RecordKind.CONTACT, record_id=contact.pk, values=typed, by=by)


def _note_changes(
    contact: Contact, changes: dict[str, tuple[Any, Any]], *, by: Viewer, at: dt.datetime
) -> None:
    """One event for what everybody sees, one for sensitive fields."""
    hidden = restricted_names(RecordKind.CONTACT, by) & set(changes)
    open_ = {name: pair for name, pair in changes.items() if name not in hidden}
    if open_:
        _note(events.CONTACT_CHANGED, contact, by=by, at=at, changes=open_, fields=sorted(open_))
    if hidden:
        told = {name: changes[name] for name in hidden}
        _note(events.RESTRICTED_CHANGED, contact, by=by, at=at, changes=told, fields=sorted(hidden))


def _fill(contact: Contact, cleaned: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Set the fields, derive what follows, and answer what changed."""
    changes = {
        name: (before, value)
        for name, value in cleaned.items()
        for before in [getattr(contact, name)]
        if before != value
    }
    for name, (_before, value) in changes.items():
        setattr(contact, name, value)
    derive(contact)
    return changes


def _make_way(contact: Contact) -> None:
    """Only one contact of an account is primary: the one said last."""
    if contact.primary:
        if contact.left_on is not None:
            raise CannotSaveContact(_("已离职的联系人不能作为主要联系人。"), field="primary")
        Contact.objects.filter(account=contact.account_id, primary=True).exclude(pk=contact.pk).update(
            primary=False
        )


def _note(kind: Any, contact: Contact, *, by: Viewer, at: dt.datetime, **more: Any) -> None:
    record(
        kind,
        at=at,
        by_id=by.person_id,
        account_id=contact.account_id,
        subject_id=contact.pk,
        version=contact.version,
        **more,
    )
