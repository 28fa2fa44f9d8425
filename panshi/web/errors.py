"""Pages for what went wrong; each says what happened in plain words and offers a way on."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import render


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request itself makes no sense."""
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, message: str = "") -> HttpResponse:
    """403: the person may see the record but not do this."""
    return render(request, "errors/403.html", {"message": message}, status=403)


def not_allowed(request: HttpRequest, answer: HttpResponseBase) -> HttpResponseBase:
    """405: an address that only takes forms was opened, or the other way round; drawn, with the way back.

    Answers with a body of their own, and those asked for by scripts, stay as they are.
    """
    if not isinstance(answer, HttpResponseNotAllowed) or answer.content or getattr(request, "htmx", False):
        return answer
    context = {"back": came_from(request), "form_only": request.method in {"GET", "HEAD"}}
    drawn = render(request, "errors/405.html", context, status=405)
    drawn.headers["Allow"] = answer.headers["Allow"]
    return drawn


def came_from(request: HttpRequest) -> str:
    """The page of ours a request came from, the workbench where none is known or it is this very address."""
    given = urlsplit(request.headers.get("Referer", ""))
    if given.netloc != request.get_host() or given.path == request.path:
        return "/"
    return given._replace(scheme="", netloc="").geturl() or "/"


def refused(request: HttpRequest, message: str) -> HttpResponse:
    """422: the house said no to a write, in a sentence; nothing was saved."""
    return render(request, "errors/422.html", {"message": message}, status=422)


def outdated(request: HttpRequest, message: str) -> HttpResponse:
    """409: somebody else saved the record first; nothing was saved."""
    return render(request, "errors/409.html", {"message": message}, status=409)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403 raised by Django itself."""
    return forbidden(request)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing here, or nothing this person may see; the page does not tell which."""
    return render(request, "errors/404.html", status=404)


def too_many(request: HttpRequest) -> HttpResponse:
    """429: tried too often in a short time; asked for by sign-in's rate limits."""
    return render(request, "errors/429.html", status=429)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault."""
    return render(request, "errors/500.html", {"request_id": getattr(request, "request_id", "")}, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form came from another site or is too old."""
    return render(request, "errors/csrf.html", status=403)
