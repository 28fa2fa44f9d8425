"""Read once a request: what every page asks for again and again is read from the database at most once within it.

Nothing outlives the request, so no process can serve an old value after another changed it. Outside of such a stretch
(tests, a job's steps) every question reads anew.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar, cast

T = TypeVar("T")

_READ: ContextVar[dict[Hashable, Any] | None] = ContextVar("panshi_settings_read", default=None)


@contextmanager
def reading_once() -> Iterator[None]:
    """A stretch of work within which settings are read once: one request, one step of a job."""
    token = _READ.set({})
    try:
        yield
    finally:
        _READ.reset(token)


def once(key: Hashable, load: Callable[[], T]) -> T:
    """What `load` answers, asked for at most once within the stretch."""
    read = _READ.get()
    if read is None:
        return load()
    if key not in read:
        read[key] = load()
    return cast(T, read[key])


def forget_read() -> None:
    """Read anew what follows: services call this after they changed a setting."""
    read = _READ.get()
    if read is not None:
        read.clear()
