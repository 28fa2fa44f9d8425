"""What a browser calls itself, in words a person knows: browser and system."""

from typing import Final

from django.utils.translation import gettext_lazy as _

# The first mark found decides: browsers name those they descend from.
_BROWSERS: Final = (
    ("wxwork", _("企业微信")),
    ("MicroMessenger", _("微信")),
    ("DingTalk", _("钉钉")),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS: Final = (
    ("Windows", "Windows"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def device(user_agent: str) -> str:
    """Browser and system of a user agent; its own first words where neither is known."""
    known = [
        str(next(name for mark, name in names if mark in user_agent))
        for names in (_BROWSERS, _SYSTEMS)
        if any(mark in user_agent for mark, _name in names)
    ]
    return " · ".join(known) or user_agent[:40] or str(_("未知设备"))
