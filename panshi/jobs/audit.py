"""Audit by the clock: every night the head of the chain goes to a file, so that a tail cut off later shows."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from panshi.ground.audit.sealing import export_head, seal_pending
from panshi.ground.work.kinds import Schedule, job
from panshi.ground.work.progress import Progress


@job("audit.export_head", title=_("导出审计链头"), schedule=Schedule(dt.time(0, 10)))
def export_chain_head(progress: Progress, *, due_on: str) -> dict[str, Any]:
    """Seal what waits and append the head to `PANSHI_DATA/audit/heads.jsonl`; a second line of a day does no harm."""
    while seal_pending(settings.AUDIT_KEY, at=timezone.now()):
        progress.advance()
    path = export_head(settings.DATA / "audit", at=timezone.now())
    return {"file": path.name}
