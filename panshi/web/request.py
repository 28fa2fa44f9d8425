"""The request as our pages see it: signed in, with its viewer, language and clock.

Pages take `PanshiRequest`; `page` is the decorator every view carries: it wants a signed-in person and turns refusals
into answers (404 for what one may not see, 403 for what one may not do, 409 for what somebody else changed).
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Concatenate, Final, ParamSpec, cast
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject
from django_htmx.middleware import HtmxDetails

from panshi.ground.base.refusals import NotAllowed, Refused, Stale
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person
from panshi.ground.identity.reports import viewer_of
from panshi.ground.settings.once import reading_once
from panshi.web.errors import came_from, forbidden, not_allowed, outdated, refused

P = ParamSpec("P")

_OPEN_WITH_TEMPORARY_PASSWORD: Final = frozenset(
    {"account_change_password", "account_logout", "frame:choose"}
)
"""All that a person with a temporary password may use."""


class PanshiRequest(HttpRequest):
    """A request after the middleware: `viewer` for the gate, `htmx` for fragments, `at`/`on` as the clock."""

    user: Person
    viewer: Viewer
    htmx: HtmxDetails
    at: dt.datetime
    on: dt.date


class PersonMiddleware:
    """Give the request its clock, viewer and language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Prepare, answer, and leave no language behind in the thread, streamed answers included."""
        ours = cast(PanshiRequest, request)
        ours.at = timezone.now()
        ours.on = timezone.localdate(ours.at)
        ours.viewer = cast(Viewer, SimpleLazyObject(lambda: _viewer(ours)))
        language = _language(ours)
        with translation.override(language), reading_once():
            answer = not_allowed(request, self.get_response(request))
        if isinstance(answer, StreamingHttpResponse):
            answer.streaming_content = _speaking(language, cast(Iterable[bytes], answer.streaming_content))
        if request.user.is_authenticated:  # what one person sees belongs into no shared cache
            answer.headers.setdefault("Cache-Control", "private, no-cache")
        return answer

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], *_arguments: object
    ) -> HttpResponse | None:
        """A temporary password opens nothing but the page that replaces it."""
        match = request.resolver_match
        if (
            request.user.is_authenticated
            and request.user.must_change_password
            and match is not None
            and match.view_name not in _OPEN_WITH_TEMPORARY_PASSWORD
        ):
            return _lead(cast(PanshiRequest, request), resolve_url("account_change_password"))
        return None


def _speaking(language: str, parts: Iterable[bytes]) -> Iterator[bytes]:
    """The parts of a streamed answer, made in a language: they are written after the middleware is done."""
    with translation.override(language):
        yield from parts


def _viewer(request: PanshiRequest) -> Viewer:
    if request.user.is_authenticated:
        return viewer_of(request.user.pk, on=request.on)
    return Viewer(person_id=None)


def _language(request: PanshiRequest) -> str:
    """The person's own language; before sign-in what a cookie or the browser asks for, Chinese otherwise."""
    if request.user.is_authenticated:
        return request.user.language
    chosen = request.COOKIES.get("language")
    return chosen if chosen in {"zh-hans", "en"} else translation.get_language_from_request(request)


def page(
    view: Callable[Concatenate[PanshiRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """A view for signed-in people. Forms answer refusals at their fields; what they let through is answered here."""

    @wraps(view)
    def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_sign_in(cast(PanshiRequest, request))
        try:
            return view(cast(PanshiRequest, request), *args, **kwargs)
        except NotAllowed as refusal:
            return forbidden(request, refusal.message)
        except Stale as refusal:
            return outdated(request, refusal.message)
        except Refused as refusal:
            return refused(request, refusal.message)

    return cast(Callable[Concatenate[HttpRequest, P], HttpResponseBase], answer)


def _to_sign_in(request: PanshiRequest) -> HttpResponse:
    """Ask for sign-in and come back; a fragment must not show the sign-in page inside another page.

    Whoever sent a form comes back to the page it stood on: what only takes forms cannot be opened.
    """
    if not request.htmx:
        reads = request.method in {"GET", "HEAD"}
        return redirect_to_login(request.get_full_path() if reads else came_from(request))
    shown = urlsplit(request.htmx.current_url or "/")
    return _lead(request, redirect_to_login(shown._replace(scheme="", netloc="").geturl()).url)


def _lead(request: PanshiRequest, address: str) -> HttpResponse:
    """Send the whole page elsewhere, also when only a fragment of it was asked for."""
    if getattr(request, "htmx", False):
        return HttpResponse(status=401, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
