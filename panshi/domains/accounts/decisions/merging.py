"""Merging two accounts after an approval: the winner takes over facts as chosen and every record of the loser.

The loser stays, empty and out of sight, as `merged_into` the winner; for thirty days everything can be put back.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.domains.accounts import events
from panshi.domains.accounts.decisions.moving import (
    change_rows,
    create_row,
    end_stays,
    move_rows,
    note_rows,
)
from panshi.domains.accounts.models import (
    UNDO_DAYS,
    Account,
    FormerName,
    LifecycleCause,
    LifecycleRecord,
    Merge,
    MergedKind,
    MergedValue,
    TeamMember,
    TeamRole,
)
from panshi.domains.accounts.models.cleaning import CannotSaveAccount, check_together, derive
from panshi.domains.accounts.models.fields import EDITABLE_FIELDS, MONEY_FIELDS
from panshi.domains.accounts.models.merging import packed
from panshi.domains.accounts.reports.conflicts import changed_since
from panshi.domains.accounts.reports.merging import (
    BOTH,
    MINE,
    PLACES,
    THEIRS,
    MergeChoices,
    joined,
    may_join,
    proposed_pick,
    refusal,
)
from panshi.domains.accounts.services.completeness import measure
from panshi.domains.accounts.services.counting import tell_machines, tell_wallets
from panshi.domains.accounts.services.facts_history import FactReason, drafted, keep_facts, label_of
from panshi.domains.accounts.services.finding import put_accounts
from panshi.domains.accounts.services.group import lock_trees, regroup, subtree
from panshi.domains.accounts.services.locking import require_reach
from panshi.ground.audit.services import record
from panshi.ground.base.approval import Approval
from panshi.ground.base.models import NOT_PLANNED
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person
from panshi.ground.search import services as search


class CannotMerge(Refused):
    """These two cannot be merged, or not any more as was chosen."""


@transaction.atomic
def merge_accounts(
    *,
    approval: Approval,
    loser: Account,
    winner: Account,
    choices: MergeChoices,
    by: Viewer,
    at: dt.datetime,
) -> Merge:
    """Merge `loser` into `winner` with the right `accounts.merge` over both."""
    by.require("accounts.merge")
    for account in (loser, winner):
        require_reach(account.pk, by=by, permission="accounts.merge")
    pair = Account.objects.select_for_update().filter(pk__in=[loser.pk, winner.pk]).order_by("pk")
    rows = {row.pk: row for row in pair}
    gone, kept = rows[loser.pk], rows[winner.pk]
    if why := refusal(kept, gone):
        raise CannotMerge(why)
    picks = _checked_picks(choices, kept, gone)
    on = timezone.localdate(at)
    merge: Merge = Merge.objects.create(
        loser=gone,
        winner=kept,
        loser_code=gone.code,
        loser_name=gone.name,
        at=at,
        by_id=by.person_id,
        request_id=approval.request_id,
        request_number=approval.number,
        reason=choices.reason.strip()[:200],
        undo_until_on=on + dt.timedelta(days=UNDO_DAYS),
    )
    before = _columns(kept), _columns(gone)
    fields = _take_fields(kept, gone, picks)
    _take_place(merge, kept, gone, picks, choices, by=by, at=at)
    _combine(kept, gone)
    _take_stage(kept, gone, picks, by=by, at=at)
    _step_aside(kept, gone, fields)
    _save(merge, kept, gone, before, at=at)
    search.remove(kind="account", record_ids=[gone.pk])
    children = _graft(merge, kept, gone, picks, choices.picks)
    merge.moved = children + move_rows(merge, winner_name=kept.name, at=at)
    merge.save(update_fields=["moved"])
    _keep_names(merge, kept, fields, on=on)
    _record(merge, kept, gone, fields, approval, by=by, at=at)
    tell_machines([kept.pk], by=by, at=at)
    tell_wallets([kept.pk], by=by, at=at)
    measure([kept.pk], at=at)
    kept.refresh_from_db()
    put_accounts([kept])
    return merge


def _checked_picks(choices: MergeChoices, winner: Account, loser: Account) -> dict[str, str]:
    """The choice for every field; refuses what cannot be chosen and what was chosen of values that changed since."""
    known = (*EDITABLE_FIELDS, *PLACES)
    for name, pick in choices.picks.items():
        if name not in known or pick not in (MINE, THEIRS, BOTH) or (pick == BOTH and not may_join(name)):
            raise CannotMerge(_("合并的选择不完整，请重新比较两家客户。"), field=name)
    for account, version in ((winner, choices.winner_version), (loser, choices.loser_version)):
        moved_on = changed_since(account, version) & set(choices.picks) if version else set()
        if moved_on:
            labels = _("、").join(label_of(name) for name in sorted(moved_on))
            raise CannotMerge(
                _("“%(name)s”在提交后改动了：%(fields)s。请重新比较后再提交。")
                % {"name": account.name, "fields": labels}
            )
    return {name: choices.picks.get(name) or proposed_pick(name, winner, loser) for name in known}


def _columns(account: Account) -> dict[str, Any]:
    """Every stored column of an account."""
    return {field.attname: getattr(account, field.attname) for field in Account._meta.concrete_fields}


def _take_fields(winner: Account, loser: Account, picks: Mapping[str, str]) -> dict[str, tuple[Any, Any]]:
    """Set the winner's archive as chosen; answers what changed."""
    changes: dict[str, tuple[Any, Any]] = {}
    for name in EDITABLE_FIELDS:
        mine, theirs = getattr(winner, name), getattr(loser, name)
        value = {MINE: mine, THEIRS: theirs}.get(picks[name])
        if picks[name] == BOTH:
            value = joined(str(mine), str(theirs))
        if value != mine:
            changes[name] = (mine, value)
            setattr(winner, name, value)
    try:
        check_together(winner)
    except CannotSaveAccount as error:
        raise CannotMerge(error.message, errors=error.errors) from error
    if {"name", "phone"} & set(changes):
        derive(winner)
    return changes


