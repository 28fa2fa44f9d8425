"""The OpenAPI document at its stable address, and the page that reads it; both for who signed in or has a token."""

from functools import cache
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.views.decorators.http import require_safe
from ninja import NinjaAPI

from panshi.api.operations import DECLARED, Declared
from panshi.api.problems import MEDIA_TYPE
from panshi.api.types import ProblemOut
from panshi.api.writing import as_json
from panshi.ground.identity.scopes import SCOPES
from panshi.ground.identity.services import find_token

PREFIX: Final = "/api/v1"
WHAT: Final = {
    304: "Nothing changed since the ETag you named",
    400: "The request cannot be read",
    401: "No valid token",
    403: "The token's scopes or its person's rights do not suffice",
    404: "Not there, or not for you to see",
    405: "No such method here",
    409: "The same request is being carried out; try again shortly",
    410: "Merged into another account",
    412: "Somebody else changed the record since the version you named",
    413: "Too large",
    415: "Send application/json, or a form where files are taken",
    422: "Something is wrong with the content, or it was refused; nothing was saved",
    428: "Name the version you read in If-Match",
    429: "Too many requests; wait as long as Retry-After says",
}
ALWAYS: Final = (400, 401, 403, 404, 422, 429)


def _parameter(name: str, text: str, *, required: bool, example: str) -> dict[str, Any]:
    return {
        "in": "header", "name": name, "required": required, "description": text,
        "schema": {"type": "string", "maxLength": 200}, "example": example,
    }  # fmt: skip


IF_MATCH: Final = _parameter(
    "If-Match", "The ETag of the version you read", required=True, example='"3-0f1e2d3c4b5a6978"'
)
IF_NONE_MATCH: Final = _parameter(
    "If-None-Match",
    "The ETag you know; 304 if nothing changed",
    required=False,
    example='"3-0f1e2d3c4b5a6978"',
)
IDEMPOTENCY: Final = _parameter(
    "Idempotency-Key",
    "A name of your own for this request; sent again within 24 hours it is answered without being done again",
    required=False,
    example="erp-4711",
)
LANGUAGE: Final = _parameter(
    "Accept-Language", "The language of messages: zh-hans or en", required=False, example="en"
)


def build(api: NinjaAPI) -> dict[str, Any]:
    """The document: what the types say, with scopes, headers and problems of each operation."""
    document: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=f"{PREFIX[1:]}/"))
    for path in document["paths"].values():
        for method, operation in path.items():
            _complete(operation, method, DECLARED[operation["operationId"]])
    schemas = document["components"]["schemas"]
    problem = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs")
    schemas["Problem"] = problem
    document["components"]["schemas"] = dict(sorted(schemas.items()))
    document["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
    document["servers"] = [{"url": "/"}]
    return document


TAGS: Final = {
    "token": "Who you are",
    "accounts": "Accounts, their owner and their life",
    "contacts": "People at accounts",
    "log": "The contact log",
    "ledger": "Batches of trade and the months of an account",
    "classifications": "ABC analyses and classes",
    "files": "Files and their versions",
    "events": "What happened, in order",
}


def _complete(operation: dict[str, Any], method: str, declared: Declared) -> None:
    """Add what types cannot say."""
    scope = f"Scope: `{declared.scope}`." if declared.scope else "Any token."
    operation["description"] = f"{operation.get('description', '')}\n\n{scope}".strip()
    operation["x-scope"] = declared.scope
    parameters = operation.setdefault("parameters", [])
    for one in parameters:
        one["schema"].pop("title", None)
    statuses = {*ALWAYS, *declared.statuses}
    if declared.versioned:
        parameters.append(IF_MATCH)
        statuses |= {412, 428}
    if declared.repeatable:
        parameters.append(IDEMPOTENCY)
        statuses.add(409)
    if method == "get":
        parameters.append(IF_NONE_MATCH)
        statuses.add(304)
    if "requestBody" in operation:
        statuses |= {413, 415}
    parameters.append(LANGUAGE)
    answers = operation["responses"]
    for status in sorted(statuses):
        answers[status] = {"description": WHAT[status]}
        if status != 304:
            answers[status]["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    operation["responses"] = {str(status): answers[status] for status in sorted(answers, key=int)}


def about() -> str:
    """The description of the whole."""
    scopes = "\n".join(f"- `{scope.code}`" for scope in SCOPES)
    return (
        "Everything a program may do for a person who gave it a token. The token acts with its person's rights of "
        "today, within its scopes.\n\n"
        "Send `Authorization: Bearer pst_…`. Amounts, days and moments are text. Lists come in pages: follow `next`. "
        "Reading a record gives an ETag; changing it wants that ETag in `If-Match`. Errors are "
        "`application/problem+json`; `type` is what to decide by, `detail` what to show.\n\n"
        f"Scopes:\n{scopes}"
    )


@cache
def _bytes(api: NinjaAPI) -> bytes:
    return as_json(build(api))


def _knows_us(request: HttpRequest) -> bool:
    if request.user.is_authenticated:
        return True
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    token = find_token(given) if given else None
    return (
        token is not None
        and token.revoked_at is None
        and token.person.is_active
        and token.expires_on >= timezone.localdate()
    )


def document_view(api: NinjaAPI) -> Any:
    """The view of the document."""

    @require_safe
    def view(request: HttpRequest) -> HttpResponseBase:
        if not _knows_us(request):
            return redirect(f"{resolve_url('account_login')}?next={request.path}")
        return HttpResponse(_bytes(api), content_type="application/json")

    return view


def docs_view(api: NinjaAPI) -> Any:
    """The view of the page that reads the document; its scripts are ours, from no other server."""

    @require_safe
    def view(request: HttpRequest) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect(f"{resolve_url('account_login')}?next={request.path}")
        settings = '{"url": "/api/v1/openapi.json", "layout": "BaseLayout", "deepLinking": true, "validatorUrl": null}'
        return render(request, "ninja/swagger.html", {"api": api, "swagger_settings": settings})

    return view
