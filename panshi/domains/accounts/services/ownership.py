"""Who owns an account and which unit it belongs to; the owner must hold a role in that unit or below it."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.domains.accounts import events
from panshi.domains.accounts.models import Account, Claim, PoolWarning
from panshi.domains.accounts.reports.staff import Staff
from panshi.domains.accounts.services.completeness import measure
from panshi.domains.accounts.services.locking import locked, require_reach
from panshi.ground.audit.services import record
from panshi.ground.base.models import NEVER
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person, Unit
from panshi.ground.notices.services import notify


class CannotChangeProtected(Refused):
    """The owner may only be changed by an approved request, or the account lies in a pool."""


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

    Nothing else changes: stage, history and contacts stay as they are. Raises `CannotChangeProtected` where the owner
    may not be taken away without an approved request.
    """
    record_ = locked(account.pk, by=by, permission="accounts.assign")
    if expected_version is not None:
        record_.expect(expected_version)
    _check_protected(record_, owner.pk if owner else None, on=timezone.localdate(at))
    wanted = unit.pk if unit else (record_.unit_id if owner is None else None)
    return hand_over(
        account=record_, owner_id=owner.pk if owner else None, unit_id=wanted, reason=reason, by=by, at=at
    )


def _check_protected(account: Account, owner_id: int | None, *, on: dt.date) -> None:
    """Nobody's account is protected from its first owner, nor anybody's from a change of unit alone."""
    if account.pool_id is not None:
        raise CannotChangeProtected(_("这家客户在公海中，请从公海认领或分配。"), field="owner")
    if account.owner_id in (None, owner_id):
        return
    if account.is_key:
        raise CannotChangeProtected(_("重点客户变更负责人需要审批，请提交申请。"), field="owner")
    if account.protected_until_on >= on:
        raise CannotChangeProtected(
            _("客户在 %(day)s 前受保护，变更负责人需要审批，请提交申请。")
            % {"day": account.protected_until_on.isoformat()},
            field="owner",
        )


def hand_over(
    *,
    account: Account,
    owner_id: int | None,
    unit_id: int | None,
    reason: str,
    by: Viewer,
    at: dt.datetime,
) -> Account:
    """Write the change of owner of a locked account: the new one starts anew, and what bound the old one ends.

    For `assign_owner` and the decision after an approval, which have checked that it may be.
    """
    before = {"owner": account.owner_id, "unit": account.unit_id}
    on = timezone.localdate(at)
    account.owner_id, account.unit_id = settle_owner(owner_id=owner_id, unit_id=unit_id, on=on)
    after = {"owner": account.owner_id, "unit": account.unit_id}
    if before == after:
        return account
    if before["owner"] != after["owner"]:
        account.owner_since_on = on if account.owner_id is not None else NEVER
        account.protected_until_on = NEVER
        Claim.objects.standing().filter(account=account).update(ended_at=at)
        PoolWarning.objects.filter(account=account).delete()
    account.step(at=at)
    account.save(
        update_fields=["owner", "unit", "owner_since_on", "protected_until_on", "version", "updated_at"]
    )
    require_reach(account.pk, by=by, permission="accounts.assign")
    changes: dict[str, tuple[int | str | None, int | str | None]] = {
        name: (before[name], after[name]) for name in before if before[name] != after[name]
    }
    record(
        events.ASSIGNED,
        at=at,
        by_id=by.person_id,
        account_id=account.pk,
        subject_id=account.pk,
        changes=changes | ({"reason": ("", reason.strip())} if reason.strip() else {}),
        owner_id=account.owner_id,
        unit_id=account.unit_id,
        version=account.version,
    )
    measure([account.pk], at=at)
    if account.owner_id is not None and "owner" in changes:
        notify(events.OWNER_GIVEN, to=[account.owner_id], at=at, by_id=by.person_id, account_id=account.pk)
    return account


def settle_owner(*, owner_id: int | None, unit_id: int | None, on: dt.date) -> tuple[int | None, int | None]:
    """Owner and unit that belong together; see `Staff.settle`."""
    if owner_id is None:
        return None, unit_id
    return Staff.load(on=on, person_id=owner_id).settle(owner_id, unit_id)
