"""The guard that a company never locks itself out: somebody must remain who may manage people."""

import datetime as dt

from panshi.ground.identity.models import Assignment
from panshi.ground.identity.roles import ROLES

MANAGING_ROLES = frozenset(role.code for role in ROLES if "identity.manage" in role.grants)
"""Roles whose holders may manage people."""


def somebody_else_manages(
    *, on: dt.date, without_person: int | None = None, without_assignment: int | None = None
) -> bool:
    """Whether active people still hold a managing role on a day, leaving out one person or one assignment.

    Call inside the transaction that removes one. The managing assignments are locked first and asked in a second
    statement: only that one sees what a removal we waited for has done, so two administrators cannot remove each other.
    """
    managing = Assignment.objects.filter(role__in=MANAGING_ROLES)
    list(managing.select_for_update().order_by("pk").values_list("pk"))
    held = managing.valid(on).filter(person__is_active=True).values_list("pk", "person_id")
    return any(pk != without_assignment and person_id != without_person for pk, person_id in held)
