"""The list of imported batches as data."""

from collections.abc import Mapping
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from panshi.domains.ledger.models import Batch, BatchState
from panshi.ground.base.viewer import Viewer
from panshi.web.generic.cells import Tone
from panshi.web.generic.columns import ChoiceColumn, Column, CountColumn, DayColumn, MoneyColumn, TitleColumn
from panshi.web.generic.filters import ChoiceFilter, TextFilter
from panshi.web.generic.lists import Act, ListPage, View

STATE_TONES: Final[Mapping[str, Tone]] = {
    BatchState.INSPECTED: "warn",
    BatchState.STAGED: "warn",
    BatchState.COMMITTED: "good",
    BatchState.FAILED: "bad",
}


def _batches(viewer: Viewer) -> "QuerySet[Any]":
    rows: QuerySet[Any] = Batch.objects.visible_to(viewer)
    return rows


BATCHES: Final = ListPage(
    name="batches",
    title=_("交易台账"),
    model=Batch,
    rows=_batches,
    permission="ledger.import",
    columns=(
        TitleColumn(name="file", label=_("文件"), reads=("file_name",)),
        Column(name="source", label=_("来源"), reads=("source__name",)),
        ChoiceColumn(
            name="state", label=_("状态"), reads=("state",), choices=BatchState.choices, tones=STATE_TONES
        ),
        CountColumn(name="lines", label=_("有效行数"), reads=("lines_staged",)),
        CountColumn(name="rejected", label=_("拒收行数"), reads=("lines_rejected",), phone=3),
        MoneyColumn(name="amount", label=_("金额"), reads=("amount",)),
        DayColumn(name="first", label=_("起始日期"), reads=("first_on",), phone=3),
        DayColumn(name="last", label=_("截止日期"), reads=("last_on",), phone=3),
        DayColumn(
            name="at", label=_("上传时间"), reads=("at",), sort=("at",), descending=True, relative=True
        ),
    ),
    filters=(
        ChoiceFilter(name="state", label=_("状态"), field="state", choices=BatchState.choices),
        TextFilter(name="source", label=_("来源"), field="source__name"),
    ),
    views=(
        View("all", _("全部批次"), ()),
        View("open", _("待处理"), (("state", "inspected"), ("state", "staged"))),
    ),
    sort="-at",
    record="ledger:detail",
    label="file_name",
    export_url="ledger:list_export",
    export_permission="ledger.import",
    acts=(Act(_("导入台账"), "ledger:upload", icon="file-import", permission="ledger.import", primary=True),),
    empty=(
        _("台账还是空的"),
        _(
            "从 ERP 导出销售明细（CSV、XLSX 或 Parquet），在这里导入。导入前会校验并预览，导入后可以整批撤销。"
        ),
    ),
)
