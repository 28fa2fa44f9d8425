"""Custom fields in records of the API: values of a whole page with one query, and what comes in as `custom`."""

from collections.abc import Collection, Mapping
from typing import Any

from panshi.api.writing import plain
from panshi.domains.accounts.models import Account
from panshi.domains.accounts.reports.custom import needs_reach
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.fields import PREFIX
from panshi.ground.settings.reports import custom_fields, custom_values


def values_of(kind: str, accounts: Mapping[int, int], *, viewer: Viewer) -> dict[int, dict[str, Any]]:
    """Record → code → value, for records of a kind with the account each hangs from. A sensitive field is left out
    where its right does not reach the account."""
    specs = custom_fields(kind, viewer=viewer)
    held = custom_values(accounts, fields=specs)
    asked = {spec.row.permission for spec in specs if needs_reach(spec, viewer)}
    reached = {code: _reached(accounts.values(), code, viewer) for code in asked}
    return {
        record: {
            spec.row.code: plain(held.get(record, {}).get(spec.name))
            for spec in specs
            if not needs_reach(spec, viewer) or account in reached[spec.row.permission]
        }
        for record, account in accounts.items()
    }


def _reached(account_ids: Collection[int], permission: str, viewer: Viewer) -> set[int]:
    rows = Account.objects.visible_to(viewer, permission).filter(pk__in=set(account_ids))
    return set(rows.values_list("pk", flat=True))


def as_given(custom: Mapping[str, Any] | None) -> dict[str, Any]:
    """What came in as `custom`, under the names the services know; the services check the values."""
    return {
        f"{PREFIX}{code}": value if isinstance(value, str | bool | list | None) else str(value)
        for code, value in (custom or {}).items()
    }
