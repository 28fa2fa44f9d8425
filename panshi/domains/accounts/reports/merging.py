"""Merging two accounts, before it happens: both side by side, what is proposed, how much moves, what speaks against it.

Also what reads of a merged account need: which ids stand for it, and which account it became.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from panshi.calc.likeness import likeness
from panshi.domains.accounts.models import Account, DevelopmentMode, Lifecycle, Merge
from panshi.domains.accounts.models.fields import EDITABLE_FIELDS, MONEY_FIELDS
from panshi.domains.accounts.models.references import movable
from panshi.domains.accounts.reports.overview import visible_fields
from panshi.ground.audit.services import text
from panshi.ground.base.fields import MoneyField
from panshi.ground.base.viewer import Viewer

MINE, THEIRS, BOTH = "mine", "theirs", "both"
"""Keep the winner's value, take the loser's, or (long texts only) join them."""

PLACES: Final = ("owner", "parent", "lifecycle")
"""Chosen besides the fields of the archive: whose it is (with unit and pool), its place in a group, its stage."""

STAGES: Final = (
    *(Lifecycle.LOST, Lifecycle.POTENTIAL, Lifecycle.QUALIFIED, Lifecycle.DEVELOPING),
    *(Lifecycle.DORMANT, Lifecycle.ACTIVE),
)
"""From the least to the furthest: of two stages the further one is proposed."""


@dataclass(frozen=True, slots=True)
class MergeChoices:
    """What was decided for a merge: field → mine, theirs or both; a field not named takes what would be proposed.

    The versions are those the person compared; what changed since is looked at again before anything is written.
    `keep_owner` puts the owner who gives the account up on its team.
    """

    picks: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    reason: str = ""
    keep_owner: bool = True
    winner_version: int = 0
    loser_version: int = 0

    def plain(self) -> dict[str, Any]:
        """As a request carries it."""
        return {
            "picks": dict(self.picks),
            "reason": self.reason,
            "keep_owner": self.keep_owner,
            "winner_version": self.winner_version,
            "loser_version": self.loser_version,
        }

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> "MergeChoices":
        """What a request carried; see `plain`."""
        return cls(
            dict(plain["picks"]),
            str(plain["reason"]),
            bool(plain["keep_owner"]),
            int(plain["winner_version"]),
            int(plain["loser_version"]),
        )


@dataclass(frozen=True, slots=True)
class Facing:
    """One field of both accounts: values in words, what is proposed, whether there is anything to choose."""

    field: str
    label: str
    mine: str
    theirs: str
    kind: str
    proposed: str
    differs: bool
    may_join: bool


@dataclass(frozen=True, slots=True)
class MergePreview:
    """Everything a person looks at before asking for a merge; `refusal` says why it cannot be asked for."""

    winner: Account
    loser: Account
    facing: tuple[Facing, ...]
    moving: tuple[tuple[str, int], ...]
    warnings: tuple[str, ...]
    refusal: str

    @property
    def rows(self) -> int:
        """How many records move."""
        return sum(count for _words, count in self.moving)


def proposed_pick(name: str, winner: Account, loser: Account) -> str:
    """What is taken where nobody says otherwise: an empty fact is filled, the further stage counts."""
    if name == "lifecycle":
        further = STAGES.index(Lifecycle(loser.lifecycle)) > STAGES.index(Lifecycle(winner.lifecycle))
        return THEIRS if further else MINE
    mine, theirs = (value_of(account, name) for account in (winner, loser))
    if name == "development_mode":  # its default says as little as an empty field
        mine, theirs = ("" if value == DevelopmentMode.SELF else value for value in (mine, theirs))
    return THEIRS if mine in (None, "") and theirs not in (None, "") else MINE


def value_of(account: Account, name: str) -> Any:
    """A chosen field's value; people and accounts by their key."""
    return getattr(account, f"{name}_id" if name in ("owner", "parent") else name)


def joined(mine: str, theirs: str) -> str:
    """Two long texts as one."""
    return mine if theirs in mine else theirs if mine in theirs else f"{mine}\n{theirs}"


def may_join(name: str) -> bool:
    """Whether both values may be kept in one text."""
    return name in EDITABLE_FIELDS and isinstance(Account._meta.get_field(name), models.TextField)


def merge_preview(winner: Account, loser: Account, *, viewer: Viewer) -> MergePreview:
    """Both accounts side by side with what moves; one count for each kind of record that can refer to an account."""
    hidden = set(MONEY_FIELDS) - (
        visible_fields(winner, viewer=viewer) & visible_fields(loser, viewer=viewer)
    )
    below = winner.pk in _descendants(loser.pk)
    names = [name for name in (*EDITABLE_FIELDS, *PLACES) if name not in hidden]
    facing = [_facing(name, winner, loser) for name in names if not (below and name == "parent")]
    return MergePreview(
        winner,
        loser,
        tuple(one for one in facing if one.mine or one.theirs),
        _moving(loser),
        tuple(_warnings(winner, loser, below)),
        refusal(winner, loser),
    )


