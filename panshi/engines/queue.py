"""The queue between web workers and work processes: Huey's storage, carrying nothing but numbers.

Only the storage is used, never Huey's consumer: it unpickles what it finds and forgets a task it was killed in.
"""

from pathlib import Path
from typing import Protocol


class Storage(Protocol):
    """What we use of Huey's storages."""

    def enqueue(self, data: bytes, priority: float | None = None) -> None:
        """Put a message at the end."""

    def dequeue(self) -> bytes | None:
        """Take the first message, None when there is none."""

    def queue_size(self) -> int:
        """How many messages wait."""


class NumberQueue:
    """Numbers in the order they were told; each is taken by one process only."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def tell(self, number: int) -> None:
        """Put a number at the end."""
        self._storage.enqueue(b"%d" % number)

    def take(self) -> int | None:
        """The first number, None when nothing waits."""
        message = self._storage.dequeue()
        return int(message) if message else None

    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return self._storage.queue_size() == 0


def open_queue(*, file: Path, redis_url: str = "") -> NumberQueue:
    """The queue in Redis where there is one, in a file otherwise; the file's folder is made.

    Huey is imported here: it brings Redis' client with it, 19 MB that most web workers never need.
    """
    from huey.storage import RedisStorage, SqliteStorage

    if redis_url:
        return NumberQueue(RedisStorage("panshi", url=redis_url, blocking=False))
    file.parent.mkdir(parents=True, exist_ok=True)
    return NumberQueue(SqliteStorage("panshi", filename=str(file), timeout=10))
