"""Who took what out as a file: one event for each export, written before the first row leaves."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from panshi.ground.audit.events import EXPORTED
from panshi.ground.audit.models import Event
from panshi.ground.audit.services import record


@transaction.atomic
def record_export(
    *,
    listed: str,
    form: str,
    columns: Sequence[str],
    conditions: Sequence[str],
    by_id: int | None,
    at: dt.datetime,
    account_id: int | None = None,
) -> Event:
    """Say that a list left as a file: its name, csv or xlsx, the columns, and which conditions narrowed it; a paper
    about one account names it and its sections.

    Conditions are named, never quoted: what a person searched for may be a name.
    """
    return record(
        EXPORTED,
        at=at,
        by_id=by_id,
        account_id=account_id,
        listed=listed,
        form=form,
        columns=list(columns),
        conditions=sorted(set(conditions)),
    )
