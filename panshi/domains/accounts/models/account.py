"""The account 客户: an organisation we sell to or want to, with what the archive card must always hold."""

import datetime as dt
from typing import Any, ClassVar, Final, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from panshi.ground.base.fields import ByteOrderedField, MoneyField
from panshi.ground.base.gate import AccountRoot, Gate, GatedQuerySet
from panshi.ground.base.merging import MergeRule, OnMerge
from panshi.ground.base.models import NEVER, NOT_PLANNED, EditedModel
from panshi.ground.identity.models import Person, Unit


class Lifecycle(models.TextChoices):
    """Where an account stands in its life with us."""

    POTENTIAL = "potential", _("潜在")
    QUALIFIED = "qualified", _("合格")
    DEVELOPING = "developing", _("开发中")
    ACTIVE = "active", _("合作中")
    DORMANT = "dormant", _("休眠")
    LOST = "lost", _("流失")


class OwnershipType(models.TextChoices):
    """Who owns the organisation."""

    UNKNOWN = "", _("未填")
    STATE = "state", _("国有企业")
    PRIVATE = "private", _("民营企业")
    FOREIGN = "foreign", _("外资企业")
    GOVERNMENT = "government", _("政府机关")
    INSTITUTION = "institution", _("事业单位")


class EnterpriseSize(models.TextChoices):
    """Size by 工信部联企业〔2011〕300号; it decides payment law."""

    UNKNOWN = "", _("未填")
    LARGE = "large", _("大型")
    MEDIUM = "medium", _("中型")
    SMALL = "small", _("小型")
    MICRO = "micro", _("微型")


class DevelopmentMode(models.TextChoices):
    """Whether we develop the account alone or with a partner."""

    SELF = "self", _("自主开发")
    COOPERATIVE = "cooperative", _("合作开发")


class AbcClass(models.TextChoices):
    """Class by cumulative share of trade; none for accounts outside the last analysis or without positive trade."""

    NONE = "", _("未分类")
    A = "A", _("A 类")
    B = "B", _("B 类")
    C = "C", _("C 类")


STANDING: Final = Q(merged_into=None)
"""Not merged into another account. The indexes of lists hold only these, so that a page far down the list is found in
the index alone: 50 000 rows are passed over without reading one of them."""


FILTERED: Final = (
    *("region", "abc_class", "lifecycle", "industry", "owner", "unit"),
    *("last_contact_on", "next_contact_on", "sales_12m"),
)
"""What lists narrow by most. The indexes that lists enter by carry all of it along, so that a page and a count under
several filters are found in the index of the narrowest one, without touching the rows that are left out. Measured with
four filters over 108 000 accounts (PostgreSQL): page 5 ms and count 12 ms while only the two orders carried it along
and every entry of them was passed over, 2 ms and 2 ms now. The order by name stands twice: page 1 000 of the whole list
passes over 50 000 entries, 3 ms where nothing is carried and 6 ms otherwise; but a province whose names come late in
the alphabet would pass over 38 000 rows instead of entries, 118 ms instead of 5."""


def _carrying(*, name: str, fields: list[str]) -> models.Index:
    """An index that lists enter by these fields and that carries what else they narrow by."""
    keys = {field.lstrip("-") for field in fields}
    carried = tuple(field for field in FILTERED if field not in keys)
    return models.Index(fields=[*fields], name=name, condition=STANDING, include=carried)


class AccountQuerySet(GatedQuerySet["Account"]):
    """Accounts by state, in words a condition can be read aloud with."""

    def standing(self) -> Self:
        """Those not merged into another account."""
        return self.filter(STANDING)

    def owned_by(self, person_id: int) -> Self:
        """Those a person owns."""
        return self.filter(owner_id=person_id)

    def due(self, on: dt.date) -> Self:
        """Those whose next contact date has come."""
        return self.filter(next_contact_on__lte=on)


