"""What a section of the archive is: its name, who may read it, and how its blocks are made from the reports."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from panshi.domains.accounts.models import Account
from panshi.engines.papers import Block, Value
from panshi.ground.base.viewer import Viewer

MOST_ROWS = 500


@dataclass(frozen=True, slots=True)
class Reading:
    """Whose archive, who reads it, when."""

    account: Account
    viewer: Viewer
    at: dt.datetime

    @property
    def on(self) -> dt.date:
        """The day it is read."""
        return timezone.localdate(self.at)

    def reaches(self, permission: str) -> bool:
        """Whether the reader's permission reaches this very account."""
        if not self.viewer.may(permission):
            return False
        if self.viewer.sees_all(permission):
            return True
        return bool(Account.objects.visible_to(self.viewer, permission).filter(pk=self.account.pk).exists())


Make = Callable[[Reading], Sequence[Block]]


@dataclass(frozen=True, slots=True)
class Part:
    """One section; without blocks it says that nothing is known."""

    name: str
    label: Promise
    make: Make
    permission: str = "accounts.view"
    about: Promise | str = ""


def known(value: Any) -> Value:
    """A value as a paper holds it: moments to the minute, empty as none."""
    if value in (None, ""):
        return None
    if isinstance(value, dt.datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return value if isinstance(value, str | int | Decimal | dt.date) else str(value)


def left_off(count: int) -> str:
    """What stands below a table that was cut."""
    return _("只列最近 %(count)d 条，其余见系统。") % {"count": MOST_ROWS} if count > MOST_ROWS else ""
