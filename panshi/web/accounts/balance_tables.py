"""The standing check 销售收款是否平衡 as a list: whose sales and receipts differ, who owes overdue payments."""

from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models import AbcClass, AccountBalance
from panshi.domains.accounts.reports.balances import BalanceRules, late, unequal
from panshi.ground.base.viewer import Viewer
from panshi.web.accounts.tables import ABC_TONES
from panshi.web.generic.columns import (
    ChangeColumn,
    ChoiceColumn,
    Column,
    CountColumn,
    DayColumn,
    MoneyColumn,
    TitleColumn,
)
from panshi.web.generic.filters import Case, CaseFilter, ChoiceFilter, TextFilter
from panshi.web.generic.lists import Act, ListPage, View
from panshi.web.generic.places import PersonFilter, UnitFilter
from panshi.web.generic.ranges import AmountFilter, DayFilter


def _rows(viewer: Viewer) -> "QuerySet[Any]":
    rows: QuerySet[Any] = AccountBalance.objects.visible_to(viewer).newest()
    return rows


def _wrong(rules: BalanceRules) -> Q:
    return unequal(rules) | late(rules)


BALANCES: Final = ListPage(
    name="balances",
    title=_("销售收款是否平衡"),
    model=AccountBalance,
    rows=_rows,
    permission="ledger.view",
    columns=(
        TitleColumn(name="name", label=_("客户"), reads=("account__name",)),
        ChoiceColumn(
            name="abc", label=_("ABC"), reads=("account__abc_class",), phone=1, tones=ABC_TONES,
            choices=[(AbcClass.A, "A"), (AbcClass.B, "B"), (AbcClass.C, "C")],
        ),
        MoneyColumn(name="sales", label=_("近 12 个月销售"), reads=("sales",)),
        MoneyColumn(name="receipts", label=_("近 12 个月收款"), reads=("receipts",)),
        MoneyColumn(name="gap", label=_("销售减收款"), reads=("gap",), sort=("gap",)),
        ChangeColumn(name="share", label=_("收款比销售"), reads=("receipts", "sales"), phone=3),
        MoneyColumn(name="overdue", label=_("逾期货款"), reads=("overdue",), sort=("overdue",)),
        CountColumn(name="days", label=_("最长逾期天数"), reads=("overdue_days",), phone=3),
        Column(name="owner", label=_("负责人"), reads=("account__owner__name",)),
        DayColumn(name="as_of", label=_("截止日期"), reads=("as_of",), sort=("as_of",), descending=True, phone=3),
        Column(name="source", label=_("来源"), reads=("source",), default=False, phone=3),
        Column(name="terms", label=_("付款条件"), reads=("account__payment_terms",), default=False, phone=3),
        Column(name="code", label=_("客户编号"), reads=("account__code",), default=False, phone=3),
        Column(name="unit", label=_("所属组织"), reads=("account__unit__name",), default=False, phone=3),
    ),
    filters=(
        CaseFilter(
            name="check", label=_("检查结果"),
            cases=(
                Case("wrong", _("不平衡或有逾期"), lambda asking: _wrong(BalanceRules.load())),
                Case("unequal", _("销售收款不平衡"), lambda asking: unequal(BalanceRules.load())),
                Case("overdue", _("有逾期货款"), lambda asking: late(BalanceRules.load())),
                Case("fine", _("平衡"), lambda asking: ~_wrong(BalanceRules.load())),
            ),
        ),
        PersonFilter(
            name="owner", label=_("负责人"), field="account__owner_id", source="accounts:pick_people",
            nobody=_("无负责人"),
        ),
        UnitFilter(name="unit", label=_("所属组织"), field="account__unit_id"),
        ChoiceFilter(name="abc", label=_("ABC 分类"), field="account__abc_class", choices=AbcClass.choices),
        AmountFilter(name="overdue", label=_("逾期货款"), field="overdue"),
        AmountFilter(name="gap", label=_("销售减收款"), field="gap"),
        DayFilter(name="as_of", label=_("截止日期"), field="as_of"),
        TextFilter(name="code", label=_("客户编号"), field="account__code"),
    ),
    views=(
        View("wrong", _("需要处理"), (("check", "wrong"),), sort="-overdue"),
        View("mine", _("我负责的"), (("owner", "me"), ("check", "wrong")), sort="-overdue"),
        View("all", _("全部"), ()),
    ),
    sort="-overdue",
    record="accounts:balance",
    label="account__name",
    acts=(
        Act(
            _("导入收款与逾期"), "imports:upload_balances", icon="table-import", permission="ledger.import",
            primary=True,
        ),
    ),
    export_url="accounts:balances_export",
    export_permission="accounts.export",
    empty=(
        _("还没有收款数据"),
        _(
            "从财务系统导出客户编号、近 12 个月收款和逾期货款（XLSX 或 CSV），在这里导入；"
            "销售取自交易台账。合同与回款启用后会自动更新。"
        ),
    ),
)  # fmt: skip
