"""The group tree of an account with sales rolled up, inside the viewer's scope.

What they may not see is neither shown nor counted.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from panshi.domains.accounts.models import Account
from panshi.ground.base.viewer import Viewer


@dataclass(frozen=True, slots=True)
class GroupNode:
    """One account of the tree in reading order; `total_*` include everything visible below it."""

    account_id: int
    code: str
    name: str
    owner: str
    depth: int
    sales_12m: Decimal
    sales_prior_12m: Decimal
    total_12m: Decimal
    total_prior_12m: Decimal
    below: int


@dataclass(frozen=True, slots=True)
class _Row:
    pk: int
    parent_id: int | None
    code: str
    name: str
    owner: str | None
    now: Decimal
    prior: Decimal


def group_tree(account: Account, *, viewer: Viewer) -> list[GroupNode]:
    """The whole tree the account belongs to, parents before children, siblings by name; one query.

    A visible account below an invisible one hangs from its nearest visible ancestor. Empty for an account alone.
    """
    if account.group_id is None:
        return []
    rows = [
        _Row(*values)
        for values in Account.objects.visible_to(viewer)
        .filter(group_id=account.group_id)
        .order_by("pinyin", "pk")
        .values_list("pk", "parent_id", "code", "name", "owner__name", "sales_12m", "sales_prior_12m")
    ]
    parents = _all_parents(account.group_id) if len(rows) > 1 else {}
    visible = {row.pk for row in rows}
    children: dict[int | None, list[_Row]] = defaultdict(list)
    for row in rows:
        children[_visible_parent(row, parents, visible)].append(row)
    found: list[GroupNode] = []
    for root in children[None]:
        _collect(root, 0, children, found)
    return found


def _all_parents(group_id: int) -> dict[int, int | None]:
    """Ids only, for the shape of the tree."""
    return dict(Account.objects.filter(group_id=group_id).values_list("pk", "parent_id"))


def _visible_parent(row: _Row, parents: dict[int, int | None], visible: set[int]) -> int | None:
    parent = row.parent_id
    while parent is not None and parent not in visible:
        parent = parents.get(parent)
    return parent


def _collect(
    root: _Row, depth: int, children: dict[int | None, list[_Row]], found: list[GroupNode]
) -> tuple[Decimal, Decimal, int]:
    """Append the subtree in reading order and answer its totals and size. Iterative: trees may be of any depth."""
    order: list[tuple[_Row, int]] = []
    open_ = [(root, depth)]
    while open_:
        row, level = open_.pop()
        order.append((row, level))
        open_.extend((child, level + 1) for child in reversed(children[row.pk]))
    totals: dict[int, tuple[Decimal, Decimal, int]] = {}
    for row, _level in reversed(order):
        parts = [totals[child.pk] for child in children[row.pk]]
        totals[row.pk] = (
            row.now + sum((part[0] for part in parts), Decimal(0)),
            row.prior + sum((part[1] for part in parts), Decimal(0)),
            len(parts) + sum(part[2] for part in parts),
        )
    found.extend(
        GroupNode(row.pk, row.code, row.name, row.owner or "", level, row.now, row.prior, *totals[row.pk])
        for row, level in order
    )
    return totals[root.pk]
