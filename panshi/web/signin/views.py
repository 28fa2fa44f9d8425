"""What sign-in needs beside allauth's own pages: end one session, choose language and colours."""

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from panshi.ground.identity import services
from panshi.ground.identity.models import Language, Theme
from panshi.ground.identity.services import choose_appearance
from panshi.web.request import PanshiRequest, page

_YEAR = 365 * 24 * 60 * 60


@require_POST
@page
def end_session(request: PanshiRequest, session_id: int) -> HttpResponse:
    """Sign one of the person's own browsers out."""
    session = get_object_or_404(UserSession, pk=session_id, user_id=request.user.pk)
    services.end_session(session=session, by=request.viewer, at=request.at)
    messages.success(request, _("该设备已退出登录。"))
    return redirect("usersessions_list")


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep language and colours, before sign-in too: in a cookie for this browser, and with the person if known."""
    language, theme = request.POST.get("language"), request.POST.get("theme")
    if request.user.is_authenticated:
        choose_appearance(language=language, theme=theme, by=request.viewer)  # type: ignore[attr-defined]
    answer = HttpResponse(status=204) if request.htmx else redirect(_way_back(request))  # type: ignore[attr-defined]
    if language in Language.values:
        _remember(answer, "language", str(language))
    if theme in Theme.values:
        _remember(answer, "panshi_theme", str(theme))
    return answer


def _way_back(request: HttpRequest) -> str:
    """The page the choice was made on, if it is one of ours."""
    back = request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return back if safe else "/"


def _remember(answer: HttpResponse, name: str, value: str) -> None:
    answer.set_cookie(name, value, max_age=_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
