"""Event kinds of the ledger. Payloads hold ids and counts; the lines are in the store."""

from typing import Final

from panshi.ground.audit.kinds import EventKind

_PERMISSION: Final = "ledger.import"

BATCH_UPLOADED: Final = EventKind("ledger.batch_uploaded", ("source_id",), permission=_PERMISSION)
BATCH_MAPPED: Final = EventKind("ledger.batch_mapped", ("fields", "currency"), permission=_PERMISSION)
BATCH_COMMITTED: Final = EventKind(
    "ledger.batch_committed",
    ("source_id", "version", "new", "corrected", "unchanged", "rejected", "split", "left_out_accounts"),
    permission=_PERMISSION,
)
BATCH_REVERTED: Final = EventKind(
    "ledger.batch_reverted", ("source_id", "version", "removed", "restored"), permission=_PERMISSION
)
BATCH_DISCARDED: Final = EventKind("ledger.batch_discarded", ("source_id",), permission=_PERMISSION)
ACCOUNTS_RESOLVED: Final = EventKind(
    "ledger.accounts_resolved", ("decision", "accounts"), permission=_PERMISSION
)
