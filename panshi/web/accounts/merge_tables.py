"""The list of merges as data: who went into whom, when, by which request, and until when it can be undone."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models import Merge
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person
from panshi.web.generic.cells import EMPTY, Cell
from panshi.web.generic.columns import (
    Column,
    CountColumn,
    DayColumn,
    LinkColumn,
    MomentColumn,
    Plain,
    Row,
    TitleColumn,
)
from panshi.web.generic.filters import Case, CaseFilter
from panshi.web.generic.lists import Act, ListPage, View


@dataclass(frozen=True, kw_only=True)
class UndoneColumn(MomentColumn):
    """When a merge was taken back, if it was."""

    def cell(self, row: Row, on: dt.date) -> Cell:
        """See `Column.cell`."""
        return super().cell(row, on) if row[self.reads[0]] else EMPTY

    def plain(self, row: Row) -> Plain:
        """See `Column.plain`."""
        return super().plain(row) if row[self.reads[0]] else None


def _rows(viewer: Viewer) -> "QuerySet[Any]":
    people = Person.objects.visible_to(viewer).filter(pk=OuterRef("by_id"))
    rows: QuerySet[Any] = Merge.objects.visible_to(viewer).annotate(
        actor=Subquery(people.order_by().values("name")[:1])
    )
    return rows


MERGES: Final = ListPage(
    name="merges",
    title=_("合并记录"),
    model=Merge,
    rows=_rows,
    permission="accounts.merge",
    columns=(
        TitleColumn(name="loser", label=_("被并客户"), reads=("loser_name",)),
        Column(name="code", label=_("编号"), reads=("loser_code",), phone=3),
        LinkColumn(
            name="winner",
            label=_("保留客户"),
            reads=("winner__name", "winner_id"),
            url_name="accounts:detail",
        ),
        CountColumn(name="moved", label=_("转入记录"), reads=("moved",)),
        MomentColumn(name="at", label=_("合并时间"), reads=("at",), sort=("at",)),
        Column(name="by", label=_("经办"), reads=("actor",), phone=3),
        Column(name="request", label=_("申请单号"), reads=("request_number",), phone=3),
        DayColumn(name="until", label=_("可撤销至"), reads=("undo_until_on",)),
        UndoneColumn(name="undone", label=_("撤销时间"), reads=("undone_at",)),
        Column(name="reason", label=_("理由"), reads=("reason",), default=False, phone=3),
    ),
    filters=(
        CaseFilter(
            name="state",
            label=_("状态"),
            cases=(
                Case("open", _("可以撤销"), lambda asking: Q(undone_at=None, undo_until_on__gte=asking.on)),
                Case("final", _("已过期限"), lambda asking: Q(undone_at=None, undo_until_on__lt=asking.on)),
                Case("undone", _("已撤销"), lambda asking: Q(undone_at__isnull=False)),
            ),
        ),
    ),
    views=(
        View("open", _("可以撤销的"), (("state", "open"),), sort="-at"),
        View("all", _("全部"), ()),
    ),
    sort="-at",
    record="accounts:merge_undo",
    record_in_drawer=True,
    label="loser_name",
    row_acts=(Act(_("撤销"), "accounts:merge_undo", permission="accounts.merge", drawer=True),),
    export_url="accounts:merges_export",
    export_permission="accounts.export",
    empty=(_("没有合并记录"), _("在客户的“更多”里选“合并客户”，把重复的档案并成一份。")),
)
