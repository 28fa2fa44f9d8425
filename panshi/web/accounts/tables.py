"""The list of accounts as data: columns, filters, views, what can be done with rows."""

import datetime as dt
from typing import Any, Final

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models import (
    AbcClass,
    AbcRecord,
    Account,
    EnterpriseSize,
    Lifecycle,
    OwnershipType,
)
from panshi.ground.base.viewer import Viewer
from panshi.web.accounts import names
from panshi.web.generic.cells import Tone
from panshi.web.generic.columns import (
    ChangeColumn,
    ChoiceColumn,
    Column,
    DayColumn,
    MoneyColumn,
    NamedColumn,
    TitleColumn,
)
from panshi.web.generic.filters import Asking, Case, CaseFilter, ChoiceFilter
from panshi.web.generic.lists import Act, ListPage, View
from panshi.web.generic.places import PersonFilter, PrefixFilter, UnitFilter
from panshi.web.generic.ranges import AmountFilter, DayFilter
from panshi.web.generic.searching import found_by

LIFECYCLE_TONES: Final[dict[str, Tone]] = {
    Lifecycle.ACTIVE: "good",
    Lifecycle.DEVELOPING: "info",
    Lifecycle.QUALIFIED: "info",
    Lifecycle.DORMANT: "warn",
    Lifecycle.LOST: "bad",
    Lifecycle.POTENTIAL: "",
}
ABC_TONES: Final[dict[str, Tone]] = {AbcClass.A: "accent", AbcClass.B: "", AbcClass.C: ""}
QUIET_DAYS, SILENT_DAYS = 14, 30
"""After how many days without contact a date is coloured; by class once contact targets exist."""


def _rows(viewer: Viewer) -> "QuerySet[Any]":
    rows: QuerySet[Any] = Account.objects.visible_to(viewer).standing()
    return rows


def _quiet(days: int) -> Tone:
    return "bad" if days >= SILENT_DAYS else "warn" if days >= QUIET_DAYS else ""


def _coming(days: int) -> Tone:
    return "bad" if days > 0 else "warn" if days == 0 else ""


def _moved(asking: Asking) -> "QuerySet[Any, Any]":
    """Accounts whose class changed in an analysis recorded this month."""
    first = asking.on.replace(day=1)
    records: QuerySet[Any, Any] = AbcRecord.objects.visible_to(asking.viewer)
    return (
        records.filter(recorded_at__date__gte=first).exclude(abc_class=F("before_class")).values("account_id")
    )


def _up(asking: Asking) -> Q:
    """A is above B above C above none; letters sort the other way, and none ("") counts as the lowest."""
    gained = Q(before_class="") | Q(before_class__gt=F("abc_class"))
    return Q(pk__in=_moved(asking).filter(gained).exclude(abc_class=""))


def _down(asking: Asking) -> Q:
    lost = Q(abc_class="") | Q(abc_class__gt=F("before_class"))
    return Q(pk__in=_moved(asking).filter(lost).exclude(before_class=""))


def _untouched(asking: Asking) -> Q:
    return Q(last_contact_on__lt=asking.on - dt.timedelta(days=SILENT_DAYS))


COLUMNS: Final = (
    TitleColumn(name="name", label=_("客户"), reads=("name",), sort=("pinyin",)),
    ChoiceColumn(
        name="abc", label=_("ABC"), reads=("abc_class",), sort=("abc_class", "pinyin"), phone=1,
        choices=[(AbcClass.A, "A"), (AbcClass.B, "B"), (AbcClass.C, "C")], tones=ABC_TONES,
    ),
    ChoiceColumn(
        name="lifecycle", label=_("生命周期"), reads=("lifecycle",), choices=Lifecycle.choices, tones=LIFECYCLE_TONES
    ),
    NamedColumn(
        name="region", label=_("地区"), reads=("region",), sort=("region", "pinyin"), phone=3, naming=names.region_name
    ),
    MoneyColumn(
        name="sales", label=_("近 12 个月销售"), reads=("sales_12m",), sort=("sales_12m",), permission="ledger.view"
    ),
    ChangeColumn(
        name="growth", label=_("同比"), reads=("sales_12m", "sales_prior_12m"), phone=3, permission="ledger.view"
    ),
    DayColumn(
        name="contact", label=_("最近接触"), reads=("last_contact_on",), sort=("last_contact_on",),
        relative=True, descending=True, tone=_quiet,
    ),
    DayColumn(
        name="next", label=_("下次联系"), reads=("next_contact_on",), sort=("next_contact_on",),
        relative=True, tone=_coming, phone=3,
    ),
    Column(name="owner", label=_("负责人"), reads=("owner__name",)),
    Column(name="unit", label=_("所属组织"), reads=("unit__name",), default=False, phone=3),
    Column(name="code", label=_("客户编号"), reads=("code",), sort=("code",), default=False, phone=3),
    Column(name="short", label=_("简称"), reads=("short_name",), default=False, phone=3),
    NamedColumn(
        name="industry", label=_("行业"), reads=("industry",), sort=("industry", "pinyin"), default=False, phone=3,
        naming=names.industry_name,
    ),
    ChoiceColumn(
        name="ownership", label=_("单位性质"), reads=("ownership_type",), default=False, phone=3,
        choices=OwnershipType.choices,
    ),
    ChoiceColumn(
        name="size", label=_("企业规模"), reads=("size",), default=False, phone=3, choices=EnterpriseSize.choices
    ),
    Column(name="group", label=_("所属集团"), reads=("group__name",), default=False, phone=3),
    Column(name="phone", label=_("电话"), reads=("phone",), default=False),
    Column(name="address", label=_("地址"), reads=("address",), default=False, phone=3),
    Column(name="uscc", label=_("统一社会信用代码"), reads=("uscc",), default=False, phone=3),
    DayColumn(name="trade", label=_("最近交易"), reads=("last_trade_on",), sort=("last_trade_on",), descending=True,
              relative=True, default=False, phone=3, permission="ledger.view"),
    MoneyColumn(name="capital", label=_("注册资本"), reads=("registered_capital",), default=False, phone=3),
    MoneyColumn(name="revenue", label=_("年营业额"), reads=("annual_revenue",), default=False, phone=3),
)  # fmt: skip

