"""Values as JSON: decimals and days as text, moments in UTC, sentinels of never and not planned as null."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any, Final

from panshi.ground.base.models import NEVER, NOT_PLANNED

AS_THEY_ARE: Final = frozenset({str, int, bool, type(None)})
"""Types JSON knows. A page holds thousands of values, so whoever writes one asks this before calling `plain`."""


def plain(value: Any) -> Any:
    """A value as JSON knows it."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, dt.date):
        return None if value in (NEVER, NOT_PLANNED) else value.isoformat()
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    return str(value)


def as_json(value: Any) -> bytes:
    """The bytes of an answer; characters stand as themselves."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
