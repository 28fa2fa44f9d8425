"""Log lines: one JSON object each where a machine reads them, with the request or job they belong to.

Never personal values: ids, names of pages and kinds, numbers.
"""

import datetime as dt
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

_BELONGS: Final[ContextVar[dict[str, str | int]]] = ContextVar("belongs", default={})  # noqa: B039 - never changed


@contextmanager
def belonging(**marks: str | int) -> Iterator[None]:
    """Every line logged inside carries these marks (request, job …)."""
    token = _BELONGS.set({**_BELONGS.get(), **marks})
    try:
        yield
    finally:
        _BELONGS.reset(token)


def mark(name: str) -> str | int | None:
    """A mark of where we are, such as the id of the request; None outside."""
    return _BELONGS.get().get(name)


class JsonLines(logging.Formatter):
    """A record as one line of JSON: moment, level, logger, words, marks, the record's own `figures`, a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """See the class."""
        said: dict[str, object] = {
            "at": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_BELONGS.get(),
            **getattr(record, "figures", {}),
        }
        if record.exc_info:
            said["traceback"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False, default=str)


class Lines(logging.Formatter):
    """A record as a line for people, with its marks and figures behind it."""

    def format(self, record: logging.LogRecord) -> str:
        """See the class."""
        marks = {**_BELONGS.get(), **getattr(record, "figures", {})}
        tail = " ".join(f"{name}={value}" for name, value in marks.items())
        line = super().format(record)
        first, newline, rest = line.partition("\n")
        return f"{first} {tail}{newline}{rest}" if tail else line
