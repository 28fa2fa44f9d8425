"""The queue that wakes the work process: Huey's storage, carrying nothing but the ids of jobs.

A file under PANSHI_DATA, or Redis where REDIS_URL is set. What gets lost here is told again by the sweep, so a queue
that cannot be reached delays work but never loses it.
"""

import logging
from functools import cache
from typing import Protocol

from django.conf import settings
from huey.storage import RedisStorage, SqliteStorage

log = logging.getLogger(__name__)


class Queue(Protocol):
    """What we use of Huey's storages."""

    def enqueue(self, data: bytes, priority: float | None = None) -> None:
        """Put a message at the end."""

    def dequeue(self) -> bytes | None:
        """Take the first message, None when there is none."""

    def queue_size(self) -> int:
        """How many messages wait."""


@cache
def queue() -> Queue:
    """The queue of this installation, opened on first use."""
    if settings.REDIS_URL:
        return RedisStorage("panshi", url=settings.REDIS_URL, blocking=False)
    settings.DATA.mkdir(parents=True, exist_ok=True)
    return SqliteStorage("panshi", filename=str(settings.DATA / "queue.sqlite3"), timeout=10)


def tell(job_id: int) -> None:
    """Wake a work process for a job. Called after commit; a queue out of reach is logged, the sweep tells again."""
    try:
        queue().enqueue(str(job_id).encode())
    except Exception:
        log.warning("job %s could not be put in the queue; the sweep will find it", job_id, exc_info=True)


def take() -> int | None:
    """The id of the next job to look at, None when nothing waits."""
    message = queue().dequeue()
    return int(message) if message else None


def is_empty() -> bool:
    """Whether no message waits."""
    return queue().queue_size() == 0
