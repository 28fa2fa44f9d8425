"""Tables of the account archive, split by noun."""

from panshi.domains.accounts.models.account import (
    AbcClass,
    Account,
    AccountQuerySet,
    DevelopmentMode,
    EnterpriseSize,
    Lifecycle,
    OwnershipType,
)
from panshi.domains.accounts.models.history import AbcRecord, FormerName, LifecycleRecord, Touch, TouchKind
from panshi.domains.accounts.models.importing import ImportBatch, ImportMode, ImportState
from panshi.domains.accounts.models.team import TeamMember, TeamRole

__all__ = [
    "AbcClass",
    "AbcRecord",
    "Account",
    "AccountQuerySet",
    "DevelopmentMode",
    "EnterpriseSize",
    "FormerName",
    "ImportBatch",
    "ImportMode",
    "ImportState",
    "Lifecycle",
    "LifecycleRecord",
    "OwnershipType",
    "TeamMember",
    "TeamRole",
    "Touch",
    "TouchKind",
]
