"""Writes about people at accounts: contacts, and the contact log that pushes touches and the next contact down."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.calc.phones import phone_key
from panshi.calc.pinyin import spell
from panshi.domains.accounts.models import Account, TouchKind
from panshi.domains.accounts.services import plan_contact, record_touch, void_touch
from panshi.domains.people import events
from panshi.domains.people.models import Contact, LogEntry
from panshi.ground.audit.models import Event
from panshi.ground.audit.services import draft, record
from panshi.ground.base.bulk import insert_rows
from panshi.ground.base.models import NEVER
from panshi.ground.base.refusals import NotAllowed, Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.search.services import Findable, put_many, rebuild

CONTACT_FIELDS: Final = (
    *("name", "title", "department", "phone", "mobile", "email", "wechat", "primary", "note"),
)
TOUCH_SOURCE: Final = "people.log"
CHUNK: Final = 2500


class CannotSaveContact(Refused):
    """One or more fields are not what they must be; `errors` names each."""


@transaction.atomic
def add_contact(*, account: Account, values: Mapping[str, Any], by: Viewer, at: dt.datetime) -> Contact:
    """Add a person at the account; being primary is taken over from whoever was."""
    _require(account, by)
    contact = Contact(account=account, created_at=at, updated_at=at, created_by_id=by.person_id)
    if not str(values.get("name") or "").strip():
        raise CannotSaveContact(_("请填写姓名。"), field="name")
    _fill(contact, _clean(values))
    _make_way(contact)
    contact.save(force_insert=True)
    _note(events.CONTACT_ADDED, contact, by=by, at=at)
    put_contacts([contact], new=True)
    return contact


@transaction.atomic
def add_contacts(
    *, rows: Sequence[tuple[int, Mapping[str, Any]]], by: Viewer, at: dt.datetime
) -> list[Contact]:
    """Add many people, each with the key of an account, in a few statements; all accounts must be within reach."""
    by.require("people.edit")
    account_ids = {account_id for account_id, _values in rows}
    if not by.sees_all("people.edit"):
        reached = Account.objects.visible_to(by, "people.edit").filter(pk__in=account_ids).count()
        if reached != len(account_ids):
            raise NotAllowed(_("您没有此项操作的权限。"))
    contacts = []
    for account_id, values in rows:
        contact = Contact(account_id=account_id, created_at=at, updated_at=at, created_by_id=by.person_id)
        _fill(contact, _clean(values))
        if not contact.name:
            raise CannotSaveContact(_("请填写姓名。"), field="name")
        contacts.append(contact)
    insert_rows(Contact, contacts)
    insert_rows(
        Event,
        [
            draft(
                events.CONTACT_ADDED,
                at=at,
                by_id=by.person_id,
                account_id=contact.account_id,
                subject_id=contact.pk,
                version=contact.version,
            )
            for contact in contacts
        ],
    )
    put_contacts(contacts, new=True)
    return contacts


@transaction.atomic
def update_contact(
    *, contact: Contact, values: Mapping[str, Any], expected_version: int, by: Viewer, at: dt.datetime
) -> Contact:
    """Change the given fields of a contact."""
    _require(contact.account, by)
    record_: Contact = Contact.objects.select_for_update().get(pk=contact.pk)
    record_.expect(expected_version)
    changes = _fill(record_, _clean(values))
    if not changes:
        return record_
    _make_way(record_)
    record_.step(at=at)
    record_.save()
    _note(events.CONTACT_CHANGED, record_, by=by, at=at, changes=changes, fields=sorted(changes))
    put_contacts([record_])
    return record_


@transaction.atomic
def leave_contact(*, contact: Contact, left_on: dt.date, by: Viewer, at: dt.datetime) -> Contact:
    """Say that a contact left the account; what was done with them stays."""
    _require(contact.account, by)
    record_: Contact = Contact.objects.select_for_update().get(pk=contact.pk)
    if record_.left_on is not None:
        raise CannotSaveContact(_("此联系人已标记为离职。"), field="left_on")
    if left_on > timezone.localdate(at):
        raise CannotSaveContact(_("离职日期不能在今天之后。"), field="left_on")
    record_.left_on, record_.primary = left_on, False
    record_.step(at=at)
    record_.save()
    _note(events.CONTACT_LEFT, record_, by=by, at=at, left_on=left_on)
    return record_


@transaction.atomic
def return_contact(*, contact: Contact, by: Viewer, at: dt.datetime) -> Contact:
    """Take back that a contact left."""
    _require(contact.account, by)
    record_: Contact = Contact.objects.select_for_update().get(pk=contact.pk)
    if record_.left_on is None:
        raise CannotSaveContact(_("此联系人仍在职。"), field="left_on")
    record_.left_on = None
    record_.step(at=at)
    record_.save()
    _note(events.CONTACT_BACK, record_, by=by, at=at)
    return record_


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
    _require(account, by)
    today = timezone.localdate(at)
    day = on or today
    _check_entry(account, text, kind, day, contact, next_contact_on, today)
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
    _require(entry.account, by)
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


def put_contacts(contacts: Iterable[Contact], *, new: bool = False) -> None:
    """Make contacts findable by what they are now; `new` ones were added just now."""
    rows = list(contacts)
    names: dict[int, str] = {}
    ids = sorted({row.account_id for row in rows})
    for start in range(0, len(ids), CHUNK):
        names |= dict(Account.objects.filter(pk__in=ids[start : start + CHUNK]).values_list("pk", "name"))
    put_many(records=(findable(row, names[row.account_id]) for row in rows), new=new)


def rebuild_contacts() -> int:
    """Write the index of all contacts anew; answers how many there are."""
    names = dict(Account.objects.values_list("pk", "name"))
    rows = Contact.objects.order_by("pk").iterator(chunk_size=5000)
    return rebuild(kind="contact", records=(findable(row, names[row.account_id]) for row in rows))


def findable(contact: Contact, account_name: str) -> Findable:
    """One contact as search knows it: by name, phone, mobile and mail; shown with title and account."""
    return Findable(
        kind="contact",
        record_id=contact.pk,
        account_id=contact.account_id,
        title=contact.name,
        subtitle=" · ".join(filter(None, (contact.title, account_name))),
        keys=tuple(dict.fromkeys(filter(None, (contact.mobile_key, contact.phone_key, contact.email)))),
    )


def derive(contact: Contact) -> None:
    """Fill what follows from name and numbers."""
    spelling = spell(contact.name)
    contact.pinyin, contact.initials = spelling.pinyin[:240], spelling.initials[:60]
    contact.phone_key, contact.mobile_key = phone_key(contact.phone), phone_key(contact.mobile)


def _require(account: Account, by: Viewer) -> None:
    by.require("people.edit")
    if not Account.objects.visible_to(by, "people.edit").filter(pk=account.pk).exists():
        raise NotAllowed(_("您没有此项操作的权限。"))


def _clean(values: Mapping[str, Any]) -> dict[str, Any]:
    """The given fields as stored. Raises `CannotSaveContact` with all errors at once."""
    if unknown := set(values) - set(CONTACT_FIELDS):
        raise ValueError(f"not fields of a contact that can be edited: {sorted(unknown)}")
    cleaned: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, value in values.items():
        if name == "primary":
            cleaned[name] = bool(value)
            continue
        text = str(value or "").strip()
        field: Any = Contact._meta.get_field(name)
        length = field.max_length
        if length is not None and len(text) > length:
            errors[name] = _("最多 %(length)d 个字符。") % {"length": length}
        cleaned[name] = text
    if "name" in cleaned and not cleaned["name"]:
        errors["name"] = _("请填写姓名。")
    if cleaned.get("email"):
        try:
            validate_email(cleaned["email"])
        except ValidationError:
            errors["email"] = _("邮箱格式不正确。")
    if errors:
        raise CannotSaveContact(next(iter(errors.values())), errors=errors)
    return cleaned


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


def _check_entry(
    account: Account,
    text: str,
    kind: str,
    on: dt.date,
    contact: Contact | None,
    next_contact_on: dt.date | None,
    today: dt.date,
) -> None:
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
    kept = agreed is not None and (entries.filter(on__gte=agreed.next_contact_on, pk__gt=agreed.pk).exists())
    on = None if agreed is None or kept else agreed.next_contact_on
    plan_contact(account=account, on=on, note=agreed.next_contact_note if agreed else "", by=by, at=at)


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
