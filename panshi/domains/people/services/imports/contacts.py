"""Rows of a file as contacts, and back: in a few large statements."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _

from panshi.domains.accounts.models import Account, ImportBatch, ImportedRow
from panshi.domains.accounts.reports.imports.rows import Outcome
from panshi.domains.accounts.services.custom import restricted_names
from panshi.domains.accounts.services.imports.kinds import Writing, line
from panshi.domains.accounts.services.imports.values import (
    CHUNK,
    Stored,
    after_of,
    before_of,
    changed_since,
    custom_back,
    plain_changes,
    typed,
)
from panshi.domains.people import events
from panshi.domains.people.models import Contact, LogEntry
from panshi.domains.people.models.cleaning import derive
from panshi.domains.people.reports.imports.contacts import CONTACTS, CheckedContact, fields
from panshi.domains.people.services.contacts import tell_counts
from panshi.domains.people.services.finding import put_contacts
from panshi.ground.audit.kinds import EventKind
from panshi.ground.audit.models import Change, Event
from panshi.ground.audit.services import draft, text
from panshi.ground.base.bulk import insert_rows, update_rows
from panshi.ground.base.viewer import Viewer
from panshi.ground.files.models import File
from panshi.ground.search.services import remove
from panshi.ground.settings.fields import PREFIX
from panshi.ground.settings.models import CustomValue, RecordKind
from panshi.ground.settings.reports import custom_fields
from panshi.ground.settings.services import set_many_custom_values

DERIVED: Final = ("pinyin", "initials", "phone_key", "mobile_key")
Told = tuple[Contact, Mapping[str, tuple[Any, Any]]]


def apply(
    checked: Sequence[CheckedContact], batch: ImportBatch, by: Viewer, at: dt.datetime
) -> list[ImportedRow]:
    """Add the new contacts and change the known ones; being primary is taken over from whoever was."""
    new = [row for row in checked if row.outcome is Outcome.CREATE and row.contact is not None]
    known = [row for row in checked if row.outcome is Outcome.UPDATE and row.contact is not None]
    lines = _make_way([*new, *known], batch, at=at)
    insert_rows(Contact, [row.contact for row in new if row.contact])
    for row in known:
        assert row.contact is not None
        row.contact.step(at=at)
    update_rows(Contact, (_written(row) for row in known))
    values = {row.contact.pk: row.custom for row in (*new, *known) if row.contact and row.custom}
    set_many_custom_values(record_kind=RecordKind.CONTACT, values=values, by=by)
    insert_rows(Event, [_event(events.CONTACT_ADDED, row.contact, by, at) for row in new if row.contact])
    _tell([(row.contact, row.told) for row in known if row.contact], by=by, at=at)
    put_contacts([row.contact for row in new if row.contact and not row.custom], new=True)
    put_contacts([row.contact for row in (*new, *known) if row.contact and (row.custom or row in known)])
    tell_counts({row.account_id for row in (*new, *known) if row.account_id}, by=by, at=at)
    for row in (*new, *known):
        assert row.contact is not None
        changes = {} if row.outcome is Outcome.CREATE else plain_changes(row.told)
        created = row.outcome is Outcome.CREATE
        version = row.contact.version
        lines.append(
            line(batch, row.read.number, row.contact.pk, version=version, created=created, changes=changes)
        )
    return lines


def _make_way(rows: Sequence[CheckedContact], batch: ImportBatch, *, at: dt.datetime) -> list[ImportedRow]:
    """Whoever was primary where a row is now, is not any more; an undo gives it back."""
    anew = {
        row.account_id: row
        for row in rows
        if row.contact is not None
        and row.contact.primary
        and (row.contact.pk is None or "primary" in row.changes)
    }
    ids, lines = sorted(pk for pk in anew if pk is not None), list[ImportedRow]()
    for start in range(0, len(ids), CHUNK):
        before = Contact.objects.filter(account_id__in=ids[start : start + CHUNK], primary=True)
        for pk, account_id, version in before.values_list("pk", "account_id", "version"):
            number = anew[account_id].read.number
            changes = {"primary": ("True", "False")}
            lines.append(line(batch, number, pk, version=version, created=False, changes=changes))
        before.update(primary=False)
    return lines


def _written(row: CheckedContact) -> tuple[int, dict[str, object]]:
    assert row.contact is not None
    names = [*row.changes, *DERIVED, "version", "updated_at"]
    return row.contact.pk, {name: getattr(row.contact, name) for name in names}


def _event(kind: EventKind, contact: Contact, by: Viewer, at: dt.datetime, **more: Any) -> Event:
    return draft(
        kind,
        at=at,
        by_id=by.person_id,
        account_id=contact.account_id,
        subject_id=contact.pk,
        version=contact.version,
        **more,
    )


def _tell(told: Sequence[Told], *, by: Viewer, at: dt.datetime) -> None:
    """One event for what everybody sees of a contact, one for sensitive fields."""
    hidden = restricted_names(RecordKind.CONTACT, by)
    planned = []
    for contact, changes in told:
        for kind, names in (
            (events.CONTACT_CHANGED, sorted(set(changes) - hidden)),
            (events.RESTRICTED_CHANGED, sorted(set(changes) & hidden)),
        ):
            if names:
                planned.append((_event(kind, contact, by, at, fields=names), changes, names))
    insert_rows(Event, [event for event, _changes, _names in planned])
    insert_rows(
        Change,
        [
            Change(event=event, field=name, before=text(changes[name][0]), after=text(changes[name][1]))
            for event, changes, names in planned
            for name in names
        ],
    )


def _records(rows: Sequence[ImportedRow], *, lock: bool) -> dict[int, Contact]:
    ids, found = sorted({row.record_id for row in rows}), dict[int, Contact]()
    for start in range(0, len(ids), CHUNK):
        part = Contact.objects.filter(pk__in=ids[start : start + CHUNK])
        found |= {row.pk: row for row in (part.select_for_update().order_by("pk") if lock else part)}
    return found


def judge(rows: Sequence[ImportedRow], batch: ImportBatch, by: Viewer, lock: bool) -> Mapping[int, str]:
    """Which rows cannot be taken back, and why."""
    known = _records(rows, lock=lock)
    stored = Stored(RecordKind.CONTACT, rows, known, by=by)
    labels = {field.name: str(field.label) for field in fields(by)}
    used = _in_use([row.record_id for row in rows if row.created])
    reach = _reached({contact.account_id for contact in known.values()}, by)
    problems: dict[int, str] = {}
    for row in rows:
        contact = known.get(row.record_id)
        if contact is None:
            problems[row.pk] = _("联系人已不存在。")
        elif contact.account_id not in reach:
            problems[row.pk] = _("超出您的权限范围")
        elif row.created and contact.version != row.version:
            problems[row.pk] = _("导入后又修改过这位联系人。")
        elif row.created and contact.pk in used:
            problems[row.pk] = used[contact.pk]
        elif moved := [] if row.created else stored.moved(row):
            problems[row.pk] = changed_since(moved, labels)
    return problems


def _reached(ids: set[int], by: Viewer) -> set[int]:
    if by.sees_all("people.edit"):
        return ids
    keys, found = sorted(ids), set[int]()
    for start in range(0, len(keys), CHUNK):
        part = Account.objects.visible_to(by, "people.edit").filter(pk__in=keys[start : start + CHUNK])
        found |= set(part.values_list("pk", flat=True))
    return found


def _in_use(ids: Sequence[int]) -> dict[int, str]:
    """New contacts that log entries or files speak of by now."""
    found: dict[int, str] = {}
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        entries = LogEntry.objects.filter(contact_id__in=part).values_list("contact_id", flat=True)
        found |= {pk: _("已有跟进记录") for pk in entries.distinct() if pk is not None}
        files = File.objects.filter(record_kind="contact", record_id__in=part, voided_at=None)
        found |= {pk: _("已有附件") for pk in files.values_list("record_id", flat=True).distinct()}
    return found


def take_back(
    rows: Sequence[ImportedRow], batch: ImportBatch, by: Viewer, at: dt.datetime
) -> Mapping[int, str]:
    """Remove the new contacts, give the changed ones their old values."""
    known = _records(rows, lock=True)
    gone = [known[row.record_id] for row in rows if row.created]
    ids = [contact.pk for contact in gone]
    specs = {spec.name: spec for spec in custom_fields(RecordKind.CONTACT, viewer=by)}
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        CustomValue.objects.filter(
            field_id__in=[spec.id for spec in specs.values()], record_id__in=part
        ).delete()
        remove(kind="contact", record_ids=part)
        Contact.objects.filter(pk__in=part).delete()
    insert_rows(
        Event, [_event(events.CONTACT_REMOVED, contact, by, at, batch_id=batch.pk) for contact in gone]
    )
    _restore([row for row in rows if not row.created], known, by=by, at=at)
    tell_counts({contact.account_id for contact in known.values()}, by=by, at=at)
    return {}


def _restore(
    rows: Sequence[ImportedRow], known: Mapping[int, Contact], *, by: Viewer, at: dt.datetime
) -> None:
    specs = {spec.name: spec for spec in custom_fields(RecordKind.CONTACT, viewer=by)}
    told: dict[int, dict[str, tuple[Any, Any]]] = {}
    custom: dict[int, dict[str, Any]] = {}
    for row in rows:
        contact, texts = known[row.record_id], before_of(row)
        changes = told.setdefault(contact.pk, {})
        for name in texts:
            if not name.startswith(PREFIX):
                after = typed(Contact, name, texts[name])
                changes[name] = (getattr(contact, name), after)
                setattr(contact, name, after)
        values = custom_back(row, specs)
        custom.setdefault(contact.pk, {}).update(values)
        changes |= {name: (after_of(row).get(name) or "", texts[name] or "") for name in values}
    changed = [known[pk] for pk in told]
    for contact in changed:
        derive(contact)
        contact.step(at=at)
    Contact.objects.filter(pk__in=[one.pk for one in changed if not one.primary]).update(primary=False)
    update_rows(
        Contact,
        (
            (
                one.pk,
                {
                    name: getattr(one, name)
                    for name in (*(n for n in told[one.pk] if not n.startswith(PREFIX)), *DERIVED)
                }
                | {"version": one.version, "updated_at": one.updated_at},
            )
            for one in changed
        ),
    )
    set_many_custom_values(
        record_kind=RecordKind.CONTACT, values={pk: held for pk, held in custom.items() if held}, by=by
    )
    _tell([(known[pk], changes) for pk, changes in told.items()], by=by, at=at)
    put_contacts(changed)


def titles(ids: Collection[int]) -> Mapping[int, str]:
    """Contacts by name and account."""
    rows = Contact.objects.filter(pk__in=ids).values_list("pk", "name", "account__name")
    return {pk: f"{name} · {account}" for pk, name, account in rows}


WRITING: Final = Writing(name=CONTACTS.name, apply=apply, judge=judge, take_back=take_back, titles=titles)
