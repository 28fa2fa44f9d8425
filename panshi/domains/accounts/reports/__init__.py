"""Reads of the account archive, split by what is asked; each takes the viewer and stays inside their scope."""

from panshi.domains.accounts.reports.conflicts import FieldConflict
from panshi.domains.accounts.reports.duplicates import Candidate, Draft, DuplicateReason, duplicates
from panshi.domains.accounts.reports.equipment import (
    Base,
    BrandRow,
    HoursRead,
    Machine,
    brand_rows,
    hour_readings,
    installed_base,
    machine_of,
)
from panshi.domains.accounts.reports.group import GroupNode, group_tree
from panshi.domains.accounts.reports.history import Fact, FactChange, fact_history, facts_on
from panshi.domains.accounts.reports.merging import (
    Facing,
    MergeChoices,
    MergePreview,
    merge_preview,
    merged_ids,
    merges_into,
    successor,
)
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
from panshi.domains.accounts.reports.team import Member, Team, TeamWarning, incomplete, team
from panshi.domains.accounts.reports.wallet import OpenWallet, Slice, WalletYear, open_wallet, wallets_of

__all__ = [
    "Base",
    "BrandRow",
    "Candidate",
    "ClassMove",
    "Concern",
    "Draft",
    "DuplicateReason",
    "Facing",
    "Fact",
    "FactChange",
    "FieldConflict",
    "GroupNode",
    "HoursRead",
    "LifecycleStep",
    "Machine",
    "Member",
    "MergeChoices",
    "MergePreview",
    "OpenWallet",
    "Slice",
    "Team",
    "TeamWarning",
    "WalletYear",
    "brand_rows",
    "class_history",
    "class_moves",
    "concerns",
    "duplicates",
    "fact_history",
    "facts_on",
    "former_names",
    "group_tree",
    "hour_readings",
    "incomplete",
    "installed_base",
    "lifecycle_history",
    "machine_of",
    "merge_preview",
    "merged_ids",
    "merges_into",
    "open_account",
    "open_wallet",
    "successor",
    "team",
    "visible_fields",
    "wallets_of",
]
