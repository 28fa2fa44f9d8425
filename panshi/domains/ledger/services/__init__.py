"""Every write of the ledger: the life of a batch, what becomes of unknown accounts, and what is pushed to accounts."""

from panshi.domains.ledger.services.batches import (
    CannotChangeBatch,
    CannotReadLedger,
    discard_batch,
    fail_step,
    map_columns,
    open_batch,
    request_commit,
    request_revert,
)
from panshi.domains.ledger.services.committing import (
    LedgerMoved,
    finish_commit,
    finish_revert,
    prepare_commit,
    prepare_revert,
)
from panshi.domains.ledger.services.lines import LINES, ask_for_lines, find_lines
from panshi.domains.ledger.services.resolving import (
    CannotResolveAccount,
    create_unknown,
    leave_out,
    match_unknown,
    reopen_unknown,
    request_creation,
)
from panshi.domains.ledger.services.sales import finish_sales, prepare_sales
from panshi.domains.ledger.services.staging import (
    keep_inspection,
    keep_staged,
    prepare_inspection,
    prepare_staging,
)
from panshi.domains.ledger.services.tidying import tidy_ledger

__all__ = [
    "LINES",
    "CannotChangeBatch",
    "CannotReadLedger",
    "CannotResolveAccount",
    "LedgerMoved",
    "ask_for_lines",
    "create_unknown",
    "discard_batch",
    "fail_step",
    "find_lines",
    "finish_commit",
    "finish_revert",
    "finish_sales",
    "keep_inspection",
    "keep_staged",
    "leave_out",
    "map_columns",
    "match_unknown",
    "open_batch",
    "prepare_commit",
    "prepare_inspection",
    "prepare_revert",
    "prepare_sales",
    "prepare_staging",
    "reopen_unknown",
    "request_commit",
    "request_creation",
    "request_revert",
    "tidy_ledger",
]
