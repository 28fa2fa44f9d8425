"""Each request leaves a line and a count: its id, page, status and time. The id is told to whoever asked."""

import logging
import re
import secrets
from collections.abc import Callable
from time import perf_counter
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from panshi.ground.base.logs import belonging
from panshi.web.health.figures import count_request

log = logging.getLogger("panshi.requests")

HEADER: Final = "X-Request-ID"
_PLAIN: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")


class RequestRecord:
    """Outermost: whatever answers, also an error page, has its id and its line."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Take the id a proxy gave, or give one; answer; note page, status and milliseconds, never the query."""
        given = request.headers.get(HEADER, "")
        request_id = given if _PLAIN.fullmatch(given) else secrets.token_hex(8)
        request.request_id = request_id  # type: ignore[attr-defined]
        began = perf_counter()
        with belonging(request=request_id):
            answer = self.get_response(request)
            seconds = perf_counter() - began
            match = request.resolver_match
            view = match.view_name if match else "none"
            method = request.method if request.method in _METHODS else "OTHER"
            count_request(view=view, method=str(method), status=answer.status_code, seconds=seconds)
            log.info(
                "%s %s", method, request.path[:200],
                extra={"figures": {
                    "page": view, "status": answer.status_code, "ms": round(seconds * 1000, 1),
                    "person": getattr(getattr(request, "user", None), "pk", None),
                }},
            )  # fmt: skip
        answer.headers[HEADER] = request_id
        return answer


_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
