"""Variance notes 异动说明: why an account's trade in a closed month or quarter left its trailing mean."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models.account import Account
from panshi.ground.base.fields import MoneyField
from panshi.ground.base.gate import AccountScope, Gate, GatedQuerySet
from panshi.ground.base.merging import MergeRule, OnMerge
from panshi.ground.base.models import NEVER, NOT_PLANNED, VersionedModel


class VarianceSpan(models.TextChoices):
    """How long the period is."""

    MONTH = "month", _("月度")
    QUARTER = "quarter", _("季度")


class VarianceState(models.TextChoices):
    """What became of a note. A withdrawn one rested on figures that the ledger corrected."""

    OPEN = "open", _("待说明")
    ANSWERED = "answered", _("已说明")
    WITHDRAWN = "withdrawn", _("已撤回")


class VarianceCause(models.TextChoices):
    """Why trade moved, as the account's owner says."""

    NONE = "", _("未填")
    SEASON = "season", _("季节或节假日")
    PROJECT = "project", _("项目或一次性采购")
    COMPETITOR = "competitor", _("竞争对手")
    PRICE = "price", _("价格变化")
    DEMAND = "demand", _("客户需求变化")
    SERVICE = "service", _("质量或服务问题")
    PAYMENT = "payment", _("付款或信用问题")
    DELIVERY = "delivery", _("供货或交期")
    TIMING = "timing", _("入账时间差异")
    OTHER = "other", _("其他")


class VarianceQuerySet(GatedQuerySet["VarianceNote"]):
    """Notes by state."""

    def open(self) -> Self:
        """Those waiting for an answer, of accounts that still stand."""
        return self.filter(state=VarianceState.OPEN, account__merged_into=None)

    def standing(self) -> Self:
        """Those of accounts that still stand."""
        return self.filter(account__merged_into=None)


class VarianceNote(VersionedModel):
    """One account and one closed period: the figures the house filled in, and the owner's answer.

    `share` is the deviation as a part of the mean, none where the mean is not positive. `base` holds the preceding
    periods the mean is made of, `moved` the product lines that moved most, both as canonical JSON text. `told_at` is
    when people were told. When the ledger corrects an answered one, `corrected_at` says so and the figures the answer
    was given for stay in `answered_actual` and `answered_mean`.
    """

    gate: ClassVar[Gate] = AccountScope("account", permission="ledger.view")
    on_merge: ClassVar = {"account": OnMerge(MergeRule.KEEP_WINNERS, words=_("异动说明"))}

    # Without an index of its own: the unique one begins with the account.
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        related_name="variance_notes",
        db_index=False,
        verbose_name=_("客户"),
    )
    span = models.CharField(_("周期"), max_length=8, choices=VarianceSpan)
    period_on = models.DateField(_("期间"))
    actual = MoneyField(_("实际"))
    mean = MoneyField(_("前期平均"))
    deviation = MoneyField(_("偏差"))
    share = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    base = models.TextField(default="[]")
    moved = models.TextField(default="[]")
    source = models.CharField(max_length=40)
    state = models.CharField(_("状态"), max_length=10, choices=VarianceState, default=VarianceState.OPEN)
    asked_at = models.DateTimeField(_("提出时间"))
    told_at = models.DateTimeField(null=True)
    due_on = models.DateField(_("答复期限"))
    reminded_on = models.DateField(default=NEVER)
    escalated_on = models.DateField(_("升级"), default=NEVER)
    cause = models.CharField(_("原因"), max_length=12, choices=VarianceCause, blank=True, default="")
    answer = models.TextField(_("说明"), blank=True)
    measures = models.TextField(_("措施"), blank=True)
    next_on = models.DateField(_("下次检查"), default=NOT_PLANNED)
    answered_at = models.DateTimeField(null=True)
    answered_by_id = models.BigIntegerField(null=True)
    answered_actual = MoneyField(null=True)
    answered_mean = MoneyField(null=True)
    corrected_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = VarianceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "span", "period_on"], name="variance_note_once"),
            models.CheckConstraint(condition=Q(period_on__day=1), name="variance_period_is_a_first"),
            models.CheckConstraint(
                condition=~Q(state="answered")
                | (~Q(cause="") & ~Q(answer="") & Q(answered_at__isnull=False)),
                name="variance_answered_with_cause",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on", "id"], name="variance_open", condition=Q(state="open")),
            models.Index(fields=["period_on", "id"], name="variance_by_period"),
            models.Index(fields=["deviation", "id"], name="variance_by_deviation"),
        ]
