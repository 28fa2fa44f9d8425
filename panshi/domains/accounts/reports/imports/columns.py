"""Which fields a customer file may fill, and the headings that mean them in Chinese and English."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models import Account
from panshi.domains.accounts.models.fields import MONEY_FIELDS
from panshi.domains.accounts.reports.imports.cells import CHOICES
from panshi.domains.accounts.reports.imports.kinds import ImportField
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.models import RecordKind
from panshi.ground.settings.reports import custom_fields

HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "code": (
        *("客户编号", "客户编码", "客户代码", "客户号", "编号", "编码", "代码"),
        *("code", "customercode", "accountcode", "customerno", "accountno", "customerid", "accountid", "no"),
    ),
    "name": (
        *("客户名称", "客户全称", "公司名称", "企业名称", "单位名称", "名称", "客户", "公司", "全称"),
        *("name", "customername", "accountname", "companyname", "company", "customer", "account"),
    ),
    "short_name": ("简称", "客户简称", "公司简称", "shortname", "abbreviation", "alias"),
    "uscc": (
        *("统一社会信用代码", "社会信用代码", "信用代码", "税号", "纳税人识别号", "营业执照号"),
        *("uscc", "taxid", "creditcode", "unifiedsocialcreditcode"),
    ),
    "province": ("省份", "省", "所在省", "所属省份", "province", "state"),
    "region": (
        "城市",
        "市",
        "地区",
        "所在城市",
        "行政区划",
        "所在地",
        "city",
        "region",
        "division",
        "district",
    ),
    "address": ("地址", "详细地址", "公司地址", "联系地址", "注册地址", "街道", "address", "street", "addr"),
    "phone": ("电话", "联系电话", "公司电话", "座机", "固定电话", "phone", "tel", "telephone", "phonenumber"),
    "website": ("网址", "官网", "网站", "website", "url", "web", "homepage"),
    "industry": ("行业", "所属行业", "行业代码", "行业分类", "industry", "sector"),
    "ownership_type": (
        "单位性质",
        "企业性质",
        "公司性质",
        "所有制",
        "企业类型",
        "ownership",
        "ownershiptype",
    ),
    "size": ("企业规模", "公司规模", "规模", "size", "companysize", "enterprisesize"),
    "registered_capital": ("注册资本", "注册资金", "registeredcapital", "capital"),
    "legal_representative": ("法定代表人", "法人代表", "法人", "legalrepresentative", "legalperson"),
    "general_manager": ("总经理", "经理", "generalmanager", "ceo"),
    "founded_on": ("成立日期", "成立时间", "注册日期", "founded", "foundedon", "established", "foundingdate"),
    "employees": ("员工人数", "员工数", "人数", "人员规模", "employees", "headcount", "staff"),
    "annual_revenue": ("年营业额", "年销售额", "营业收入", "年收入", "annualrevenue", "revenue", "turnover"),
    "development_mode": ("开发方式", "开发模式", "developmentmode"),
    "partner": ("合作方", "合作伙伴", "partner"),
    "partner_terms": ("合作条件", "partnerterms"),
    "products": (
        "主要产品",
        "主要产品与产量",
        "产品",
        "主营产品",
        "主营业务",
        "products",
        "mainproducts",
        "business",
    ),
    "expansion_plans": ("扩产计划", "expansionplans"),
    "service_requirements": ("服务要求", "servicerequirements"),
    "present_problems": ("目前存在的问题", "存在问题", "presentproblems"),
    "procurement_budget": ("年度采购预算", "采购预算", "procurementbudget", "budget"),
    "procurement_procedure": ("采购程序", "采购流程", "procurementprocedure"),
    "payment_terms": ("付款条件", "付款方式", "账期", "结算方式", "paymentterms", "terms"),
    "invoice_title": ("开票名称", "发票抬头", "invoicetitle"),
    "invoice_address": ("开票地址", "invoiceaddress"),
    "invoice_phone": ("开票电话", "invoicephone"),
    "bank_name": ("开户行", "开户银行", "bank", "bankname"),
    "bank_account": ("银行账号", "银行帐号", "账号", "bankaccount", "bankaccountno"),
    "lifecycle": ("生命周期", "客户状态", "客户阶段", "lifecycle", "stage", "status"),
    "owner": (
        "负责人",
        "客户负责人",
        "业务员",
        "客户经理",
        "大客户经理",
        "销售",
        "owner",
        "salesperson",
        "salesrep",
    ),
    "unit": ("所属组织", "所属部门", "部门", "归属部门", "unit", "department", "team"),
    "parent": ("上级客户", "上级客户编号", "母公司", "集团编号", "parent", "parentcode", "parentaccount"),
}
"""Written as `normalise` leaves them; the first heading found wins."""


ONLY_NEW: Final = frozenset({"unit", "lifecycle", "parent"})
"""Changing these on known accounts is a decision with rights and reasons of its own."""

NOTES: Final[Mapping[str, Promise]] = {
    "name": _("必填（新建时）"),
    "code": _("更新时按此识别客户；新建留空则自动编号"),
    "uscc": _("18 位；更新时也可按此识别客户"),
    "registered_capital": _("可写 500万、1.2亿"),
    "annual_revenue": _("可写 500万、1.2亿"),
    "procurement_budget": _("可写 500万、1.2亿"),
    "founded_on": _("如 2001-03-04"),
    "industry": _("国标行业代码或名称"),
    "owner": _("登录名或姓名；已有客户换负责人需要指派权限"),
    "unit": _("组织代码或名称；只用于新客户"),
    "parent": _("只用于新客户"),
    "lifecycle": _("只用于新客户"),
}


@cache
def _extra_labels() -> Mapping[str, Promise]:
    return {"province": _("省份"), "region": _("城市或地区"), "parent": _("上级客户编号")}


def import_fields(viewer: Viewer) -> list[ImportField]:
    """The fields the viewer may fill, in the order of the archive; custom ones last."""
    hidden = () if viewer.may("accounts.money") else MONEY_FIELDS
    own = [
        ImportField(
            name,
            _extra_labels().get(name) or _label(name),
            name in ONLY_NEW,
            NOTES.get(name, ""),
            _choices(name) if name in CHOICES else (),
        )
        for name in HEADINGS
        if name not in hidden
    ]
    return own + custom_import_fields(RecordKind.ACCOUNT, viewer)


def custom_import_fields(kind: RecordKind, viewer: Viewer) -> list[ImportField]:
    """The custom fields of a kind of record, with the words they take."""
    return [
        ImportField(
            spec.name,
            spec.label,
            False,
            spec.help,
            tuple(one.label for one in spec.choices if one.active),
        )
        for spec in custom_fields(kind, viewer=viewer)
    ]


def _label(name: str) -> str:
    field: Any = Account._meta.get_field(name)
    return str(field.verbose_name)


def _choices(name: str) -> tuple[str, ...]:
    """The words a field of choices takes, in the language of the page."""
    field: Any = Account._meta.get_field(name)
    return tuple(str(label) for _code, label in field.choices)
