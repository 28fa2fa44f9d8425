"""The list of lifecycle proposals as data: which dormant accounts the rules hold for lost, and why."""

from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models import Lifecycle, LifecycleProposal, ProposalState
from panshi.ground.base.viewer import Viewer
from panshi.web.accounts.tables import LIFECYCLE_TONES
from panshi.web.generic.columns import ChoiceColumn, Column, DayColumn, MomentColumn, TitleColumn
from panshi.web.generic.filters import ChoiceFilter
from panshi.web.generic.lists import Act, ListPage, View
from panshi.web.generic.places import PersonFilter, UnitFilter


def _rows(viewer: Viewer) -> "QuerySet[Any]":
    rows: QuerySet[Any] = LifecycleProposal.objects.visible_to(viewer).filter(account__merged_into=None)
    return rows


PROPOSALS: Final = ListPage(
    name="lifecycle_proposals",
    title=_("流失建议"),
    model=LifecycleProposal,
    rows=_rows,
    permission="accounts.view",
    columns=(
        TitleColumn(name="name", label=_("客户"), reads=("account__name",)),
        Column(name="owner", label=_("负责人"), reads=("account__owner__name",)),
        ChoiceColumn(
            name="to", label=_("建议改为"), reads=("to",), choices=Lifecycle.choices, tones=LIFECYCLE_TONES
        ),
        Column(name="reason", label=_("依据"), reads=("reason",), wide=True),
        DayColumn(
            name="trade", label=_("最近交易"), reads=("account__last_trade_on",), permission="ledger.view"
        ),
        MomentColumn(name="at", label=_("提出时间"), reads=("at",), sort=("at",)),
        ChoiceColumn(name="state", label=_("状态"), reads=("state",), choices=ProposalState.choices),
        Column(name="answer", label=_("答复"), reads=("answer",), default=False, phone=3),
    ),
    filters=(
        ChoiceFilter(name="state", label=_("状态"), field="state", choices=ProposalState.choices),
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
        View("open", _("待答复"), (("state", "open"),)),
        View("mine", _("我负责的"), (("owner", "me"), ("state", "open"))),
        View("all", _("全部"), ()),
    ),
    sort="-at",
    record="accounts:proposal",
    label="account__name",
    record_in_drawer=True,
    acts=(Act(_("规则和预览"), "accounts:lifecycle_rules", icon="adjustments"),),
    export_url="accounts:proposals_export",
    export_permission="accounts.export",
    empty=(_("没有建议"), _("休眠客户长期没有交易时，系统在这里建议转为流失，由您决定。")),
)
