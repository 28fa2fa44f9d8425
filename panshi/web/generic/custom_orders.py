"""Lists in the order of a custom field: what is not filled in stands last in both directions.

Exports and bulk acts, which read everything, compute the value of every row. A page walks stretches instead: the typed
table in the order of its index, then the rows without a value; over 100 000 rows it finds its 50 in milliseconds where
computing every value takes more than a second.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any, Final

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from panshi.domains.accounts.reports.custom import needs_reach
from panshi.ground.base.fields import ByteOrderedField
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.fields import FieldSpec
from panshi.ground.settings.models import FieldKind
from panshi.ground.settings.reports import choices_by_place, holders_of
from panshi.web.generic.keyset import Beyond, Cursor, Order, Stretch

LACKING, HELD = "custom_lacking", "custom_held"
"""What the order adds to every row: whether nothing is filled in, and the value."""

_READS: Final = {
    FieldKind.TEXT: ("key", ByteOrderedField(max_length=120)),
    FieldKind.NUMBER: ("number", models.DecimalField(max_digits=24, decimal_places=6)),
    FieldKind.MONEY: ("number", models.DecimalField(max_digits=24, decimal_places=6)),
    FieldKind.DAY: ("day", models.DateField()),
    FieldKind.CHOICE: ("place", models.IntegerField()),
    FieldKind.YES: ("ref", models.BigIntegerField()),
}
"""The kinds that have an order of their own: long texts, several choices and names of others have none, as built-in
columns of these have none."""

_KINDS: Final = {
    kind: {LACKING: models.IntegerField(), HELD: output} for kind, (_name, output) in _READS.items()
}


def orders_of(spec: FieldSpec, *, viewer: Viewer) -> dict[str, Order]:
    """Both directions of a field by name, `-` in front for descending. None for a kind without an order, and none for
    a field the viewer sees on some rows only: where a row stands would tell what is hidden."""
    if spec.kind not in _READS or needs_reach(spec, viewer):
        return {}
    kinds = _KINDS[spec.kind]
    return {
        sign + spec.name: Order(
            sign + spec.name,
            (LACKING, HELD, "pk"),
            bool(sign),
            kinds=kinds,
            adds=partial(_with_value, spec=spec, last=0 if sign else 1),
            walks=partial(_keys, spec=spec, descending=bool(sign)),
        )
        for sign in ("", "-")
    }


def _with_value(rows: "QuerySet[Any]", *, spec: FieldSpec, last: int) -> "QuerySet[Any]":
    """The rows with the value they are sorted by; `last` is what marks those without one as the end of the list."""
    reads, output = _READS[spec.kind]
    held = holders_of(spec).filter(record_id=OuterRef("pk"))
    if reads == "place":
        places = choices_by_place().filter(pk=OuterRef("ref")).order_by().values("position")[:1]
        held = held.annotate(place=Subquery(places))
    value = Subquery(held.values(reads)[:1], output_field=output)
    nothing = Value({"key": "", "day": "1900-01-01"}.get(reads, 0), output_field=output)
    lacking = Case(
        When(**{f"{HELD}_found__isnull": True}, then=Value(last)),
        default=Value(1 - last),
        output_field=models.IntegerField(),
    )
    held_too: QuerySet[Any] = rows.alias(**{f"{HELD}_found": value}).annotate(
        **{LACKING: lacking, HELD: Coalesce(F(f"{HELD}_found"), nothing)}
    )
    return held_too


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows that stand together: `rows` are ordered by `fields`, of which the last is the key `keys` reads."""

    rows: "QuerySet[Any]"
    fields: tuple[str, ...]
    holds: "tuple[models.Field[Any, Any], ...]"

    def read(self, start: int, stop: int, *, after: Sequence[Any] = (), down: bool) -> list[int]:
        """The keys from one place to another, behind (in the direction of walking) given values of the fields."""
        rows = self.rows
        if after:
            given = [Value(one, output_field=kind) for one, kind in zip(after, self.holds, strict=True)]
            rows = rows.filter(Beyond(*map(F, self.fields), *given, descending=down))
        ordered = rows.order_by(*(f"-{field}" if down else field for field in self.fields))
        return list(ordered.values_list(self.fields[-1], flat=True)[start:stop])


def _keys(rows: "QuerySet[Any]", stretch: Stretch, *, spec: FieldSpec, descending: bool) -> list[int]:
    """The keys of a stretch of the rows: part after part until it is long enough."""
    down = descending != stretch.backwards
    parts = [*_held(rows, spec, descending), _bare(rows, spec)]
    at, after = _place(stretch.cursor, spec, descending, len(parts) - 1)
    if stretch.backwards and stretch.cursor is None:
        at = len(parts) - 1
    ahead = parts[at::-1] if stretch.backwards else parts[at:]
    found: list[int] = []
    start, wanted = stretch.start, stretch.stop - stretch.start
    for place, part in enumerate(ahead):
        got = part.read(start, start + wanted - len(found), after=after if not place else (), down=down)
        found += got
        if len(found) >= wanted:
            break
        if start:  # the beginning lies in a later part
            start = 0 if got else max(start - part.rows.count(), 0)
    return found


def _held(rows: "QuerySet[Any]", spec: FieldSpec, descending: bool) -> list[_Part]:
    """The rows with a value: all together by the value, or choice by choice in the order of the dictionary."""
    reads, output = _READS[spec.kind]
    seen = holders_of(spec).filter(record_id__in=rows.order_by().values("pk"))
    key = models.BigIntegerField()
    if reads != "place":
        held = seen if reads == "key" else seen.filter(**{f"{reads}__isnull": False})
        return [_Part(held.exclude(key="") if reads == "key" else held, (reads, "record_id"), (output, key))]
    return [
        _Part(seen.filter(ref__in=refs), ("record_id",), (key,)) for _at, refs in _places(spec, descending)
    ]


def _places(spec: FieldSpec, descending: bool) -> list[tuple[int, list[int]]]:
    """Positions in the dictionary with the choices that stand there, in the order of the list."""
    rows = choices_by_place().filter(dictionary_id=spec.row.dictionary_id or 0)
    placed = groupby(rows.values_list("position", "pk"), key=lambda row: row[0])
    found = [(position, [pk for _position, pk in group]) for position, group in placed]
    return found[::-1] if descending else found


def _bare(rows: "QuerySet[Any]", spec: FieldSpec) -> _Part:
    held = holders_of(spec).filter(record_id=OuterRef("pk"))
    return _Part(rows.filter(~Exists(held)), ("pk",), (models.BigIntegerField(),))


def _place(cursor: Cursor | None, spec: FieldSpec, descending: bool, last: int) -> tuple[int, Sequence[Any]]:
    """In which part a cursor stands, and behind which values there; the beginning without one."""
    if cursor is None:
        return 0, ()
    lacking, held, key = cursor.values
    if lacking == (0 if descending else 1):
        return last, (key,)
    if _READS[spec.kind][0] != "place":
        return 0, (held, key)
    positions = [position for position, _refs in _places(spec, descending)]
    return (positions.index(held), (key,)) if held in positions else (last, (0,))
