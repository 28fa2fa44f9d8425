"""Opening many archives at once, for imports and loading: rows, lifecycle, events and search in a few statements."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from django.utils import timezone

from panshi.domains.accounts import events
from panshi.domains.accounts.models import Account, LifecycleRecord
from panshi.domains.accounts.services.finding import put_new_accounts
from panshi.ground.audit.models import Event
from panshi.ground.audit.services import draft
from panshi.ground.base.bulk import insert_rows
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.services import draw_numbers

CHUNK: Final = 2500
CODE_SERIES: Final = "accounts"
CODE_PREFIX: Final = "K"


def open_accounts(
    accounts: Sequence[Account],
    *,
    reason: str,
    duplicate_ids: Sequence[Sequence[int]] = (),
    batch_id: int | None = None,
    by: Viewer,
    at: dt.datetime,
) -> list[Event]:
    """Insert cleaned and derived accounts, numbering those without a code; answers their events in order.

    `duplicate_ids` names for each account what it looks like. Call inside a transaction; rights are for the caller
    to check.
    """
    draw_codes([account for account in accounts if not account.code])
    on = timezone.localdate(at)
    for account in accounts:
        if account.owner_id is not None:
            account.owner_since_on = on
    insert_rows(Account, accounts)
    insert_rows(
        LifecycleRecord,
        [
            LifecycleRecord(
                account=account,
                after=account.lifecycle,
                on=account.lifecycle_since_on,
                at=at,
                by_id=by.person_id,
                reason=reason,
            )
            for account in accounts
        ],
    )
    known = duplicate_ids or [()] * len(accounts)
    made = [
        draft(
            events.CREATED,
            at=at,
            by_id=by.person_id,
            account_id=account.pk,
            subject_id=account.pk,
            code=account.code,
            version=account.version,
            duplicate_ids=list(looks_like),
            batch_id=batch_id,
        )
        for account, looks_like in zip(accounts, known, strict=True)
    ]
    insert_rows(Event, made)
    put_new_accounts(accounts)
    return made


def draw_codes(accounts: Sequence[Account]) -> None:
    """Give the next free numbers of the series; codes typed by hand may lie in its way."""
    open_ = list(accounts)
    while open_:
        codes = draw_numbers(series=CODE_SERIES, prefix=CODE_PREFIX, count=len(open_))
        taken: set[str] = set()
        for start in range(0, len(codes), CHUNK):
            chunk = codes[start : start + CHUNK]
            taken |= set(Account.objects.filter(code__in=chunk).values_list("code", flat=True))
        free = [code for code in codes if code not in taken]
        for account, code in zip(open_, free, strict=False):
            account.code = code
        open_ = open_[len(free) :]
