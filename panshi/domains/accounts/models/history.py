"""What happened to an account, as recorded facts: former names, ABC classes by date, touches from every channel."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models.account import AbcClass, Account, Lifecycle
from panshi.ground.base.fields import ByteOrderedField
from panshi.ground.base.gate import AccountScope, Gate, GatedModel, GatedQuerySet
from panshi.ground.base.merging import MergeRule, OnMerge


class FormerName(GatedModel):
    """A name the account bore before; still found by search and by the duplicate check."""

    gate: ClassVar[Gate] = AccountScope("account")
    on_merge: ClassVar = {"account": OnMerge(words=_("曾用名"))}

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="former_names")
    name = models.CharField(max_length=120)
    name_key = ByteOrderedField(max_length=200)
    until_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["name_key"], name="former_name_key")]


class LifecycleCause(models.TextChoices):
    """What made the lifecycle change."""

    MANUAL = "manual", _("人工")
    OPENED = "opened", _("建档")
    TRADE = "trade", _("发生交易")
    CONTRACT = "contract", _("签订合同")
    SILENCE = "silence", _("长期没有交易")
    MERGE = "merge", _("合并客户")


class LifecycleRecord(GatedModel):
    """One change of an account's lifecycle: from what to what, on which day, by whom or by which event, and why."""

    gate: ClassVar[Gate] = AccountScope("account")
    on_merge: ClassVar = {"account": OnMerge(MergeRule.STAY)}

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="lifecycle_records")
    before = models.CharField(max_length=12, choices=Lifecycle, blank=True)
    after = models.CharField(max_length=12, choices=Lifecycle)
    on = models.DateField()
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    cause = models.CharField(max_length=8, choices=LifecycleCause, default=LifecycleCause.MANUAL)
    reason = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["account", "-at"], name="lifecycle_of_account")]


class AbcRecord(GatedModel):
    """The ABC class an analysis gave to an account for a period, with the figures it rests on."""

    gate: ClassVar[Gate] = AccountScope("account", permission="analysis.view")
    on_merge: ClassVar = {"account": OnMerge(MergeRule.KEEP_WINNERS, words=_("ABC 分类记录"))}

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="abc_records")
    analysis_id = models.BigIntegerField()
    period_from_on = models.DateField()
    period_to_on = models.DateField()
    abc_class = models.CharField(max_length=1, choices=AbcClass, blank=True)
    before_class = models.CharField(max_length=1, choices=AbcClass, blank=True)
    rank = models.PositiveIntegerField()
    total = models.DecimalField(max_digits=18, decimal_places=4)
    share = models.DecimalField(max_digits=9, decimal_places=8)
    cumulative_share = models.DecimalField(max_digits=9, decimal_places=8)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "period_to_on"], name="abc_record_once_a_period")
        ]
        indexes = [
            models.Index(fields=["period_to_on", "before_class", "abc_class"], name="abc_record_moves")
        ]


class TouchKind(models.TextChoices):
    """How we were in contact."""

    PHONE = "phone", _("电话")
    WECHAT = "wechat", _("微信")
    MEETING = "meeting", _("面谈")
    EMAIL = "email", _("邮件")
    VISIT = "visit", _("拜访")
    OTHER = "other", _("其他")


class TouchQuerySet(GatedQuerySet["Touch"]):
    """Touches by validity."""

    def standing(self) -> Self:
        """Those not voided."""
        return self.filter(voided=False)


class Touch(GatedModel):
    """One contact with the account, pushed down by the domain that recorded it; `source` says which record (ids only).

    The account's last contact is its newest touch not voided.
    """

    gate: ClassVar[Gate] = AccountScope("account")
    on_merge: ClassVar = {"account": OnMerge(words=_("接触记录"))}

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="touches")
    on = models.DateField()
    kind = models.CharField(max_length=12, choices=TouchKind)
    by_id = models.BigIntegerField(null=True)
    source = models.CharField(max_length=40)
    source_id = models.BigIntegerField()
    voided = models.BooleanField(default=False)

    objects: ClassVar[Any] = TouchQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "source_id"], name="touch_once_a_source")]
        indexes = [
            models.Index(
                fields=["account", "-on", "-id"], name="touch_of_account", condition=Q(voided=False)
            ),
        ]
