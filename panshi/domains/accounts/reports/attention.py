"""What needs doing about accounts, in one place: counted for the workbench, named for the page of one account."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django.db.models import Q, QuerySet

from panshi.domains.accounts.models import Account, LifecycleProposal, VarianceNote
from panshi.domains.accounts.reports.balances import failing_accounts
from panshi.domains.accounts.reports.frequency import contact_by
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.reports import value

MOST: Final = 1000


def incomplete() -> Q:
    """Accounts whose archive is less complete than the company wants."""
    return Q(completeness__lt=int(value("accounts.complete_share")))


def attention_counts(*, viewer: Viewer, on: dt.date) -> Mapping[str, int]:
    """How many of the viewer's own accounts need what, and for those who lead how much in their scope is late; counts
    end at `MOST`. Six queries."""
    me = viewer.person_id or 0
    own: QuerySet[Any] = Account.objects.visible_to(viewer).standing().filter(owner_id=me)
    notes: QuerySet[Any] = VarianceNote.objects.visible_to(viewer).open()
    found = {
        "variance": notes.filter(account__owner_id=me),
        "contact": own.filter(contact_by(on)),
        "incomplete": own.filter(incomplete()),
        "proposals": LifecycleProposal.objects.visible_to(viewer).open().filter(account__owner_id=me),
    }
    if viewer.may("ledger.view"):
        found["balance"] = own.filter(failing_accounts())
    if viewer.may("accounts.assign"):
        found["variance_late"] = notes.filter(Q(due_on__lt=on) | Q(account__owner=None)).exclude(
            account__owner_id=me
        )
    counted = {name: rows.order_by()[:MOST].count() for name, rows in found.items()}
    return dict.fromkeys(("balance", "variance_late"), 0) | counted


def open_notes(account: Account, *, viewer: Viewer) -> list[VarianceNote]:
    """The account's variance notes that wait for an answer or were answered for other figures; one query."""
    if not viewer.may("ledger.view"):
        return []
    rows: QuerySet[Any] = VarianceNote.objects.visible_to(viewer).filter(account=account)
    waiting = rows.filter(Q(state="open") | Q(state="answered", corrected_at__isnull=False))
    return list(waiting.order_by("due_on", "pk")[:5])
