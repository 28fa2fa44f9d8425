"""The nightly backup: `panshi backup` in a process of its own, so that its memory goes when it is done."""

import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import time
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.ground.base.refusals import Refused
from panshi.ground.identity.reports import holding
from panshi.ground.notices.kinds import NoticeKind
from panshi.ground.notices.services import notify
from panshi.ground.work.kinds import Schedule, job
from panshi.ground.work.progress import Progress

FAILED: Final = NoticeKind(
    "system.backup_failed",
    gettext_lazy("备份失败"),
    gettext_lazy("夜间备份没有完成：%(why)s"),
    urgent=True,
)


class CannotBackUp(Refused):
    """The command ended with a fault."""


@job("system.backup", title=gettext_lazy("夜间备份"), tries=1, schedule=Schedule(time(1, 30)))
def back_up(progress: Progress, *, due_on: str) -> Mapping[str, Any]:
    """Back up into PANSHI_BACKUP_DIR and keep the newest; without that folder there is nothing to do.

    A failure is told to every administrator and shown as the job's own.
    """
    folder = os.environ.get("PANSHI_BACKUP_DIR", "")
    if not folder:
        return {"skipped": "PANSHI_BACKUP_DIR"}
    keep = os.environ.get("PANSHI_BACKUP_KEEP", "14")
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-m", "panshi.cli.main", "backup", folder, "--keep", keep],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        why = (done.stderr.strip().splitlines() or [_("没有说明")])[-1].removeprefix("panshi: ")[:200]
        people = holding("settings.manage", on=timezone.localdate())
        notify(FAILED, to=people, at=timezone.now(), why=why)
        raise CannotBackUp(_("备份没有完成：%(why)s") % {"why": why})
    return {"backup": (done.stdout.strip().splitlines() or [""])[0]}
