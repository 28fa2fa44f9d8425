"""Conditions on custom fields asked row by row, where so many rows meet them that walking the list is quickest.

PostgreSQL guesses badly how many records hold a value of one field among many, and then joins 100 000 rows to show 50.
A look at the first rows of the list tells it better: where one in twenty meets all conditions, a page and its count are
found on the way through the list; where fewer do, the database does well to begin with the values.
"""

from typing import Any, Final

from django.db import connection
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import IsNull

from panshi.ground.settings.models import CustomValue
from panshi.web.generic.lists import Asked

LOOKED_AT: Final = 200
"""Rows at the head of the list that are looked at first."""

LONGEST_WALK: Final = 15_000
"""Rows that may be walked past; each costs one question or two, 5 µs apiece on a busy machine."""


def walked(asked: Asked, wanted: int) -> "QuerySet[Any] | None":
    """The rows of a list in a form that the database walks in the list's order, where it finds `wanted` of them soon;
    None where another form does better, or nothing is asked of custom fields."""
    if connection.vendor != "postgresql" or not any(map(_asks_values, asked.conditions)):
        return None
    whole: QuerySet[Any] = asked.page.rows(asked.asking.viewer)
    probes = [_probing(condition) for condition in asked.conditions if _asks_values(condition)]
    for condition in asked.conditions:
        whole = whole if _asks_values(condition) else whole.filter(condition)
    head = asked.order.sorted(whole).values("pk")[:LOOKED_AT]
    met = asked.page.model._base_manager.filter(*probes, pk__in=head).count()
    return whole.filter(*probes) if met * LONGEST_WALK >= wanted * LOOKED_AT else None


def _asks_values(condition: Q) -> bool:
    """Whether custom fields are asked somewhere in a condition."""
    return any(
        _asks_values(child) if isinstance(child, Q) else _of_values(child) for child in condition.children
    )


def _of_values(child: object) -> bool:
    if not isinstance(child, tuple):
        return False
    name, rows = child
    return name == "pk__in" and isinstance(rows, QuerySet) and rows.model is CustomValue


def _probing(condition: Q) -> Q:
    """The condition with a question for each row in place of each set of records. The bound keeps PostgreSQL from
    turning the question into a join again."""
    children: list[Any] = []
    for child in condition.children:
        if isinstance(child, Q):
            children.append(_probing(child))
        elif isinstance(child, tuple) and _of_values(child):
            held = child[1].filter(record_id=OuterRef("pk")).values("pk")[:1]
            children.append(IsNull(Subquery(held), False))
        else:
            children.append(child)
    return Q.create(children, condition.connector, condition.negated)
