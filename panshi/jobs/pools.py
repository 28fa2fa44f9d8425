"""The public pools by the clock: early every morning rules are asked, owners told, and what is due returns."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.reports.pools.evaluation import Rulebook
from panshi.domains.accounts.services.pools import finish_night, review_some
from panshi.ground.base.viewer import Viewer
from panshi.ground.work.kinds import Schedule, job
from panshi.ground.work.progress import Progress


@job("accounts.pools", title=_("公海回收"), schedule=Schedule(dt.time(5, 30)))
def recycle(progress: Progress, *, due_on: str) -> Mapping[str, Any]:
    """Go through all accounts in lots; a run that died begins again and finds most of it done."""
    by, on = Viewer.system(), dt.date.fromisoformat(due_on)
    book, after, looked_at = Rulebook.load(), 0, 0
    while True:
        done = review_some(book=book, after=after, on=on, by=by, at=timezone.now())
        looked_at += done.looked_at
        progress.advance(done.looked_at)
        if done.last_id is None:
            break
        after = done.last_id
    with progress.commit() as result:
        run = finish_night(on=on, looked_at=looked_at, by=by, at=timezone.now())
        result |= {
            "looked_at": run.looked_at,
            "warned": run.warned,
            "returned": run.returned,
            "kept": run.kept,
        }
    return result
