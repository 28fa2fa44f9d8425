"""Custom fields of accounts and of what hangs from them: which of them a person sees on one record, with its values."""

from collections.abc import Collection
from typing import Any

from panshi.domains.accounts.models import Account
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.fields import FieldSpec
from panshi.ground.settings.models import RecordKind
from panshi.ground.settings.reports import custom_fields, custom_values, lacking_among


def open_custom(
    account_id: int, *, viewer: Viewer, record_kind: str = RecordKind.ACCOUNT
) -> tuple[FieldSpec, ...]:
    """The fields a viewer sees on one account, or on a record that hangs from it, which they were found to see. One
    query more for each right of a sensitive field that does not reach everything."""
    specs = custom_fields(record_kind, viewer=viewer)
    asked = {spec.row.permission for spec in specs if needs_reach(spec, viewer)}
    reached = {
        permission
        for permission in asked
        if Account.objects.visible_to(viewer, permission).filter(pk=account_id).exists()
    }
    return tuple(spec for spec in specs if not needs_reach(spec, viewer) or spec.row.permission in reached)


def needs_reach(spec: FieldSpec, viewer: Viewer) -> bool:
    """Whether a field opens by a right that may reach less far than seeing the record."""
    permission = spec.row.permission
    return bool(permission) and not spec.open_by_role(viewer) and not viewer.sees_all(permission)


def custom_of(
    record_id: int, *, account_id: int, viewer: Viewer, record_kind: str = RecordKind.ACCOUNT
) -> list[tuple[FieldSpec, Any]]:
    """The fields a viewer sees on one record with their values, in order; one query beside the definitions."""
    specs = open_custom(account_id, viewer=viewer, record_kind=record_kind)
    values = custom_values([record_id], fields=specs).get(record_id, {})
    return [(spec, values.get(spec.name)) for spec in specs]


def known_accounts(viewer: Viewer) -> Any:
    """Asks which of some accounts the viewer sees; what a field of accounts may name."""

    def known(ids: Collection[int]) -> Collection[int]:
        rows = Account.objects.visible_to(viewer).standing().filter(pk__in=ids)
        return set(rows.values_list("pk", flat=True))

    return known


def accounts_lacking(spec: FieldSpec, *, viewer: Viewer) -> int:
    """How many accounts of the company have no value of a field; only the number, for who manages settings."""
    viewer.require("settings.manage")
    return lacking_among(Account.objects.standing(), spec)
