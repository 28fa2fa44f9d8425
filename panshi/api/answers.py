"""Answers: one record with its ETag, a page with the address of the next one; nothing again that is known already."""

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from panshi.api.problems import Problem
from panshi.api.writing import as_json

_ETAG: Final = re.compile(r'(?:W/)?"(\d{1,10})(?:-[0-9a-f]+)?"')


def record(
    request: HttpRequest, found: Mapping[str, Any], *, status: int = 200, location: str = ""
) -> HttpResponse:
    """One record. Its ETag begins with its version, which is what `If-Match` speaks of."""
    body = as_json(found)
    version = found.get("version", 0)
    answer = _conditional(request, body, f'"{version}-{_digest(body)}"', status)
    if location:
        answer.headers["Location"] = location
    return answer


def page(request: HttpRequest, items: Sequence[Mapping[str, Any]], cursor: str) -> HttpResponse:
    """A page of a list; `next` is the address of the following one, null at the end."""
    following = None
    if cursor:
        asked = request.GET.copy()
        asked["cursor"] = cursor
        following = f"{request.path}?{asked.urlencode()}"
    body = as_json({"items": items, "next": following, "cursor": cursor or None})
    return _conditional(request, body, f'W/"{_digest(body)}"', 200)


def plain(request: HttpRequest, found: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """What has no version of its own."""
    body = as_json(found)
    return _conditional(request, body, f'W/"{_digest(body)}"', status)


def nothing() -> HttpResponse:
    """Done, and nothing to say."""
    return HttpResponse(status=204)


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:16]


def _conditional(request: HttpRequest, body: bytes, etag: str, status: int) -> HttpResponse:
    known = request.headers.get("If-None-Match", "")
    if request.method == "GET" and known and _same(known, etag):
        return HttpResponse(status=304, headers={"ETag": etag})
    return HttpResponse(body, status=status, content_type="application/json", headers={"ETag": etag})


def _same(known: str, etag: str) -> bool:
    names = {name.strip().removeprefix("W/") for name in known.split(",")}
    return "*" in names or etag.removeprefix("W/") in names


def expected_version(request: HttpRequest) -> int:
    """The version named by `If-Match`; a change without it could overwrite somebody else's."""
    given = request.headers.get("If-Match", "").strip()
    if not given:
        raise Problem(428, "version_required", _("修改记录时请在 If-Match 中给出读取时的 ETag。"))
    found = _ETAG.fullmatch(given)
    if found is None:
        raise Problem(400, "bad_request", _("If-Match 不是这条记录的 ETag。"))
    return int(found[1])


def chosen(asked: str | None, known: Collection[str], *, always: Collection[str] = ("id",)) -> set[str]:
    """The fields asked for by `fields=a,b`, all of them by default. Raises `Problem` for an unknown one."""
    if not asked:
        return set(known)
    names = {name.strip() for name in asked.split(",") if name.strip()}
    unknown = sorted(names - set(known))
    if unknown:
        text = _("没有这些字段：%(names)s") % {"names": ", ".join(unknown)[:200]}
        raise Problem(422, "invalid", text, errors={"fields": text})
    return names | set(always)
