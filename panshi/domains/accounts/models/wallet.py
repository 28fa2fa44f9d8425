"""Shares of wallet 钱包份额: what an account buys of a kind in a year, and from whom."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models.account import Account
from panshi.domains.accounts.models.equipment import Brand
from panshi.ground.base.fields import MoneyField
from panshi.ground.base.gate import AccountScope, Gate, GatedModel
from panshi.ground.base.merging import MergeRule, OnMerge
from panshi.ground.base.models import EditedModel


class Confidence(models.TextChoices):
    """How sure we are."""

    HIGH = "high", _("可靠")
    MEDIUM = "medium", _("大致")
    LOW = "low", _("估计")


class Wallet(EditedModel):
    """What one account buys in one year: everything we could sell (`product_line` empty), or one product line.

    `own` is what it buys from us: from the ledger where `from_ledger`, else as somebody said. `open` is what others get
    or nobody knows of: what we could still win, stored so that lists sort by it.
    """

    gate: ClassVar[Gate] = AccountScope("account", permission="ledger.view")
    on_merge: ClassVar = {"account": OnMerge(MergeRule.KEEP_WINNERS, words=_("钱包份额"))}

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", verbose_name=_("客户"))
    year = models.PositiveSmallIntegerField(_("年度"))
    product_line = models.CharField(_("产品线"), max_length=60, blank=True)
    volume = MoneyField(_("全年采购额"))
    own = MoneyField(_("向我方采购"), default=0)
    from_ledger = models.BooleanField(default=False, editable=False)
    open = MoneyField(_("还可争取"), default=0, editable=False)
    source = models.CharField(_("信息来源"), max_length=200, blank=True)
    confidence = models.CharField(_("可信度"), max_length=6, choices=Confidence, default=Confidence.MEDIUM)
    note = models.TextField(_("备注"), blank=True)
    newest = models.BooleanField(default=True, editable=False)
    by_id = models.BigIntegerField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "year", "product_line"], name="wallet_once_a_year"),
            models.CheckConstraint(condition=Q(volume__gt=0), name="wallet_holds_something"),
            models.CheckConstraint(condition=Q(own__gte=0) & Q(open__gte=0), name="wallet_not_negative"),
        ]
        indexes = [
            models.Index(fields=["-open", "-id"], name="wallet_by_open", condition=Q(newest=True)),
        ]


class WalletShare(GatedModel):
    """What one competitor gets of a wallet, in per cent."""

    gate: ClassVar[Gate] = AccountScope("wallet", permission="ledger.view")

    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="shares")
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+")
    percent = models.DecimalField(max_digits=5, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wallet", "brand"], name="wallet_share_once_a_brand"),
            models.CheckConstraint(
                condition=Q(percent__gt=0) & Q(percent__lte=100), name="wallet_share_is_per_cent"
            ),
        ]
