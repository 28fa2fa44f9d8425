"""Many accounts change hands, or gain a team member, in one act: the rules of one account, each with its own event."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.domains.accounts import events
from panshi.domains.accounts.models import Account, Claim, PoolWarning, TeamMember, TeamRole
from panshi.domains.accounts.reports.assigning import (
    Joining,
    Move,
    Moves,
    planned_joining,
    planned_moves,
    sorted_moves,
)
from panshi.domains.accounts.services.completeness import measure
from panshi.domains.accounts.services.team import CannotChangeTeam
from panshi.ground.audit.models import Change, Event
from panshi.ground.audit.services import draft, text
from panshi.ground.base.bulk import insert_rows
from panshi.ground.base.models import NEVER
from panshi.ground.base.refusals import NotAllowed
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person
from panshi.ground.notices.services import notify

Place = tuple[int | None, int | None]


@transaction.atomic
def assign_many(
    *, keys: Sequence[int], owner: Person | None, reason: str = "", by: Viewer, at: dt.datetime
) -> Moves:
    """Give accounts to an owner, in the owner's unit, or to nobody; what may not change hands is refused row by row.

    Raises `CannotAssignOwner` when the owner can own none of them and `NotAllowed` when they would leave the reach of
    who assigns. A fixed number of statements; 5 000 accounts take about a second.
    """
    _lock(keys)
    on = timezone.localdate(at)
    moves = planned_moves(keys, owner_id=owner.pk if owner else None, viewer=by, on=on)
    write_moves(moves.moves, reason=reason, by=by, at=at)
    return moves


@transaction.atomic
def restore_owners(
    *,
    before: Mapping[int, Place],
    after: Mapping[int, Place],
    reason: str = "",
    by: Viewer,
    at: dt.datetime,
) -> Moves:
    """Give accounts back to whom they belonged before an act, where they are still as it left them."""
    _lock(list(before))
    rows = Account.objects.filter(pk__in=list(before)).values_list("pk", "owner_id", "unit_id")
    now = {pk: (owner, unit) for pk, owner, unit in rows}
    active = set(
        Person.objects.active()
        .filter(pk__in={owner for owner, _unit in before.values() if owner})
        .values_list("pk", flat=True)
    )
    refused: dict[int, str] = {}
    for pk, (owner, _unit) in before.items():
        if now.get(pk) != after.get(pk):
            refused[pk] = _("之后又变更过负责人或组织，保持不变。")
        elif owner is not None and owner not in active:
            refused[pk] = _("原负责人已停用。")
    wanted = {pk: place for pk, place in before.items() if pk not in refused}
    moves = sorted_moves(wanted, viewer=by, on=timezone.localdate(at))
    write_moves(moves.moves, reason=reason or _("撤销批量指派"), by=by, at=at)
    return Moves(moves.moves, moves.unchanged, {**refused, **moves.refused})


def _lock(keys: Sequence[int]) -> None:
    """Hold the rows for this transaction, in the order every service locks them in."""
    list(Account.objects.select_for_update().filter(pk__in=list(keys)).order_by("pk").values_list("pk"))


def write_moves(moves: Sequence[Move], *, reason: str, by: Viewer, at: dt.datetime) -> None:
    """Write the moves: what `hand_over` does to one account, in a few statements for all."""
    groups: dict[tuple[Place, bool], list[int]] = defaultdict(list)
    for move in moves:
        groups[move.after, move.changes_owner].append(move.account_id)
    on = timezone.localdate(at)
    for ((owner, unit), changes_owner), keys in groups.items():
        anew = {"owner_since_on": on if owner is not None else NEVER, "protected_until_on": NEVER}
        Account.objects.filter(pk__in=keys).update(
            owner_id=owner,
            unit_id=unit,
            version=F("version") + 1,
            updated_at=at,
            **(anew if changes_owner else {}),
        )
    handed = [move.account_id for move in moves if move.changes_owner]
    Claim.objects.standing().filter(account__in=handed).update(ended_at=at)
    PoolWarning.objects.filter(account__in=handed).delete()
    moved = [move.account_id for move in moves]
    if Account.objects.visible_to(by, "accounts.assign").filter(pk__in=moved).count() != len(moved):
        raise NotAllowed(_("您没有此项操作的权限。"))
    measure(moved, at=at)
    _record(moves, reason=reason.strip(), by=by, at=at)
    given = Counter(move.after[0] for move in moves if move.changes_owner and move.after[0] is not None)
    for person_id, count in given.items():
        notify(events.OWNER_GIVEN_MANY, to=[person_id], at=at, by_id=by.person_id, count=count)


def _record(moves: Sequence[Move], *, reason: str, by: Viewer, at: dt.datetime) -> None:
    """One event for each account with its changes, inserted together."""
    told = [
        draft(
            events.ASSIGNED,
            at=at,
            by_id=by.person_id,
            account_id=move.account_id,
            subject_id=move.account_id,
            owner_id=move.after[0],
            unit_id=move.after[1],
            version=move.version + 1,
        )
        for move in moves
    ]
    insert_rows(Event, told)
    changes = [
        Change(event=event, field=name, before=text(move.before[place]), after=text(move.after[place]))
        for event, move in zip(told, moves, strict=True)
        for place, name in enumerate(("owner", "unit"))
        if move.before[place] != move.after[place]
    ]
    if reason:
        changes += [Change(event=event, field="reason", before="", after=reason) for event in told]
    insert_rows(Change, changes)


@transaction.atomic
def add_members(*, keys: Sequence[int], person: Person, role: str, by: Viewer, at: dt.datetime) -> Joining:
    """Let a person work for many accounts in a role; it opens them to the person."""
    if role not in TeamRole.values:
        raise CannotChangeTeam(_("没有这个团队角色。"), field="role")
    if not person.is_active:
        raise CannotChangeTeam(_("此人已停用，不能加入团队。"), field="person")
    _lock(keys)
    joining = planned_joining(keys, person_id=person.pk, role=role, viewer=by)
    on = timezone.localdate(at)
    insert_rows(
        TeamMember, [TeamMember(account_id=pk, person=person, role=role, since_on=on) for pk in joining.joins]
    )
    told = [
        draft(
            events.MEMBER_ADDED,
            at=at,
            by_id=by.person_id,
            account_id=pk,
            subject_id=person.pk,
            person_id=person.pk,
            role=role,
        )
        for pk in joining.joins
    ]
    insert_rows(Event, told)
    measure(joining.joins, at=at)
    if joining.joins:
        notify(events.TEAMS_JOINED, to=[person.pk], at=at, by_id=by.person_id, count=len(joining.joins))
    return joining


@transaction.atomic
def remove_members(
    *, keys: Sequence[int], person: Person, role: str, by: Viewer, at: dt.datetime
) -> list[int]:
    """Take a person out of the teams they were added to in one act; answers the accounts where they still were."""
    by.require("accounts.assign")
    _lock(keys)
    reached = Account.objects.visible_to(by, "accounts.assign").filter(pk__in=list(keys)).values("pk")
    found = TeamMember.objects.filter(account__in=reached, person=person, role=role)
    left = sorted(found.values_list("account_id", flat=True))
    told = [
        draft(
            events.MEMBER_REMOVED,
            at=at,
            by_id=by.person_id,
            account_id=pk,
            subject_id=person.pk,
            person_id=person.pk,
            role=role,
        )
        for pk in left
    ]
    found.delete()
    insert_rows(Event, told)
    measure(left, at=at)
    return left
