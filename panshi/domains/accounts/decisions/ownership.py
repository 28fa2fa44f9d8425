"""Changing the owner of accounts that are protected from it, or releasing them, after an approved request."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from panshi.domains.accounts import events
from panshi.domains.accounts.models import Account
from panshi.domains.accounts.services.locking import locked
from panshi.domains.accounts.services.ownership import hand_over
from panshi.ground.base.approval import Approval
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person, Unit
from panshi.ground.notices.services import notify


class CannotChangeOwner(Refused):
    """The account went another way while the request was decided."""


@transaction.atomic
def change_owner(
    *,
    approval: Approval,
    account: Account,
    owner: Person | None,
    unit: Unit | None = None,
    expected_owner_id: int | None = None,
    reason: str,
    by: Viewer,
    at: dt.datetime,
) -> Account:
    """Give a key or protected account to another owner, or release it, with the right `accounts.assign` over it.

    `expected_owner_id` is who owned it when the request was made; somebody else by now means it must be asked anew.
    Released, it is unowned in its unit; key accounts are never released.
    """
    record_ = locked(account.pk, by=by, permission="accounts.assign")
    if record_.pool_id is not None:
        raise CannotChangeOwner(_("这家客户已在公海中，请从公海认领或分配。"), field="owner")
    if expected_owner_id is not None and record_.owner_id != expected_owner_id:
        raise CannotChangeOwner(_("提交申请以后负责人已经变更，请重新申请。"), field="owner")
    if owner is None and record_.is_key:
        raise CannotChangeOwner(_("重点客户不能没有负责人，请改为移交。"), field="owner")
    if owner is not None and not Person.objects.active().filter(pk=owner.pk).exists():
        raise CannotChangeOwner(_("接任人已停用，请另选负责人。"), field="owner")
    said = _("%(reason)s（申请 %(number)s）") % {"reason": reason.strip(), "number": approval.number}
    return hand_over(
        account=record_,
        owner_id=owner.pk if owner else None,
        unit_id=unit.pk if unit else (record_.unit_id if owner is None else None),
        reason=said,
        by=by,
        at=at,
    )


@transaction.atomic
def change_owners(
    *,
    approval: Approval,
    accounts: Sequence[Account],
    owner: Person | None,
    expected: Mapping[int, int | None],
    reason: str,
    by: Viewer,
    at: dt.datetime,
) -> list[Account]:
    """Change the owner of every account of one request, all or none; a refusal names the account it is about.

    Those who owned them hear of it; the new owner hears from each hand-over.
    """
    given_up: dict[int, list[int]] = defaultdict(list)
    changed = []
    for account in sorted(accounts, key=lambda each: each.pk):
        try:
            changed.append(
                change_owner(
                    approval=approval,
                    account=account,
                    owner=owner,
                    expected_owner_id=expected.get(account.pk),
                    reason=reason,
                    by=by,
                    at=at,
                )
            )
        except Refused as refusal:
            raise CannotChangeOwner(
                _("“%(name)s”：%(reason)s") % {"name": account.name, "reason": refusal.message},
                field=next(iter(refusal.errors), ""),
            ) from refusal
        before = expected.get(account.pk)
        if before is not None:
            given_up[before].append(account.pk)
    name = owner.name if owner else _("无负责人")
    for person_id, keys in given_up.items():
        if len(keys) == 1:
            notify(
                events.OWNER_TAKEN,
                to=[person_id],
                at=at,
                by_id=by.person_id,
                account_id=keys[0],
                owner=name,
                number=approval.number,
            )
        else:
            notify(
                events.OWNERS_TAKEN,
                to=[person_id],
                at=at,
                by_id=by.person_id,
                count=len(keys),
                owner=name,
                number=approval.number,
            )
    return changed
