"""What the pickers of the account room ask for: accounts I may see, people of ours, regions."""

from django.db.models import Q
from django.http import JsonResponse
from django.utils.translation import gettext as _

from panshi.domains.accounts.models import Account
from panshi.ground.identity.models import Person
from panshi.ground.search.reports import find
from panshi.web.accounts import names
from panshi.web.generic.pickers import MOST_SHOWN, answer
from panshi.web.request import PanshiRequest, page


def _typed(request: PanshiRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "").strip()[:60]


@page
def accounts(request: PanshiRequest) -> JsonResponse:
    """Accounts by name, pinyin, code or phone; the most recently contacted ones before anything is typed."""
    typed = _typed(request)
    visible = Account.objects.visible_to(request.viewer).standing()
    if typed:
        everything = request.viewer.sees_all("accounts.view")
        hits = find(typed, accounts=None if everything else visible, kinds=("account",), limit=MOST_SHOWN)
        return answer((hit.record_id, hit.title, hit.subtitle) for hit in hits)
    rows = visible.order_by("-last_contact_on", "-pk").values_list("pk", "name", "code")[:MOST_SHOWN]
    return answer(rows)


@page
def people(request: PanshiRequest) -> JsonResponse:
    """People of ours who work here now, by name, pinyin or initials."""
    typed = _typed(request).lower()
    rows = Person.objects.visible_to(request.viewer).active()
    if typed:
        rows = rows.filter(
            Q(name__contains=typed) | Q(pinyin__startswith=typed) | Q(initials__startswith=typed)
        )
    found = rows.order_by("pinyin", "pk").values_list("pk", "name", "assignments__unit__name")[
        : MOST_SHOWN * 2
    ]
    once = {pk: (pk, name, unit or "") for pk, name, unit in found}
    special = [("me", _("我"), "")] if "filter" in request.GET and not typed else []
    return answer([*special, *once.values()][:MOST_SHOWN])


@page
def regions(request: PanshiRequest) -> JsonResponse:
    """Divisions by any part of their name or their code."""
    return answer((code, name, code) for code, name in names.find_regions(_typed(request), MOST_SHOWN))
