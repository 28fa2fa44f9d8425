"""Writes of the archive itself: create an account, change its fields. Names that change are kept as former names."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.domains.accounts import events
from panshi.domains.accounts.models import Account, FormerName, Lifecycle, LifecycleRecord
from panshi.domains.accounts.models.cleaning import (
    CannotSaveAccount,
    check_together,
    clean_code,
    derive,
)
from panshi.domains.accounts.models.fields import MONEY_FIELDS
from panshi.domains.accounts.reports.conflicts import FieldConflict, conflicts
from panshi.domains.accounts.reports.duplicates import (
    RANK,
    Candidate,
    Draft,
    DuplicateReason,
    Match,
    matches,
    shown,
)
from panshi.domains.accounts.services.completeness import measure
from panshi.domains.accounts.services.custom import clean_all, keep_custom, tell_restricted
from panshi.domains.accounts.services.facts_history import FactReason, check_facts, drafted, keep_facts
from panshi.domains.accounts.services.finding import put_accounts
from panshi.domains.accounts.services.group import join_group
from panshi.domains.accounts.services.locking import locked, require_reach
from panshi.domains.accounts.services.opening import draw_codes
from panshi.domains.accounts.services.ownership import settle_owner
from panshi.ground.audit.models import Change
from panshi.ground.audit.services import record, text
from panshi.ground.base.models import NEVER
from panshi.ground.base.refusals import Refused, Stale
from panshi.ground.base.viewer import Viewer


class CannotIgnoreDuplicates(Refused):
    """The account looks like known ones and no reason was given for saving it all the same; `candidates` shows them."""

    def __init__(self, message: str, *, candidates: list[Candidate]) -> None:
        super().__init__(message)
        self.candidates = candidates


class CannotOverwrite(Stale):
    """Somebody else saved first. `conflicts` shows for each field what was there, what I want, what they made of it."""

    def __init__(self, message: str, *, theirs: int, conflicts: tuple[FieldConflict, ...]) -> None:
        super().__init__(message, theirs=theirs)
        self.conflicts = conflicts


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a new account belongs: who owns it, in which unit, under which account of its group."""

    owner_id: int | None = None
    unit_id: int | None = None
    parent_id: int | None = None


@transaction.atomic
def create_account(
    *,
    values: Mapping[str, Any],
    code: str = "",
    placement: Placement | None = None,
    duplicate_reason: str = "",
    by: Viewer,
    at: dt.datetime,
) -> Account:
    """Open an archive. `values` are editable fields, custom ones too (`custom.<code>`); without `code` the next number
    is drawn; without placement the account belongs to its creator. Looking like known accounts needs a
    `duplicate_reason`, which is recorded."""
    by.require("accounts.create")
    on = timezone.localdate(at)
    if not values.get("name"):
        raise CannotSaveAccount(_("请填写客户名称。"), field="name")
    account = Account(created_at=at, updated_at=at, created_by_id=by.person_id, lifecycle_since_on=on)
    cleaned, typed = clean_all(values, account_id=None, on=on, by=by)
    _fill(account, cleaned)
    if code.strip():
        account.code = clean_code(code)
    else:
        draw_codes([account])
    place = placement or Placement(owner_id=by.person_id)
    account.owner_id, account.unit_id = settle_owner(owner_id=place.owner_id, unit_id=place.unit_id, on=on)
    account.owner_since_on = on if account.owner_id is not None else NEVER
    found = _check_duplicates(account, duplicate_reason, by=by)
    _save_new(account)
    require_reach(account.pk, by=by, permission="accounts.create")
    _require_money(account.pk, values, by=by)
    keep_custom(account, typed, by=by)
    event = record(
        events.CREATED,
        at=at,
        by_id=by.person_id,
        account_id=account.pk,
        subject_id=account.pk,
        changes=_reason(duplicate_reason) if found else None,
        code=account.code,
        version=account.version,
        duplicate_ids=[match.account_id for match in found],
    )
    LifecycleRecord.objects.create(
        account=account,
        before="",
        after=Lifecycle.POTENTIAL,
        on=on,
        at=event.at,
        by_id=by.person_id,
        reason=_("建档"),
    )
    if place.parent_id is not None:
        join_group(account, parent_id=place.parent_id, by=by)
    measure([account.pk], at=at)
    put_accounts([account])
    return account


