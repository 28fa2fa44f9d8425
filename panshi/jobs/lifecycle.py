"""Nightly, after the ledger pushed its sales: let trade and silence change the lifecycles of accounts."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.reports.lifecycle import LifecycleStep
from panshi.domains.accounts.services.lifecycle_rules import apply_rule
from panshi.ground.base.viewer import Viewer
from panshi.ground.work.kinds import Schedule, job
from panshi.ground.work.progress import Progress


@job("accounts.lifecycle", title=_("按规则变更生命周期"), schedule=Schedule(dt.time(2, 10)))
def apply_rules(progress: Progress, *, due_on: str) -> Mapping[str, Any]:
    """Apply every rule portion by portion, each in its own transaction; a second run finds nothing left to do."""
    on, found = dt.date.fromisoformat(due_on), {}
    for step in LifecycleStep:
        count = 0
        while changed := apply_rule(step=step, on=on, by=Viewer.system(), at=timezone.now()):
            count += changed
            progress.advance(changed)
        found[step.value] = count
    return found
