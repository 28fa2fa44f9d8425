"""Changing the classes of key accounts after an approved request: the only way a class ever changes."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.domains.accounts import events
from panshi.domains.accounts.models import (
    Account,
    ClassMembership,
    ClassOverride,
    ClassProposal,
    ClassProposalState,
    KeyClass,
)
from panshi.domains.accounts.services.pools import mark_key
from panshi.ground.audit.services import record
from panshi.ground.base.approval import Approval
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.notices.services import notify


class CannotChangeClass(Refused):
    """The world has changed since the request: the account was merged, or stands in the class otherwise."""


@transaction.atomic
def change_classes(
    *, approval: Approval, proposals: Sequence[ClassProposal], by: Viewer, at: dt.datetime
) -> list[ClassProposal]:
    """Carry out the proposals of a request, all or none; what was taken out of it meanwhile is left alone."""
    by.require("accounts.assign")
    ids = [row.pk for row in proposals]
    rows = list(
        ClassProposal.objects.select_for_update()
        .filter(pk__in=ids, state=ClassProposalState.SUBMITTED, request_id=approval.request_id)
        .order_by("account_id", "pk")
    )
    if not rows:
        raise CannotChangeClass(_("申请里的建议都已失效，没有可以变更的类别。"))
    keys = {row.account_id for row in rows}
    accounts = {row.pk: row for row in Account.objects.select_for_update().filter(pk__in=keys).order_by("pk")}
    changes: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        changes[row.account_id].append(_carry_out(row, accounts[row.account_id], approval, by=by, at=at))
    members = set(
        ClassMembership.objects.standing().filter(account_id__in=keys).values_list("account_id", flat=True)
    )
    for pk, words in changes.items():
        owner_id = accounts[pk].owner_id
        mark_key(account=accounts[pk], is_key=pk in members, source=approval.number, by=by, at=at)
        if owner_id is not None:
            notify(
                events.CLASS_MOVED,
                to=[owner_id],
                at=at,
                by_id=by.person_id,
                account_id=pk,
                changes=_("、").join(words),
                number=approval.number,
            )
    return rows


def _carry_out(
    row: ClassProposal, account: Account, approval: Approval, *, by: Viewer, at: dt.datetime
) -> str:
    """One account enters, leaves or is held in a class; answers the change in words."""
    label = KeyClass(row.key_class).label
    if account.merged_into_id is not None:
        raise CannotChangeClass(_("“%(name)s”已并入其他客户。") % {"name": account.name})
    on = timezone.localdate(at)
    member = (
        ClassMembership.objects.select_for_update()
        .standing()
        .filter(account=account, key_class=row.key_class)
        .order_by("pk")
        .first()
    )
    if (member is not None) == row.enters and row.override_until_on is None:
        words = _("“%(name)s”已属于“%(label)s”。") if row.enters else _("“%(name)s”已不属于“%(label)s”。")
        raise CannotChangeClass(words % {"name": account.name, "label": label})
    if row.override_until_on is not None and row.override_until_on < on:
        raise CannotChangeClass(
            _("“%(name)s”的例外截止日期 %(day)s 已过。")
            % {"name": account.name, "day": row.override_until_on.isoformat()}
        )
    if row.enters and member is None:
        _enter(row, approval, by=by, on=on)
    elif not row.enters and member is not None:
        _leave(member, row, approval, by=by, on=on)
    _except(row, approval, by=by, on=on, at=at)
    ClassProposal.objects.filter(pk=row.pk).update(
        state=ClassProposalState.ACCEPTED, answered_at=at, answered_by_id=by.person_id
    )
    record(
        events.CLASS_CHANGED,
        at=at,
        by_id=by.person_id,
        account_id=account.pk,
        subject_id=account.pk,
        changes={"reason": ("", row.reason)},
        key_class=row.key_class,
        enters=row.enters,
        request_id=approval.request_id,
        number=approval.number,
        until_on=row.override_until_on,
        version=account.version,
    )
    return (_("进入%(label)s") if row.enters else _("退出%(label)s")) % {"label": label}


def _enter(row: ClassProposal, approval: Approval, *, by: Viewer, on: dt.date) -> None:
    ClassMembership.objects.create(
        account_id=row.account_id,
        key_class=row.key_class,
        from_on=on,
        origin=row.origin,
        reason=row.reason,
        evidence=row.evidence,
        decided_by_id=by.person_id,
        request_id=approval.request_id,
        request_number=approval.number,
    )


def _leave(
    member: ClassMembership, row: ClassProposal, approval: Approval, *, by: Viewer, on: dt.date
) -> None:
    member.to_on = max(on, member.from_on)
    member.left_reason, member.left_evidence = row.reason, row.evidence
    member.left_by_id = by.person_id
    member.left_request_id, member.left_request_number = approval.request_id, approval.number
    member.save()


def _except(row: ClassProposal, approval: Approval, *, by: Viewer, on: dt.date, at: dt.datetime) -> None:
    """What was decided takes the place of an exception that stood before; with a day it is one itself."""
    ClassOverride.objects.standing().filter(account_id=row.account_id, key_class=row.key_class).update(
        ended_at=at
    )
    if row.override_until_on is None:
        return
    ClassOverride.objects.create(
        account_id=row.account_id,
        key_class=row.key_class,
        is_in=row.enters,
        reason=row.reason,
        from_on=on,
        until_on=row.override_until_on,
        by_id=by.person_id,
        request_id=approval.request_id,
        request_number=approval.number,
    )
