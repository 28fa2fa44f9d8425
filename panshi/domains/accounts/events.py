"""Event kinds of the account archive. Payloads hold ids, codes and field names; values are kept as changes."""

from typing import Final

from panshi.ground.audit.kinds import EventKind

CREATED: Final = EventKind("accounts.created", ("code", "version", "duplicate_ids", "batch_id"))
CHANGED: Final = EventKind("accounts.changed", ("fields", "version", "duplicate_ids", "batch_id"))
MONEY_CHANGED: Final = EventKind("accounts.money_changed", ("fields", "version"), permission="accounts.money")
PLACED: Final = EventKind("accounts.placed", ("parent_id", "group_id", "version"))
ASSIGNED: Final = EventKind("accounts.assigned", ("owner_id", "unit_id", "version"))
MEMBER_ADDED: Final = EventKind("accounts.member_added", ("person_id", "role"))
MEMBER_REMOVED: Final = EventKind("accounts.member_removed", ("person_id", "role"))
LIFECYCLE_CHANGED: Final = EventKind("accounts.lifecycle_changed", ("before", "after", "on", "version"))
ABC_RECORDED: Final = EventKind(
    "accounts.abc_recorded",
    ("analysis_id", "period_from_on", "period_to_on", "before", "after"),
    permission="analysis.view",
)
SALES_RECORDED: Final = EventKind(
    "accounts.sales_recorded", ("source", "as_of", "accounts"), permission="ledger.view"
)
IMPORTED: Final = EventKind(
    "accounts.imported",
    ("batch_id", "mode", "rows", "created", "updated", "unchanged", "rejected"),
    permission="accounts.import",
)
