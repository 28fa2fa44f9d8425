"""The group tree 集团客户: which account stands under which, of any depth and without cycles.

Every member of a tree of two or more carries the root as its `group`, the root too; an account alone carries none.
"""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from panshi.domains.accounts import events
from panshi.domains.accounts.models import Account
from panshi.domains.accounts.services.locking import locked, require_reach
from panshi.ground.audit.services import record
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer


class CannotPlaceInGroup(Refused):
    """The account would stand under itself, or under one that is gone."""


@transaction.atomic
def place_in_group(
    *,
    account: Account,
    parent: Account | None,
    expected_version: int | None = None,
    by: Viewer,
    at: dt.datetime,
) -> Account:
    """Hang the account with everything below it under `parent`, or make it a root of its own."""
    record_ = locked(account.pk, by=by, permission="accounts.edit")
    if expected_version is not None:
        record_.expect(expected_version)
    before = record_.parent_id
    if before == (parent.pk if parent else None):
        return record_
    if parent is None:
        _leave_group(record_)
    else:
        join_group(record_, parent_id=parent.pk, by=by)
    record_.step(at=at)
    record_.save(update_fields=["version", "updated_at"])
    record(
        events.PLACED,
        at=at,
        by_id=by.person_id,
        account_id=record_.pk,
        subject_id=record_.pk,
        changes={"parent": (before, record_.parent_id)},
        parent_id=record_.parent_id,
        group_id=record_.group_id,
        version=record_.version,
    )
    return record_


def join_group(account: Account, *, parent_id: int, by: Viewer) -> None:
    """Set parent and group of a saved account and its subtree. Raises `CannotPlaceInGroup`."""
    require_reach(parent_id, by=by, permission="accounts.view")
    lock_trees({account.pk, parent_id})
    parent = Account.objects.get(pk=parent_id)
    if parent.merged_into_id is not None:
        raise CannotPlaceInGroup(_("上级客户已并入其他客户。"), field="parent")
    below = subtree(account.pk)
    if parent_id in below:
        raise CannotPlaceInGroup(_("上级客户不能是自己或自己的下级。"), field="parent")
    old_root = account.group_id
    root = parent.group_id or parent.pk
    Account.objects.filter(pk__in=[*below, root]).update(group_id=root)
    Account.objects.filter(pk=account.pk).update(parent_id=parent_id)
    account.parent_id, account.group_id = parent_id, root
    _dissolve_if_alone(old_root)


def _leave_group(account: Account) -> None:
    """Make the account the root of what is below it."""
    lock_trees({account.pk})
    below = subtree(account.pk)
    old_root = account.group_id
    own = account.pk if len(below) > 1 else None
    Account.objects.filter(pk__in=below).update(group_id=own)
    Account.objects.filter(pk=account.pk).update(parent_id=None)
    account.parent_id, account.group_id = None, own
    _dissolve_if_alone(old_root)


def _dissolve_if_alone(root_id: int | None) -> None:
    """A root that nothing stands under any more is no group."""
    if root_id is not None and not Account.objects.filter(group_id=root_id).exclude(pk=root_id).exists():
        Account.objects.filter(pk=root_id, group_id=root_id).update(group_id=None)


def lock_trees(account_ids: set[int]) -> None:
    """Lock the roots of the trees concerned: every change of a tree passes here, so no two can close a circle."""
    locked_roots: set[int] = set()
    while not (roots := _roots(account_ids)) <= locked_roots:
        list(Account.objects.select_for_update().filter(pk__in=roots).order_by("pk").values_list("pk"))
        locked_roots |= roots


def regroup(account_ids: Iterable[int]) -> None:
    """Give every member of the trees that hold these accounts its root as group, and accounts alone none."""
    done: set[int] = set()
    for account_id in account_ids:
        if account_id in done:
            continue
        members = subtree(top(account_id))
        group = top(account_id) if len(members) > 1 else None
        rows = Account.objects.filter(pk__in=members)
        (rows.exclude(group=None) if group is None else rows.exclude(group_id=group)).update(group_id=group)
        done |= members


def top(account_id: int) -> int:
    """The account that nothing stands above, one query a level."""
    seen = {account_id}
    while True:
        parent = Account.objects.filter(pk=account_id).values_list("parent_id", flat=True).first()
        if parent is None or parent in seen:
            return account_id
        seen.add(parent)
        account_id = parent


def _roots(account_ids: set[int]) -> set[int]:
    return {
        group or pk for pk, group in Account.objects.filter(pk__in=account_ids).values_list("pk", "group_id")
    }


def subtree(account_id: int) -> set[int]:
    """The account and everything below it, one query a level."""
    found, level = {account_id}, [account_id]
    while level:
        children = Account.objects.filter(parent_id__in=level).values_list("pk", flat=True)
        level = [pk for pk in children if pk not in found]
        found.update(level)
    return found
