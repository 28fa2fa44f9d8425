"""What went wrong, in one shape for everything (RFC 9457), in the language the caller asked for."""

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from panshi.api.writing import as_json
from panshi.domains.accounts.services import CannotIgnoreDuplicates, CannotOverwrite
from panshi.ground.base.refusals import NotAllowed, Refused, Stale
from panshi.ground.identity.services.answers import CannotComplete, CannotRepeat

log = logging.getLogger("panshi.api")

MEDIA_TYPE: Final = "application/problem+json"
TYPE: Final = "urn:panshi:problem:"

TITLES: Final[Mapping[str, Promise]] = {
    "bad_request": gettext_lazy("请求无法读取"),
    "unauthenticated": gettext_lazy("需要有效的令牌"),
    "missing_scope": gettext_lazy("令牌的范围不够"),
    "not_allowed": gettext_lazy("没有权限"),
    "not_found": gettext_lazy("没有找到"),
    "method_not_allowed": gettext_lazy("不支持这种方法"),
    "conflict": gettext_lazy("同一请求正在处理"),
    "merged": gettext_lazy("客户已并入其他客户"),
    "stale": gettext_lazy("记录已被他人修改"),
    "too_large": gettext_lazy("请求过大"),
    "wrong_media_type": gettext_lazy("内容类型不受支持"),
    "invalid": gettext_lazy("请求的内容不正确"),
    "refused": gettext_lazy("没有保存"),
    "duplicates": gettext_lazy("可能与已有客户重复"),
    "key_reused": gettext_lazy("Idempotency-Key 已使用"),
    "version_required": gettext_lazy("需要 If-Match"),
    "too_many": gettext_lazy("请求过于频繁"),
    "internal": gettext_lazy("服务器出错"),
}


class Problem(Exception):
    """Raised anywhere in an operation; answered as `application/problem+json`."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.errors, self.headers, self.more = dict(errors or {}), dict(headers or {}), more


def answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    """A problem as an answer."""
    said: dict[str, Any] = {
        "type": f"{TYPE}{problem.code}",
        "title": str(TITLES[problem.code]),
        "status": problem.status,
        "detail": problem.detail,
        "request_id": getattr(request, "request_id", ""),
        **problem.more,
    }
    if problem.errors:
        said["errors"] = [{"field": field, "message": text} for field, text in problem.errors.items()]
    return HttpResponse(
        as_json(said), status=problem.status, content_type=MEDIA_TYPE, headers=problem.headers
    )


def of(error: Exception) -> Problem:
    """What an exception means to the caller; what nobody expected is logged and told as our fault."""
    if isinstance(error, Problem):
        return error
    for kind, meaning in _MEANINGS:
        if isinstance(error, kind):
            return meaning(error)
    log.error("unexpected error", exc_info=error)
    return Problem(500, "internal", _("服务器出错，已记录。请提供 request_id 以便查找。"))


def _missing(error: Any) -> Problem:
    return Problem(404, "not_found", _("没有这条记录，或您不能查看它。"))


def _no_token(error: Any) -> Problem:
    detail = _("请在 Authorization 头中提供令牌：Bearer pst_…")
    return Problem(401, "unauthenticated", detail, headers={"WWW-Authenticate": "Bearer"})


def _unreadable(error: Any) -> Problem:
    """Ninja wraps what reading the body raised."""
    cause = error.__cause__
    return (
        cause if isinstance(cause, Problem) else Problem(400, "bad_request", _("请求的内容不是有效的 JSON。"))
    )


def _too_large(error: Any) -> Problem:
    return Problem(413, "too_large", _("请求的内容过大。"))


def _stale(error: Any) -> Problem:
    """What the others made of it stands beside, where the service told it."""
    told: dict[str, Any] = {}
    if isinstance(error, CannotOverwrite):
        told["conflicts"] = [
            {"field": each.field, "mine": each.mine, "theirs": each.theirs} for each in error.conflicts
        ]
    return Problem(412, "stale", error.message, version=error.theirs, **told)


def _duplicates(error: Any) -> Problem:
    found = [_candidate(each) for each in error.candidates]
    errors = {"override_reason": error.message}
    return Problem(422, "duplicates", error.message, errors=errors, candidates=found)


def _repeated(error: Any) -> Problem:
    if isinstance(error, CannotRepeat) and not error.running:
        return Problem(422, "key_reused", error.message)
    return Problem(409, "conflict", error.message, headers={"Retry-After": "1"})


def _refused(error: Any) -> Problem:
    named = {field: text for field, text in error.errors.items() if field}
    return Problem(422, "refused", error.message, errors=named)


def _candidate(each: Any) -> dict[str, Any]:
    return {
        "account_id": each.account_id,
        "code": each.code,
        "name": each.name,
        "owner": each.owner,
        "reasons": [str(reason.value) for reason in each.reasons],
        "score": each.score,
    }


def _invalid(error: ValidationError) -> Problem:
    """Errors of types and shapes, each at its field."""
    found: dict[str, str] = {}
    for each in error.errors:
        place = ".".join(str(part) for part in each["loc"][1:] if part not in {"body", "asked"})
        found.setdefault(place[:200] or str(each["loc"][0]), _words(each))
    return Problem(422, "invalid", _("有字段不正确，请看 errors。"), errors=found)


def _words(error: Mapping[str, Any]) -> str:
    kind = str(error["type"])
    if kind == "missing":
        return _("必须提供。")
    if kind == "extra_forbidden":
        return _("没有这个字段。")
    return _("类型、格式或范围不正确。")


_MEANINGS: Final[tuple[tuple[type[Exception], Callable[[Any], Problem]], ...]] = (
    (NotAllowed, lambda error: Problem(403, "not_allowed", error.message)),
    (Stale, _stale),
    (CannotIgnoreDuplicates, _duplicates),
    (CannotRepeat, _repeated),
    (CannotComplete, _repeated),
    (Refused, _refused),
    (Http404, _missing),
    (ValidationError, _invalid),
    (AuthenticationError, _no_token),
    (HttpError, _unreadable),
    (RequestDataTooBig, _too_large),
)
"""From the particular to the general."""


def install(api: NinjaAPI) -> None:
    """Let every exception of an operation be answered as a problem."""

    def handle(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
        return answer(request, of(cast(Exception, error)))

    for kind in (Exception, Http404, HttpError, ValidationError):
        api.add_exception_handler(kind, handle)