class Account(EditedModel):
    """An organisation we sell to or want to. Code and unified social credit code are identity; names only ever warn.

    Pushed facts (`abc_class`, `sales_12m`, last contact, last trade) are written by the services that record them, with
    their source in the history tables. Sort columns are never null.
    """

    gate: ClassVar[Gate] = AccountRoot()
    on_merge: ClassVar = {
        "parent": OnMerge(MergeRule.OWN),
        "group": OnMerge(MergeRule.OWN),
        "merged_into": OnMerge(MergeRule.MOVE, words=_("先前并入的客户")),
    }

    code = ByteOrderedField(_("客户编号"), max_length=32, unique=True)
    name = models.CharField(_("客户名称"), max_length=120)
    short_name = models.CharField(_("简称"), max_length=60, blank=True)
    name_key = ByteOrderedField(max_length=200, editable=False)
    name_block = ByteOrderedField(max_length=40, blank=True, editable=False)
    pinyin = ByteOrderedField(max_length=400, editable=False)
    initials = ByteOrderedField(max_length=120, editable=False)
    uscc = ByteOrderedField(_("统一社会信用代码"), max_length=18, blank=True)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        verbose_name=_("上级客户"),
    )
    group = models.ForeignKey(
        "self", null=True, editable=False, on_delete=models.PROTECT, related_name="group_members"
    )
    merged_into = models.ForeignKey(
        "self", null=True, editable=False, on_delete=models.PROTECT, related_name="merged"
    )

    lifecycle = models.CharField(_("生命周期"), max_length=12, choices=Lifecycle, default=Lifecycle.POTENTIAL)
    lifecycle_since_on = models.DateField(editable=False)
    lifecycle_held_until_on = models.DateField(default=NEVER, editable=False)
    owner = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,  # `account_by_owner` begins with it
        verbose_name=_("负责人"),
    )
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("所属组织")
    )
    development_mode = models.CharField(
        _("开发方式"), max_length=12, choices=DevelopmentMode, default=DevelopmentMode.SELF
    )
    partner = models.CharField(_("合作方"), max_length=120, blank=True)
    partner_terms = models.TextField(_("合作条件"), blank=True)

    industry = ByteOrderedField(_("行业"), max_length=3, blank=True)
    region = ByteOrderedField(_("地区"), max_length=6, blank=True)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    phone = models.CharField(_("电话"), max_length=40, blank=True)
    phone_key = ByteOrderedField(max_length=20, blank=True, editable=False)
    website = models.CharField(_("网址"), max_length=200, blank=True)
    ownership_type = models.CharField(
        _("单位性质"), max_length=12, choices=OwnershipType, blank=True, default=""
    )
    size = models.CharField(_("企业规模"), max_length=8, choices=EnterpriseSize, blank=True, default="")
    registered_capital = MoneyField(_("注册资本"), null=True, blank=True)
    legal_representative = models.CharField(_("法定代表人"), max_length=60, blank=True)
    general_manager = models.CharField(_("总经理"), max_length=60, blank=True)
    founded_on = models.DateField(_("成立日期"), null=True, blank=True)
    employees = models.PositiveIntegerField(_("员工人数"), null=True, blank=True)
    annual_revenue = MoneyField(_("年营业额"), null=True, blank=True)

    products = models.TextField(_("主要产品与产量"), blank=True)
    expansion_plans = models.TextField(_("扩产计划"), blank=True)
    service_requirements = models.TextField(_("服务要求"), blank=True)
    present_problems = models.TextField(_("目前存在的问题"), blank=True)
    procurement_budget = MoneyField(_("年度采购预算"), null=True, blank=True)
    procurement_procedure = models.TextField(_("采购程序"), blank=True)
    payment_terms = models.CharField(_("付款条件"), max_length=200, blank=True)

    invoice_title = models.CharField(_("开票名称"), max_length=120, blank=True)
    invoice_address = models.CharField(_("开票地址"), max_length=200, blank=True)
    invoice_phone = models.CharField(_("开票电话"), max_length=40, blank=True)
    bank_name = models.CharField(_("开户行"), max_length=120, blank=True)
    bank_account = models.CharField(_("银行账号"), max_length=40, blank=True)

    abc_class = ByteOrderedField(
        _("ABC 分类"), max_length=1, choices=AbcClass.choices, blank=True, default="", editable=False
    )
    sales_12m = MoneyField(_("近 12 个月销售"), default=0, editable=False)
    sales_prior_12m = MoneyField(_("前 12 个月销售"), default=0, editable=False)
    last_trade_on = models.DateField(_("最近交易"), default=NEVER, editable=False)
    last_contact_on = models.DateField(_("最近接触"), default=NEVER, editable=False)
    next_contact_on = models.DateField(_("下次联系"), default=NOT_PLANNED, editable=False)
    next_contact_note = models.CharField(max_length=200, blank=True, editable=False)

    completeness = models.PositiveSmallIntegerField(_("档案完整度"), default=0, editable=False)
    is_key = models.BooleanField(_("重点客户"), default=False, editable=False)
    owner_since_on = models.DateField(_("负责人自"), default=NEVER, editable=False)
    pool = models.ForeignKey(
        "accounts.Pool",
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("公海"),
    )
    protected_until_on = models.DateField(_("保护至"), default=NEVER, editable=False)

    objects: ClassVar[Any] = AccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["uscc"], condition=~Q(uscc=""), name="account_uscc_once"),
            models.CheckConstraint(condition=~Q(parent=models.F("pk")), name="account_not_its_own_parent"),
            models.CheckConstraint(condition=~Q(name=""), name="account_has_a_name"),
            models.CheckConstraint(
                condition=Q(registered_capital=None) | Q(registered_capital__gte=0),
                name="account_capital_not_negative",
            ),
            models.CheckConstraint(condition=Q(pool=None) | Q(owner=None), name="account_in_pool_unowned"),
        ]
        indexes = [
            models.Index(fields=["pinyin", "id"], name="account_by_pinyin", condition=STANDING),
            _carrying(name="account_by_name", fields=["pinyin", "id"]),
            _carrying(name="account_by_sales", fields=["-sales_12m", "-id"]),
            _carrying(name="account_by_abc", fields=["abc_class", "pinyin", "id"]),
            _carrying(name="account_by_lifecycle", fields=["lifecycle", "pinyin", "id"]),
            _carrying(name="account_of_owner", fields=["owner", "pinyin", "id"]),
            _carrying(name="account_by_unit", fields=["unit", "pinyin", "id"]),
            _carrying(name="account_by_region", fields=["region", "pinyin", "id"]),
            _carrying(name="account_by_industry", fields=["industry", "pinyin", "id"]),
            models.Index(fields=["last_contact_on", "id"], name="account_by_contact", condition=STANDING),
            models.Index(fields=["next_contact_on", "id"], name="account_by_next", condition=STANDING),
            models.Index(fields=["last_trade_on", "id"], name="account_by_trade", condition=STANDING),
            models.Index(fields=["completeness", "id"], name="account_by_completeness", condition=STANDING),
            models.Index(fields=["owner", "next_contact_on"], name="account_by_owner"),
            models.Index(fields=["name_key"], name="account_by_name_key"),
            models.Index(fields=["name_block"], name="account_by_name_block"),
            models.Index(fields=["phone_key"], name="account_by_phone", condition=~Q(phone_key="")),
        ]

    def __str__(self) -> str:
        return self.name
