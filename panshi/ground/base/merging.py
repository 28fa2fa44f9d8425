"""What becomes of a row when the account it refers to is merged into another; models say it as class data.

`on_merge` maps a field (a foreign key to the account, or a plain column that holds an account's id) to its rule. A
model that says nothing has its rows re-pointed, which is right wherever no unique constraint includes the key. Nothing
is ever deleted: a row that may not follow stays with the losing account, where undoing the merge finds it untouched.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from django.db.models import Q
from django.utils.functional import Promise


class MergeRule(enum.Enum):
    """What becomes of the rows of the losing account."""

    MOVE = "move"
    """They follow to the winner; those that would collide are changed first, as `changes` says."""

    KEEP_WINNERS = "keep_winners"
    """They follow, but where the winner has such a row already the loser's is set aside: it stays with the loser."""

    STAY = "stay"
    """They stay: history of that very account, or figures keyed by it. Reads of the winner map merged ids."""

    OWN = "own"
    """The archive's own merge decides about them one by one."""


class _Moment:
    """Stands in `changes` for the moment of the merge."""


AT: Final = _Moment()


@dataclass(frozen=True, slots=True)
class OnMerge:
    """The rule of one key. `words` name the rows in the preview.

    `changes` are set on rows before they move: on those that meet `where`, or without it on those that would collide.
    `only` narrows rows whose column holds ids of other records too. `per` names the fields that make two rows stand for
    the same thing where that is more than the unique constraints say.
    """

    rule: MergeRule = MergeRule.MOVE
    words: str | Promise = ""
    changes: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    where: Q | None = None
    only: Q | None = None
    per: tuple[str, ...] = ()