@transaction.atomic
def update_account(
    *,
    account: Account,
    values: Mapping[str, Any],
    expected_version: int,
    duplicate_reason: str = "",
    fact_reason: str = "",
    fact_on: dt.date | None = None,
    by: Viewer,
    at: dt.datetime,
) -> Account:
    """Change the given fields. Refused with `CannotOverwrite` when the account moved on since `expected_version`.

    Known facts (`FACT_FIELDS`) change with a `fact_reason`; `fact_on` is the day they are true from, today if None.
    """
    record_ = locked(account.pk, by=by, permission="accounts.edit")
    _require_money(record_.pk, values, by=by)
    cleaned, typed = clean_all(values, account_id=record_.pk, on=timezone.localdate(at), by=by)
    if record_.version != expected_version:
        raise CannotOverwrite(
            _("这条记录刚被他人修改，请核对后再保存。"),
            theirs=record_.version,
            conflicts=conflicts(record_, mine=cleaned | typed, since_version=expected_version, viewer=by),
        )
    changes, custom = _fill(record_, cleaned), keep_custom(record_, typed, by=by)
    if not changes and not custom:
        return record_
    why = FactReason(fact_reason, fact_on)
    check_facts(record_, changes, why, on=timezone.localdate(at))
    found = _check_duplicates(record_, duplicate_reason, by=by) if _names_it(changes) else []
    record_.step(at=at)
    _save_known(record_)
    keep_facts(drafted(record_.pk, changes, why, by=by, at=at), on=timezone.localdate(at))
    _keep_former_name(record_, changes, at=at)
    told = changes | tell_restricted(record_, custom, by=by, at=at)
    _record_changes(record_, told, found, duplicate_reason, by=by, at=at)
    measure([record_.pk], at=at)
    put_accounts([record_])
    return record_


def _fill(account: Account, cleaned: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Set the fields, derive what follows, and answer what changed."""
    changes = {
        name: (before, value)
        for name, value in cleaned.items()
        for before in [getattr(account, name)]
        if before != value
    }
    for name, (_before, value) in changes.items():
        setattr(account, name, value)
    check_together(account)
    if account.pk is None or {"name", "phone"} & set(changes):
        derive(account)
    return changes


def _names_it(changes: Mapping[str, Any]) -> bool:
    """Whether a change could make the account look like another."""
    return bool({"name", "uscc", "phone"} & set(changes))


def _check_duplicates(account: Account, reason: str, *, by: Viewer) -> list[Match]:
    """Refuse equal codes; let the rest pass with a reason only. Answers what was knowingly passed over."""
    found = matches(Draft(account.name, account.code, account.uscc, account.phone, account.pk))
    taken = {
        DuplicateReason.CODE: ("code", _("客户编号已被使用。")),
        DuplicateReason.USCC: ("uscc", _("统一社会信用代码已属于另一客户。")),
    }
    for match in found:
        for why in match.reasons:
            if why in taken:
                raise CannotSaveAccount(taken[why][1], field=taken[why][0])
    if found and not reason.strip():
        raise CannotIgnoreDuplicates(
            _("可能与已有客户重复，请核对；确需保存请说明理由。"), candidates=shown(found, viewer=by)
        )
    return sorted(found, key=lambda match: -match.score)[: len(RANK)]


def _save_new(account: Account) -> None:
    """Insert; two people saving one code at the same moment are told apart by the database."""
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError as error:
        raise CannotSaveAccount(_("客户编号或统一社会信用代码已被使用。"), field="code") from error


def _save_known(account: Account) -> None:
    try:
        with transaction.atomic():
            account.save(force_update=True)
    except IntegrityError as error:
        raise CannotSaveAccount(_("统一社会信用代码已属于另一客户。"), field="uscc") from error


def _require_money(account_id: int, values: Mapping[str, Any], *, by: Viewer) -> None:
    """Invoice and bank details need a right of their own."""
    if set(values) & set(MONEY_FIELDS):
        by.require("accounts.money")
        require_reach(account_id, by=by, permission="accounts.money")


def _keep_former_name(account: Account, changes: Mapping[str, tuple[Any, Any]], *, at: dt.datetime) -> None:
    """A changed name stays findable. A mere change of case or width is a correction, not another name."""
    before, _after = changes.get("name", ("", ""))
    draft = Account(name=before)
    if not before:
        return
    derive(draft)
    if draft.name_key != account.name_key:
        FormerName.objects.create(
            account=account, name=before, name_key=draft.name_key, until_on=timezone.localdate(at)
        )


def _record_changes(
    account: Account,
    changes: Mapping[str, tuple[Any, Any]],
    found: list[Match],
    reason: str,
    *,
    by: Viewer,
    at: dt.datetime,
) -> None:
    """One event for the fields everybody sees, one for those behind `accounts.money`."""
    hidden = {name: pair for name, pair in changes.items() if name in MONEY_FIELDS}
    open_ = {name: pair for name, pair in changes.items() if name not in MONEY_FIELDS}
    where: dict[str, Any] = {
        "at": at,
        "by_id": by.person_id,
        "account_id": account.pk,
        "subject_id": account.pk,
    }
    if open_:
        event = record(
            events.CHANGED,
            **where,
            changes=open_,
            fields=sorted(open_),
            version=account.version,
            duplicate_ids=[match.account_id for match in found],
        )
        if found:
            Change.objects.bulk_create(
                Change(event=event, field=name, before=text(before), after=text(after))
                for name, (before, after) in _reason(reason).items()
            )
    if hidden:
        record(events.MONEY_CHANGED, **where, changes=hidden, fields=sorted(hidden), version=account.version)


def _reason(reason: str) -> dict[str, tuple[str, str]]:
    """A reason in a person's words is kept like a value: apart from the sealed event."""
    return {"duplicate_reason": ("", reason.strip())}
