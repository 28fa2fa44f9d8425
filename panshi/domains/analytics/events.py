"""Event kinds of analyses. Payloads hold ids, periods and counts."""

from typing import Final

from panshi.ground.audit.kinds import EventKind

ABC_RECORDED: Final = EventKind(
    "analytics.abc_recorded",
    ("ledger_version", "first_on", "last_on", "accounts", "changed"),
    permission="analysis.view",
)
