"""Open matters pushed down by the domains above: while one is open, its account stays with its owner.

The domain whose record it is has checked the person's right and writes the event; here only the fact is kept.
"""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from panshi.domains.accounts.models import Account, MatterKind, OpenMatter
from panshi.domains.accounts.services.pools.nightly import review_one
from panshi.ground.base.viewer import Viewer


@transaction.atomic
def open_matter(
    *, account: Account, kind: str, source: str, source_id: int, by: Viewer, at: dt.datetime
) -> OpenMatter:
    """Keep the account out of recycling because of the record `source` / `source_id`; again for one that was closed."""
    if kind not in MatterKind.values:
        raise ValueError(f"{kind} is no kind of matter")
    matter: OpenMatter = OpenMatter.objects.update_or_create(
        source=source,
        source_id=source_id,
        defaults={
            "account_id": account.pk,
            "kind": kind,
            "opened_at": at,
            "by_id": by.person_id,
            "closed_at": None,
        },
    )[0]
    review_one(account_id=account.pk, by=by, at=at, on=timezone.localdate(at))
    return matter


@transaction.atomic
def close_matter(*, source: str, source_id: int, by: Viewer, at: dt.datetime) -> None:
    """The record is finished; nothing happens when it is closed already or was never open."""
    OpenMatter.objects.standing().filter(source=source, source_id=source_id).update(closed_at=at)
