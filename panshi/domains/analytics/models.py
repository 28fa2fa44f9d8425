"""Tables of stored analyses: what was asked of which ledger version, its figures, and one row for each account."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from panshi.calc.periods import Period
from panshi.calc.value.abc import Ties
from panshi.domains.accounts.models import Account
from panshi.engines.analytics.values import Measure
from panshi.ground.base.gate import AccountScope, Gate, GatedModel, OwnRows
from panshi.ground.base.merging import MergeRule, OnMerge
from panshi.ground.identity.models import Unit


class AnalysisState(models.TextChoices):
    """Where an analysis stands."""

    WAITING = "waiting", _("排队中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("失败")


class MeasureChoice(models.TextChoices):
    """What is summed, in words."""

    REVENUE = Measure.REVENUE.value, _("销售额")
    MARGIN = Measure.MARGIN.value, _("毛利")
    QUANTITY = Measure.QUANTITY.value, _("数量")


class TiesChoice(models.TextChoices):
    """What happens to equal totals at a threshold, in words."""

    BY_ACCOUNT = Ties.BY_ACCOUNT.value, _("按各自累计占比")
    TOGETHER = Ties.TOGETHER.value, _("归入同一类")


class StandingChoice(models.TextChoices):
    """Where an account stood in a period, in words."""

    A = "A", _("A 类")
    B = "B", _("B 类")
    C = "C", _("C 类")
    NON_POSITIVE = "non_positive", _("合计不为正")
    ABSENT = "absent", _("无交易")


class AbcAnalysis(GatedModel):
    """One ABC analysis, stored by its parameters, its audience and the ledger version; asking again finds it.

    `for_id` is the person whose accounts it is limited to, None for the whole company. Class figures are JSON:
    {class: {accounts, total, share}} with decimals as text. The previous period has the same length, right before.
    """

    gate: ClassVar[Gate] = OwnRows("for_id", permission="analysis.company")

    fingerprint = models.CharField(max_length=64, unique=True)
    ledger_version = models.PositiveBigIntegerField()
    for_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=8, choices=AnalysisState, default=AnalysisState.WAITING)
    job_id = models.BigIntegerField(null=True)
    error = models.CharField(max_length=400, blank=True)
    asked_by_id = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()

    first_on = models.DateField(_("起始日期"))
    last_on = models.DateField(_("截止日期"))
    measure = models.CharField(_("指标"), max_length=8, choices=MeasureChoice)
    currency = models.CharField(_("币种"), max_length=3)
    regions = models.JSONField(_("区域"), default=list)
    product_lines = models.JSONField(_("产品线"), default=list)
    unit = models.ForeignKey(
        Unit, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("组织")
    )
    sales_only = models.BooleanField(_("剔除退货"), default=False)
    cancelled_prefix = models.CharField(_("作废单据前缀"), max_length=20, blank=True)
    a = models.DecimalField(_("A 类上限"), max_digits=5, decimal_places=4)
    b = models.DecimalField(_("B 类上限"), max_digits=5, decimal_places=4)
    ties = models.CharField(_("并列规则"), max_length=12, choices=TiesChoice)

    lines = models.PositiveBigIntegerField(default=0)
    accounts = models.PositiveIntegerField(default=0)
    non_positive = models.PositiveIntegerField(default=0)
    net_total = models.DecimalField(max_digits=24, decimal_places=4, default=0)
    positive_total = models.DecimalField(max_digits=24, decimal_places=4, default=0)
    top_share = models.DecimalField(max_digits=13, decimal_places=12, null=True)
    gini = models.DecimalField(max_digits=13, decimal_places=12, null=True)
    classes = models.JSONField(default=dict)
    finished_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(first_on__lte=models.F("last_on")), name="abc_period_runs_forward"
            ),
            models.CheckConstraint(
                condition=models.Q(a__gt=0, a__lte=models.F("b"), b__lte=1), name="abc_thresholds_in_order"
            ),
        ]
        indexes = [models.Index(fields=["for_id", "-id"], name="abc_newest")]

    @property
    def period(self) -> Period:
        """The days analysed."""
        return Period(self.first_on, self.last_on)

    @property
    def previous_period(self) -> Period:
        """The days the movement compares with."""
        return self.period.previous()

    @property
    def is_whole(self) -> bool:
        """Whether it covers the whole company's revenue; only then may it be recorded as the accounts' class."""
        narrowed = self.regions or self.product_lines or self.unit_id or self.for_id or self.sales_only
        return not narrowed and self.measure == Measure.REVENUE


class AbcRow(GatedModel):
    """One account in an analysis. Rank 0 is for accounts that stand apart: total not positive, or absent by now."""

    gate: ClassVar[Gate] = AccountScope("account", permission="analysis.view")
    on_merge: ClassVar = {"account": OnMerge(MergeRule.STAY)}

    analysis = models.ForeignKey(AbcAnalysis, on_delete=models.CASCADE, related_name="rows")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    rank = models.PositiveIntegerField()
    total = models.DecimalField(max_digits=24, decimal_places=4)
    share = models.DecimalField(max_digits=13, decimal_places=12)
    cumulative_share = models.DecimalField(max_digits=13, decimal_places=12)
    standing = models.CharField(max_length=12, choices=StandingChoice)
    before = models.CharField(max_length=12, choices=StandingChoice)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["analysis", "account"], name="abc_row_once")]
        indexes = [
            models.Index(fields=["analysis", "rank", "id"], name="abc_row_by_rank"),
            models.Index(fields=["analysis", "before", "standing", "-total", "id"], name="abc_row_moves"),
        ]
