"""Who wants to hear that a job ended: a higher floor says so once, at start, by name; nothing listens unseen.

What they do belongs to the transaction in which the job ends; if it fails, it is undone and logged, and the job ends
all the same.
"""

import logging
from collections.abc import Callable

from django.db import transaction

from panshi.ground.work.models import Job

log = logging.getLogger(__name__)

WhenEnded = Callable[[Job], object]

_TELLERS: list[WhenEnded] = []


def when_ended(teller: WhenEnded) -> WhenEnded:
    """Let a function be called with each job a person asked for that is done, failed or cancelled."""
    _TELLERS.append(teller)
    return teller


def tell_ended(job_id: int) -> None:
    """Call everybody who wants to hear of it; what nobody asked for ends in silence."""
    job = Job.objects.filter(pk=job_id).exclude(asked_by_id=None).first()
    if job is None:
        return
    for teller in _TELLERS:
        try:
            with transaction.atomic():
                teller(job)
        except Exception:
            log.exception("somebody could not be told that job %s ended", job_id)
