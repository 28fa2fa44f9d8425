"""Every write of the public pools, split by what people do with them."""

from panshi.domains.accounts.services.pools.keys import mark_key
from panshi.domains.accounts.services.pools.nightly import finish_night, review_some
from panshi.domains.accounts.services.pools.returning import (
    CannotReturn,
    foresee_returning,
    return_account,
    return_accounts,
)
from panshi.domains.accounts.services.pools.rules import CannotSaveRule, drop_rule, save_rule
from panshi.domains.accounts.services.pools.settings import (
    CannotSavePool,
    PoolSettings,
    change_pool,
    close_pool,
    open_pool,
    reopen_pool,
)
from panshi.domains.accounts.services.pools.taking import (
    CannotClaim,
    assign_account,
    assign_accounts,
    claim_account,
    claim_accounts,
    foresee_taking,
)
from panshi.domains.accounts.services.pools.undoing import (
    UNDO_MINUTES,
    undo_returns,
    undo_takings,
)

__all__ = [
    "UNDO_MINUTES",
    "CannotClaim",
    "CannotReturn",
    "CannotSavePool",
    "CannotSaveRule",
    "PoolSettings",
    "assign_account",
    "assign_accounts",
    "change_pool",
    "claim_account",
    "claim_accounts",
    "close_pool",
    "drop_rule",
    "finish_night",
    "foresee_returning",
    "foresee_taking",
    "mark_key",
    "open_pool",
    "reopen_pool",
    "return_account",
    "return_accounts",
    "review_some",
    "save_rule",
    "undo_returns",
    "undo_takings",
]
