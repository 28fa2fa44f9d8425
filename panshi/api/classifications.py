"""Classifications: ABC analyses with their rows, and the classes an account was given over time."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from django.http import Http404, HttpResponse
from ninja import Query, Router
from pydantic import Field, StrictBool

from panshi.api import answers
from panshi.api.accounts import opened, seen
from panshi.api.operations import operation
from panshi.api.pages import Order, after, cursor_of, cut
from panshi.api.request import ApiRequest
from panshi.api.types import KEY, Asked, Day, In, Key, Line, Out, PageOut
from panshi.api.writing import plain
from panshi.calc.value.abc import Ties
from panshi.domains.accounts.reports import class_history
from panshi.domains.analytics.models import AbcAnalysis
from panshi.domains.analytics.reports import abc_table
from panshi.domains.analytics.services import AbcQuestion, request_abc
from panshi.engines.analytics.values import Measure
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Unit

router = Router(tags=["classifications"])

FIELDS: Final = (
    *("id", "state", "error", "ledger_version", "first_on", "last_on", "measure", "currency", "regions"),
    *("product_lines", "unit_id", "sales_only", "a", "b", "ties", "accounts", "non_positive", "net_total"),
    *("positive_total", "top_share", "gini", "classes", "asked_at", "finished_at", "recorded_at"),
)
ROW: Final = ("account_id", "rank", "total", "share", "cumulative_share", "standing", "before")
SHARE = r"^0(\.\d{1,4})?$|^1(\.0{1,4})?$"


class ClassOut(Out):
    """What one class holds."""

    accounts: int
    total: str
    share: str


class AnalysisOut(Out):
    """An ABC analysis: what was asked, and what it found."""

    id: int
    state: Literal["waiting", "done", "failed"]
    error: str
    ledger_version: int
    first_on: dt.date
    last_on: dt.date
    measure: Literal["revenue", "margin", "quantity"]
    currency: str
    regions: list[str]
    product_lines: list[str]
    unit_id: int | None
    sales_only: bool
    a: str = Field(examples=["0.8000"])
    b: str
    ties: str
    accounts: int
    non_positive: int
    net_total: str
    positive_total: str
    top_share: str | None
    gini: str | None
    classes: dict[str, ClassOut]
    asked_at: dt.datetime
    finished_at: dt.datetime | None
    recorded_at: dt.datetime | None


class AnalysisPage(PageOut):
    """A page of analyses, newest first."""

    items: list[AnalysisOut]


class RowOut(Out):
    """One account in an analysis."""

    account_id: int
    rank: int
    total: str
    share: str
    cumulative_share: str
    standing: str = Field(description="A, B, C")
    before: str = Field(description="Where it stood in the period before")


class RowPage(PageOut):
    """A page of rows, by rank."""

    items: list[RowOut]


class RowsAsked(Asked):
    """Which rows."""

    standing: Literal["A", "B", "C"] | None = Field(None, description="Only this class")


class Question(In):
    """What to analyse; the whole company's revenue by default."""

    first_on: Day
    last_on: Day
    measure: Literal["revenue", "margin", "quantity"] = "revenue"
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "CNY"
    regions: Annotated[list[Line], Field(max_length=50)] = []
    product_lines: Annotated[list[Line], Field(max_length=50)] = []
    unit_id: Key | None = None
    sales_only: StrictBool = False
    a: Annotated[str, Field(pattern=SHARE)] = "0.8"
    b: Annotated[str, Field(pattern=SHARE)] = "0.95"
    ties: Literal["by_account", "together"] = "by_account"


class GivenOut(Out):
    """A class an account was given for a period."""

    analysis_id: int
    period_from_on: dt.date
    period_to_on: dt.date
    abc_class: str
    before_class: str
    rank: int
    total: str
    share: str
    cumulative_share: str
    recorded_at: dt.datetime


class GivenPage(Out):
    """Classes, newest first."""

    items: list[GivenOut]


def _analysis(pk: int, viewer: Viewer) -> AbcAnalysis:
    viewer.require("analysis.view")
    found: AbcAnalysis | None = AbcAnalysis.objects.visible_to(viewer).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _shown(one: AbcAnalysis) -> dict[str, Any]:
    return {name: plain(getattr(one, name)) for name in FIELDS if name != "classes"} | {
        "classes": one.classes
    }


@operation(router, "GET", "/analyses", scope="classifications:read", answers=AnalysisPage)
def list_analyses(request: ApiRequest, asked: Query[Asked]) -> HttpResponse:
    """The ABC analyses you may see, newest first."""
    request.viewer.require("analysis.view")
    rows = AbcAnalysis.objects.visible_to(request.viewer)
    found, more = cut(after(rows, Order(falling=True), asked.cursor, "analyses"), asked.limit)
    cursor = cursor_of(None, found[-1].pk, "analyses") if more else ""
    return answers.page(request, [_shown(one) for one in found], cursor)


@operation(router, "POST", "/analyses", scope="classifications:write", answers=AnalysisOut, status=202)
def ask_analysis(request: ApiRequest, body: Question) -> HttpResponse:
    """Ask for an analysis. One that answers the same question to the same ledger is given back at once; otherwise ask
    for it until its state is `done`. Without the right to the whole company it covers the accounts you see."""
    question = AbcQuestion(
        first_on=body.first_on,
        last_on=body.last_on,
        measure=Measure(body.measure),
        currency=body.currency,
        regions=tuple(body.regions),
        product_lines=tuple(body.product_lines),
        unit_id=seen(Unit, body.unit_id, request.viewer, "unit_id"),
        sales_only=body.sales_only,
        a=Decimal(body.a),
        b=Decimal(body.b),
        ties=Ties(body.ties),
    )
    made = request_abc(question=question, by=request.viewer, at=request.at)
    return answers.plain(
        request, _shown(AbcAnalysis.objects.visible_to(request.viewer).get(pk=made.pk)), status=202
    )


@operation(router, "GET", "/analyses/{pk}", scope="classifications:read", answers=AnalysisOut)
def read_analysis(request: ApiRequest, pk: int = KEY) -> HttpResponse:
    """One analysis with the figures of its classes."""
    return answers.plain(request, _shown(_analysis(pk, request.viewer)))


@operation(router, "GET", "/analyses/{pk}/rows", scope="classifications:read", answers=RowPage)
def list_analysis_rows(request: ApiRequest, asked: Query[RowsAsked], pk: int = KEY) -> HttpResponse:
    """The ranked accounts of an analysis, as far as you may see them."""
    rows: Any = abc_table(_analysis(pk, request.viewer), viewer=request.viewer).select_related(None)
    if asked.standing:
        rows = rows.filter(standing=asked.standing)
    name = f"rows {pk} {asked.standing}"
    found, more = cut(after(rows, Order("rank"), asked.cursor, name), asked.limit)
    items = [{field: plain(getattr(one, field)) for field in ROW} for one in found]
    return answers.page(request, items, cursor_of(found[-1].rank, found[-1].pk, name) if more else "")


@operation(
    router, "GET", "/accounts/{pk}/classes", scope="classifications:read", answers=GivenPage, also=(410,)
)
def list_classes(request: ApiRequest, pk: int = KEY) -> HttpResponse:
    """The ABC classes an account was given, newest first."""
    request.viewer.require("analysis.view")
    account = opened(pk, request.viewer)
    items = [
        {name: plain(getattr(one, name)) for name in GivenOut.model_fields}
        for one in class_history(account, viewer=request.viewer, limit=200)
    ]
    return answers.plain(request, {"items": items})
