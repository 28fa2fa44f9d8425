"""Every write of the account archive, split by noun."""

from panshi.domains.accounts.models.cleaning import CannotSaveAccount
from panshi.domains.accounts.models.equipment_cleaning import EQUIPMENT_FIELDS, CannotSaveEquipment
from panshi.domains.accounts.reports.staff import CannotAssignOwner
from panshi.domains.accounts.services.archive import (
    CannotIgnoreDuplicates,
    CannotOverwrite,
    Placement,
    create_account,
    update_account,
)
from panshi.domains.accounts.services.brands import (
    CannotMergeBrands,
    CannotSaveBrand,
    merge_brands,
    save_brand,
)
from panshi.domains.accounts.services.equipment import (
    CannotRetireEquipment,
    add_equipment,
    change_equipment,
    read_hours,
    retire_equipment,
    retire_many,
    return_equipment,
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
from panshi.domains.accounts.services.facts_history import CannotChangeFact
from panshi.domains.accounts.services.finding import put_accounts, rebuild_accounts
from panshi.domains.accounts.services.group import CannotPlaceInGroup, place_in_group
from panshi.domains.accounts.services.lifecycle import (
    TRANSITIONS,
    CannotChangeLifecycle,
    change_lifecycle,
    next_states,
)
from panshi.domains.accounts.services.lifecycle_rules import (
    CannotAnswerProposal,
    answer_proposal,
    apply_rule,
    wake_by_contract,
)
from panshi.domains.accounts.services.locking import CannotChangeMerged
from panshi.domains.accounts.services.matters import close_matter, open_matter
from panshi.domains.accounts.services.merging import CannotUndoMerge, undo_merge
from panshi.domains.accounts.services.ownership import CannotChangeProtected, assign_owner
from panshi.domains.accounts.services.reminding import remind_of_equipment
from panshi.domains.accounts.services.team import CannotChangeTeam, add_member, remove_member, set_team
from panshi.domains.accounts.services.wallet import (
    CannotKeepWallet,
    WalletFacts,
    drop_wallet,
    keep_wallet,
    read_shares,
    record_own_sales,
)

__all__ = [
    "EQUIPMENT_FIELDS",
    "TRANSITIONS",
    "AbcResult",
    "CannotAnswerProposal",
    "CannotAssignOwner",
    "CannotChangeFact",
    "CannotChangeLifecycle",
    "CannotChangeMerged",
    "CannotChangeProtected",
    "CannotChangeTeam",
    "CannotIgnoreDuplicates",
    "CannotKeepWallet",
    "CannotMergeBrands",
    "CannotOverwrite",
    "CannotPlaceInGroup",
    "CannotRetireEquipment",
    "CannotSaveAccount",
    "CannotSaveBrand",
    "CannotSaveEquipment",
    "CannotUndoMerge",
    "Placement",
    "SalesFigures",
    "WalletFacts",
    "add_equipment",
    "add_member",
    "answer_proposal",
    "apply_rule",
    "assign_owner",
    "change_equipment",
    "change_lifecycle",
    "close_matter",
    "create_account",
    "drop_wallet",
    "keep_wallet",
    "merge_brands",
    "next_states",
    "open_matter",
    "place_in_group",
    "plan_contact",
    "put_accounts",
    "read_hours",
    "read_shares",
    "rebuild_accounts",
    "record_abc",
    "record_own_sales",
    "record_sales",
    "record_touch",
    "remind_of_equipment",
    "remove_member",
    "retire_equipment",
    "retire_many",
    "return_equipment",
    "save_brand",
    "set_team",
    "undo_merge",
    "update_account",
    "void_touch",
    "wake_by_contract",
]