def _take_place(
    merge: Merge,
    winner: Account,
    loser: Account,
    picks: Mapping[str, str],
    choices: MergeChoices,
    *,
    by: Viewer,
    at: dt.datetime,
) -> None:
    """Owner and unit, and with them the pool: an owned account lies in none."""
    giving_up = loser.owner_id
    if picks["owner"] == THEIRS:
        if loser.owner_id is None:
            raise CannotMerge(_("被并客户没有负责人，不能取它的负责人。"), field="owner")
        giving_up = winner.owner_id
        winner.owner_id, winner.unit_id = loser.owner_id, loser.unit_id
        winner.owner_since_on = loser.owner_since_on
        if winner.pool_id is not None:
            end_stays(merge, at=at, by_id=by.person_id)
            winner.pool_id = None
    loser.pool_id = None
    if not choices.keep_owner or giving_up in (None, winner.owner_id):
        return
    on_team = TeamMember.objects.filter(account__in=[winner.pk, loser.pk], person_id=giving_up).exists()
    if not on_team and Person.objects.active().filter(pk=giving_up).exists():
        member = TeamMember(
            account=winner, person_id=giving_up, role=TeamRole.SALES_SUPPORT, since_on=timezone.localdate(at)
        )
        create_row(merge, member)


def _combine(winner: Account, loser: Account) -> None:
    """Pushed facts of both as those of one account."""
    winner.sales_12m += loser.sales_12m
    winner.sales_prior_12m += loser.sales_prior_12m
    for name in ("last_trade_on", "last_contact_on", "protected_until_on", "lifecycle_held_until_on"):
        setattr(winner, name, max(getattr(winner, name), getattr(loser, name)))
    if loser.next_contact_on < winner.next_contact_on <= NOT_PLANNED:
        winner.next_contact_on, winner.next_contact_note = loser.next_contact_on, loser.next_contact_note
    winner.is_key = winner.is_key or loser.is_key
    winner.abc_class = winner.abc_class or loser.abc_class


def _take_stage(
    winner: Account, loser: Account, picks: Mapping[str, str], *, by: Viewer, at: dt.datetime
) -> None:
    """The loser's stage in life, with a record of where it came from."""
    if picks["lifecycle"] != THEIRS or winner.lifecycle == loser.lifecycle:
        return
    before, on = winner.lifecycle, timezone.localdate(at)
    winner.lifecycle, winner.lifecycle_since_on = loser.lifecycle, on
    LifecycleRecord.objects.create(
        account=winner,
        before=before,
        after=winner.lifecycle,
        on=on,
        at=at,
        by_id=by.person_id,
        cause=LifecycleCause.MERGE,
        reason=_("并入客户 %(name)s") % {"name": loser.name},
    )


def _step_aside(winner: Account, loser: Account, fields: Mapping[str, Any]) -> None:
    """What the loser gives up so that the winner can have it: the code of a legal person exists once."""
    loser.merged_into_id = winner.pk
    if "uscc" in fields and winner.uscc == loser.uscc:
        loser.uscc = ""


