"""Custom fields in the writes of an account: cleaned together with its own fields, stored under its lock, told in its
events."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from panshi.domains.accounts import events
from panshi.domains.accounts.models import Account
from panshi.domains.accounts.models.cleaning import CannotSaveAccount, clean
from panshi.domains.accounts.reports.custom import known_accounts, open_custom
from panshi.ground.audit.services import record
from panshi.ground.base.refusals import NotAllowed
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.fields import CannotSaveCustom
from panshi.ground.settings.models import RecordKind
from panshi.ground.settings.reports.custom import Typed, custom_fields, custom_values
from panshi.ground.settings.services import clean_custom, set_custom_values, split_values

Changes = dict[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Bearer:
    """A record that carries custom fields: an account, or what hangs from one. A `record_id` of None is a new one."""

    kind: RecordKind
    record_id: int | None
    account_id: int | None


def clean_all(
    values: Mapping[str, Any], *, account_id: int | None, on: dt.date, by: Viewer
) -> tuple[dict[str, Any], Typed]:
    """The values of the archive's own fields and of custom ones (`custom.<code>`), with the errors of both at once.
    Without `account_id` the account is new: it gets defaults and must have what is required."""
    own, custom = split_values(values)
    errors: dict[str, str] = {}
    cleaned: dict[str, Any] = {}
    try:
        cleaned = clean(own, on=on)
    except CannotSaveAccount as refusal:
        errors |= refusal.errors
    typed, faults = clean_borne(custom, bearer=Bearer(RecordKind.ACCOUNT, account_id, account_id), by=by)
    if errors | faults:
        raise CannotSaveAccount(next(iter((errors | faults).values())), errors=errors | faults)
    return cleaned, typed


def clean_borne(values: Mapping[str, Any], *, bearer: Bearer, by: Viewer) -> tuple[Typed, dict[str, str]]:
    """Custom values of one record as typed ones, and what is wrong with them by field."""
    if not values and bearer.record_id is not None:
        return {}, {}
    stored: Mapping[str, Any] = {}
    if bearer.account_id is not None:
        specs = open_custom(bearer.account_id, viewer=by, record_kind=bearer.kind)
        seen = {spec.name for spec in custom_fields(bearer.kind, viewer=by)}
        if (set(values) & seen) - {spec.name for spec in specs}:  # its right does not reach this record
            raise NotAllowed(_("您没有此项操作的权限。"))
        if bearer.record_id is not None:
            asked = [spec for spec in specs if spec.name in values]
            stored = custom_values([bearer.record_id], fields=asked).get(bearer.record_id, {})
    try:
        typed = clean_custom(
            record_kind=bearer.kind,
            values=values,
            stored=stored,
            new=bearer.record_id is None,
            known_accounts=known_accounts(by),
            by=by,
        )
    except CannotSaveCustom as refusal:
        return {}, refusal.errors
    return typed, {}


def keep_custom(account: Account, typed: Typed, *, by: Viewer) -> Changes:
    """Store cleaned values under the account's lock; answers what changed, as canonical text."""
    if not typed:
        return {}
    return dict(set_custom_values(record_kind=RecordKind.ACCOUNT, record_id=account.pk, values=typed, by=by))


def tell_restricted(account: Account, changes: Changes, *, by: Viewer, at: dt.datetime) -> Changes:
    """Record changes of sensitive fields apart, for auditors only; answers the rest."""
    hidden = restricted_names(RecordKind.ACCOUNT, by) & set(changes)
    if hidden:
        record(
            events.RESTRICTED_CHANGED,
            at=at,
            by_id=by.person_id,
            account_id=account.pk,
            subject_id=account.pk,
            changes={name: changes[name] for name in hidden},
            fields=sorted(hidden),
            version=account.version,
        )
    return {name: pair for name, pair in changes.items() if name not in hidden}


def restricted_names(record_kind: RecordKind, by: Viewer) -> set[str]:
    """The sensitive fields among those a person sees."""
    return {spec.name for spec in custom_fields(record_kind, viewer=by) if spec.restricted}
