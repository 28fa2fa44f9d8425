"""Settings of sign-in, backup and running."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from panshi.ground.identity.roles import ROLES
from panshi.ground.settings.registry import Setting

SETTINGS: Final[tuple[Setting, ...]] = (
    Setting(
        code="system.temporary_password_days", topic="system", label=_("临时密码几天后失效"),
        kind="whole", default=7, least=1, most=90, unit=_("天"),
        help=_("管理员给的临时密码过了这些天还没有换掉，就不能再登录，需要重新给一个。"),
    ),
    Setting(
        code="system.second_factor_roles", topic="system", label=_("必须使用两步验证的角色"),
        kind="choices", default=(), choices=tuple((role.code, role.name) for role in ROLES),
        help=_("担任其中任一角色的人，登录后要先设置两步验证才能使用系统。"),
    ),
)  # fmt: skip
