"""Key accounts 重点客户: pushed by whoever classes accounts, with the source; they never return to a pool."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from panshi.domains.accounts import events
from panshi.domains.accounts.models import Account
from panshi.domains.accounts.services.completeness import measure
from panshi.domains.accounts.services.locking import locked
from panshi.domains.accounts.services.pools.nightly import review_one
from panshi.ground.audit.services import record
from panshi.ground.base.viewer import Viewer


@transaction.atomic
def mark_key(*, account: Account, is_key: bool, source: str, by: Viewer, at: dt.datetime) -> Account:
    """Record that the account belongs, or no longer belongs, to a key class; `source` says in a word who says so."""
    record_ = locked(account.pk, by=by, permission="accounts.assign")
    if record_.is_key == is_key:
        return record_
    record_.is_key = is_key
    record_.step(at=at)
    record_.save(update_fields=["is_key", "version", "updated_at"])
    record(
        events.KEY_MARKED,
        at=at,
        by_id=by.person_id,
        account_id=record_.pk,
        subject_id=record_.pk,
        is_key=is_key,
        source=source,
        version=record_.version,
    )
    measure([record_.pk], at=at)
    review_one(account_id=record_.pk, by=by, at=at, on=timezone.localdate(at))
    return record_
