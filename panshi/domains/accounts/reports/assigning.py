"""What assigning many accounts at once would do to each: which change hands, which stay, which are refused and why."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from panshi.domains.accounts.models import Account, TeamMember
from panshi.domains.accounts.reports.staff import Staff
from panshi.ground.base.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Move:
    """One account that changes hands, from (owner, unit) to (owner, unit)."""

    account_id: int
    before: tuple[int | None, int | None]
    after: tuple[int | None, int | None]
    version: int

    @property
    def changes_owner(self) -> bool:
        """Whether it is more than a change of unit."""
        return self.before[0] != self.after[0]


@dataclass(frozen=True, slots=True)
class Moves:
    """All accounts of an act: those that move, those already there, those refused with the reason."""

    moves: tuple[Move, ...]
    unchanged: tuple[int, ...]
    refused: Mapping[int, str]


def planned_moves(keys: Sequence[int], *, owner_id: int | None, viewer: Viewer, on: dt.date) -> Moves:
    """Assigning these accounts to an owner, in the owner's own unit, or to nobody in the unit they have.

    Raises `CannotAssignOwner` when the owner can own none of them. Five queries, however many accounts.
    """
    viewer.require("accounts.assign")
    settled = None if owner_id is None else Staff.load(on=on, person_id=owner_id).settle(owner_id, None)
    wanted = dict.fromkeys(keys, settled)
    return sorted_moves(wanted, viewer=viewer, on=on)


def sorted_moves(
    wanted: Mapping[int, tuple[int | None, int | None] | None], *, viewer: Viewer, on: dt.date
) -> Moves:
    """What giving each account its own (owner, unit) would do; None takes the owner away and leaves the unit."""
    rows = Account.objects.visible_to(viewer, "accounts.assign").filter(pk__in=list(wanted)).order_by()
    fields = (
        "pk",
        "owner_id",
        "unit_id",
        "version",
        "merged_into_id",
        "pool_id",
        "is_key",
        "protected_until_on",
    )
    found = {row[0]: row for row in rows.values_list(*fields)}
    moves, unchanged, refused = list[Move](), list[int](), dict[int, str]()
    for pk, target in wanted.items():
        if pk not in found:
            refused[pk] = _("您无权指派这家客户。")
            continue
        _pk, owner, unit, version, merged, pool, is_key, protected = found[pk]
        after = (None, unit) if target is None else target
        why = _refusal(owner, after[0], merged=merged, pool=pool, is_key=is_key, protected=protected, on=on)
        if why:
            refused[pk] = why
        elif after == (owner, unit):
            unchanged.append(pk)
        else:
            moves.append(Move(pk, (owner, unit), after, version))
    return Moves(tuple(moves), tuple(unchanged), refused)


def _refusal(
    owner: int | None,
    wanted: int | None,
    *,
    merged: int | None,
    pool: int | None,
    is_key: bool,
    protected: dt.date,
    on: dt.date,
) -> str:
    """Why an account may not change hands here; the same rules as for one account."""
    if merged is not None:
        return _("此客户已并入其他客户，不能再修改。")
    if pool is not None:
        return _("这家客户在公海中，请从公海认领或分配。")
    if owner in (None, wanted):
        return ""
    if is_key:
        return _("重点客户变更负责人需要审批，请提交申请。")
    if protected >= on:
        said = {"day": protected.isoformat()}
        return _("客户在 %(day)s 前受保护，变更负责人需要审批，请提交申请。") % said
    return ""


@dataclass(frozen=True, slots=True)
class Joining:
    """What adding a person to many teams would do."""

    joins: tuple[int, ...]
    unchanged: tuple[int, ...]
    refused: Mapping[int, str]


def planned_joining(keys: Sequence[int], *, person_id: int, role: str, viewer: Viewer) -> Joining:
    """Adding a person in a role to the teams of these accounts; three queries."""
    viewer.require("accounts.assign")
    rows = Account.objects.visible_to(viewer, "accounts.assign").filter(pk__in=list(keys)).order_by()
    merged = dict(rows.values_list("pk", "merged_into_id"))
    there = set(
        TeamMember.objects.filter(account__in=list(merged), person_id=person_id, role=role).values_list(
            "account_id", flat=True
        )
    )
    refused = {pk: _("您无权指派这家客户。") for pk in keys if pk not in merged}
    refused |= {
        pk: _("此客户已并入其他客户，不能再修改。") for pk, into in merged.items() if into is not None
    }
    open_ = [pk for pk in keys if pk not in refused]
    return Joining(
        tuple(pk for pk in open_ if pk not in there), tuple(pk for pk in open_ if pk in there), refused
    )
