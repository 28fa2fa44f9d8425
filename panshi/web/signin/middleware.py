"""The session list kept fresh without writing on every request: once in five minutes is enough to see who is there."""

from collections.abc import Callable
from typing import Final

from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

_SEEN: Final = "seen_at"
_EVERY_SECONDS: Final = 300
_OUT: Final = "account_logout"


class SessionActivity:
    """Note when a session was last used; allauth's own middleware would write with every page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Note, then answer. After sign-out the browser is told to forget what it kept of our pages."""
        if request.user.is_authenticated and request.session.session_key:
            now = int(request.at.timestamp())  # type: ignore[attr-defined]
            if now - int(request.session.get(_SEEN, 0)) >= _EVERY_SECONDS:
                request.session[_SEEN] = now
                UserSession.objects.create_from_request(request)
        answer = self.get_response(request)
        if not request.user.is_authenticated and request.method == "POST" and request.path == reverse(_OUT):
            answer.headers["Clear-Site-Data"] = '"cache", "storage"'
        return answer
