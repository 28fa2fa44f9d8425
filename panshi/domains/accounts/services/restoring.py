"""Putting back, row by row, what a merge did: each as it was, unless somebody changed it since.

Used by `undo_merge` alone, under the locks of both accounts.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from panshi.domains.accounts.models import Account, Merge, MergedKind, MergedRows
from panshi.domains.accounts.models.merging import unpacked
from panshi.domains.accounts.models.references import Reference, reference
from panshi.domains.accounts.services.group import subtree
from panshi.ground.base.bulk import update_rows


def move_back(merge: Merge) -> list[str]:
    """Re-point what moved; answers in words what was not there any more."""
    missing: Counter[str] = Counter()
    for portion in merge.rows.filter(kind=MergedKind.MOVED).order_by("pk"):
        one = reference(portion.table, portion.column)
        if one is None:
            missing[_("其他记录")] += portion.count
            continue
        keys = portion.listed()
        back = _returning(one, merge, keys)
        if back < len(keys) and one.model._meta.app_label != "search":
            words = _("下级客户") if one.field == "parent" else str(one.rule.words) or _("其他记录")
            missing[words] += len(keys) - back
    return [
        _("%(count)d 条%(words)s在合并后被移走、删除或与现有记录冲突，保持现状。")
        % {"count": count, "words": words}
        for words, count in missing.items()
    ]


def _returning(one: Reference, merge: Merge, keys: Sequence[Any]) -> int:
    """Re-point those of the rows that are still with the winner and do not collide with what stayed with the loser."""
    rows = one.model._base_manager.filter(pk__in=keys, **{one.column: merge.winner_id})
    if any(True for _unique in one.uniques()):
        colliding = one.colliding(merge.winner_id, merge.loser_id).filter(pk__in=keys)
        rows = rows.exclude(pk__in=list(colliding.values_list("pk", flat=True)))
    return rows.update(**{one.column: merge.loser_id})


def restore_changed(merge: Merge, *, but: frozenset[str]) -> list[str]:
    """Give changed rows their values back where nobody changed them since; tables named in `but` are left alone."""
    left: list[str] = []
    for portion in merge.rows.filter(kind=MergedKind.CHANGED).order_by("pk"):
        if portion.table in but:
            continue
        try:
            model = apps.get_model(portion.table)
        except LookupError:
            continue
        if portion.column == "parent_id":
            left += _restore_parents(portion)
        else:
            _restore(model, portion)
    return left


def _restore(model: type[models.Model], portion: MergedRows) -> None:
    """Rows of one table; one that would break a rule of the database stays as it is now."""
    planned = portion.listed()
    columns = sorted({name for _pk, before, _after in planned for name in before})
    stored = {
        pk: dict(zip(columns, values, strict=True))
        for pk, *values in model._base_manager.filter(pk__in=[row[0] for row in planned]).values_list(
            "pk", *columns
        )
    }
    wanted = [
        (pk, {name: unpacked(model, name, value) for name, value in before.items()})
        for pk, before, after in planned
        if pk in stored and _unchanged(model, stored[pk], after)
    ]
    try:
        with transaction.atomic():
            update_rows(model, wanted)
    except IntegrityError:
        for row in wanted:
            _try_one(model, row)


def _try_one(model: type[models.Model], row: tuple[Any, Mapping[str, Any]]) -> None:
    try:
        with transaction.atomic():
            update_rows(model, [row])
    except IntegrityError:
        return  # what exists now counts: it is the newer one


def _unchanged(model: type[models.Model], now: Mapping[str, Any], after: Mapping[str, str]) -> bool:
    return all(now[name] == unpacked(model, name, value) for name, value in after.items())


def _restore_parents(portion: MergedRows) -> list[str]:
    """Places in the group tree, unless the tree was changed so that a circle would close."""
    left = []
    for pk, before, after in portion.listed():
        account = Account.objects.get(pk=pk)
        parent = unpacked(Account, "parent_id", before["parent_id"])
        if account.parent_id != unpacked(Account, "parent_id", after["parent_id"]):
            left.append(_("“%(name)s”的上级客户在合并后改过，保持现状。") % {"name": account.name})
        elif parent is not None and parent in subtree(pk):
            left.append(
                _("“%(name)s”原来的上级客户现在在它之下，没有恢复集团关系。") % {"name": account.name}
            )
        else:
            Account.objects.filter(pk=pk).update(parent_id=parent)
    return left


def remove_created(merge: Merge) -> None:
    """Remove what exists only because of the merge."""
    for portion in merge.rows.filter(kind=MergedKind.CREATED).order_by("pk"):
        model = apps.get_model(portion.table)
        model._base_manager.filter(pk__in=portion.listed(), account_id=merge.winner_id).delete()
