"""Nightly: forget sessions that have expired, so that the table holds only people who are signed in."""

import datetime as dt
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from panshi.ground.work.kinds import Schedule, job
from panshi.ground.work.progress import Progress


@job("sessions.forget", title=_("清理过期的登录"), schedule=Schedule(dt.time(2, 40)))
def forget_expired(progress: Progress, *, due_on: str) -> Mapping[str, Any]:
    """Delete expired sessions; running it twice changes nothing more."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    return {}
