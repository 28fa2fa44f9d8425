"""Values as JSON: decimals and days as text, moments in UTC, sentinels of never and not planned as null."""

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db.models import DateField, DateTimeField, DecimalField

from panshi.ground.base.models import NEVER, NOT_PLANNED


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


def writer_of(field: Any) -> Callable[[Any], Any] | None:
    """How the values of a column are written: as `plain` does, without asking each for its type again. None where the
    database gives them as JSON knows them."""
    if isinstance(field, DateTimeField):
        return _moment
    if isinstance(field, DateField):
        return _day
    return _amount if isinstance(field, DecimalField) else None


def _moment(value: dt.datetime | None) -> str | None:
    if value is None:
        return None
    utc = value if value.tzinfo is dt.UTC else value.astimezone(dt.UTC)
    return f"{utc.isoformat()[:-6]}Z"


def _day(value: dt.date | None) -> str | None:
    return None if value is None or value in (NEVER, NOT_PLANNED) else value.isoformat()


def _amount(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def as_json(value: Any) -> bytes:
    """The bytes of an answer; characters stand as themselves."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
