"""The door: who a token is, how fast it may ask, and bodies that are read only when they can do no harm."""

import json
from typing import Any, Final, cast

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja.parser import Parser
from ninja.security import HttpBearer

from panshi.api.problems import Problem
from panshi.api.request import ApiRequest
from panshi.ground.identity.models import ApiToken
from panshi.ground.identity.reports import viewer_of
from panshi.ground.identity.scopes import narrowed
from panshi.ground.identity.services import count_request, find_token, note_use, use_due
from panshi.ground.settings.reports import value

MOST_BODY: Final = 1024 * 1024
MOST_DEPTH: Final = 8
MOST_VALUES: Final = 20_000
MOST_DIGITS: Final = 40


class Token(HttpBearer):
    """`Authorization: Bearer pst_…`, and the scope this operation needs. Sessions open nothing here."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken:
        """Find the token, count the request, and narrow its person's rights to its scopes."""
        ours = cast(ApiRequest, request)
        ours.at = timezone.now()
        ours.on = timezone.localdate(ours.at)
        found = find_token(token.strip())
        if found is None or not found.person.is_active:
            raise _closed(_("没有这个令牌，或它的主人已停用。"))
        if found.revoked_at is not None:
            raise _closed(_("这个令牌已停用。"))
        if found.expires_on < ours.on:
            raise _closed(_("这个令牌已过期。"))
        _keep_pace(ours, found)
        if self.scope and self.scope not in found.scope_codes:
            raise Problem(
                403, "missing_scope", _("此操作需要令牌的范围“%(scope)s”。") % {"scope": self.scope},
                needed=[self.scope],
            )  # fmt: skip
        ours.token = found
        ours.viewer = narrowed(viewer_of(found.person_id, on=ours.on), found.scope_codes)
        if use_due(found, at=ours.at):
            note_use(token=found, by=ours.viewer, at=ours.at)
        return found


def _closed(detail: str) -> Problem:
    headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
    return Problem(401, "unauthenticated", detail, headers=headers)


def _keep_pace(request: ApiRequest, token: ApiToken) -> None:
    most = int(value("api.requests_a_minute"))
    if count_request(token=token, at=request.at) > most:
        wait = 60 - int(request.at.timestamp()) % 60
        raise Problem(
            429, "too_many", _("每分钟最多 %(most)d 次请求，请在 %(wait)d 秒后再试。") % {"most": most, "wait": wait},
            headers={"Retry-After": str(wait)},
        )  # fmt: skip


class StrictParser(Parser):
    """JSON of bounded size, depth and numbers, without characters no database keeps and without keys named twice."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """The body of a request. Raises `Problem`."""
        if request.content_type != "application/json":
            raise Problem(415, "wrong_media_type", _("请以 application/json 发送。"))
        return cast(dict[str, Any], read_json(request.body))


def read_json(body: bytes) -> Any:
    """What a body says. Raises `Problem` for anything that is no harmless JSON."""
    if len(body) > MOST_BODY:
        raise Problem(413, "too_large", _("请求的内容过大。"))
    try:
        found = json.loads(
            body.decode("utf-8"),
            parse_int=_integer, parse_float=_number, parse_constant=_no_constant, object_pairs_hook=_object,
        )  # fmt: skip
        _bounded(found)
        json.dumps(found, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise Problem(400, "bad_request", _("请求的内容不是有效的 JSON。")) from error
    return found


def _integer(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise ValueError(text[:40])
    return int(text)


def _number(text: str) -> float:
    found = float(text)
    if len(text) > 2 * MOST_DIGITS or found in (float("inf"), float("-inf")):
        raise ValueError(text[:40])
    return found


def _no_constant(text: str) -> Any:
    raise ValueError(text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is named twice")
    return found


def _bounded(found: Any) -> None:
    """Refuse depth, breadth, and NUL in any text. Walks without recursion."""
    waiting: list[tuple[Any, int]] = [(found, 1)]
    seen = 0
    while waiting:
        each, depth = waiting.pop()
        seen += 1
        if depth > MOST_DEPTH or seen > MOST_VALUES:
            raise ValueError("too deep or too many values")
        if isinstance(each, str) and "\x00" in each:
            raise ValueError("a text holds NUL")
        if isinstance(each, dict):
            waiting += [(part, depth + 1) for pair in each.items() for part in pair]
        elif isinstance(each, list):
            waiting += [(part, depth + 1) for part in each]
