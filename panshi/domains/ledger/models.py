"""Tables of the ledger: where it stands, its sources and batches, accounts not yet known, and the month totals.

The lines themselves are in the columnar store; `Head` says which version of it counts.
"""

from typing import Any, ClassVar, Final, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from panshi.calc.periods import DayOrder
from panshi.domains.accounts.models import Account
from panshi.ground.base.gate import AccountScope, AdminOnly, Gate, GatedModel, GatedQuerySet
from panshi.ground.base.merging import MergeRule, OnMerge
from panshi.ground.identity.models import Unit


class Head(GatedModel):
    """The one row that says which version of the store counts; writing it is the commit point of every batch.

    `regions` and `product_lines` are what the ledger can be cut by, noted when its sales are pushed.
    """

    gate: ClassVar[Gate] = AdminOnly("ledger.import")
    KEY: ClassVar[int] = 1

    version = models.PositiveBigIntegerField(default=0)
    changed_at = models.DateTimeField()
    regions = models.JSONField(default=list)
    product_lines = models.JSONField(default=list)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="ledger_has_one_head")]


class Source(GatedModel):
    """A system that lines come from, such as an ERP; it remembers how its columns were read last time."""

    gate: ClassVar[Gate] = AdminOnly("ledger.import")

    name = models.CharField(_("来源"), max_length=60, unique=True)
    mapping = models.JSONField(default=dict)
    currency = models.CharField(_("默认币种"), max_length=3, default="CNY")
    day_order = models.CharField(
        _("日期顺序"), max_length=3, blank=True, choices=[(each, each) for each in DayOrder]
    )
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("所属组织")
    )

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(name=""), name="ledger_source_has_a_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        """How the store names this source; it never changes."""
        return str(self.pk)


class BatchState(models.TextChoices):
    """Where an import stands."""

    UPLOADED = "uploaded", _("读取文件")
    INSPECTED = "inspected", _("待对应列")
    STAGING = "staging", _("校验中")
    STAGED = "staged", _("待确认")
    COMMITTING = "committing", _("入账中")
    COMMITTED = "committed", _("已入账")
    REVERTING = "reverting", _("撤销中")
    REVERTED = "reverted", _("已撤销")
    FAILED = "failed", _("失败")


TRANSITIONS: Final = frozenset(
    {
        (BatchState.UPLOADED, BatchState.INSPECTED),
        (BatchState.UPLOADED, BatchState.FAILED),
        (BatchState.INSPECTED, BatchState.STAGING),
        (BatchState.STAGING, BatchState.STAGED),
        (BatchState.STAGING, BatchState.INSPECTED),
        (BatchState.STAGED, BatchState.STAGING),
        (BatchState.STAGED, BatchState.COMMITTING),
        (BatchState.COMMITTING, BatchState.COMMITTED),
        (BatchState.COMMITTING, BatchState.STAGED),
        (BatchState.COMMITTED, BatchState.REVERTING),
        (BatchState.REVERTING, BatchState.REVERTED),
        (BatchState.REVERTING, BatchState.COMMITTED),
    }
)
"""From → to; a step that fails returns to where the person can act again, with the sentence in `error`."""


class BatchQuerySet(GatedQuerySet["Batch"]):
    """Batches by state."""

    def under_way(self) -> Self:
        """Those a job is working on."""
        return self.filter(
            state__in=[BatchState.UPLOADED, BatchState.STAGING, BatchState.COMMITTING, BatchState.REVERTING]
        )


class Batch(GatedModel):
    """One imported file: applied whole or not at all, and reversible. Counts are written with their step."""

    gate: ClassVar[Gate] = AdminOnly("ledger.import")

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+", verbose_name=_("来源"))
    state = models.CharField(_("状态"), max_length=12, choices=BatchState, default=BatchState.UPLOADED)
    by_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(_("上传时间"))
    file_name = models.CharField(_("文件"), max_length=200)
    folder = models.CharField(max_length=40, unique=True)
    headings = models.JSONField(default=list)
    sample = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    currency = models.CharField(_("默认币种"), max_length=3, default="CNY")
    day_order = models.CharField(_("日期顺序"), max_length=3, blank=True)
    job_id = models.BigIntegerField(null=True)
    error = models.CharField(max_length=400, blank=True)

    lines_read = models.PositiveBigIntegerField(_("读取行数"), default=0)
    lines_staged = models.PositiveBigIntegerField(_("有效行数"), default=0)
    lines_rejected = models.PositiveBigIntegerField(_("拒收行数"), default=0)
    lines_without_account = models.PositiveBigIntegerField(_("无客户行数"), default=0)
    reasons = models.JSONField(default=dict)
    documents = models.PositiveBigIntegerField(_("单据数"), default=0)
    amount = models.DecimalField(_("金额"), max_digits=24, decimal_places=4, default=0)
    first_on = models.DateField(_("起始日期"), null=True)
    last_on = models.DateField(_("截止日期"), null=True)
    accounts_named = models.PositiveIntegerField(_("客户数"), default=0)

    lines_new = models.PositiveBigIntegerField(_("新增行数"), default=0)
    lines_corrected = models.PositiveBigIntegerField(_("更正行数"), default=0)
    lines_unchanged = models.PositiveBigIntegerField(_("未变行数"), default=0)
    lines_split = models.PositiveBigIntegerField(_("疑似拆分单据行数"), default=0)
    split_documents = models.JSONField(default=list)
    version = models.PositiveBigIntegerField(null=True)
    committed_at = models.DateTimeField(null=True)
    reverted_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = BatchQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["-id"], name="ledger_batch_newest")]


class Decision(models.TextChoices):
    """What was decided about an account the file names and we do not know."""

    OPEN = "", _("待处理")
    MATCHED = "matched", _("对应已有客户")
    CREATED = "created", _("新建客户")
    LEFT_OUT = "left_out", _("不导入")


class UnknownAccountQuerySet(GatedQuerySet["UnknownAccount"]):
    """Unknown accounts by decision."""

    def open(self) -> Self:
        """Those nobody has decided about."""
        return self.filter(decision=Decision.OPEN)


class UnknownAccount(GatedModel):
    """An account named by a batch that code, USCC and name did not find; `key` is its number in the staged file.

    What was decided is remembered for the next batches of the source: `remembered` rows were matched by an earlier
    decision; one that was taken back is `forgotten` and decides nothing any more."""

    gate: ClassVar[Gate] = AdminOnly("ledger.import")

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="unknown_accounts")
    key = models.PositiveIntegerField()
    code = models.CharField(_("客户编号"), max_length=200, blank=True)
    uscc = models.CharField(_("统一社会信用代码"), max_length=200, blank=True)
    name = models.CharField(_("客户名称"), max_length=400, blank=True)
    lines = models.PositiveBigIntegerField(_("行数"))
    amount = models.DecimalField(_("金额"), max_digits=24, decimal_places=4)
    decision = models.CharField(_("处理"), max_length=8, blank=True, choices=Decision, default=Decision.OPEN)
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    problem = models.CharField(max_length=200, blank=True)
    remembered = models.BooleanField(default=False)
    forgotten = models.BooleanField(default=False)

    objects: ClassVar[Any] = UnknownAccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "key"], name="unknown_account_once_a_batch"),
            models.CheckConstraint(
                condition=models.Q(decision__in=["", "left_out"], account=None)
                | models.Q(decision__in=["matched", "created"], account__isnull=False),
                name="unknown_account_decided_with_account",
            ),
        ]
        indexes = [models.Index(fields=["batch", "decision", "-amount", "id"], name="unknown_account_open")]


class AccountMonth(GatedModel):
    """An account's trade in one calendar month and currency, kept equal to the lines of the store by every batch.

    `cost` counts lines without a cost as 0.
    """

    gate: ClassVar[Gate] = AccountScope("account", permission="ledger.view")
    on_merge: ClassVar = {"account": OnMerge(MergeRule.STAY)}

    # Without an index of its own: the unique one begins with the account.
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    month = models.DateField()
    currency = models.CharField(max_length=8)
    lines = models.PositiveBigIntegerField()
    quantity = models.DecimalField(max_digits=24, decimal_places=4)
    amount = models.DecimalField(max_digits=24, decimal_places=4)
    cost = models.DecimalField(max_digits=24, decimal_places=4)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "month", "currency"], name="account_month_once"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="account_month_is_a_first"),
        ]
