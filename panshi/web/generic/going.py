"""Where a record named by kind and key is found: `/go/<kind>/<id>/` leads there.

The page itself asks whether the person may see it; a name that leads nowhere and a record one may not see give the same
answer.
"""

from collections.abc import Callable
from typing import Final

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse

from panshi.domains.people.models import Contact, LogEntry
from panshi.ground.base.viewer import Viewer
from panshi.web.request import PanshiRequest, page

Leads = Callable[[int, Viewer], str | None]
"""The address of a record for a viewer; None where it leads nowhere."""


def _to(url_name: str) -> Leads:
    def lead(pk: int, viewer: Viewer) -> str | None:
        try:
            return reverse(url_name, args=[pk])
        except NoReverseMatch:  # a room that is not installed
            return None

    return lead


def _at(url_name: str, query: str = "") -> Leads:
    """A page that is about no single record."""
    return lambda pk, viewer: reverse(url_name) + query


def _contact(pk: int, viewer: Viewer) -> str | None:
    account_id = Contact.objects.visible_to(viewer).filter(pk=pk).values_list("account_id", flat=True).first()
    return reverse("accounts:detail", args=[account_id, "contacts"]) if account_id else None


def _pool(pk: int, viewer: Viewer) -> str | None:
    return f"{reverse('accounts:pools')}?pool={pk}"


def _log(pk: int, viewer: Viewer) -> str | None:
    account_id = (
        LogEntry.objects.visible_to(viewer).filter(pk=pk).values_list("account_id", flat=True).first()
    )
    return reverse("accounts:detail", args=[account_id, "log"]) if account_id else None


PLACES: Final[dict[str, Leads]] = {
    "account": _to("accounts:detail"),
    "equipment": _to("accounts:equipment_edit"),
    "wallet": _to("accounts:wallet_edit"),
    "class.proposal": _to("accounts:class_proposal"),
    "pool": _pool,
    "contact": _contact,
    "log": _log,
    "import": _to("imports:result"),
    "batch": _to("ledger:detail"),
    "analysis": _to("analytics:report"),
    "file": _to("files:detail"),
    "job": _to("work:detail"),
    "request": _to("workflow:detail"),
    "export": _to("exports:detail"),
    "due": _at("accounts:list", "?owner=me&next.to=today&sort=next"),
    "variances": _at("accounts:variances", "?state=open&view=open"),
    "outbox": _at("notices:outbox"),
}
"""Kind of record → where it is. A room adds its kinds here."""


@page
def go(request: PanshiRequest, kind: str, pk: int) -> HttpResponse:
    """Lead to a record."""
    lead = PLACES.get(kind)
    address = lead(pk, request.viewer) if lead is not None and pk < 2**63 else None
    if address is None:
        raise Http404
    return HttpResponseRedirect(address)
