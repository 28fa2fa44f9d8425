"""Alive: the process answers. Ready: it can do its work. Metrics: figures for Prometheus, behind a token."""

import hmac
import logging
from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from panshi.web.health.figures import exposition

log = logging.getLogger(__name__)
_up_to_date = False


@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers; asks nobody else."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 when database, its schema and the cache answer; 503 with the name of what does not, and no more."""
    found = {name: _tried(name, act) for name, act in _NEEDS.items()}
    return JsonResponse(found, status=200 if set(found.values()) == {"ok"} else 503)


def _tried(name: str, act: Callable[[], bool]) -> str:
    try:
        return "ok" if act() else "behind"
    except Exception:
        log.warning("not ready: %s does not answer", name, exc_info=True)
        return "down"


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())


def _schema() -> bool:
    """Whether every migration is applied; once it is, this process's code asks no more."""
    global _up_to_date  # noqa: PLW0603 - the one thing a process learns about itself
    if not _up_to_date:
        executor = MigrationExecutor(connection)
        _up_to_date = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _up_to_date


def _cache() -> bool:
    cache.get("ready")
    return True


_NEEDS = {"database": _database, "schema": _schema, "cache": _cache}


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures; 404 without the token, or from another machine when no token is set."""
    if not _may_read(request):
        raise Http404
    text, kind = exposition(at=timezone.now())
    return HttpResponse(text, content_type=kind)


def _may_read(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    if token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), token.encode())
    if settings.BEHIND_PROXY:  # every request comes from the proxy then
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
