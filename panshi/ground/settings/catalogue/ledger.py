"""Settings of the trade ledger: when a variance is asked about, and when sales and receipts are out of balance."""

from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _

from panshi.ground.settings.registry import Setting

SETTINGS: Final[tuple[Setting, ...]] = (
    Setting(
        code="ledger.variance_share", topic="ledger", label=_("偏离前期平均多少要写异动说明"),
        kind="share", default=Decimal(30), least=1, most=1000, unit="%",
        help=_("超过这个比例才要求说明；正好等于不要求。"),
    ),
    Setting(
        code="ledger.variance_amount", topic="ledger", label=_("偏差金额至少多少才要求说明"),
        kind="number", default=Decimal(100_000), least=0, most=Decimal("1e12"), unit=_("元"),
        help=_("避免小客户的小波动也要写说明。"),
    ),
    Setting(
        code="ledger.variance_months", topic="ledger", label=_("月度异动与前几个月的平均相比"),
        kind="whole", default=6, least=1, most=24, unit=_("个月"),
    ),
    Setting(
        code="ledger.variance_quarters", topic="ledger", label=_("季度异动与前几个季度的平均相比"),
        kind="whole", default=4, least=1, most=8, unit=_("个季度"),
    ),
    Setting(
        code="ledger.variance_least", topic="ledger", label=_("新客户至少交易满几个周期才比较"),
        kind="whole", default=3, least=1, most=8, unit=_("个"),
        help=_("自首次交易所在的周期算起，不计当期；不足时不要求说明。"),
    ),
    Setting(
        code="ledger.variance_spans", topic="ledger", label=_("按哪些周期检查异动"),
        kind="choices", default=("month", "quarter"), choices=(("month", _("月度")), ("quarter", _("季度"))),
    ),
    Setting(
        code="ledger.variance_whom", topic="ledger", label=_("对哪些客户检查异动"),
        kind="choice", default="all",
        choices=(("all", _("全部客户")), ("key", _("重点客户和 A、B 类客户"))),
    ),
    Setting(
        code="ledger.variance_close_days", topic="ledger", label=_("周期结束几天后视为已结账"),
        kind="whole", default=5, least=0, most=60, unit=_("天"),
        help=_("台账还没有导入到周期末的，等导入后再检查。"),
    ),
    Setting(
        code="ledger.variance_days", topic="ledger", label=_("几天内答复异动说明"),
        kind="whole", default=7, least=1, most=60, unit=_("天"),
    ),
    Setting(
        code="ledger.variance_remind_days", topic="ledger", label=_("每隔几天提醒一次"),
        kind="whole", default=3, least=1, most=30, unit=_("天"),
    ),
    Setting(
        code="ledger.variance_escalate_days", topic="ledger", label=_("超过期限几天仍未答复，告知上级"),
        kind="whole", default=3, least=0, most=60, unit=_("天"),
    ),
    Setting(
        code="ledger.balance_share", topic="ledger", label=_("收款比销售少多少算不平衡"),
        kind="share", default=Decimal(30), least=1, most=100, unit="%",
        help=_("近 12 个月收款比近 12 个月销售少（或多）这个比例以上，列入“销售收款是否平衡”。"),
    ),
    Setting(
        code="ledger.balance_amount", topic="ledger", label=_("差额至少多少才算不平衡"),
        kind="number", default=Decimal(100_000), least=0, most=Decimal("1e12"), unit=_("元"),
    ),
    Setting(
        code="ledger.overdue_amount", topic="ledger", label=_("逾期货款超过多少列入检查"),
        kind="number", default=Decimal(0), least=0, most=Decimal("1e12"), unit=_("元"),
    ),
    Setting(
        code="ledger.overdue_days", topic="ledger", label=_("逾期超过几天列入检查"),
        kind="whole", default=0, least=0, most=730, unit=_("天"),
        help=_("来源没有给出逾期天数时只看金额。"),
    ),
)  # fmt: skip
