"""Settings of the API and the calendar feed."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from panshi.ground.settings.registry import Setting

SETTINGS: Final[tuple[Setting, ...]] = (
    Setting(
        code="api.token_days", topic="api", label=_("令牌最长有效期"),
        kind="whole", default=365, least=1, most=3650, unit=_("天"),
        help=_("只对以后创建的令牌有效。"),
    ),
    Setting(
        code="api.tokens_each", topic="api", label=_("每人最多几个令牌"),
        kind="whole", default=20, least=0, most=200, unit=_("个"),
        help=_("填 0 则不能再创建新令牌；已停用和过期的不计。"),
    ),
    Setting(
        code="api.requests_a_minute", topic="api", label=_("每个令牌每分钟最多请求"),
        kind="whole", default=600, least=1, most=100_000, unit=_("次"),
        help=_("超过后返回 429，并说明多少秒后再试。"),
    ),
    Setting(
        code="api.calendar_days", topic="api", label=_("日历订阅包含今后"),
        kind="whole", default=60, least=1, most=366, unit=_("天"),
        help=_("过期未联系的客户总是包含在内。"),
    ),
)  # fmt: skip
