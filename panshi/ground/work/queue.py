"""What wakes the work process: a queue of job ids, in a file under PANSHI_DATA, or in Redis where REDIS_URL is set.

What gets lost here is told again by the sweep, so a queue that cannot be reached delays work but never loses it.
"""

import logging
from functools import cache

from django.conf import settings

from panshi.engines.queue import NumberQueue, open_queue

log = logging.getLogger(__name__)


@cache
def queue() -> NumberQueue:
    """The queue of this installation, opened on first use."""
    return open_queue(file=settings.DATA / "queue.sqlite3", redis_url=settings.REDIS_URL)


def tell(job_id: int) -> None:
    """Wake a work process for a job. Called after commit; a queue out of reach is logged, the sweep tells again."""
    try:
        queue().tell(job_id)
    except Exception:
        log.warning("job %s could not be put in the queue; the sweep will find it", job_id, exc_info=True)


def take() -> int | None:
    """The id of the next job to look at, None when nothing waits."""
    return queue().take()


def is_empty() -> bool:
    """Whether no message waits."""
    return queue().is_empty()
