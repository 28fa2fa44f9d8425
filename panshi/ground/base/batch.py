"""Single rows written together: what one act of a person changes, gathered and sent in one go.

On PostgreSQL all of it is one round trip; SQLite, which has none, runs the statements one after the other. The
statements are put together here because preparing each through the ORM costs several times what the database needs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from django.db import connection, models

MOST_ROWS: Final = 100
"""Rows of one INSERT; SQLite bounds the values of a statement."""


@dataclass(slots=True)
class _Insert:
    model: type[models.Model]
    once: bool
    rows: list[models.Model] = field(default_factory=list)


_Statement = tuple[str, list[Any]]


class Batch:
    """Writes in the order they are to happen. Call inside a transaction; nothing happens before `send`, so whoever
    reads what is written here has to send it first. Keys of inserted rows are not read back."""

    def __init__(self) -> None:
        self._waiting: list[_Insert | _Statement] = []

    def insert(self, rows: Iterable[models.Model], *, once: bool = False) -> None:
        """Insert unsaved rows of one table; with `once` those that are there already are passed over."""
        for row in rows:
            self._insert_into(type(row), once).rows.append(row)

    def _insert_into(self, model: type[models.Model], once: bool) -> _Insert:
        """An insert into this table that may take more rows: one already waiting with only inserts after it."""
        for one in reversed(self._waiting):
            if not isinstance(one, _Insert):
                break
            if one.model is model and one.once == once:
                return one
        self._waiting.append(made := _Insert(model, once))
        return made

    def update(self, row: models.Model, *names: str) -> None:
        """Write these fields of a stored row."""
        fields: list[Any] = [row._meta.get_field(name) for name in names]
        changes = {each.name: getattr(row, each.attname) for each in fields}
        self.update_where(type(row), changes, {"pk": row.pk})

    def update_where(
        self, model: type[models.Model], changes: Mapping[str, Any], where: Mapping[str, Any]
    ) -> None:
        """Set fields of every row whose fields equal what `where` says."""
        setting, kept = _equations(model, changes)
        asking, asked = _equations(model, where)
        table = connection.ops.quote_name(model._meta.db_table)
        self._waiting.append(
            (f"UPDATE {table} SET {', '.join(setting)} WHERE {' AND '.join(asking)}", kept + asked)
        )

    def send(self) -> None:
        """Write everything gathered so far."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        statements: list[_Statement] = []
        for one in waiting:
            statements += _inserts(one) if isinstance(one, _Insert) else [one]
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                values = [value for _sql, given in statements for value in given]
                cursor.execute("; ".join(sql for sql, _given in statements), values)
            else:
                for sql, given in statements:
                    cursor.execute(sql, given)


def _inserts(insert: _Insert) -> list[_Statement]:
    head, fields = _head(insert.model, connection.vendor)
    tail = " ON CONFLICT DO NOTHING" if insert.once else ""
    places = f"({', '.join(['%s'] * len(fields))})"
    return [
        (
            f"{head} VALUES {', '.join([places] * len(rows))}{tail}",
            [_prepared(each, getattr(row, each.attname)) for row in rows for each in fields],
        )
        for rows in (insert.rows[at : at + MOST_ROWS] for at in range(0, len(insert.rows), MOST_ROWS))
    ]


@lru_cache(maxsize=64)
def _head(model: type[models.Model], vendor: str) -> tuple[str, Sequence[Any]]:
    """The beginning of an insert into a table, and its fields: all but the key the database gives."""
    fields: list[Any] = [
        each for each in model._meta.concrete_fields if not isinstance(each, models.AutoField)
    ]
    names = ", ".join(connection.ops.quote_name(each.column) for each in fields)
    return f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({names})", fields


def _equations(model: type[models.Model], values: Mapping[str, Any]) -> tuple[list[str], list[Any]]:
    fields: list[Any] = [model._meta.pk if name == "pk" else model._meta.get_field(name) for name in values]
    return (
        [f"{connection.ops.quote_name(each.column)} = %s" for each in fields],
        [_prepared(each, value) for each, value in zip(fields, values.values(), strict=True)],
    )


def _prepared(each: Any, value: Any) -> Any:
    """A value as the database takes it; a choice is its plain text."""
    found = each.get_db_prep_save(value, connection)
    return str(found) if isinstance(found, str) else found
