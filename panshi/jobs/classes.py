"""The four classes of key accounts by the clock and on demand: ask the table about every account, propose changes."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.services.classes import Proposed, end_overrides, note_evaluation, propose_found
from panshi.domains.analytics.reports.classes import (
    account_count,
    account_keys,
    findings,
    table_version,
    trade_before,
)
from panshi.domains.analytics.services import CLASSES
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.reports import holding
from panshi.ground.work.kinds import Schedule, job
from panshi.ground.work.progress import Progress

PORTION: Final = 2000


@job(CLASSES, title=_("评估大客户类别"), schedule=Schedule(dt.time(2, 40)))
def evaluate(progress: Progress, *, due_on: str) -> Mapping[str, Any]:
    """End exceptions that are over, then go through all accounts portion by portion, each in its own transaction; a run
    that died begins again and finds most of it proposed already."""
    by, on = Viewer.system(), dt.date.fromisoformat(due_on)
    while end_overrides(on=on, by=by, at=timezone.now()):
        progress.check()
    version, trade = table_version(on), trade_before(on)
    progress.total(account_count())
    after, looked_at, found = 0, 0, Proposed()
    while keys := account_keys(after, PORTION):
        found += propose_found(
            findings=findings(keys, trade=trade, on=on),
            table_version=version,
            unknown=trade.unknown,
            on=on,
            by=by,
            at=timezone.now(),
        )
        after, looked_at = keys[-1], looked_at + len(keys)
        progress.advance(len(keys))
    with progress.commit() as result:
        note_evaluation(
            on=on,
            accounts=looked_at,
            found=found,
            table_version=version,
            to=holding("analysis.record", on=on),
            by=by,
            at=timezone.now(),
        )
        result |= {
            "accounts": looked_at,
            "proposed": found.proposed,
            "lapsed": found.lapsed,
            "refused": found.refused,
            "table_version": version,
        }
    return result
