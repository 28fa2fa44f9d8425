"""What waits for a person, as counts in the rail and on the bell.

Each room that has something waiting says how to count it. Counts are asked for after the page stands, so that no page
waits for them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from panshi.ground.base.viewer import Viewer
from panshi.ground.notices.reports import outbox, unread_count

MOST: Final = 100
"""Nobody needs to know more exactly: counting ends here, and 99+ is shown."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits behind the page `view_name`: how many for a viewer (cheaply, counted to 100 at most), said
    in `words` with `%(count)s`; only for those who hold `permission`."""

    view_name: str
    count: Callable[[Viewer], int]
    words: Promise
    permission: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A count as the page shows it: where it stands, how many, in words."""

    place: str
    count: int
    words: str
    tone: str


def _failed_mails(viewer: Viewer) -> int:
    return min(outbox(viewer).failed, MOST)


WAITING: Final[list[Waiting]] = [
    Waiting("notices:list", unread_count, _("%(count)s 条未读通知")),
    Waiting(
        "notices:outbox",
        _failed_mails,
        _("%(count)s 封邮件发送失败"),
        permission="settings.manage",
        tone="bad",
    ),
]
"""Everything that can wait. A room adds its own line here, or appends to it when it is loaded."""


def waiting_for(viewer: Viewer) -> list[Shown]:
    """All counts of a viewer, nought included: a count that went away must leave the page as well."""
    found = []
    for each in WAITING:
        if not each.permission or viewer.may(each.permission):
            count = each.count(viewer)
            words = str(each.words) % {"count": "99+" if count >= MOST else count}
            found.append(Shown(place_of(each.view_name), count, words, each.tone))
    return found


def place_of(view_name: str) -> str:
    """The element that holds the count of a page."""
    return f"waits-{view_name.replace(':', '-')}"
