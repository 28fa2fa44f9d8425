"""Pages by key: as fast at the end of a list as at its beginning; nothing is lost or doubled while rows come."""

from dataclasses import dataclass
from typing import Any, Final

from django.core import signing
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from panshi.api.problems import Problem
from panshi.api.writing import plain

MOST: Final = 200
USUAL: Final = 50
_SALT: Final = "panshi.api.cursor"


@dataclass(frozen=True, slots=True)
class Order:
    """An order of a list: by a column that is never null, ties by key. Without a column by key alone."""

    field: str = ""
    falling: bool = False


def after(rows: "QuerySet[Any]", order: Order, cursor: str | None, name: str) -> "QuerySet[Any]":
    """The rows behind a cursor, ordered. `name` binds a cursor to its list and order."""
    sign, then = ("-", "lt") if order.falling else ("", "gt")
    keys = [f"{sign}{order.field}", f"{sign}pk"] if order.field else [f"{sign}pk"]
    if cursor:
        value, key = _read(cursor, name)
        if order.field:
            rows = rows.filter(**{f"{order.field}__{then}e": value}).filter(
                Q(**{f"{order.field}__{then}": value}) | Q(**{f"pk__{then}": key})
            )
        else:
            rows = rows.filter(**{f"pk__{then}": key})
    return rows.order_by(*keys)


def cursor_of(value: Any, key: int, name: str) -> str:
    """The cursor behind a row. It is signed: only what we gave out is read."""
    return signing.dumps([name, str(plain(value)) if value is not None else "", key], salt=_SALT)


def _read(cursor: str, name: str) -> tuple[str, int]:
    try:
        made_for, value, key = signing.loads(cursor, salt=_SALT)
    except (signing.BadSignature, ValueError) as error:
        raise _wrong() from error
    if made_for != name:
        raise _wrong()
    return str(value), int(key)


def key_in(cursor: str, name: str) -> int:
    """The key a cursor names, for lists in the order of keys alone."""
    return _read(cursor, name)[1]


def _wrong() -> Problem:
    text = _("cursor 不属于这个列表，请从第一页重新开始。")
    return Problem(422, "invalid", text, errors={"cursor": text})


def cut(rows: "QuerySet[Any]", limit: int) -> tuple[list[Any], bool]:
    """One page and whether there is another; one row more is asked for to know."""
    found = list(rows[: limit + 1])
    return found[:limit], len(found) > limit
