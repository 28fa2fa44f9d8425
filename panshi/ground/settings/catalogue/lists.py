"""Settings of lists, imports and exports."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from panshi.ground.settings.registry import Setting

SETTINGS: Final[tuple[Setting, ...]] = (
    Setting(
        code="lists.export_at_once", topic="lists", label=_("多少行以内的导出立即下载"),
        kind="whole", default=5000, least=0, most=100_000, unit=_("行"),
        help=_("超过这个行数的导出在后台生成，完成后在“我的导出”下载。"),
    ),
    Setting(
        code="lists.export_days", topic="lists", label=_("导出的文件保留多少天"),
        kind="whole", default=7, least=1, most=90, unit=_("天"),
        help=_("到期后文件自动删除，导出记录保留。"),
    ),
    Setting(
        code="lists.bulk_most", topic="lists", label=_("一次批量操作最多多少条"),
        kind="whole", default=5000, least=50, most=20_000, unit=_("条"),
        help=_("“选中全部符合条件的记录”不会超过这个数。"),
    ),
    Setting(
        code="lists.bulk_at_once", topic="lists", label=_("多少条以内的批量操作立即执行"),
        kind="whole", default=500, least=0, most=5000, unit=_("条"),
        help=_("超过这个数的批量操作在后台执行，可以看到进度。"),
    ),
    Setting(
        code="lists.import_undo_days", topic="lists", label=_("导入后多少天内可以撤销"),
        kind="whole", default=7, least=0, most=90, unit=_("天"),
        help=_("到期后不再保留导入前的值。0 表示不能撤销。"),
    ),
    Setting(
        code="lists.import_clear_mark", topic="lists", label=_("导入时表示清空的写法"),
        kind="text", default="〔清空〕", blank=True,
        help=_("单元格写成这样时清空该字段；空单元格保持原值。留空则不能用导入清空。"),
    ),
)  # fmt: skip
