"""The administrator's queue: who looks after tasks that nobody can do."""

import datetime as dt
from typing import Final

from panshi.ground.identity.models import Assignment
from panshi.ground.identity.roles import ROLES

MANAGE: Final = "processes.manage"
_ROLES: Final = tuple(role.code for role in ROLES if MANAGE in role.grants)


def administrators(*, on: dt.date) -> list[int]:
    """Everybody who manages processes on a day."""
    rows = Assignment.objects.valid(on).filter(role__in=_ROLES, person__is_active=True)
    return list(dict.fromkeys(rows.order_by("pk").values_list("person_id", flat=True)))
