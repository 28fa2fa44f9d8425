"""The request as our pages see it: signed in, with its viewer, language and clock.

Pages take `PanshiRequest`; `page` is the decorator every view carries: it wants a signed-in person and turns refusals
into answers (404 for what one may not see, 403 for what one may not do, 409 for what somebody else changed).
"""

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject
from django_htmx.middleware import HtmxDetails

from panshi.ground.base.refusals import NotAllowed
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person
from panshi.ground.identity.reports import viewer_of
from panshi.web.errors import forbidden

P = ParamSpec("P")


class PanshiRequest(HttpRequest):
    """A request after the middleware: `viewer` for the gate, `htmx` for fragments, `at`/`on` as the clock."""

    user: Person  # type: ignore[assignment]
    viewer: Viewer
    htmx: HtmxDetails
    at: dt.datetime
    on: dt.date


class PersonMiddleware:
    """Give the request its clock, viewer and language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Prepare, answer, and leave no language behind in the thread."""
        ours = cast(PanshiRequest, request)
        ours.at = timezone.now()
        ours.on = timezone.localdate(ours.at)
        ours.viewer = cast(Viewer, SimpleLazyObject(lambda: _viewer(ours)))
        with translation.override(_language(ours)):
            return self.get_response(request)


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
    view: Callable[Concatenate[PanshiRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A view for signed-in people."""

    @wraps(view)
    def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(cast(PanshiRequest, request), *args, **kwargs)
        except NotAllowed as refusal:
            return forbidden(request, refusal.message)

    return cast(Any, login_required(answer))
