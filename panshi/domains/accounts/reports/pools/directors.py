"""Who must reassign an account that may not return: the director of its unit, or of the nearest one above."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from panshi.ground.identity.models import Assignment
from panshi.ground.identity.reports import UnitTree

DIRECTOR: Final = "key_account_director"
WITHOUT_DIRECTOR: Final = "sales_operations"
"""Where no unit above has a director, who keeps the business running looks after the account."""


def directors(unit_ids: Iterable[int | None], *, on: dt.date) -> dict[int | None, tuple[int, ...]]:
    """The people who answer for the accounts of each unit; two queries."""
    tree = UnitTree.load()
    held: dict[str, dict[int, set[int]]] = {DIRECTOR: defaultdict(set), WITHOUT_DIRECTOR: defaultdict(set)}
    rows = Assignment.objects.valid(on).filter(role__in=list(held), person__is_active=True)
    for role, unit_id, person_id in rows.values_list("role", "unit_id", "person_id"):
        held[role][unit_id].add(person_id)
    others = {person for people in held[WITHOUT_DIRECTOR].values() for person in people}
    found: dict[int | None, tuple[int, ...]] = {}
    for asked in set(unit_ids):
        above = tree.above(asked) if asked is not None else ()
        near = next((held[DIRECTOR][unit] for unit in above if held[DIRECTOR].get(unit)), others)
        found[asked] = tuple(sorted(near))
    return found
