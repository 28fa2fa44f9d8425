"""Every write of the account archive, split by noun."""

from panshi.domains.accounts.models.cleaning import CannotSaveAccount
from panshi.domains.accounts.reports.staff import CannotAssignOwner
from panshi.domains.accounts.services.archive import (
    CannotIgnoreDuplicates,
    CannotOverwrite,
    Placement,
    create_account,
    update_account,
)
from panshi.domains.accounts.services.facts import (
    AbcResult,
    SalesFigures,
    plan_contact,
    record_abc,
    record_sales,
    record_touch,
    void_touch,
)
from panshi.domains.accounts.services.finding import put_accounts, rebuild_accounts
from panshi.domains.accounts.services.group import CannotPlaceInGroup, place_in_group
from panshi.domains.accounts.services.lifecycle import (
    TRANSITIONS,
    CannotChangeLifecycle,
    change_lifecycle,
    next_states,
)
from panshi.domains.accounts.services.locking import CannotChangeMerged
from panshi.domains.accounts.services.ownership import assign_owner
from panshi.domains.accounts.services.team import CannotChangeTeam, add_member, remove_member, set_team

__all__ = [
    "TRANSITIONS",
    "AbcResult",
    "CannotAssignOwner",
    "CannotChangeLifecycle",
    "CannotChangeMerged",
    "CannotChangeTeam",
    "CannotIgnoreDuplicates",
    "CannotOverwrite",
    "CannotPlaceInGroup",
    "CannotSaveAccount",
    "Placement",
    "SalesFigures",
    "add_member",
    "assign_owner",
    "change_lifecycle",
    "create_account",
    "next_states",
    "place_in_group",
    "plan_contact",
    "put_accounts",
    "rebuild_accounts",
    "record_abc",
    "record_sales",
    "record_touch",
    "remove_member",
    "set_team",
    "update_account",
    "void_touch",
]
