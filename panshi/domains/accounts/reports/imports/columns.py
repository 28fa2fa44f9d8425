"""Which fields a customer file may fill, and the headings that mean them in Chinese and English.

Guessing only proposes: what a person mapped for a heading before is remembered and comes first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models import Account
from panshi.domains.accounts.models.fields import MONEY_FIELDS
from panshi.engines.analytics.headings import normalise
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.reports import preference

REMEMBERED: Final = "accounts.import.mapping"

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


ONLY_NEW: Final = frozenset({"owner", "unit", "lifecycle", "parent"})
"""Changing these on known accounts is a decision with rights and reasons of its own."""


@dataclass(frozen=True, slots=True)
class ImportField:
    """One field a file may fill; `only_new` for what an import sets on new accounts and never changes on known ones."""

    name: str
    label: str | Promise
    only_new: bool = False


@cache
def _extra_labels() -> Mapping[str, Promise]:
    return {"province": _("省份"), "region": _("城市或地区"), "parent": _("上级客户编号")}


def import_fields(viewer: Viewer) -> list[ImportField]:
    """The fields the viewer may fill, in the order of the archive."""
    hidden = () if viewer.may("accounts.money") else MONEY_FIELDS
    return [
        ImportField(name, _extra_labels().get(name) or _label(name), name in ONLY_NEW)
        for name in HEADINGS
        if name not in hidden
    ]


def _label(name: str) -> str:
    field: Any = Account._meta.get_field(name)
    return str(field.verbose_name)


@cache
def _meanings() -> Mapping[str, str]:
    """Normalised heading → field."""
    found: dict[str, str] = {}
    for field, names in HEADINGS.items():
        for name in names:
            found.setdefault(normalise(name), field)
    return found


def is_known(heading: str) -> bool:
    """Whether a heading means a field; finds the heading row of a file."""
    return normalise(heading) in _meanings()


def guess_mapping(headings: Sequence[str], *, viewer: Viewer) -> dict[str, int]:
    """Field → position of its column: as mapped before, otherwise by meaning, each column and field once."""
    allowed = {field.name for field in import_fields(viewer)}
    before: dict[str, str] = preference(REMEMBERED, viewer=viewer, default={})
    best: dict[str, tuple[int, int]] = {}
    for position, heading in enumerate(headings):
        key = normalise(heading)
        field = before.get(key, _meanings().get(key, ""))
        if field in allowed:
            rank = -1 if key in before else HEADINGS[field].index(key)
            best[field] = min(best.get(field, (rank, position)), (rank, position))
    return {field: position for field, (_rank, position) in best.items()}


def remembered_mapping(headings: Sequence[str], mapping: Mapping[str, int]) -> dict[str, str]:
    """What to remember of a mapping: normalised heading → field, "" for a column left out."""
    fields = {position: field for field, position in mapping.items()}
    return {normalise(heading): fields.get(position, "") for position, heading in enumerate(headings)}
