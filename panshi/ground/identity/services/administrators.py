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

    Call inside the transaction that removes one: the rows are locked, so two administrators cannot remove each other.
    """
    held = (
        Assignment.objects.select_for_update(of=("self",))
        .valid(on)
        .filter(role__in=MANAGING_ROLES, person__is_active=True)
        .order_by("pk")
    )
    return any(row.person_id != without_person and row.pk != without_assignment for row in held)
