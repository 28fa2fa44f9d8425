"""Reads of the account archive, split by what is asked; each takes the viewer and stays inside their scope."""

from panshi.domains.accounts.reports.conflicts import FieldConflict
from panshi.domains.accounts.reports.duplicates import Candidate, Draft, DuplicateReason, duplicates
from panshi.domains.accounts.reports.group import GroupNode, group_tree
from panshi.domains.accounts.reports.overview import (
    ClassMove,
    Concern,
    LifecycleStep,
    class_history,
    class_moves,
    concerns,
    former_names,
    lifecycle_history,
    open_account,
    visible_fields,
)
from panshi.domains.accounts.reports.team import Member, Team, TeamWarning, team

__all__ = [
    "Candidate",
    "ClassMove",
    "Concern",
    "Draft",
    "DuplicateReason",
    "FieldConflict",
    "GroupNode",
    "LifecycleStep",
    "Member",
    "Team",
    "TeamWarning",
    "class_history",
    "class_moves",
    "concerns",
    "duplicates",
    "former_names",
    "group_tree",
    "lifecycle_history",
    "open_account",
    "team",
    "visible_fields",
]
