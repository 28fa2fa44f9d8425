"""The lifecycle 生命周期: which changes there are, and that each is dated and explained."""

import datetime as dt
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.domains.accounts import events
from panshi.domains.accounts.models import (
    Account,
    Lifecycle,
    LifecycleProposal,
    LifecycleRecord,
    ProposalState,
)
from panshi.domains.accounts.reports.lifecycle import LifecycleRules
from panshi.domains.accounts.services.completeness import measure
from panshi.domains.accounts.services.locking import locked
from panshi.ground.audit.services import record
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer

TRANSITIONS: Final = frozenset(
    {
        (Lifecycle.POTENTIAL, Lifecycle.QUALIFIED),
        (Lifecycle.POTENTIAL, Lifecycle.DEVELOPING),
        (Lifecycle.POTENTIAL, Lifecycle.ACTIVE),
        (Lifecycle.POTENTIAL, Lifecycle.LOST),
        (Lifecycle.QUALIFIED, Lifecycle.POTENTIAL),
        (Lifecycle.QUALIFIED, Lifecycle.DEVELOPING),
        (Lifecycle.QUALIFIED, Lifecycle.ACTIVE),
        (Lifecycle.QUALIFIED, Lifecycle.LOST),
        (Lifecycle.DEVELOPING, Lifecycle.QUALIFIED),
        (Lifecycle.DEVELOPING, Lifecycle.ACTIVE),
        (Lifecycle.DEVELOPING, Lifecycle.LOST),
        (Lifecycle.ACTIVE, Lifecycle.DORMANT),
        (Lifecycle.ACTIVE, Lifecycle.LOST),
        (Lifecycle.DORMANT, Lifecycle.ACTIVE),
        (Lifecycle.DORMANT, Lifecycle.DEVELOPING),
        (Lifecycle.DORMANT, Lifecycle.LOST),
        (Lifecycle.LOST, Lifecycle.DEVELOPING),
        (Lifecycle.LOST, Lifecycle.ACTIVE),
    }
)
"""From → to; trade or a contract may make any account active, and a lost one can be won back."""


class CannotChangeLifecycle(Refused):
    """There is no such change, or nobody said why."""


def next_states(lifecycle: str) -> list[Lifecycle]:
    """Where an account may go from here, in the order of its life."""
    return [state for state in Lifecycle if (Lifecycle(lifecycle), state) in TRANSITIONS]


@transaction.atomic
def change_lifecycle(
    *,
    account: Account,
    to: str,
    reason: str,
    expected_version: int | None = None,
    by: Viewer,
    at: dt.datetime,
) -> Account:
    """Move the account along its life, with the reason in words. The rules leave it alone for a while after that."""
    record_ = locked(account.pk, by=by, permission="accounts.edit")
    if expected_version is not None:
        record_.expect(expected_version)
    if to not in Lifecycle.values or (Lifecycle(record_.lifecycle), Lifecycle(to)) not in TRANSITIONS:
        raise CannotChangeLifecycle(_("生命周期不能这样变更。"), field="lifecycle")
    if not reason.strip():
        raise CannotChangeLifecycle(_("请说明变更的理由。"), field="reason")
    before, on = record_.lifecycle, timezone.localdate(at)
    record_.lifecycle, record_.lifecycle_since_on = to, on
    record_.lifecycle_held_until_on = on + dt.timedelta(days=LifecycleRules.load().hold_days)
    record_.step(at=at)
    record_.save(
        update_fields=[
            *("lifecycle", "lifecycle_since_on", "lifecycle_held_until_on"),
            *("version", "updated_at"),
        ]
    )
    LifecycleProposal.objects.open().filter(account=record_).update(
        state=ProposalState.LAPSED, answered_at=at
    )
    LifecycleRecord.objects.create(
        account=record_,
        before=before,
        after=to,
        on=on,
        at=at,
        by_id=by.person_id,
        reason=reason.strip()[:200],
    )
    record(
        events.LIFECYCLE_CHANGED,
        at=at,
        by_id=by.person_id,
        account_id=record_.pk,
        subject_id=record_.pk,
        changes={"reason": ("", reason.strip()[:200])},
        before=before,
        after=to,
        on=on,
        version=record_.version,
    )
    measure([record_.pk], at=at)
    return record_
