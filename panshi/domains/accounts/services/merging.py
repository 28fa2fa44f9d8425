"""Taking a merge back within its thirty days: everything as it was, except what somebody changed since.

A newer change is never overwritten: it stays, and what was not restored is told in words and kept with the merge.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.domains.accounts import events
from panshi.domains.accounts.models import (
    FACT_FIELDS,
    Account,
    LifecycleCause,
    LifecycleRecord,
    Merge,
    MergedValue,
    PoolEntry,
    Touch,
)
from panshi.domains.accounts.models.fields import EDITABLE_FIELDS, MONEY_FIELDS
from panshi.domains.accounts.models.merging import unpacked
from panshi.domains.accounts.services.completeness import measure
from panshi.domains.accounts.services.counting import tell_machines, tell_wallets
from panshi.domains.accounts.services.facts_history import FactReason, drafted, keep_facts
from panshi.domains.accounts.services.finding import put_accounts
from panshi.domains.accounts.services.group import lock_trees, regroup
from panshi.domains.accounts.services.locking import require_reach
from panshi.domains.accounts.services.restoring import move_back, remove_created, restore_changed
from panshi.ground.audit.services import record, text
from panshi.ground.base.models import NEVER
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.work.services import enqueue

TOGETHER: Final = (
    frozenset({"owner_id", "unit_id", "pool_id", "owner_since_on", "protected_until_on"}),
    frozenset({"lifecycle", "lifecycle_since_on"}),
    frozenset({"next_contact_on", "next_contact_note"}),
    frozenset({"name", "name_key", "name_block", "pinyin", "initials"}),
    frozenset({"phone", "phone_key"}),
)
"""Columns that only make sense together: restored if none of them changed since."""

PUSHED: Final = frozenset({"sales_12m", "sales_prior_12m", "last_trade_on", "last_contact_on"})
"""Figures other domains push down: where they moved on, they are asked for anew instead of told as a change."""

SALES_JOB: Final = "ledger.sales"
"""Work of a higher domain is asked for by the name of its kind."""


class CannotUndoMerge(Refused):
    """It was undone before, its time is over, or a later merge must be undone first."""


@transaction.atomic
def undo_merge(*, merge: Merge, by: Viewer, at: dt.datetime) -> Merge:
    """Take a merge back; `left` of the answer says what was not restored, because it changed since."""
    by.require("accounts.merge")
    for account_id in (merge.loser_id, merge.winner_id):
        require_reach(account_id, by=by, permission="accounts.merge")
    pair = Account.objects.select_for_update().filter(pk__in=[merge.loser_id, merge.winner_id]).order_by("pk")
    rows = {row.pk: row for row in pair}
    row: Merge = Merge.objects.select_for_update().get(pk=merge.pk)
    winner, loser = rows[row.winner_id], rows[row.loser_id]
    _check(row, winner, on=timezone.localdate(at))
    lock_trees({winner.pk, loser.pk})
    roots = {winner.group_id, loser.group_id, winner.pk, loser.pk}
    left = move_back(row)
    remove_created(row)
    changes, kept_columns = _restore_values(row, winner, loser)
    pool_moved_on = bool(kept_columns & {"owner_id", "pool_id"})
    left += restore_changed(row, but=frozenset({PoolEntry._meta.label}) if pool_moved_on else frozenset())
    left += _words_of(kept_columns, winner)
    regroup(pk for pk in roots if pk is not None)
    _refresh(winner, loser, kept_columns, by=by, at=at)
    _finish(row, winner, loser, changes, left, by=by, at=at)
    return row


def _check(merge: Merge, winner: Account, *, on: dt.date) -> None:
    if merge.undone_at is not None:
        raise CannotUndoMerge(_("这次合并已经撤销。"))
    if not merge.can_be_undone(on):
        raise CannotUndoMerge(_("合并超过 30 天（至 %(day)s），不能再撤销。") % {"day": merge.undo_until_on})
    if winner.merged_into_id is not None:
        raise CannotUndoMerge(_("“%(name)s”之后又并入了其他客户，请先撤销那次合并。") % {"name": winner.name})


def _restore_values(
    merge: Merge, winner: Account, loser: Account
) -> tuple[dict[str, tuple[Any, Any]], frozenset[str]]:
    """Give both accounts their columns back; answers the winner's changes and the columns that were left alone."""
    changes: dict[str, tuple[Any, Any]] = {}
    kept: set[str] = set()
    for account, of_loser in ((winner, False), (loser, True)):  # the winner gives back before the loser takes
        noted = {row.column: row for row in MergedValue.objects.filter(merge=merge, of_loser=of_loser)}
        touched = {name for name, row in noted.items() if not _as_left(account, row)}
        for together in TOGETHER:
            if touched & together:
                touched |= together & set(noted)
        if of_loser and "uscc" in noted and _taken(unpacked(Account, "uscc", noted["uscc"].before), loser):
            touched.add("uscc")
        columns = {
            name: unpacked(Account, name, row.before) for name, row in noted.items() if name not in touched
        }
        if not of_loser:
            changes = {name: (getattr(account, name), value) for name, value in columns.items()}
        kept |= touched
        for name, value in columns.items():
            setattr(account, name, value)
        account.version += 1
        Account.objects.filter(pk=account.pk).update(**columns, version=account.version)
    return changes, frozenset(kept)


