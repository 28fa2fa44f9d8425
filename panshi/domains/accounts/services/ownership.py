"""Who owns an account and which unit it belongs to; the owner must hold a role in that unit or below it."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from panshi.domains.accounts import events
from panshi.domains.accounts.models import Account
from panshi.domains.accounts.reports.staff import Staff
from panshi.domains.accounts.services.locking import locked, require_reach
from panshi.ground.audit.services import record
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person, Unit


@transaction.atomic
def assign_owner(
    *,
    account: Account,
    owner: Person | None,
    unit: Unit | None = None,
    reason: str = "",
    expected_version: int | None = None,
    by: Viewer,
    at: dt.datetime,
) -> Account:
    """Give the account to an owner, in `unit` or in the owner's own; without an owner it is unowned in its unit.

    Nothing else changes: stage, history and contacts stay as they are.
    """
    record_ = locked(account.pk, by=by, permission="accounts.assign")
    if expected_version is not None:
        record_.expect(expected_version)
    before = {"owner": record_.owner_id, "unit": record_.unit_id}
    wanted = unit.pk if unit else (record_.unit_id if owner is None else None)
    record_.owner_id, record_.unit_id = settle_owner(
        owner_id=owner.pk if owner else None, unit_id=wanted, on=timezone.localdate(at)
    )
    after = {"owner": record_.owner_id, "unit": record_.unit_id}
    if before == after:
        return record_
    record_.step(at=at)
    record_.save(update_fields=["owner", "unit", "version", "updated_at"])
    require_reach(record_.pk, by=by, permission="accounts.assign")
    changes: dict[str, tuple[int | str | None, int | str | None]] = {
        name: (before[name], after[name]) for name in before if before[name] != after[name]
    }
    record(
        events.ASSIGNED,
        at=at,
        by_id=by.person_id,
        account_id=record_.pk,
        subject_id=record_.pk,
        changes=changes | ({"reason": ("", reason.strip())} if reason.strip() else {}),
        owner_id=record_.owner_id,
        unit_id=record_.unit_id,
        version=record_.version,
    )
    return record_


def settle_owner(*, owner_id: int | None, unit_id: int | None, on: dt.date) -> tuple[int | None, int | None]:
    """Owner and unit that belong together; see `Staff.settle`."""
    if owner_id is None:
        return None, unit_id
    return Staff.load(on=on, person_id=owner_id).settle(owner_id, unit_id)
