"""What the search box finds: a fragment of options under the box, or a page of everything found."""

from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models import Account
from panshi.ground.search.reports import Hit, find
from panshi.web.generic.addresses import around_key
from panshi.web.request import PanshiRequest, page

IN_THE_BOX, ON_THE_PAGE = 12, 100
KINDS: Final[dict[str, tuple[Promise, str, str, str]]] = {
    "account": (_("客户"), "accounts:detail", "accounts.view", "building"),
    "contact": (_("联系人"), "people:edit", "people.view", "user"),
    "file": (_("文件"), "files:detail", "accounts.view", "file"),
}
"""Kind → its name, where a hit leads, the permission to find it, its icon."""


@page
def results(request: PanshiRequest) -> HttpResponse:
    """Records by any piece of their names, pinyin, initials, code or phone; only what the person may see."""
    words = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    fragment = bool(request.htmx)
    kinds = [
        kind for kind, (_label, _to, permission, _icon) in KINDS.items() if request.viewer.may(permission)
    ]
    found = _find(request, words, kinds, IN_THE_BOX if fragment else ON_THE_PAGE)
    groups = [
        (label, icon, [(hit, address(hit)) for hit in found if hit.kind == kind])
        for kind, (label, _to, _permission, icon) in KINDS.items()
    ]
    context = {"words": words, "groups": groups, "count": len(found), "more": len(found) >= ON_THE_PAGE}
    response = render(request, "search/options.html" if fragment else "search/results.html", context)
    patch_vary_headers(response, ("HX-Request",))
    return response


def _find(request: PanshiRequest, words: str, kinds: list[str], limit: int) -> list[Hit]:
    if not words or not kinds:
        return []
    everything = request.viewer.sees_all("accounts.view")
    visible = None if everything else Account.objects.visible_to(request.viewer)
    return find(words, accounts=visible, kinds=kinds, limit=limit)


def address(hit: Hit) -> str:
    """Where a hit leads: an account to its page, a contact to the account they are at."""
    if hit.kind == "contact" and hit.account_id is not None:
        before, after = around_key("accounts:detail")
        return f"{before}{hit.account_id}{after}contacts/"
    before, after = around_key(KINDS[hit.kind][1])
    return f"{before}{hit.record_id}{after}"
