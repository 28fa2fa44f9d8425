"""The list of accounts as data: columns, filters, views, what can be done with rows."""

import datetime as dt
from collections.abc import Sequence
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
from panshi.domains.accounts.reports.attention import incomplete as lacking_archive
from panshi.domains.accounts.reports.balances import failing_accounts
from panshi.domains.accounts.reports.frequency import contact_by, has_target
from panshi.domains.accounts.reports.team import incomplete
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.reports import value
from panshi.web.accounts import names
from panshi.web.accounts.bulk import BULK
from panshi.web.accounts.class_tables import CLASS_COLUMN, CLASS_FILTER, class_values
from panshi.web.accounts.meter import CompletenessColumn, ContactDueColumn
from panshi.web.accounts.tagging import TAG_COLUMN, TAG_FILTER, tag_values
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
from panshi.web.generic.custom_lists import custom_extra
from panshi.web.generic.extras import Extra, Values
from panshi.web.generic.filters import Asking, Case, CaseFilter, ChoiceFilter, TextFilter
from panshi.web.generic.lists import Act, ListPage, View
from panshi.web.generic.places import PersonFilter, PrefixFilter, UnitFilter
from panshi.web.generic.ranges import AmountFilter, DayFilter, MomentFilter
from panshi.web.generic.searching import FoundFilter, found_by

LIFECYCLE_TONES: Final[dict[str, Tone]] = {
    Lifecycle.ACTIVE: "good",
    Lifecycle.DEVELOPING: "info",
    Lifecycle.QUALIFIED: "info",
    Lifecycle.DORMANT: "warn",
    Lifecycle.LOST: "bad",
    Lifecycle.POTENTIAL: "",
}
ABC_TONES: Final[dict[str, Tone]] = {AbcClass.A: "accent", AbcClass.B: "", AbcClass.C: ""}


def _rows(viewer: Viewer) -> "QuerySet[Any]":
    rows: QuerySet[Any] = Account.objects.visible_to(viewer).standing()
    return rows


def _parts(viewer: Viewer) -> "list[QuerySet[Any]]":
    return [part.standing() for part in Account.objects.visible_in_parts(viewer)]


def _quiet(days: int) -> Tone:
    return (
        "bad"
        if days >= value("accounts.silent_days")
        else "warn"
        if days >= value("accounts.quiet_days")
        else ""
    )


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
    return Q(last_contact_on__lt=asking.on - dt.timedelta(days=value("accounts.silent_days")))


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
    CompletenessColumn(
        name="complete", label=_("完整度"), reads=("completeness",), sort=("completeness",), phone=3
    ),
    ContactDueColumn(
        name="contact_due", label=_("应联系"), default=False, phone=3,
        reads=("last_contact_on", "abc_class", "is_key", "lifecycle"),
    ),
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
    CLASS_FILTER,
    TAG_FILTER,
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
            Case("long", _("太久没有接触"), _untouched),
            Case("never", _("从未接触"), lambda asking: Q(last_contact_on__lte=dt.date(1900, 1, 1))),
        ),
    ),
    CaseFilter(
        name="frequency", label=_("联系频率"),
        cases=(
            Case("late", _("超过应联系的日期"), lambda asking: contact_by(asking.on)),
            Case("soon", _("七天内应联系"), lambda asking: contact_by(asking.on + dt.timedelta(days=8))),
            Case("kept", _("按频率联系了"), lambda asking: has_target() & ~contact_by(asking.on)),
        ),
    ),
    AmountFilter(name="complete", label=_("完整度（百分数）"), field="completeness", money=False),
    CaseFilter(
        name="archive", label=_("档案"),
        cases=(
            Case("lacking", _("档案不完整"), lambda asking: lacking_archive()),
            Case("full", _("档案已完整"), lambda asking: Q(completeness=100)),
        ),
    ),
    CaseFilter(
        name="balance", label=_("销售收款"), permission="ledger.view",
        cases=(Case("wrong", _("不平衡或有逾期"), lambda asking: failing_accounts()),),
    ),
    CaseFilter(
        name="team", label=_("客户团队"),
        cases=(
            Case("lacking", _("团队不完整"), lambda asking: incomplete()),
            Case("complete", _("团队完整"), lambda asking: ~incomplete()),
        ),
    ),
    CaseFilter(
        name="group", label=_("集团客户"),
        cases=(
            Case("head", _("集团总部"), lambda asking: Q(parent=None, group__isnull=False)),
            Case("member", _("集团成员"), lambda asking: Q(parent__isnull=False)),
            Case("single", _("不属于集团"), lambda asking: Q(group=None)),
        ),
    ),
    ChoiceFilter(name="ownership", label=_("单位性质"), field="ownership_type", choices=OwnershipType.choices),
    ChoiceFilter(name="size", label=_("企业规模"), field="size", choices=EnterpriseSize.choices),
    FoundFilter(name="called", label=_("名称、编号或电话"), kind="account", simple=False),
    TextFilter(name="short", label=_("简称"), field="short_name", simple=False),
    TextFilter(name="phone", label=_("电话"), field="phone", simple=False),
    TextFilter(name="address", label=_("地址"), field="address", simple=False),
    TextFilter(name="uscc", label=_("统一社会信用代码"), field="uscc", simple=False),
    AmountFilter(name="capital", label=_("注册资本"), field="registered_capital", simple=False),
    AmountFilter(name="revenue", label=_("年营业额"), field="annual_revenue", simple=False),
    AmountFilter(name="employees", label=_("员工人数"), field="employees", money=False, simple=False),
    AmountFilter(name="budget", label=_("年度采购预算"), field="procurement_budget", simple=False),
    DayFilter(name="founded", label=_("成立日期"), field="founded_on", simple=False),
    DayFilter(name="since", label=_("进入当前生命周期"), field="lifecycle_since_on", simple=False),
    MomentFilter(name="created", label=_("建档时间"), field="created_at", simple=False),
)  # fmt: skip

_custom: Final = custom_extra("account", Account)

OURS: Final = {CLASS_COLUMN.reads[0]: class_values, TAG_COLUMN.reads[0]: tag_values}
"""What columns read that no column of the table holds, and where it comes from for the rows of a page."""


def _extra(viewer: Viewer) -> Extra:
    """Fields people defined, the classes of key accounts, tags."""
    own = _custom(viewer)

    def fill(keys: Sequence[int], reads: Sequence[str]) -> Values:
        wanted = [name for name in reads if name not in OURS]
        found: dict[int, dict[str, Any]] = (
            {pk: dict(row) for pk, row in own.fill(keys, wanted).items()} if wanted else {}
        )
        for name in set(reads) & set(OURS):
            for pk, row in OURS[name](keys).items():
                found.setdefault(pk, {}).update(row)
        return found

    return Extra(
        columns=(CLASS_COLUMN, TAG_COLUMN, *own.columns), filters=own.filters, fill=fill, orders=own.orders
    )


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
    parts=_parts,
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
        Act(_("导入"), "imports:upload", icon="table-import", permission="accounts.import"),
        Act(_("新建客户"), "accounts:create", icon="plus", permission="accounts.create", primary=True),
    ),
    bulk=BULK,
    bulk_url="accounts:list_bulk",
    export_url="accounts:list_export",
    export_permission="accounts.export",
    extra=_extra,
    empty=(_("还没有客户"), _("客户档案放在这里。可以逐个新建，也可以从 Excel 批量导入。")),
)