def _save(
    merge: Merge,
    winner: Account,
    loser: Account,
    before: tuple[dict[str, Any], dict[str, Any]],
    *,
    at: dt.datetime,
) -> None:
    """Store both and write down every column that differs; the loser first, because it gives way."""
    noted = []
    for account, was in ((loser, before[1]), (winner, before[0])):
        changed = {name: value for name, value in _columns(account).items() if value != was[name]}
        noted += [
            MergedValue(
                merge=merge,
                of_loser=account is loser,
                column=name,
                before=packed(was[name]),
                after=packed(value),
            )
            for name, value in changed.items()
        ]
        account.step(at=at)
        Account.objects.filter(pk=account.pk).update(
            **changed, version=account.version, updated_at=account.updated_at
        )
    MergedValue.objects.bulk_create(noted)


def _graft(
    merge: Merge, winner: Account, loser: Account, picks: Mapping[str, str], chosen: Mapping[str, str]
) -> int:
    """Hang what stood under the loser under the winner; a winner from below takes the loser's place. Answers how many
    children followed."""
    lock_trees({winner.pk, loser.pk})
    old_root, parent = loser.group_id, winner.parent_id
    if winner.pk in subtree(loser.pk) or (
        picks["parent"] == THEIRS and loser.parent_id not in subtree(winner.pk)
    ):
        parent = loser.parent_id
    elif picks["parent"] == THEIRS and chosen.get("parent") == THEIRS:
        raise CannotMerge(_("被并客户的上级是保留客户自己或它的下级，不能取它的上级。"), field="parent")
    children = list(
        Account.objects.filter(parent_id=loser.pk)
        .exclude(pk=winner.pk)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    note_rows(merge, MergedKind.MOVED, Account._meta.label, "parent_id", children)
    change_rows(merge, Account.objects.filter(pk=loser.pk), {"parent_id": None}, column="parent_id")
    if parent != winner.parent_id:
        change_rows(merge, Account.objects.filter(pk=winner.pk), {"parent_id": parent}, column="parent_id")
    Account.objects.filter(pk__in=children).update(parent_id=winner.pk)
    regroup([pk for pk in (winner.pk, loser.pk, old_root) if pk is not None])
    return len(children)


def _keep_names(merge: Merge, winner: Account, fields: Mapping[str, tuple[Any, Any]], *, on: dt.date) -> None:
    """The names that lose stay findable: the loser's own, and the winner's where the loser's was taken."""
    names = {merge.loser_name} | ({fields["name"][0]} if "name" in fields else set())
    known = set(FormerName.objects.filter(account_id=winner.pk).values_list("name_key", flat=True))
    for name in sorted(names - {winner.name}):
        draft = Account(name=name)
        derive(draft)
        if draft.name_key != winner.name_key and draft.name_key not in known:
            create_row(merge, FormerName(account=winner, name=name, name_key=draft.name_key, until_on=on))


def _record(
    merge: Merge,
    winner: Account,
    loser: Account,
    fields: Mapping[str, tuple[Any, Any]],
    approval: Approval,
    *,
    by: Viewer,
    at: dt.datetime,
) -> None:
    """The facts taken over as versions, and events: fields as in any change, the merge on both timelines."""
    on = timezone.localdate(at)
    why = FactReason(_("并入客户 %(name)s") % {"name": merge.loser_name}, on)
    keep_facts(drafted(winner.pk, fields, why, by=by, at=at), on=on)
    where: dict[str, Any] = {"at": at, "by_id": by.person_id}
    hidden = {name: pair for name, pair in fields.items() if name in MONEY_FIELDS}
    shown = {name: pair for name, pair in fields.items() if name not in MONEY_FIELDS}
    for kind, changes in ((events.CHANGED, shown), (events.MONEY_CHANGED, hidden)):
        if changes:
            record(
                kind,
                **where,
                account_id=winner.pk,
                subject_id=winner.pk,
                changes=changes,
                fields=sorted(changes),
                version=winner.version,
            )
    told: dict[str, Any] = {
        "merge_id": merge.pk,
        "loser_id": loser.pk,
        "winner_id": winner.pk,
        "request": approval.number,
        "moved": merge.moved,
    }
    record(events.MERGED, **where, account_id=winner.pk, subject_id=loser.pk, **told, version=winner.version)
    record(
        events.MERGED_AWAY, **where, account_id=loser.pk, subject_id=winner.pk, **told, version=loser.version
    )
