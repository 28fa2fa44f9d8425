"""Merges of accounts: who went into whom, and everything needed to take it back."""

import datetime as dt
import json
from typing import Any, ClassVar, Final, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models.account import Account
from panshi.ground.base.gate import AccountScope, AdminOnly, Gate, GatedModel, GatedQuerySet
from panshi.ground.base.merging import MergeRule, OnMerge

UNDO_DAYS: Final = 30
"""How long a merge can be taken back (spec 01)."""


class MergeQuerySet(GatedQuerySet["Merge"]):
    """Merges by state."""

    def standing(self) -> Self:
        """Those not taken back."""
        return self.filter(undone_at=None)


class Merge(GatedModel):
    """One merge of `loser` into `winner` by an approved request; `left` says in words what undoing it did not restore.

    `loser_name` is the name it bore then, which the winner keeps as a former one.
    """

    gate: ClassVar[Gate] = AccountScope("winner", permission="accounts.merge")
    on_merge: ClassVar = {"winner": OnMerge(MergeRule.STAY), "loser": OnMerge(MergeRule.STAY)}

    loser = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", verbose_name=_("被并客户"))
    winner = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", verbose_name=_("保留客户")
    )
    loser_code = models.CharField(_("被并客户编号"), max_length=32)
    loser_name = models.CharField(_("被并客户"), max_length=120)
    at = models.DateTimeField(_("合并时间"))
    by_id = models.BigIntegerField(null=True)
    request_id = models.BigIntegerField()
    request_number = models.CharField(_("申请单号"), max_length=40)
    reason = models.CharField(_("理由"), max_length=200, blank=True)
    moved = models.PositiveIntegerField(_("转入记录"), default=0)
    undo_until_on = models.DateField(_("可撤销至"))
    undone_at = models.DateTimeField(_("撤销时间"), null=True)
    undone_by_id = models.BigIntegerField(null=True)
    left = models.JSONField(default=list)

    objects: ClassVar[Any] = MergeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["loser"], condition=Q(undone_at=None), name="merge_once_standing"
            ),
            models.CheckConstraint(condition=~Q(loser=models.F("winner")), name="merge_of_two"),
        ]
        indexes = [models.Index(fields=["-at", "-id"], name="merge_newest")]

    def can_be_undone(self, on: dt.date) -> bool:
        """Whether it stands and its time is not over."""
        return self.undone_at is None and on <= self.undo_until_on


class MergedKind(models.TextChoices):
    """What the merge did with rows."""

    MOVED = "moved", _("转入")
    CHANGED = "changed", _("转入前改动")
    SET_ASIDE = "aside", _("搁置")
    CREATED = "created", _("新增")


class MergedRows(GatedModel):
    """Rows of one table that a merge moved, changed, set aside or created.

    `rows` is JSON: keys, or for changed rows [key, {column: before}, {column: after}] with values as text.
    """

    gate: ClassVar[Gate] = AdminOnly("audit.view")

    merge = models.ForeignKey(Merge, on_delete=models.PROTECT, related_name="rows")
    kind = models.CharField(max_length=8, choices=MergedKind)
    table = models.CharField(max_length=80)
    column = models.CharField(max_length=60)
    count = models.PositiveIntegerField()
    rows = models.TextField()

    def listed(self) -> list[Any]:
        """What `rows` holds."""
        found: list[Any] = json.loads(self.rows)
        return found


class MergedValue(GatedModel):
    """One column of the loser or the winner as it was before a merge and as the merge left it (JSON text)."""

    gate: ClassVar[Gate] = AdminOnly("audit.view")

    merge = models.ForeignKey(Merge, on_delete=models.PROTECT, related_name="values")
    of_loser = models.BooleanField()
    column = models.CharField(max_length=60)
    before = models.TextField()
    after = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merge", "of_loser", "column"], name="merged_value_once")
        ]


def packed(value: Any) -> str:
    """A column's value as JSON text."""
    plain = value if value is None or isinstance(value, bool | int | str) else str(value)
    return json.dumps(plain, ensure_ascii=False)


def unpacked(model: type[models.Model], column: str, packed_value: str) -> Any:
    """The value of a column from its JSON text."""
    field: Any = model._meta.get_field(column)
    return field.to_python(json.loads(packed_value))
