"""Writes of decision tables: draft, publish, withdraw, load what is shipped."""

from panshi.ground.rules.services.drafting import (
    CannotCreateTable,
    CannotSaveDraft,
    create_table,
    discard_draft,
    save_draft,
)
from panshi.ground.rules.services.publishing import (
    CannotPublishTable,
    CannotWithdrawVersion,
    publish_table,
    withdraw_version,
)
from panshi.ground.rules.services.shipping import load_shipped

__all__ = [
    "CannotCreateTable",
    "CannotPublishTable",
    "CannotSaveDraft",
    "CannotWithdrawVersion",
    "create_table",
    "discard_draft",
    "load_shipped",
    "publish_table",
    "save_draft",
    "withdraw_version",
]
