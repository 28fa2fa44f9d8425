"""Every night: recount what archives hold and bring the completeness of all accounts up to date."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.reports.completeness import needs_on
from panshi.domains.accounts.services.completeness import measure_some
from panshi.domains.accounts.services.counting import recount_machines_and_wallets
from panshi.domains.people.services import recount_some
from panshi.ground.base.viewer import Viewer
from panshi.ground.work.kinds import Schedule, job
from panshi.ground.work.progress import Progress


@job("accounts.completeness", title=_("计算档案完整度"), schedule=Schedule(dt.time(2, 40)))
def measure_all(progress: Progress, *, due_on: str) -> Mapping[str, Any]:
    """Go through all accounts in lots, each in its own transaction; a second run finds nothing to change."""
    by = Viewer.system()
    for recount in (recount_some, recount_machines_and_wallets):
        after = 0
        while (last := recount(after=after, by=by, at=timezone.now())) is not None:
            after = last
    needs, after, changed = needs_on(dt.date.fromisoformat(due_on)), 0, 0
    while True:
        done = measure_some(needs=needs, after=after, by=by, at=timezone.now())
        changed += done.changed
        progress.advance(done.looked_at)
        if done.last_id is None:
            return {"changed": changed}
        after = done.last_id
