"""The addresses of the API. Every answer under `/api/` passes `_entrance`, also those that no operation gives."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, include, path, re_path
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI

from panshi.api import accounts, calendar, classifications, contacts, events, files, ledger, log, me
from panshi.api.document import about, docs_view, document_view
from panshi.api.entry import StrictParser
from panshi.api.problems import Problem, answer, install

app_name = "api"

api: Final = NinjaAPI(
    title="Panshi",
    version="1",
    description=about(),
    openapi_url=None,
    docs_url=None,
    urls_namespace="v1",
    parser=StrictParser(),
)
for each in (me, accounts, contacts, log, ledger, classifications, files, events):
    api.add_router("", each.router)
install(api)

View = Callable[..., HttpResponseBase]


def _entrance(view: View) -> View:
    """Refuse addresses no database can look for; give every answer the headers all of them carry."""

    @wraps(view)
    def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if _holds_nul(request):
            found: HttpResponseBase = answer(
                request, Problem(400, "bad_request", _("地址中含有不能使用的字符。"))
            )
        else:
            found = view(request, *args, **kwargs)
        if found.status_code == 405:
            allowed = found.headers.get("Allow", "")
            problem = Problem(405, "method_not_allowed", _("这里只支持：%(methods)s") % {"methods": allowed})
            found = answer(request, problem)
            found.headers["Allow"] = allowed
        found.headers["Cache-Control"] = "private, no-cache"
        found.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
        patch_vary_headers(found, ("Authorization", "Accept-Language"))
        return found

    return enter


def _holds_nul(request: HttpRequest) -> bool:
    asked = [request.path, *request.GET, *(each for values in request.GET.lists() for each in values[1])]
    return any("\x00" in each for each in asked)


@csrf_exempt
def _missing(request: HttpRequest) -> HttpResponse:
    return answer(request, Problem(404, "not_found", _("没有这个地址。")))


operations: Final[list[URLPattern]] = [
    pattern for pattern in api.urls[0] if isinstance(pattern, URLPattern) and pattern.name != "api-root"
]
for pattern in operations:
    pattern.callback = _entrance(pattern.callback)

urlpatterns = [
    path("docs/", docs_view(api), name="docs"),
    path("calendar.ics", _entrance(calendar.feed), name="calendar"),
    path("v1/openapi.json", document_view(api), name="document"),
    path("v1/", include((operations, "v1"))),
    re_path(r"^", _entrance(_missing), name="missing"),
]
