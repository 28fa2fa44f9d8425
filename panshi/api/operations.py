"""How an operation is declared: its scope, what it answers, which headers it minds. One decorator for all of them."""

import hashlib
import inspect
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final, cast, get_args

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja import Router

from panshi.api.entry import Token
from panshi.api.problems import Problem
from panshi.api.request import ApiRequest
from panshi.ground.identity.services.answers import (
    Answer,
    claim_answer,
    complete_answer,
    release_answer,
)

View = Callable[..., HttpResponseBase]
LONGEST_KEY: Final = 128
KEPT_HEADERS: Final = ("Location", "ETag", "Content-Type")


@dataclass(frozen=True, slots=True)
class Declared:
    """What the document says of an operation beyond its types; read by `document`."""

    scope: str
    versioned: bool
    repeatable: bool
    statuses: tuple[int, ...]


DECLARED: Final[dict[str, Declared]] = {}
"""Operation id → what was declared of it."""


def operation(
    router: Router,
    method: str,
    path: str,
    *,
    scope: str,
    answers: Any,
    status: int = 200,
    versioned: bool = False,
    also: tuple[int, ...] = (),
) -> Callable[[View], View]:
    """An operation under the name of its function. `versioned` wants `If-Match`; every POST takes an idempotency key;
    `also` are statuses it may answer beyond the usual ones."""

    def declare(view: View) -> View:
        name, repeatable = view.__name__, method == "POST"
        known = _query_names(view)

        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            ours = cast(ApiRequest, request)
            _refuse_unknown(ours, known)
            _refuse_odd_forms(ours)
            if repeatable and "Idempotency-Key" in request.headers:
                return _once(ours, lambda: view(ours, *args, **kwargs))
            return view(ours, *args, **kwargs)

        DECLARED[name] = Declared(scope, versioned, repeatable, also)
        router.add_api_operation(
            path,
            [method],
            answer,
            auth=Token(scope),
            response={status: answers},
            operation_id=name,
            summary=name.replace("_", " ").capitalize(),
            description=inspect.getdoc(view),
            url_name=name,
        )
        return view

    return declare


def _query_names(view: View) -> frozenset[str]:
    """The query parameters an operation knows: the fields of the one model it takes them as."""
    asked = inspect.signature(view).parameters.get("asked")
    if asked is None:
        return frozenset()
    model = (get_args(asked.annotation) or (asked.annotation,))[0]
    return frozenset(model.model_fields)


def _refuse_unknown(request: ApiRequest, known: frozenset[str]) -> None:
    """A misspelt filter must not silently answer everything."""
    unknown = sorted(set(request.GET) - known)
    if unknown:
        raise Problem(
            422, "invalid", _("有不认识的参数，请看 errors。"),
            errors={name[:60]: _("没有这个参数。") for name in unknown[:20]},
        )  # fmt: skip


def _refuse_odd_forms(request: ApiRequest) -> None:
    """Forms that carry files are no JSON: their texts are looked at here."""
    if request.content_type == "multipart/form-data":
        texts = [each for _name, values in request.POST.lists() for each in values]
        if any("\x00" in each for each in [*texts, *request.POST]):
            raise Problem(400, "bad_request", _("含有不能保存的字符。"))


def _once(request: ApiRequest, act: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Carry a request out unless it was; work and kept answer are one transaction."""
    key = request.headers["Idempotency-Key"].strip()
    if not 1 <= len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise Problem(400, "bad_request", _("Idempotency-Key 应为 1 到 128 个可见字符。"))
    claimed = claim_answer(
        token=request.token, key=key, asked=_digest(request), by=request.viewer, at=request.at
    )
    if isinstance(claimed, Answer):
        headers = {**json.loads(claimed.headers), "Idempotent-Replayed": "true"}
        return HttpResponse(claimed.body, status=claimed.status, headers=headers)
    try:
        with transaction.atomic():
            made = cast(HttpResponse, act())
            headers = {name: made.headers[name] for name in KEPT_HEADERS if name in made.headers}
            kept = Answer(made.status_code, json.dumps(headers), made.content.decode())
            complete_answer(claimed=claimed, answer=kept, by=request.viewer)
    except Exception:
        release_answer(claimed=claimed, by=request.viewer)
        raise
    return made


def _digest(request: ApiRequest) -> str:
    """A digest of what was asked: address, and the body or the fields and files of a form."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type == "multipart/form-data":
        digest.update(json.dumps(sorted(request.POST.lists())).encode())
        for name, files in sorted(request.FILES.lists()):
            for file in files:
                digest.update(f"{name}\n{file.name}\n".encode())
                for chunk in file.chunks():
                    digest.update(chunk)
                file.seek(0)
    else:
        digest.update(request.body)
    return digest.hexdigest()
