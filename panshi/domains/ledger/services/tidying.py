"""Keeping the ledger's folders small: files no version needs, and what was staged for batches that are done."""

import datetime as dt
from typing import Final

from panshi.domains.ledger.models import Batch, BatchState
from panshi.domains.ledger.reports.standing import batch_folder, head_version, ledger_folder
from panshi.engines.analytics import ledger
from panshi.ground.base.viewer import Viewer

STAGED_DAYS: Final = 2
KEPT: Final = frozenset({"file", "rejected.csv"})


def tidy_ledger(*, by: Viewer, at: dt.datetime) -> int:
    """Delete what nobody needs any more; the uploaded file and its rejected rows stay. Answers how many files went."""
    by.require("ledger.import")
    version = head_version()
    gone = 0 if version is None else ledger.store(ledger_folder()).tidy(version)
    before = at - dt.timedelta(days=STAGED_DAYS)
    done = Batch.objects.filter(
        state__in=[BatchState.COMMITTED, BatchState.REVERTED], committed_at__lt=before
    )
    for batch in done:
        for file in batch_folder(batch).glob("*"):
            if file.name not in KEPT:
                file.unlink(missing_ok=True)
                gone += 1
    return gone
