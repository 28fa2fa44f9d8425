"""Reads of the ledger: where it stands, what a batch holds, which accounts it names, an account's months."""

from panshi.domains.ledger.reports.batches import (
    Choice,
    candidates,
    commit_obstacle,
    mapping_choices,
    remembered,
    uncompared_lines,
)
from panshi.domains.ledger.reports.matching import Known, match
from panshi.domains.ledger.reports.rejected import RejectedRow, reasons_in_words, rejected_sample
from panshi.domains.ledger.reports.standing import (
    MonthFigures,
    Trend,
    batch_folder,
    cuts,
    head_version,
    ledger_folder,
    merged_accounts,
    months_of,
    trade_trend,
)
from panshi.domains.ledger.reports.years import sales_of, year_sales

__all__ = [
    "Choice",
    "Known",
    "MonthFigures",
    "RejectedRow",
    "Trend",
    "batch_folder",
    "candidates",
    "commit_obstacle",
    "cuts",
    "head_version",
    "ledger_folder",
    "mapping_choices",
    "match",
    "merged_accounts",
    "months_of",
    "reasons_in_words",
    "rejected_sample",
    "remembered",
    "sales_of",
    "trade_trend",
    "uncompared_lines",
    "year_sales",
]