def refusal(winner: Account, loser: Account) -> str:
    """Why these two cannot be merged, "" when they can."""
    if winner.pk == loser.pk:
        return _("不能把客户并入它自己。")
    if loser.merged_into_id is not None:
        return _("“%(name)s”已并入其他客户。") % {"name": loser.name}
    if winner.merged_into_id is not None:
        return _("“%(name)s”已并入其他客户，请选择它并入的客户。") % {"name": winner.name}
    return ""


def _facing(name: str, winner: Account, loser: Account) -> Facing:
    mine, theirs = (value_of(account, name) for account in (winner, loser))
    stored: Any = Account._meta.get_field(name)
    return Facing(
        field=name,
        label=str(stored.verbose_name),
        mine=_words(winner, name),
        theirs=_words(loser, name),
        kind="money" if isinstance(stored, MoneyField) else name,
        proposed=proposed_pick(name, winner, loser),
        differs=text(mine) != text(theirs) and (name != "owner" or loser.owner_id is not None),
        may_join=may_join(name) and bool(mine) and bool(theirs),
    )


def _words(account: Account, name: str) -> str:
    """A value as people read it; coded regions and industries are named by the face."""
    if name == "owner":
        unit = f" · {account.unit.name}" if account.unit else ""
        return (account.owner.name if account.owner else _("无负责人")) + unit
    if name == "parent":
        return account.parent.name if account.parent else ""
    label = getattr(account, f"get_{name}_display", None)
    if not getattr(account, name):
        return ""
    return str(label()) if label is not None else text(getattr(account, name))


def _moving(loser: Account) -> tuple[tuple[str, int], ...]:
    """How many records of each kind follow; kinds without words of their own are told together."""
    counts: dict[str, int] = {}
    for reference in movable():
        words = str(reference.rule.words)
        if not words and reference.model._meta.app_label != "search":
            words = _("其他记录")
        if words:
            counts[words] = counts.get(words, 0) + reference.rows_of(loser.pk).count()
    children = Account.objects.filter(parent_id=loser.pk).count()
    return tuple((words, count) for words, count in [*counts.items(), (_("下级客户"), children)] if count)


def _warnings(winner: Account, loser: Account, below: bool) -> list[str]:
    """What should make a person look twice."""
    found = []
    if winner.uscc and loser.uscc and winner.uscc != loser.uscc:
        found.append(_("两家的统一社会信用代码不同，可能是两个法人；确认是同一客户再合并。"))
    if not likeness(winner.name, loser.name) and winner.name_key != loser.name_key:
        found.append(_("两家的名称相差较大，请核对是否同一客户。"))
    if winner.owner_id and loser.owner_id and winner.owner_id != loser.owner_id:
        found.append(_("负责人不同：合并后只有一位负责人，另一位可以留在客户团队。"))
    if loser.sales_12m > winner.sales_12m:
        found.append(_("被并客户近 12 个月的销售更高，可以交换两家后再合并。"))
    if below:
        found.append(_("保留的客户是被并客户的下级：合并后它接替被并客户在集团中的位置。"))
    elif winner.pk in _ancestors(loser):
        found.append(_("被并客户是保留客户的下级：合并后它的下级客户直接归入保留客户的集团。"))
    return found


def _descendants(account_id: int) -> set[int]:
    found, level = set(), [account_id]
    while level:
        children = Account.objects.filter(parent_id__in=level).values_list("pk", flat=True)
        level = [pk for pk in children if pk not in found]
        found.update(level)
    return found


def _ancestors(account: Account) -> set[int]:
    """The accounts above it, from its whole tree in one query."""
    if account.group_id is None:
        return set()
    above = dict(Account.objects.filter(group_id=account.group_id).values_list("pk", "parent_id"))
    found: set[int] = set()
    parent = account.parent_id
    while parent is not None and parent not in found:
        found.add(parent)
        parent = above.get(parent)
    return found


def merged_ids(account_id: int) -> list[int]:
    """The account and every one merged into it: what a read of its history asks for. Chains are kept flat, so that one
    query answers."""
    return [account_id, *Account.objects.filter(merged_into=account_id).values_list("pk", flat=True)]


def merged_names(account_ids: Collection[int], *, viewer: Viewer) -> dict[int, str]:
    """Names of accounts that merges speak of: those the viewer sees, and what was merged into them; at most one
    query."""
    if not account_ids:
        return {}
    seen = Account.objects.visible_to(viewer).order_by().values("pk")
    rows = Account.objects.filter(pk__in=account_ids).filter(Q(pk__in=seen) | Q(merged_into__in=seen))
    return dict(rows.values_list("pk", "name"))


def successor(account_id: int, *, viewer: Viewer) -> Account | None:
    """The account that stands for a merged one, if the viewer may see it; None for one that was not merged."""
    into = Account.objects.filter(pk=account_id).values_list("merged_into_id", flat=True).first()
    found: Account | None = Account.objects.visible_to(viewer).filter(pk=into).first() if into else None
    return found


def merges_into(account: Account, *, viewer: Viewer) -> list[Merge]:
    """The standing merges that made the account what it is, newest first; one query."""
    rows = Merge.objects.visible_to(viewer).standing().filter(winner=account)
    return list(rows.order_by("-at", "-pk"))
