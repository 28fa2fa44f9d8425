"""From a line of the standing check to the account it is about."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from panshi.domains.accounts.models import AccountBalance
from panshi.web.request import PanshiRequest, page


@page
def balance(request: PanshiRequest, pk: int) -> HttpResponse:
    """Lead to the account's page, where its balance stands among what needs doing."""
    request.viewer.require("ledger.view")
    found = AccountBalance.objects.visible_to(request.viewer).filter(pk=pk).first()
    if found is None:
        raise Http404
    return redirect("accounts:detail", found.account_id)
