"""A person's notices: the drawer behind the bell, the page with all of them, read and unread; and what waits."""

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from panshi.domains.accounts.models import Account
from panshi.ground.notices import services
from panshi.ground.notices.kinds import all_kinds
from panshi.ground.notices.models import Notice
from panshi.ground.notices.reports import Told, address_of, kinds_of, notices_of, told, unread_count
from panshi.web.generic.keys import key_or_none
from panshi.web.request import PanshiRequest, page
from panshi.web.waiting import waiting_for

IN_DRAWER: Final = 12
PORTION: Final = 40
MOST_AT_ONCE: Final = 500


@page
def notices(request: PanshiRequest) -> HttpResponse:
    """All my notices, newest first, narrowed by kind or to what is unread."""
    kind, only_unread = request.GET.get("kind", ""), request.GET.get("unread") == "1"
    kind = kind if kind in all_kinds() else ""
    before = key_or_none(request.GET.get("before", ""))
    rows, more = notices_of(request.viewer, kind=kind, unread=only_unread, before=before, count=PORTION)
    context = {
        "days": _by_day(in_words(request, rows), request.on),
        "kinds": [(each.name, str(each.label), each.name == kind) for each in kinds_of(request.viewer)],
        "kind": kind,
        "only_unread": only_unread,
        "more": _address(kind, only_unread, more) if more else "",
        "unread": unread_count(request.viewer),
    }
    return render(request, "notices/list.html", context)


def _address(kind: str, only_unread: bool, before: int) -> str:
    query = {"kind": kind, "unread": "1" if only_unread else "", "before": before}
    return "?" + urlencode({name: value for name, value in query.items() if value})


def _by_day(found: Sequence[Told], today: dt.date) -> list[tuple[str, list[Told]]]:
    """Notices under the day they came on: 今天, 昨天, 更早."""
    names = {0: _("今天"), 1: _("昨天")}
    days: dict[str, list[Told]] = {}
    for each in found:
        age = (today - timezone.localdate(each.at)).days
        days.setdefault(names.get(max(age, 0), _("更早")), []).append(each)
    return list(days.items())


def in_words(request: PanshiRequest, rows: Sequence[Notice]) -> list[Told]:
    """Notices in words, naming only accounts the person may see; two queries."""
    ids = {each.account_id for each in rows if each.account_id is not None}
    visible = Account.objects.visible_to(request.viewer).filter(pk__in=ids)
    return told(rows, accounts=dict(visible.values_list("pk", "name")))


@page
def drawer(request: PanshiRequest) -> HttpResponse:
    """The newest notices, beside the page one is on."""
    rows, more = notices_of(request.viewer, count=IN_DRAWER)
    context = {
        "notices": in_words(request, rows),
        "more": more is not None,
        "unread": unread_count(request.viewer),
    }
    response = render(request, "notices/drawer.html", context)
    patch_vary_headers(response, ("HX-Request",))
    return response


STOP_ASKING: Final = 286
"""HTMX asks no more after this answer."""


def waiting(request: HttpRequest) -> HttpResponseBase:
    """What waits for me, as the counts of bell and rail.

    The standing page (its element `waits`) asks every minute by itself, so a session that ended must not lead away from
    what somebody is typing.
    """
    by_itself = request.headers.get("HX-Trigger") == "waits"
    if by_itself and not request.user.is_authenticated:
        return HttpResponse(status=STOP_ASKING)
    return _waiting(request)


@page
def _waiting(request: PanshiRequest) -> HttpResponse:
    return render(request, "notices/waiting.html", {"waiting": waiting_for(request.viewer)})


@page
def open_notice(request: PanshiRequest, pk: int) -> HttpResponse:
    """Go where a notice leads; it is read then."""
    found = Notice.objects.visible_to(request.viewer).filter(pk=pk, person_id=request.user.pk).first()
    if found is None:
        raise Http404
    services.mark_read(notice_ids=[pk], by=request.viewer, at=request.at)
    return HttpResponseRedirect(address_of(found) or reverse("notices:list"))


@require_POST
@page
def read(request: PanshiRequest) -> HttpResponse:
    """Mark the notices named as read, or all of them; can be taken back."""
    named = _named(request)
    found = services.mark_read(
        notice_ids=None if request.POST.get("all") else named, by=request.viewer, at=request.at
    )
    count = len(found)
    text = ngettext("已将 %(count)d 条通知标为已读", "已将 %(count)d 条通知标为已读", count) % {
        "count": count
    }
    undo = reverse("notices:unread") + "?" + urlencode({"at": request.at.isoformat()})
    return _changed(request, text if count else _("没有未读的通知"), undo if count else "")


@require_POST
@page
def unread(request: PanshiRequest) -> HttpResponse:
    """Take "read" back: for the notices named, or for all that were read at one moment."""
    moment = parse_datetime(request.GET.get("at", "")) if request.GET.get("at") else None
    if moment is not None and moment.tzinfo is None:
        raise Http404
    services.mark_unread(read_at=moment, notice_ids=_named(request), by=request.viewer)
    return _changed(request, _("已恢复为未读"), "")


def _named(request: PanshiRequest) -> list[int]:
    keys = (key_or_none(each) for each in request.POST.getlist("notice")[:MOST_AT_ONCE])
    return [key for key in keys if key is not None]


def _changed(request: PanshiRequest, text: str, undo: str) -> HttpResponse:
    """Say so, with a way back, and let bell and list load anew."""
    if not request.htmx:
        return HttpResponseRedirect(reverse("notices:list"))
    toast: dict[str, Any] = {"text": text, "tone": "good"}
    if undo:
        toast["undo"] = undo
    happened = json.dumps({"panshi:changed": True, "panshi:toast": toast})
    return HttpResponse(status=204, headers={"HX-Trigger": happened})
