"""Lifecycle changes by events: trade and contracts make an account active, silence makes it dormant.

Each change is dated and explained like a person's, but by nobody. To give an account up is only proposed. A change by a
person holds for a set time, in which the rules leave the account alone.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.domains.accounts import events
from panshi.domains.accounts.models import (
    Account,
    Lifecycle,
    LifecycleCause,
    LifecycleProposal,
    LifecycleRecord,
    ProposalState,
)
from panshi.domains.accounts.reports.lifecycle import (
    COLUMNS,
    DueChange,
    LifecycleRules,
    LifecycleStep,
    due,
    ledger_until,
    worded,
)
from panshi.domains.accounts.services.completeness import measure
from panshi.domains.accounts.services.lifecycle import change_lifecycle
from panshi.domains.accounts.services.locking import require_reach
from panshi.ground.audit.models import Change, Event
from panshi.ground.audit.services import draft, record
from panshi.ground.base.bulk import insert_rows, update_rows
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer

CHUNK: Final = 2000
CAUSES: Final = {LifecycleStep.WAKE: LifecycleCause.TRADE, LifecycleStep.SLEEP: LifecycleCause.SILENCE}


@transaction.atomic
def apply_rule(*, step: LifecycleStep, on: dt.date, by: Viewer, at: dt.datetime) -> int:
    """Apply one rule to the next portion of accounts; answers how many it changed, 0 when nothing is due any more.

    What was changed is no longer due, so running it again goes on where it stopped and ends by itself.
    """
    by.require("accounts.edit")
    until = ledger_until(on)
    return 0 if until is None else _apply(step, on=on, until=until, at=at, most=CHUNK)


@transaction.atomic
def wake_traders(*, account_ids: Sequence[int], on: dt.date, at: dt.datetime) -> int:
    """Make accounts active whose trade was just recorded; called where sales are pushed down."""
    until = ledger_until(on) if account_ids else None
    if until is None:
        return 0
    found = 0
    for start in range(0, len(account_ids), CHUNK):
        portion = account_ids[start : start + CHUNK]
        found += _apply(LifecycleStep.WAKE, on=on, until=until, at=at, only=portion)
    return found


@transaction.atomic
def wake_by_contract(*, account: Account, reason: str, by: Viewer, at: dt.datetime) -> bool:
    """A contract was signed: the account is active from now on. For the domain that holds contracts, which has checked
    the right and names the contract in `reason`. Answers whether anything changed."""
    locked: Account = Account.objects.select_for_update().get(pk=account.pk)
    if locked.lifecycle == Lifecycle.ACTIVE or locked.merged_into_id is not None:
        return False
    change = DueChange(
        locked.pk,
        locked.name,
        "",
        LifecycleStep.WAKE,
        locked.lifecycle,
        Lifecycle.ACTIVE.value,
        None,
        reason.strip()[:200],
    )
    _write([(change, locked.version)], LifecycleCause.CONTRACT, on=timezone.localdate(at), at=at)
    return True


def _apply(
    step: LifecycleStep,
    *,
    on: dt.date,
    until: dt.date,
    at: dt.datetime,
    only: Sequence[int] | None = None,
    most: int | None = None,
) -> int:
    rules = LifecycleRules.load()
    rows = due(step, rules, on=on, until=until)
    if only is not None:
        rows = rows.filter(pk__in=only)
    locked = dict(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk", "version")[:most])
    told = Account.objects.filter(pk__in=list(locked)).order_by("pk").values_list(*COLUMNS)
    changes = list(worded(step, told, rules, until=until))
    if step is LifecycleStep.GIVE_UP:
        _propose(changes, at=at)
    else:
        _write([(one, locked[one.account_id]) for one in changes], CAUSES[step], on=on, at=at)
    return len(changes)


def _write(
    changes: Sequence[tuple[DueChange, int]], cause: LifecycleCause, *, on: dt.date, at: dt.datetime
) -> None:
    """Accounts, records, events and lapsed proposals of one portion, in a few statements."""
    if not changes:
        return
    update_rows(
        Account,
        [
            (
                one.account_id,
                {"lifecycle": one.to, "lifecycle_since_on": on, "version": version + 1, "updated_at": at},
            )
            for one, version in changes
        ],
    )
    insert_rows(
        LifecycleRecord,
        [
            LifecycleRecord(
                account_id=one.account_id,
                before=one.before,
                after=one.to,
                on=on,
                at=at,
                cause=cause,
                reason=one.reason[:200],
            )
            for one, _version in changes
        ],
    )
    ids = [one.account_id for one, _version in changes]
    measure(ids, at=at)
    LifecycleProposal.objects.open().filter(account_id__in=ids).update(
        state=ProposalState.LAPSED, answered_at=at
    )
    _note(
        [
            (
                draft(
                    events.LIFECYCLE_CHANGED,
                    at=at,
                    by_id=None,
                    account_id=one.account_id,
                    subject_id=one.account_id,
                    before=one.before,
                    after=one.to,
                    on=on,
                    version=version + 1,
                ),
                one.reason,
            )
            for one, version in changes
        ]
    )


def _propose(changes: Sequence[DueChange], *, at: dt.datetime) -> None:
    """Ask people whether dormant accounts are lost."""
    made = [
        LifecycleProposal(account_id=one.account_id, to=one.to, reason=one.reason[:200], at=at)
        for one in changes
    ]
    insert_rows(LifecycleProposal, made)
    _note(
        [
            (
                draft(
                    events.LIFECYCLE_PROPOSED,
                    at=at,
                    by_id=None,
                    account_id=one.account_id,
                    subject_id=one.account_id,
                    proposal_id=row.pk,
                    before=one.before,
                    after=one.to,
                ),
                one.reason,
            )
            for one, row in zip(changes, made, strict=True)
        ]
    )


def _note(told: Sequence[tuple[Event, str]]) -> None:
    """Events, each with its reason beside it."""
    insert_rows(Event, [event for event, _reason in told])
    insert_rows(
        Change, [Change(event=event, field="reason", before="", after=reason) for event, reason in told]
    )


class CannotAnswerProposal(Refused):
    """It was answered before, or nobody said why."""


@transaction.atomic
def answer_proposal(
    *, proposal: LifecycleProposal, accept: bool, answer: str, by: Viewer, at: dt.datetime
) -> LifecycleProposal:
    """Follow a proposal, or leave the account as it is; the rules then hold still as after any change by a person."""
    by.require("accounts.edit")
    require_reach(proposal.account_id, by=by, permission="accounts.edit")
    account: Account = Account.objects.select_for_update().get(pk=proposal.account_id)
    row: LifecycleProposal = LifecycleProposal.objects.select_for_update().get(pk=proposal.pk)
    if row.state != ProposalState.OPEN or account.merged_into_id is not None:
        raise CannotAnswerProposal(_("这条建议已经处理。"))
    said = answer.strip()[:200]
    if not accept and not said:
        raise CannotAnswerProposal(_("请说明为什么不采纳。"), field="answer")
    row.state = ProposalState.ACCEPTED if accept else ProposalState.DECLINED
    row.answered_at, row.answered_by_id, row.answer = at, by.person_id, said
    row.save(update_fields=["state", "answered_at", "answered_by_id", "answer"])
    if accept:
        reason = _("；").join(filter(None, (row.reason, said)))
        change_lifecycle(account=account, to=row.to, reason=reason, by=by, at=at)
    else:
        _hold(account, on=timezone.localdate(at))
    record(
        events.PROPOSAL_ANSWERED,
        at=at,
        by_id=by.person_id,
        account_id=account.pk,
        subject_id=account.pk,
        changes={"reason": ("", said)} if said else None,
        proposal_id=row.pk,
        answer=row.state,
    )
    return row


def _hold(account: Account, *, on: dt.date) -> None:
    until = on + dt.timedelta(days=LifecycleRules.load().hold_days)
    changed: Any = Account.objects.filter(pk=account.pk)
    changed.update(lifecycle_held_until_on=max(account.lifecycle_held_until_on, until))
