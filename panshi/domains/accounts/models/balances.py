"""Sales against receipts 销售收款是否平衡: what an account bought, paid and owes, as a source said on a day."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models.account import Account
from panshi.ground.base.fields import MoneyField
from panshi.ground.base.gate import AccountScope, Gate, GatedModel, GatedQuerySet
from panshi.ground.base.merging import MergeRule, OnMerge


class BalanceQuerySet(GatedQuerySet["AccountBalance"]):
    """Balances by what counts."""

    def newest(self) -> Self:
        """The one that counts of each account that still stands."""
        return self.filter(newest=True, account__merged_into=None)


class AccountBalance(GatedModel):
    """Sales and receipts of the twelve months up to `as_of`, and what is overdue, from `source`.

    One row an account and day; `newest` marks the one that counts. `gap` is sales less receipts: what stays unpaid.
    """

    gate: ClassVar[Gate] = AccountScope("account", permission="ledger.view")
    on_merge: ClassVar = {"account": OnMerge(MergeRule.KEEP_WINNERS, words=_("收款与逾期"))}

    # Without an index of its own: the unique one begins with the account.
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="balances", db_index=False, verbose_name=_("客户")
    )
    as_of = models.DateField(_("截止日期"))
    sales = MoneyField(_("近 12 个月销售"))
    receipts = MoneyField(_("近 12 个月收款"))
    gap = MoneyField(_("销售减收款"))
    overdue = MoneyField(_("逾期货款"), default=0)
    overdue_days = models.PositiveIntegerField(_("最长逾期天数"), default=0)
    source = models.CharField(_("来源"), max_length=60)
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    newest = models.BooleanField(default=True)

    objects: ClassVar[Any] = BalanceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "as_of"], name="balance_once_a_day"),
            models.UniqueConstraint(fields=["account"], condition=Q(newest=True), name="balance_newest_once"),
            models.CheckConstraint(condition=Q(overdue__gte=0), name="balance_overdue_not_negative"),
        ]
        indexes = [
            models.Index(fields=["-overdue", "-id"], name="balance_by_overdue", condition=Q(newest=True)),
            models.Index(fields=["-gap", "-id"], name="balance_by_gap", condition=Q(newest=True)),
        ]