def _as_left(account: Account, row: MergedValue) -> bool:
    """Whether a column is still what the merge made of it."""
    return bool(getattr(account, row.column) == unpacked(Account, row.column, row.after))


def _taken(uscc: str, loser: Account) -> bool:
    """Whether another account bears the code by now."""
    return bool(uscc) and Account.objects.filter(uscc=uscc).exclude(pk=loser.pk).exists()


def _words_of(columns: frozenset[str], winner: Account) -> list[str]:
    """What was left alone, told by the fields people know."""
    names = sorted({name.removesuffix("_id") for name in columns - PUSHED} & _KNOWN)
    if not names:
        return []
    labels = _("、").join(str(_field(name).verbose_name) for name in names)
    return [_("合并后改过的字段保持新值：%(fields)s。") % {"fields": labels}]


_KNOWN: Final = frozenset({*EDITABLE_FIELDS, "owner", "pool", "lifecycle"})


def _field(name: str) -> Any:
    return Account._meta.get_field(name)


def _refresh(winner: Account, loser: Account, kept: frozenset[str], *, by: Viewer, at: dt.datetime) -> None:
    """Figures that may have moved on since are found anew from their sources."""
    if "last_contact_on" in kept:
        newest = Touch.objects.standing().filter(account=winner).aggregate(on=Max("on"))["on"]
        winner.last_contact_on = newest or NEVER
        Account.objects.filter(pk=winner.pk).update(last_contact_on=winner.last_contact_on)
    if max(winner.last_trade_on, loser.last_trade_on) > NEVER:
        enqueue(kind=SALES_JOB, arguments={"due_on": timezone.localdate(at).isoformat()}, by=by, at=at)


def _finish(
    merge: Merge,
    winner: Account,
    loser: Account,
    changes: Mapping[str, tuple[Any, Any]],
    left: list[str],
    *,
    by: Viewer,
    at: dt.datetime,
) -> None:
    """Histories, events, search, and the merge marked as undone."""
    on, why = (
        timezone.localdate(at),
        FactReason(_("撤销并入“%(name)s”") % {"name": merge.loser_name}, timezone.localdate(at)),
    )
    facts = {name: pair for name, pair in changes.items() if name in FACT_FIELDS}
    keep_facts(drafted(winner.pk, facts, why, by=by, at=at), on=on)
    if "lifecycle" in changes:
        before, after = changes["lifecycle"]
        LifecycleRecord.objects.create(
            account=winner,
            before=before,
            after=after,
            on=on,
            at=at,
            by_id=by.person_id,
            cause=LifecycleCause.MERGE,
            reason=why.text,
        )
    merge.undone_at, merge.undone_by_id, merge.left = at, by.person_id, left
    merge.save(update_fields=["undone_at", "undone_by_id", "left"])
    _record(merge, winner, loser, changes, len(left), by=by, at=at)
    tell_machines([winner.pk, loser.pk], by=by, at=at)
    tell_wallets([winner.pk, loser.pk], by=by, at=at)
    measure([winner.pk, loser.pk], at=at)
    fresh = Account.objects.filter(pk__in=[winner.pk, loser.pk]).order_by("pk")
    put_accounts(fresh)


def _record(
    merge: Merge,
    winner: Account,
    loser: Account,
    changes: Mapping[str, tuple[Any, Any]],
    kept: int,
    *,
    by: Viewer,
    at: dt.datetime,
) -> None:
    where: dict[str, Any] = {"at": at, "by_id": by.person_id}
    edited = {
        name: pair
        for name, pair in changes.items()
        if name in EDITABLE_FIELDS and text(pair[0]) != text(pair[1])
    }
    for kind, money in ((events.CHANGED, False), (events.MONEY_CHANGED, True)):
        some = {name: pair for name, pair in edited.items() if (name in MONEY_FIELDS) is money}
        if some:
            record(
                kind,
                **where,
                account_id=winner.pk,
                subject_id=winner.pk,
                changes=some,
                fields=sorted(some),
                version=winner.version,
            )
    for account, other in ((winner, loser), (loser, winner)):
        record(
            events.MERGE_REVERTED,
            **where,
            account_id=account.pk,
            subject_id=other.pk,
            merge_id=merge.pk,
            loser_id=loser.pk,
            winner_id=winner.pk,
            kept=kept,
            version=account.version,
        )
