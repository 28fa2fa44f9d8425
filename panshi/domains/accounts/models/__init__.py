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
from panshi.domains.accounts.models.balances import AccountBalance
from panshi.domains.accounts.models.classes import (
    ClassMembership,
    ClassOrigin,
    ClassOverride,
    ClassProposal,
    ClassProposalState,
    KeyClass,
)
from panshi.domains.accounts.models.completeness import ArchiveCount
from panshi.domains.accounts.models.equipment import (
    Brand,
    DueCause,
    Equipment,
    EquipmentState,
    HourReading,
)
from panshi.domains.accounts.models.facts import FACT_FIELDS, FactVersion
from panshi.domains.accounts.models.history import (
    AbcRecord,
    FormerName,
    LifecycleCause,
    LifecycleRecord,
    Touch,
    TouchKind,
)
from panshi.domains.accounts.models.importing import (
    ImportBatch,
    ImportedRow,
    ImportMode,
    ImportState,
)
from panshi.domains.accounts.models.matters import MatterKind, OpenMatter
from panshi.domains.accounts.models.merging import (
    UNDO_DAYS,
    Merge,
    MergedKind,
    MergedRows,
    MergedValue,
)
from panshi.domains.accounts.models.pools import (
    Barrier,
    Claim,
    ClaimKind,
    EntryKind,
    Pool,
    PoolChange,
    PoolEntry,
    PoolException,
    PoolRule,
    PoolRun,
    PoolUnit,
    PoolWarning,
)
from panshi.domains.accounts.models.proposals import LifecycleProposal, ProposalState
from panshi.domains.accounts.models.tags import AccountTag
from panshi.domains.accounts.models.team import TeamMember, TeamRole
from panshi.domains.accounts.models.variance import (
    VarianceCause,
    VarianceNote,
    VarianceSpan,
    VarianceState,
)
from panshi.domains.accounts.models.wallet import Confidence, Wallet, WalletShare

__all__ = [
    "FACT_FIELDS",
    "UNDO_DAYS",
    "AbcClass",
    "AbcRecord",
    "Account",
    "AccountBalance",
    "AccountQuerySet",
    "AccountTag",
    "ArchiveCount",
    "Barrier",
    "Brand",
    "Claim",
    "ClaimKind",
    "ClassMembership",
    "ClassOrigin",
    "ClassOverride",
    "ClassProposal",
    "ClassProposalState",
    "Confidence",
    "DevelopmentMode",
    "DueCause",
    "EnterpriseSize",
    "EntryKind",
    "Equipment",
    "EquipmentState",
    "FactVersion",
    "FormerName",
    "HourReading",
    "ImportBatch",
    "ImportMode",
    "ImportState",
    "ImportedRow",
    "KeyClass",
    "Lifecycle",
    "LifecycleCause",
    "LifecycleProposal",
    "LifecycleRecord",
    "MatterKind",
    "Merge",
    "MergedKind",
    "MergedRows",
    "MergedValue",
    "OpenMatter",
    "OwnershipType",
    "Pool",
    "PoolChange",
    "PoolEntry",
    "PoolException",
    "PoolRule",
    "PoolRun",
    "PoolUnit",
    "PoolWarning",
    "ProposalState",
    "TeamMember",
    "TeamRole",
    "Touch",
    "TouchKind",
    "VarianceCause",
    "VarianceNote",
    "VarianceSpan",
    "VarianceState",
    "Wallet",
    "WalletShare",
]