FILTERS: Final = (
    ChoiceFilter(name="abc", label=_("ABC 分类"), field="abc_class", choices=AbcClass.choices),
    ChoiceFilter(name="lifecycle", label=_("生命周期"), field="lifecycle", choices=Lifecycle.choices),
    PersonFilter(
        name="owner", label=_("负责人"), field="owner_id", source="accounts:pick_people", nobody=_("无负责人")
    ),
    UnitFilter(name="unit", label=_("所属组织"), field="unit_id"),
    PrefixFilter(name="region", label=_("地区"), field="region", stem=names.region_stem, named=names.region_choices),
    PrefixFilter(name="industry", label=_("行业"), field="industry", stem=str, named=names.industry_choices),
    AmountFilter(name="sales", label=_("近 12 个月销售"), field="sales_12m", permission="ledger.view"),
    DayFilter(name="contact", label=_("最近接触"), field="last_contact_on"),
    DayFilter(name="next", label=_("下次联系"), field="next_contact_on"),
    DayFilter(name="trade", label=_("最近交易"), field="last_trade_on", permission="ledger.view"),
    CaseFilter(
        name="moved", label=_("本月 ABC 变动"), permission="analysis.view",
        cases=(
            Case("any", _("升级或降级"), lambda asking: Q(pk__in=_moved(asking))),
            Case("up", _("升级"), _up),
            Case("down", _("降级"), _down),
        ),
    ),
    CaseFilter(
        name="touched", label=_("联系情况"),
        cases=(
            Case("long", _("30 天以上没有接触"), _untouched),
            Case("never", _("从未接触"), lambda asking: Q(last_contact_on__lte=dt.date(1900, 1, 1))),
        ),
    ),
    CaseFilter(
        name="group", label=_("集团客户"),
        cases=(
            Case("head", _("集团总部"), lambda asking: Q(parent=None, children__isnull=False, group__isnull=False)),
            Case("member", _("集团成员"), lambda asking: Q(parent__isnull=False)),
            Case("single", _("不属于集团"), lambda asking: Q(group=None)),
        ),
    ),
    ChoiceFilter(name="ownership", label=_("单位性质"), field="ownership_type", choices=OwnershipType.choices),
    ChoiceFilter(name="size", label=_("企业规模"), field="size", choices=EnterpriseSize.choices),
)  # fmt: skip

VIEWS: Final = (
    View("mine", _("我负责的"), (("owner", "me"),)),
    View("unit", _("我部门的"), (("unit", "mine"),)),
    View("due", _("该联系了"), (("next.to", "today"),), sort="next"),
    View("moved", _("本月升降级"), (("moved", "any"),), sort="-sales"),
    View("all", _("全部"), ()),
)

ACCOUNTS: Final = ListPage(
    name="accounts",
    title=_("客户"),
    model=Account,
    rows=_rows,
    permission="accounts.view",
    columns=COLUMNS,
    filters=FILTERS,
    views=VIEWS,
    sort="name",
    record="accounts:detail",
    search=found_by("account"),
    search_hint=_("名称、拼音、编号、电话"),
    row_acts=(
        Act(_("写跟进"), "people:log_create", permission="people.edit", drawer=True),
        Act(_("修改"), "accounts:edit", permission="accounts.edit"),
    ),
    acts=(
        Act(_("导入"), "accounts:import", icon="table-import", permission="accounts.import"),
        Act(_("新建客户"), "accounts:create", icon="plus", permission="accounts.create", primary=True),
    ),
    export_url="accounts:list_export",
    export_permission="accounts.export",
    empty=(_("还没有客户"), _("客户档案放在这里。可以逐个新建，也可以从 Excel 批量导入。")),
)
