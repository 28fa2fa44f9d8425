"""Settings of the lifecycle."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from panshi.ground.settings.registry import Setting

SETTINGS: Final[tuple[Setting, ...]] = (
    Setting(
        code="lifecycle.no_trade_days", topic="lifecycle", label=_("合作中的客户多少天没有交易列为问题"),
        kind="whole", default=180, least=1, most=3650, unit=_("天"),
        help=_("客户概览按它提醒负责人。"),
    ),
    Setting(
        code="lifecycle.dormant_days", topic="lifecycle", label=_("合作中的客户多少天没有交易自动转为休眠"),
        kind="whole", default=180, least=7, most=3650, unit=_("天"),
        help=_("按台账中最近一天的数据计算，台账没有更新时不会误转。再次交易时自动恢复为合作中。"),
    ),
    Setting(
        code="lifecycle.lost_days", topic="lifecycle", label=_("休眠客户多少天没有交易建议转为流失"),
        kind="whole", default=365, least=30, most=7300, unit=_("天"),
        help=_("只提出建议，由人确认；自最近一次交易起算。"),
    ),
    Setting(
        code="lifecycle.hold_days", topic="lifecycle", label=_("人工变更后多少天内不再自动变更"),
        kind="whole", default=90, least=0, most=3650, unit=_("天"),
        help=_("谁在台前改过，规则在这段时间里不动它。"),
    ),
)  # fmt: skip
