"""The list of proposals to change classes, as data; and what the list of accounts shows of classes."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models import (
    ClassMembership,
    ClassOrigin,
    ClassProposal,
    ClassProposalState,
    KeyClass,
)
from panshi.domains.accounts.reports.classes import class_labels
from panshi.ground.base.viewer import Viewer
from panshi.web.accounts.class_bulk import SUBMIT
from panshi.web.generic.cells import Cell
from panshi.web.generic.columns import (
    ChoiceColumn,
    Column,
    MomentColumn,
    MoneyColumn,
    Plain,
    Row,
    TitleColumn,
)
from panshi.web.generic.extras import Values
from panshi.web.generic.filters import Asking, Case, CaseFilter, ChoiceFilter
from panshi.web.generic.lists import Act, ListPage, View
from panshi.web.generic.places import PersonFilter, UnitFilter

_WORDS: Final = {True: _("进入"), False: _("退出")}


def _rows(viewer: Viewer) -> "QuerySet[Any]":
    rows: QuerySet[Any] = ClassProposal.objects.visible_to(viewer).filter(account__merged_into=None)
    return rows


@dataclass(frozen=True, kw_only=True)
class WayColumn(Column):
    """Whether the account enters or leaves."""

    def plain(self, row: Row) -> Plain:
        """See `Column.plain`."""
        return str(_WORDS[bool(row[self.reads[0]])])

    def cell(self, row: Row, on: dt.date) -> Cell:
        """See `Column.cell`."""
        enters = bool(row[self.reads[0]])
        return Cell("tag", _WORDS[enters], "good" if enters else "warn")


PROPOSALS: Final = ListPage(
    name="class_proposals",
    title=_("大客户类别建议"),
    model=ClassProposal,
    rows=_rows,
    permission="accounts.view",
    columns=(
        TitleColumn(name="name", label=_("客户"), reads=("account__name",)),
        ChoiceColumn(name="class", label=_("类别"), reads=("key_class",), choices=KeyClass.choices, phone=1),
        WayColumn(name="way", label=_("变更"), reads=("enters",)),
        Column(name="reason", label=_("依据"), reads=("reason",), wide=True),
        ChoiceColumn(name="origin", label=_("来源"), reads=("origin",), choices=ClassOrigin.choices, phone=3),
        Column(name="owner", label=_("负责人"), reads=("account__owner__name",)),
        MoneyColumn(
            name="sales",
            label=_("近 12 个月销售"),
            reads=("account__sales_12m",),
            permission="ledger.view",
            phone=3,
        ),
        MomentColumn(name="at", label=_("提出时间"), reads=("at",), sort=("at",)),
        ChoiceColumn(name="state", label=_("状态"), reads=("state",), choices=ClassProposalState.choices),
        Column(name="request", label=_("申请"), reads=("request_number",), phone=3),
        Column(name="answer", label=_("答复"), reads=("answer",), default=False, phone=3),
    ),
    filters=(
        ChoiceFilter(name="state", label=_("状态"), field="state", choices=ClassProposalState.choices),
        ChoiceFilter(name="class", label=_("类别"), field="key_class", choices=KeyClass.choices),
        CaseFilter(
            name="way",
            label=_("变更"),
            cases=(
                Case("in", _("进入"), lambda asking: Q(enters=True)),
                Case("out", _("退出"), lambda asking: Q(enters=False)),
            ),
        ),
        ChoiceFilter(name="origin", label=_("来源"), field="origin", choices=ClassOrigin.choices),
        PersonFilter(
            name="owner",
            label=_("负责人"),
            field="account__owner_id",
            source="accounts:pick_people",
            nobody=_("无负责人"),
        ),
        UnitFilter(name="unit", label=_("所属组织"), field="account__unit_id"),
    ),
    views=(
        View("open", _("待提交"), (("state", "open"),)),
        View("submitted", _("审批中"), (("state", "submitted"),)),
        View("all", _("全部"), ()),
    ),
    sort="-at",
    record="accounts:class_proposal",
    label="account__name",
    record_in_drawer=True,
    acts=(
        Act(
            _("立即评估"),
            "accounts:classes_evaluate",
            icon="refresh",
            permission="analysis.record",
            drawer=True,
        ),
    ),
    bulk=(SUBMIT,),
    bulk_url="accounts:class_proposals_bulk",
    export_url="accounts:class_proposals_export",
    export_permission="accounts.export",
    empty=(
        _("没有建议"),
        _("系统每夜按决策表评估所有客户，与现在的类别不符时在这里提出建议；提交审批、批准之后才变更。"),
    ),
)


def _members(*classes: str) -> Any:
    def condition(asking: Asking) -> Q:
        rows = ClassMembership.objects.visible_to(asking.viewer).standing()
        rows = rows.filter(key_class__in=classes) if classes else rows
        return Q(pk__in=rows.order_by().values("account_id"))

    return condition


CLASS_FILTER: Final = CaseFilter(
    name="class",
    label=_("大客户类别"),
    cases=(
        Case("any", _("任一类"), _members()),
        *(Case(each.value, each.label, _members(each.value)) for each in KeyClass),
        Case("none", _("不属于任何一类"), lambda asking: ~_members()(asking)),
    ),
)
CLASS_COLUMN: Final = Column(
    name="classes", label=_("大客户类别"), reads=("key_classes",), filled=True, default=False, phone=3
)


def class_values(keys: Sequence[int]) -> Values:
    """The classes of the rows of a page; one query."""
    return {pk: {"key_classes": str(_("、")).join(labels)} for pk, labels in class_labels(keys).items()}
