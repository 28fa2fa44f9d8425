"""Settings of processes and approvals."""

import datetime as dt
from typing import Final

from django.utils.translation import gettext_lazy as _

from panshi.ground.settings.registry import Setting

SETTINGS: Final[tuple[Setting, ...]] = (
    Setting(
        code="processes.day_begins", topic="processes", label=_("工作时间开始"),
        kind="time", default=dt.time(8, 30),
        help=_("审批期限只在法定工作日的工作时间内计算。"),
    ),
    Setting(
        code="processes.day_ends", topic="processes", label=_("工作时间结束"),
        kind="time", default=dt.time(17, 30),
        help=_("必须晚于开始时间。"),
    ),
    Setting(
        code="processes.urge_minutes", topic="processes", label=_("两次催办至少间隔"),
        kind="whole", default=60, least=1, most=1440, unit=_("分钟"),
        help=_("同一份申请在这段时间内只能催办一次。"),
    ),
    Setting(
        code="processes.reminders", topic="processes", label=_("超时后每个工作日提醒，最多"),
        kind="whole", default=5, least=0, most=30, unit=_("次"),
        help=_("只对设为“提醒”的步骤有效。"),
    ),
)  # fmt: skip
