"""The list of imports as data: who imported what from where, when, what came of it, and until when it can be undone."""

from typing import Any, Final

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models import ImportBatch, ImportState
from panshi.domains.accounts.reports.imports.kinds import readings
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person
from panshi.web.generic.columns import (
    ChoiceColumn,
    Column,
    CountColumn,
    MomentColumn,
    TitleColumn,
)
from panshi.web.generic.filters import ChoiceFilter, TextFilter
from panshi.web.generic.lists import Act, ListPage, View
from panshi.web.generic.places import PersonFilter

KINDS: Final = tuple((one.name, one.label) for one in readings().values())


def _rows(viewer: Viewer) -> "QuerySet[Any]":
    people = Person.objects.visible_to(viewer).filter(pk=OuterRef("by_id"))
    rows: QuerySet[Any] = ImportBatch.objects.visible_to(viewer).annotate(
        actor=Subquery(people.order_by().values("name")[:1])
    )
    return rows


IMPORTS: Final = ListPage(
    name="imports",
    title=_("导入记录"),
    model=ImportBatch,
    rows=_rows,
    permission="accounts.import",
    columns=(
        TitleColumn(name="file", label=_("文件"), reads=("file_name",)),
        ChoiceColumn(name="kind", label=_("内容"), reads=("kind",), choices=KINDS),
        Column(name="source", label=_("来源"), reads=("source",), phone=3),
        ChoiceColumn(name="state", label=_("状态"), reads=("state",), choices=ImportState.choices),
        CountColumn(name="created", label=_("新建"), reads=("created",)),
        CountColumn(name="updated", label=_("更新"), reads=("updated",)),
        CountColumn(name="rejected", label=_("未导入"), reads=("rejected",)),
        CountColumn(name="undone", label=_("已撤销"), reads=("undone",), default=False, phone=3),
        MomentColumn(name="at", label=_("上传时间"), reads=("at",), sort=("at",)),
        Column(name="by", label=_("经办"), reads=("actor",), phone=3),
    ),
    filters=(
        ChoiceFilter(name="kind", label=_("内容"), field="kind", choices=KINDS),
        ChoiceFilter(name="state", label=_("状态"), field="state", choices=ImportState.choices),
        PersonFilter(
            name="by", label=_("经办"), field="by_id", source="accounts:pick_people", nobody=_("系统")
        ),
        TextFilter(name="source", label=_("来源"), field="source"),
    ),
    views=(View("mine", _("我的导入"), (("by", "me"),)), View("all", _("全部"), ())),
    sort="-at",
    record="imports:result",
    label="file_name",
    export_url="imports:list_export",
    export_permission="accounts.export",
    acts=(Act(_("导入"), "imports:upload", icon="table-import", permission="accounts.import", primary=True),),
    empty=(_("还没有导入"), _("客户、联系人和跟进记录都可以从 Excel 或 CSV 导入，先预览，导入后几天内可以撤销。")),
)  # fmt: skip
