"""Many rows in few statements: inserts by COPY (PostgreSQL) or one prepared statement (SQLite), updates likewise.

`bulk_create` prepares every field of every row and `bulk_update` builds a CASE for each; for a table of fifty columns
both cost several times what is done here. Call inside a transaction.
"""

import datetime as dt
import gc
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, Final

from django.db import connection, models

Changes = Mapping[str, Any]

_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_AS_TEXT: Final = (int, str)


@contextmanager
def uncollected() -> Iterator[None]:
    """Let no garbage be collected meanwhile: walking hundreds of thousands of live rows again and again took a fifth of
    the time of an import. For work of seconds in the work process; what it leaves is collected afterwards."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def insert_rows(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Insert unsaved instances, giving keys to those without one. Database errors are those of an insert."""
    if not rows:
        return
    draw_keys(model, [row for row in rows if row.pk is None])
    fields = model._meta.concrete_fields
    columns = [_column(field, [getattr(row, field.attname) for row in rows]) for field in fields]
    names = ", ".join(_quoted(str(field.column)) for field in fields)
    if connection.vendor == "postgresql":
        _copy(_quoted(model._meta.db_table), names, columns)
    else:
        places = ", ".join(["%s"] * len(fields))
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {_quoted(model._meta.db_table)} ({names}) VALUES ({places})",
                list(zip(*columns, strict=True)),
            )


def draw_keys(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Give the next free keys to instances that have none."""
    if not rows:
        return
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [table, len(rows)],
            )
            keys: Iterable[int] = [key for (key,) in cursor.fetchall()]
        else:  # writers are alone on SQLite; explicit keys move its counter along
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            last = (cursor.fetchone() or (0,))[0]
            keys = range(last + 1, last + 1 + len(rows))
    for row, key in zip(rows, keys, strict=True):
        row.pk = key
        row._state.adding = False


def update_rows(model: type[models.Model], rows: Iterable[tuple[int, Changes]]) -> None:
    """Set the given fields of each row (key, {field: value}); call under a lock."""
    groups: dict[tuple[str, ...], list[tuple[int, Changes]]] = defaultdict(list)
    for pk, changes in rows:
        groups[tuple(sorted(changes))].append((pk, changes))
    with connection.cursor() as cursor:
        for names, group in groups.items():
            fields: list[Any] = [model._meta.get_field(name) for name in names]
            columns = [
                [field.get_db_prep_save(changes[name], connection) for _pk, changes in group]
                for field, name in zip(fields, names, strict=True)
            ]
            setting = ", ".join(f"{_quoted(field.column)} = %s" for field in fields)
            cursor.executemany(
                f"UPDATE {_quoted(model._meta.db_table)} SET {setting} WHERE id = %s",
                list(zip(*columns, [pk for pk, _changes in group], strict=True)),
            )


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _column(field: "models.Field[Any, Any]", values: list[Any]) -> list[Any]:
    """One column's values as the database takes them. Plain text and numbers pass as they are; a value that is the
    same in every row is prepared once."""
    if _is_constant(values):
        return [field.get_db_prep_save(values[0], connection)] * len(values)
    plain = not hasattr(field, "from_db_value") and isinstance(
        field, models.CharField | models.TextField | models.IntegerField | models.ForeignKey
    )
    if plain and all(type(value) in _AS_TEXT for value in values):
        return values
    return [field.get_db_prep_save(value, connection) for value in values]


def _is_constant(values: Sequence[Any]) -> bool:
    """Whether every row holds the very same object, as defaults do."""
    first = values[0]
    return all(value is first for value in values)


def _copy(table: str, names: str, columns: Sequence[Sequence[Any]]) -> None:
    """Send rows in the text format of COPY, where tab, newline, return and backslash are escaped and \\N is NULL."""
    text = [
        [_text(column[0])] * len(column) if _is_constant(column) else [_text(value) for value in column]
        for column in columns
    ]
    lines = map("\t".join, zip(*text, strict=True))
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        copy.write("\n".join(lines) + "\n")


def _text(value: Any) -> str:
    if type(value) is str:
        special = "\\" in value or "\n" in value or "\t" in value or "\r" in value
        return value.translate(_ESCAPES) if special else value
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, int | float | Decimal | dt.date):
        return str(value)
    if isinstance(value, str):  # a choice, such as the default of a field
        return _text(str(value))
    raise TypeError(f"COPY of {type(value).__name__} is not settled")
