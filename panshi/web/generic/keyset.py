"""Keyset pages: a place in a list is the sort key and primary key of its edge row; page 1 000 costs what page 1 does.

A cursor travels as opaque text. It is only ever compared with rows the person may see, and every value in it is read
through the field it belongs to: whoever forges one gets another place in the same list, or the first page.
"""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import F, Func, Value
from django.db.models.sql.compiler import SQLCompiler

LAST_PAGE = 100_000


class BadCursor(ValueError):
    """The cursor is not one of this list in this order."""


class Beyond(Func):
    """(a, b, key) > (x, y, z) as one row comparison, which both databases answer from the index of the order.

    Spelled out with OR it would read all rows that share the first value: 90 000 accounts without sales.
    """

    output_field = models.BooleanField()

    def __init__(self, *parts: Any, descending: bool = False) -> None:
        super().__init__(*parts)
        self.descending = descending

    def as_sql(
        self,
        compiler: SQLCompiler,
        connection: BaseDatabaseWrapper,
        function: str | None = None,
        template: str | None = None,
        arg_joiner: str | None = None,
        **extra_context: Any,
    ) -> tuple[str, tuple[Any, ...]]:
        """Columns first, then as many values."""
        compiled = [compiler.compile(part) for part in self.get_source_expressions()]
        half = len(compiled) // 2
        columns, values = (", ".join(sql for sql, _ in part) for part in (compiled[:half], compiled[half:]))
        sign = "<" if self.descending else ">"
        return f"({columns}) {sign} ({values})", tuple(value for _, given in compiled for value in given)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The edge of a page: values of the order's fields, and the number of the page it leads to (0 unknown)."""

    values: tuple[Any, ...]
    page: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a list: from place `start` to before `stop`, counted behind the cursor where there is one, from the
    end where it goes `backwards`."""

    start: int
    stop: int
    cursor: Cursor | None
    backwards: bool


@dataclass(frozen=True, slots=True)
class Order:
    """One total order of a model's rows: `fields` never null, all in one direction, the key last.

    Where the model itself has not got them all, `adds` computes them for every row and `kinds` says what they hold;
    `walks` finds the keys of a stretch without computing them.
    """

    name: str
    fields: tuple[str, ...]
    descending: bool
    adds: "Callable[[models.QuerySet[Any]], models.QuerySet[Any]] | None" = None
    kinds: "Mapping[str, models.Field[Any, Any]]" = field(default_factory=dict)
    walks: "Callable[[models.QuerySet[Any], Stretch], list[int]] | None" = None

    @classmethod
    def by(cls, model: type[models.Model], name: str, fields: Sequence[str], *, descending: bool) -> Self:
        """Declare an order; refuses fields that may be null, because keyset pages would lose their rows."""
        for part in fields:
            if model._meta.get_field(part).null:
                raise ValueError(f"{model.__name__}.{part} may be null and cannot order a list")
        return cls(name, (*fields, "pk"), descending)

    def sorted(self, rows: "models.QuerySet[Any]", *, backwards: bool = False) -> "models.QuerySet[Any]":
        """The rows in this order, or in the opposite one."""
        down = self.descending != backwards
        if (
            self.adds is not None
            and not rows.query.combinator
            and self.fields[0] not in rows.query.annotations
        ):
            rows = self.adds(rows)
        return rows.order_by(*(f"-{field}" if down else field for field in self.fields))

    def beyond(self, cursor: Cursor, model: type[models.Model], *, backwards: bool = False) -> Beyond:
        """The condition for rows after the cursor (before it when going backwards)."""
        given = [
            Value(value, output_field=self._holds(model, name))
            for name, value in zip(self.fields, cursor.values, strict=True)
        ]
        return Beyond(*map(F, self.fields), *given, descending=self.descending != backwards)

    def encode(self, row: Mapping[str, Any], page: int) -> str:
        """The cursor at a row, as text for an address."""
        content = [self.name, page, *(str(row[part]) for part in self.fields)]
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def decode(self, text: str, model: type[models.Model]) -> Cursor:
        """Read a cursor back; raises `BadCursor` for anything that this order did not write."""
        try:
            content = json.loads(base64.urlsafe_b64decode(text[:2000] + "=" * (-len(text) % 4)))
            name, page, *values = content
            if name != self.name or len(values) != len(self.fields) or not isinstance(page, int):
                raise BadCursor(text)
            read = tuple(
                _read(self._holds(model, part), value)
                for part, value in zip(self.fields, values, strict=True)
            )
        except (ValueError, TypeError, binascii.Error, ValidationError, RecursionError) as error:
            raise BadCursor(text) from error
        return Cursor(read, page if 0 <= page <= LAST_PAGE else 0)

    def _holds(self, model: type[models.Model], name: str) -> "models.Field[Any, Any]":
        return self.kinds.get(name) or _field(model, name)


def _field(model: type[models.Model], name: str) -> "models.Field[Any, Any]":
    found = model._meta.pk if name == "pk" else model._meta.get_field(name)
    assert isinstance(found, models.Field)
    return found


def _read(field: "models.Field[Any, Any]", value: object) -> Any:
    """A value as the field understands it, within the bounds of its column."""
    if not isinstance(value, str) or "\x00" in value:
        raise BadCursor(value)
    read = field.to_python(value)
    field.run_validators(read)
    return read
