"""Settings of the account archive."""

from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _

from panshi.ground.settings.registry import Setting

SETTINGS: Final[tuple[Setting, ...]] = (
    Setting(
        code="accounts.quiet_days", topic="accounts", label=_("多少天没有接触显示为提醒色"),
        kind="whole", default=14, least=1, most=365, unit=_("天"),
        help=_("客户列表的“最近接触”超过这个天数变为黄色。"),
    ),
    Setting(
        code="accounts.silent_days", topic="accounts", label=_("多少天没有接触算失联"),
        kind="whole", default=30, least=1, most=730, unit=_("天"),
        help=_("超过后列表显示为红色，客户概览列为问题，条件“太久没有接触”也按它筛选。"),
    ),
    Setting(
        code="accounts.fall_share", topic="accounts", label=_("销售下降多少列为问题"),
        kind="share", default=Decimal(30), least=1, most=100, unit="%",
        help=_("近 12 个月销售比前 12 个月下降达到这个比例，客户概览列为问题。"),
    ),
    Setting(
        code="accounts.class_tonne_units", topic="accounts", label=_("大客户类别：按吨计的计量单位"),
        kind="text", default="吨,t,T",
        help=_("逗号分隔。月用量只合计台账中这些单位的数量，按评估日之前 12 个整月平均。"),
    ),
    Setting(
        code="accounts.class_product_lines", topic="accounts", label=_("大客户类别：计入的产品线"),
        kind="text", default="", blank=True,
        help=_("逗号分隔，空着为全部产品线。月用量和年销售额都只计这些产品线；门槛在决策表“重点客户分类”中修改。"),
    ),
    Setting(
        code="accounts.complete_share", topic="accounts", label=_("完整度低于多少算档案不完整"),
        kind="whole", default=60, least=1, most=100, unit="%",
        help=_("客户列表的条件“档案不完整”、工作台和概览按它提醒。每类客户应有哪些内容在决策表“档案完整度”中设置。"),
    ),
    Setting(
        code="accounts.contact_days_key", topic="accounts", label=_("重点客户和 A 类客户多少天至少联系一次"),
        kind="whole", default=7, least=0, most=365, unit=_("天"),
        help=_("联系频率的目标，从最近接触算起；填 0 则不要求。"),
    ),
    Setting(
        code="accounts.contact_days_b", topic="accounts", label=_("B 类客户多少天至少联系一次"),
        kind="whole", default=14, least=0, most=365, unit=_("天"), help=_("填 0 则不要求。"),
    ),
    Setting(
        code="accounts.contact_days_c", topic="accounts", label=_("C 类客户多少天至少联系一次"),
        kind="whole", default=30, least=0, most=365, unit=_("天"), help=_("填 0 则不要求。"),
    ),
    Setting(
        code="accounts.contact_days_none", topic="accounts", label=_("未分类的客户多少天至少联系一次"),
        kind="whole", default=0, least=0, most=365, unit=_("天"), help=_("填 0 则不要求。"),
    ),
    Setting(
        code="accounts.equipment_warn_days", topic="accounts", label=_("设备到期提前多少天提醒"),
        kind="whole", default=60, least=1, most=730, unit=_("天"),
        help=_("质保到期或应更换日期前这么多天，提醒客户负责人一次。"),
    ),
)  # fmt: skip
