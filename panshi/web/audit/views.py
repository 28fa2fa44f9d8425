"""Pages of the audit trail: one event with all it holds, and the state of the chain that seals them."""

from dataclasses import replace

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from panshi.domains.accounts.models import Account
from panshi.ground.audit.reports import one_happening, sealed
from panshi.ground.identity.reports import names_of
from panshi.web.audit.words import changed, facts, may_read, subject
from panshi.web.generic.keys import read_key
from panshi.web.generic.kinds import kind_words
from panshi.web.generic.timeline import told
from panshi.web.request import PanshiRequest, page


@page
def detail(request: PanshiRequest, pk: int) -> HttpResponse:
    """One event: in a drawer beside the list, or as a page."""
    request.viewer.require("audit.view")
    found = one_happening(read_key(str(pk)), request.viewer)
    if found is None:
        raise Http404
    one, seal = found
    readable = may_read(one, request.viewer)
    if not readable:
        one = replace(one, payload={}, changes={})
    account = Account.objects.visible_to(request.viewer).filter(pk=one.account_id or 0).first()
    context = {
        "one": one,
        "title": kind_words(one.kind),
        "told": told([one], viewer=request.viewer)[0] if readable else None,
        "readable": readable,
        "who": names_of([one.by_id]).get(one.by_id or 0, ""),
        "account": account,
        "subject": subject(one, request.viewer),
        "facts": facts(one, request.viewer),
        "changes": changed(one),
        "seal": seal,
    }
    response = render(request, "audit/event_part.html" if request.htmx else "audit/event.html", context)
    patch_vary_headers(response, ("HX-Request",))
    return response


@page
def chain(request: PanshiRequest) -> HttpResponse:
    """How far events are sealed, and how anybody can check that none was changed."""
    return render(request, "audit/chain.html", {"sealed": sealed(request.viewer)})
