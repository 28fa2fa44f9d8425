"""The list of variance notes as data: which trade left its mean, who explains it, what they said."""

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models import VarianceCause, VarianceNote, VarianceSpan, VarianceState
from panshi.domains.accounts.reports.variance import period_label
from panshi.ground.base.viewer import Viewer
from panshi.web.generic.cells import Cell, Tone
from panshi.web.generic.columns import (
    ChangeColumn,
    ChoiceColumn,
    Column,
    DayColumn,
    MoneyColumn,
    Plain,
    Row,
    TitleColumn,
)
from panshi.web.generic.filters import Case, CaseFilter, ChoiceFilter
from panshi.web.generic.lists import Act, ListPage, View
from panshi.web.generic.places import PersonFilter, UnitFilter
from panshi.web.generic.ranges import AmountFilter, DayFilter

STATE_TONES: Final[dict[str, Tone]] = {
    VarianceState.OPEN: "warn",
    VarianceState.ANSWERED: "good",
    VarianceState.WITHDRAWN: "",
}


@dataclass(frozen=True, kw_only=True)
class PeriodColumn(Column):
    """A month or a quarter by its first day: 2026-10, 2026-Q3."""

    def cell(self, row: Row, on: object) -> Cell:
        """See `Column.cell`."""
        return Cell("text", str(self.plain(row)))

    def plain(self, row: Row) -> Plain:
        """See `Column.plain`."""
        return period_label(row[self.reads[1]], row[self.reads[0]])


def _rows(viewer: Viewer) -> "QuerySet[Any]":
    rows: QuerySet[Any] = VarianceNote.objects.visible_to(viewer).standing()
    return rows


def _due(days: int) -> Tone:
    return "bad" if days > 0 else "warn" if days == 0 else ""


VARIANCES: Final = ListPage(
    name="variances",
    title=_("异动说明"),
    model=VarianceNote,
    rows=_rows,
    permission="ledger.view",
    columns=(
        TitleColumn(name="name", label=_("客户"), reads=("account__name",)),
        PeriodColumn(name="period", label=_("期间"), reads=("period_on", "span"), sort=("period_on",), descending=True),
        MoneyColumn(name="actual", label=_("实际"), reads=("actual",)),
        MoneyColumn(name="mean", label=_("前期平均"), reads=("mean",), phone=3),
        MoneyColumn(name="deviation", label=_("偏差"), reads=("deviation",), sort=("deviation",)),
        ChangeColumn(name="share", label=_("偏差比例"), reads=("actual", "mean")),
        ChoiceColumn(
            name="state", label=_("状态"), reads=("state",), choices=VarianceState.choices, tones=STATE_TONES, phone=1
        ),
        DayColumn(
            name="due", label=_("答复期限"), reads=("due_on",), sort=("due_on",), relative=True, tone=_due, phone=3
        ),
        Column(name="owner", label=_("负责人"), reads=("account__owner__name",)),
        ChoiceColumn(name="cause", label=_("原因"), reads=("cause",), choices=VarianceCause.choices),
        Column(name="answer", label=_("说明"), reads=("answer",), default=False, wide=True, phone=3),
        Column(name="measures", label=_("措施"), reads=("measures",), default=False, wide=True, phone=3),
        DayColumn(name="next", label=_("下次检查"), reads=("next_on",), default=False, phone=3),
        Column(name="unit", label=_("所属组织"), reads=("account__unit__name",), default=False, phone=3),
    ),
    filters=(
        ChoiceFilter(name="state", label=_("状态"), field="state", choices=VarianceState.choices),
        ChoiceFilter(name="span", label=_("周期"), field="span", choices=VarianceSpan.choices),
        PersonFilter(
            name="owner", label=_("负责人"), field="account__owner_id", source="accounts:pick_people",
            nobody=_("无负责人"),
        ),
        UnitFilter(name="unit", label=_("所属组织"), field="account__unit_id"),
        DayFilter(name="period", label=_("期间"), field="period_on"),
        AmountFilter(name="deviation", label=_("偏差"), field="deviation"),
        ChoiceFilter(
            name="cause", label=_("原因"), field="cause",
            choices=[pair for pair in VarianceCause.choices if pair[0]],
        ),
        CaseFilter(
            name="late", label=_("答复情况"),
            cases=(
                Case("late", _("超期未答复"), lambda asking: Q(state="open", due_on__lt=asking.on)),
                Case("escalated", _("已告知上级"), lambda asking: Q(state="open", escalated_on__gt="1900-01-01")),
                Case("corrected", _("说明后台账又更正"), lambda asking: Q(corrected_at__isnull=False)),
            ),
        ),
    ),
    views=(
        View("mine", _("等我说明"), (("owner", "me"), ("state", "open")), sort="due"),
        View("open", _("全部待说明"), (("state", "open"),), sort="due"),
        View("late", _("超期"), (("late", "late"),), sort="due"),
        View("all", _("全部"), ()),
    ),
    sort="-period",
    record="accounts:variance",
    label="account__name",
    acts=(Act(_("答复概况"), "accounts:variance_report", icon="chart-bar"),),
    export_url="accounts:variances_export",
    export_permission="accounts.export",
    empty=(
        _("没有异动说明"),
        _("台账入账或月份结账后，交易偏离前期平均较多的客户会列在这里，由负责人说明原因。"),
    ),
)  # fmt: skip
