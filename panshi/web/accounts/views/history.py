"""What an account was: its versioned facts as a history, of one field or all, and as they stood on a day."""

import datetime as dt
from typing import Any

from panshi.domains.accounts.models import FACT_FIELDS, Account
from panshi.domains.accounts.reports import fact_history, facts_on
from panshi.ground.base.fields import MoneyField
from panshi.web.accounts.forms import label_of
from panshi.web.request import PanshiRequest


def facts_tab(request: PanshiRequest, account: Account) -> dict[str, Any]:
    """The tab of changed facts; `field` narrows it, `on` asks for the facts of a day."""
    field = request.GET.get("field", "")
    field = field if field in FACT_FIELDS else ""
    asked, unclear = _day(request.GET.get("on", ""))
    facts = facts_on(account, asked or request.on, viewer=request.viewer)
    return {
        "fact_changes": fact_history(account, viewer=request.viewer, field=field),
        "fact_field": field,
        "fact_label": label_of(field) if field else "",
        "fact_day": asked,
        "fact_day_unclear": unclear,
        "fact_fields": [(fact.field, fact.label) for fact in facts],
        "facts": [fact for fact in facts if not field or fact.field == field],
        "money_facts": {
            name for name in FACT_FIELDS if isinstance(Account._meta.get_field(name), MoneyField)
        },
    }


def _day(text: str) -> tuple[dt.date | None, bool]:
    """The day asked for, and whether what was asked is no day."""
    try:
        return (dt.date.fromisoformat(text), False) if text else (None, False)
    except ValueError:
        return None, True
