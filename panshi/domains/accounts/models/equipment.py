"""The installed base 在用设备台账: brands, the machines that stand at an account, the running hours read from them."""

import datetime as dt
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models.account import Account
from panshi.ground.base.fields import ByteOrderedField
from panshi.ground.base.gate import AccountScope, Everyone, Gate, GatedModel, GatedQuerySet
from panshi.ground.base.merging import OnMerge
from panshi.ground.base.models import NOT_PLANNED, EditedModel


class BrandQuerySet(GatedQuerySet["Brand"]):
    """Brands by state."""

    def standing(self) -> Self:
        """Those not merged into another."""
        return self.filter(merged_into=None)


class Brand(EditedModel):
    """A brand of what stands at accounts: ours, or a competitor's. Spelled once: `name_key` is compared, and a brand
    written twice is merged into the other, which its machines and shares follow."""

    gate: ClassVar[Gate] = Everyone()

    name = models.CharField(_("品牌"), max_length=60)
    name_key = ByteOrderedField(max_length=120, editable=False)
    ours = models.BooleanField(_("本公司品牌"), default=False)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    objects: ClassVar[Any] = BrandQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name_key"], condition=Q(merged_into=None), name="brand_name_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="brand_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class EquipmentState(models.TextChoices):
    """What the machine does."""

    IN_USE = "in_use", _("在用")
    STANDBY = "standby", _("备用")
    RETIRED = "retired", _("已退役")


class DueCause(models.TextChoices):
    """Where the day of replacement comes from."""

    NONE = "", _("未知")
    ENTERED = "entered", _("人工填写")
    YEARS = "years", _("按使用年限")
    HOURS = "hours", _("按运行小时")


class EquipmentQuerySet(GatedQuerySet["Equipment"]):
    """Machines by state and by what falls due."""

    def standing(self) -> Self:
        """Those not retired, of accounts that stand for themselves."""
        return self.exclude(state=EquipmentState.RETIRED).filter(account__merged_into=None)

    def due(self, by_on: dt.date) -> Self:
        """Those whose warranty ends or that should be replaced up to a day."""
        return self.filter(Q(warranty_on__lte=by_on) | Q(replace_on__lte=by_on))


class Equipment(EditedModel):
    """One machine, or several alike without serial numbers, that stands at an account.

    `hours` are the newest reading. `replace_on` is stored so that lists sort by it; `replace_cause` says where it comes
    from. `warned_*` are the days the owner was told of already, so that each is told once.
    """

    gate: ClassVar[Gate] = AccountScope("account")
    on_merge: ClassVar = {"account": OnMerge(words=_("在用设备"))}

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", verbose_name=_("客户"))
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+", verbose_name=_("品牌"))
    model = models.CharField(_("型号"), max_length=80)
    serial = models.CharField(_("出厂编号"), max_length=60, blank=True)
    serial_key = ByteOrderedField(max_length=60, blank=True, editable=False)
    quantity = models.PositiveIntegerField(_("数量"), default=1)
    site = models.CharField(_("安装地点"), max_length=200, blank=True)
    commissioned_on = models.DateField(_("投用日期"), null=True, blank=True)
    hours = models.PositiveIntegerField(_("运行小时"), null=True, blank=True)
    hours_on = models.DateField(_("抄表日期"), null=True, blank=True)
    life_years = models.PositiveSmallIntegerField(_("设计年限（年）"), null=True, blank=True)
    life_hours = models.PositiveIntegerField(_("设计寿命（小时）"), null=True, blank=True)
    warranty_on = models.DateField(_("质保到期"), default=NOT_PLANNED)
    replace_on = models.DateField(_("应更换日期"), default=NOT_PLANNED)
    replace_cause = models.CharField(max_length=8, choices=DueCause, blank=True, editable=False)
    state = models.CharField(_("状态"), max_length=8, choices=EquipmentState, default=EquipmentState.IN_USE)
    retired_on = models.DateField(_("退役日期"), null=True, blank=True, editable=False)
    retired_why = models.CharField(max_length=200, blank=True, editable=False)
    note = models.TextField(_("备注"), blank=True)
    warned_warranty_on = models.DateField(null=True, editable=False)
    warned_replace_on = models.DateField(null=True, editable=False)

    objects: ClassVar[Any] = EquipmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "serial_key"], condition=~Q(serial_key=""), name="equipment_serial_once"
            ),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="equipment_at_least_one"),
            models.CheckConstraint(
                condition=Q(serial_key="") | Q(quantity=1), name="equipment_serial_is_of_one"
            ),
            models.CheckConstraint(
                condition=Q(state="retired", retired_on__isnull=False)
                | (~Q(state="retired") & Q(retired_on=None)),
                name="equipment_retired_has_a_day",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "id"], name="equipment_of_account"),
            models.Index(fields=["replace_on", "id"], name="equipment_by_replacing"),
            models.Index(fields=["warranty_on", "id"], name="equipment_by_warranty"),
            models.Index(fields=["brand", "id"], name="equipment_of_brand"),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.serial}".strip()


class HourReading(GatedModel):
    """The running hours of a machine on one day."""

    gate: ClassVar[Gate] = AccountScope("equipment")

    equipment = models.ForeignKey(Equipment, on_delete=models.PROTECT, related_name="readings")
    hours = models.PositiveIntegerField()
    on = models.DateField()
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["equipment", "on"], name="hour_reading_once_a_day")]
