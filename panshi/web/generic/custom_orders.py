"""Lists in the order of a custom field: what is not filled in stands last in both directions.

The typed table is asked for one value a row, so that pages, exports and bulk acts walk one and the same order.
"""

from functools import partial
from typing import Any, Final

from django.db import models
from django.db.models import Case, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from panshi.domains.accounts.reports.custom import needs_reach
from panshi.ground.base.fields import ByteOrderedField
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.fields import FieldSpec
from panshi.ground.settings.models import DictionaryValue, FieldKind
from panshi.ground.settings.reports import holders_of
from panshi.web.generic.keyset import Order

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


def orders_of(spec: FieldSpec, *, viewer: Viewer) -> dict[str, Order]:
    """Both directions of a field by name, `-` in front for descending. None for a kind without an order, and none for
    a field the viewer sees on some rows only: where a row stands would tell what is hidden."""
    if spec.kind not in _READS or needs_reach(spec, viewer):
        return {}
    _read, output = _READS[spec.kind]
    kinds = {LACKING: models.IntegerField(), HELD: output}
    return {
        sign + spec.name: Order(
            sign + spec.name,
            (LACKING, HELD, "pk"),
            bool(sign),
            kinds=kinds,
            adds=partial(_with_value, spec=spec, last=0 if sign else 1),
        )
        for sign in ("", "-")
    }


def _with_value(rows: "QuerySet[Any]", *, spec: FieldSpec, last: int) -> "QuerySet[Any]":
    """The rows with the value they are sorted by; `last` is what marks those without one as the end of the list."""
    reads, output = _READS[spec.kind]
    held = holders_of(spec).filter(record_id=OuterRef("pk"))
    if reads == "place":
        places = DictionaryValue.objects.filter(pk=OuterRef("ref")).values("position")[:1]
        held = held.annotate(place=Subquery(places))
    value = Subquery(held.values(reads)[:1], output_field=output)
    nothing = Value({"key": "", "day": "1900-01-01"}.get(reads, 0), output_field=output)
    lacking = Case(
        When(**{f"{HELD}_found__isnull": True}, then=Value(last)),
        default=Value(1 - last),
        output_field=models.IntegerField(),
    )
    found = rows.alias(**{f"{HELD}_found": value})
    return found.annotate(**{LACKING: lacking, HELD: Coalesce(F(f"{HELD}_found"), nothing)})
