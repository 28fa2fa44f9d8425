"""The ledger: batches from upload to commit and back, and what an account traded month by month."""

import datetime as dt
from typing import Annotated, Any, Final

from django.http import Http404, HttpResponse
from ninja import Query, Router
from ninja.files import UploadedFile
from ninja.params.functions import File, Form
from pydantic import BaseModel, ConfigDict, Field

from panshi.api import answers
from panshi.api.accounts import opened
from panshi.api.operations import operation
from panshi.api.pages import Order, after, cursor_of, cut
from panshi.api.request import ApiRequest
from panshi.api.types import KEY, Asked, In, Key, Line, Out, PageOut
from panshi.api.writing import plain
from panshi.domains.ledger.models import Batch, BatchState, UnknownAccount
from panshi.domains.ledger.reports import (
    commit_obstacle,
    mapping_choices,
    months_of,
    reasons_in_words,
    rejected_sample,
)
from panshi.domains.ledger.services import (
    discard_batch,
    leave_out,
    map_columns,
    match_unknown,
    open_batch,
    request_commit,
    request_creation,
    request_revert,
)
from panshi.ground.base.viewer import Viewer

router = Router(tags=["ledger"])

COUNTS: Final = (
    *("lines_read", "lines_staged", "lines_rejected", "lines_without_account", "documents", "accounts_named"),
    *("lines_new", "lines_corrected", "lines_unchanged", "lines_split"),
)
PLAIN: Final = (
    *("id", "state", "file_name", "at", "by_id", "error", "currency", "day_order", "amount", "first_on"),
    *("last_on", "committed_at", "reverted_at", *COUNTS),
)


class BatchOut(Out):
    """A batch: one imported file, applied whole or not at all."""

    id: int
    state: str = Field("", description=", ".join(BatchState.values), examples=["staged"])
    source: str = ""
    file_name: str = ""
    at: dt.datetime | None = None
    by_id: int | None = None
    error: str = Field("", description="Why the last step did not succeed")
    currency: str = ""
    day_order: str = ""
    amount: str = "0"
    first_on: dt.date | None = None
    last_on: dt.date | None = None
    committed_at: dt.datetime | None = None
    reverted_at: dt.datetime | None = None
    lines_read: int = 0
    lines_staged: int = 0
    lines_rejected: int = 0
    lines_without_account: int = 0
    documents: int = 0
    accounts_named: int = 0
    lines_new: int = 0
    lines_corrected: int = 0
    lines_unchanged: int = 0
    lines_split: int = 0


class RejectedOut(Out):
    """A row of the file that is no line of the ledger."""

    row: str
    reason: str
    cells: list[str]


class BatchDetail(BatchOut):
    """A batch with all that is needed to decide about it."""

    headings: list[str] = Field(default_factory=list, description="The columns of the file")
    columns: dict[str, str] = Field(default_factory=dict, description="Field → column, mapped or proposed")
    fields: list[str] = Field(default_factory=list, description="The fields a column may be mapped to")
    reasons: dict[str, int] = Field(default_factory=dict, description="Why rows were rejected, and how many")
    rejected: list[RejectedOut] = Field(default_factory=list, description="The first rejected rows")
    obstacle: str = Field("", description="Why it cannot be committed yet; empty when it can")


class BatchPage(PageOut):
    """A page of batches, newest first."""

    items: list[BatchOut]


class UnknownOut(Out):
    """An account the file names and nobody knows."""

    key: int
    code: str
    uscc: str
    name: str
    lines: int
    amount: str
    decision: str = Field(description="Empty while nobody decided; matched, created, left_out")
    account_id: int | None
    problem: str


class UnknownPage(PageOut):
    """A page of unknown accounts."""

    items: list[UnknownOut]


class Columns(In):
    """Which column of the file holds which field."""

    columns: dict[Annotated[str, Field(max_length=40)], Line] = Field(
        examples=[{"account": "客户编号", "date": "日期", "document": "单号", "amount": "金额"}]
    )
    currency: Annotated[str, Field(pattern="^([A-Za-z]{3})?$")] = ""
    day_order: Annotated[str, Field(max_length=3)] = ""


class Matching(In):
    """Which of our accounts it is."""

    account_id: Key


class Choosing(In):
    """Which unknown accounts; all open ones if left out."""

    keys: (
        Annotated[list[Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)]], Field(max_length=1000)] | None
    ) = None


class Asking(Out):
    """What was asked of the work process, or done at once."""

    job_id: int | None = None
    accounts: int = 0


class MonthOut(Out):
    """What an account traded in a month."""

    month: dt.date
    lines: int
    amount: str
    cost: str
    quantity: str


class MonthsOut(Out):
    """Months, oldest first."""

    items: list[MonthOut]


class MonthsAsked(BaseModel):
    """Which months."""

    model_config = ConfigDict(extra="forbid")

    months: int = Field(24, ge=1, le=120, description="How many, up to this one")
    currency: str = Field("CNY", pattern="^[A-Z]{3}$", description="In this currency")


def batch_of(pk: int, viewer: Viewer) -> Batch:
    """A batch for who may import. Raises `Http404`."""
    viewer.require("ledger.import")
    rows = Batch.objects.visible_to(viewer).select_related("source")
    found: Batch | None = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _shown(batch: Batch) -> dict[str, Any]:
    return {name: plain(getattr(batch, name)) for name in PLAIN} | {"source": batch.source.name}


def _detail(request: ApiRequest, pk: int, status: int = 200) -> HttpResponse:
    batch = batch_of(pk, request.viewer)
    choices = mapping_choices(batch)
    found = _shown(batch) | {
        "headings": list(batch.headings),
        "columns": {choice.field.value: choice.heading for choice in choices if choice.heading},
        "fields": [choice.field.value for choice in choices],
        "reasons": dict(reasons_in_words(batch)),
        "rejected": [
            {"row": one.row, "reason": one.reason, "cells": list(one.cells)}
            for one in (rejected_sample(batch) if batch.lines_rejected else [])
        ],
        "obstacle": commit_obstacle(batch),
    }
    return answers.plain(request, found, status=status)


@operation(router, "GET", "/ledger/batches", scope="ledger:read", answers=BatchPage)
def list_batches(request: ApiRequest, asked: Query[Asked]) -> HttpResponse:
    """The imported files, newest first."""
    request.viewer.require("ledger.import")
    rows = Batch.objects.visible_to(request.viewer).select_related("source")
    found, more = cut(after(rows, Order(falling=True), asked.cursor, "batches"), asked.limit)
    cursor = cursor_of(None, found[-1].pk, "batches") if more else ""
    return answers.page(request, [_shown(batch) for batch in found], cursor)


@operation(router, "POST", "/ledger/batches", scope="ledger:write", answers=BatchDetail, status=202)
def upload_batch(
    request: ApiRequest,
    source: str = Form(..., min_length=1, max_length=60, description="The system the file comes from"),
    file: UploadedFile = File(..., description="CSV, XLSX, XLS or Parquet"),  # noqa: B008
) -> HttpResponse:
    """Upload a file of trade. The work process looks at it: ask for the batch until its state is `inspected`."""
    batch = open_batch(source_name=source, file=file, by=request.viewer, at=request.at)
    return _detail(request, batch.pk, 202)


@operation(router, "GET", "/ledger/batches/{pk}", scope="ledger:read", answers=BatchDetail)
def read_batch(request: ApiRequest, pk: int = KEY) -> HttpResponse:
    """One batch: where it stands, what its columns are, what committing it would do."""
    return _detail(request, pk)


@operation(router, "PUT", "/ledger/batches/{pk}/columns", scope="ledger:write", answers=BatchDetail)
def map_batch(request: ApiRequest, body: Columns, pk: int = KEY) -> HttpResponse:
    """Say which column holds which field; the work process then checks every row, until the state is `staged`."""
    batch = batch_of(pk, request.viewer)
    map_columns(
        batch=batch,
        columns=body.columns,
        currency=body.currency,
        day_order=body.day_order,
        by=request.viewer,
        at=request.at,
    )
    return _detail(request, pk)


@operation(router, "POST", "/ledger/batches/{pk}/commit", scope="ledger:write", answers=BatchDetail)
def commit_batch(request: ApiRequest, pk: int = KEY) -> HttpResponse:
    """Put the batch into the ledger. Refused while unknown accounts are open."""
    request_commit(batch=batch_of(pk, request.viewer), by=request.viewer, at=request.at)
    return _detail(request, pk)


@operation(router, "POST", "/ledger/batches/{pk}/revert", scope="ledger:write", answers=BatchDetail)
def revert_batch(request: ApiRequest, pk: int = KEY) -> HttpResponse:
    """Take a committed batch out of the ledger again."""
    request_revert(batch=batch_of(pk, request.viewer), by=request.viewer, at=request.at)
    return _detail(request, pk)


@operation(router, "DELETE", "/ledger/batches/{pk}", scope="ledger:write", answers=None, status=204)
def drop_batch(request: ApiRequest, pk: int = KEY) -> HttpResponse:
    """Forget a file that never entered the ledger."""
    discard_batch(batch=batch_of(pk, request.viewer), by=request.viewer, at=request.at)
    return answers.nothing()


@operation(router, "GET", "/ledger/batches/{pk}/unknown-accounts", scope="ledger:read", answers=UnknownPage)
def list_unknown_accounts(request: ApiRequest, asked: Query[Asked], pk: int = KEY) -> HttpResponse:
    """The accounts the file names and nobody knows."""
    batch = batch_of(pk, request.viewer)
    rows = UnknownAccount.objects.visible_to(request.viewer).filter(batch=batch)
    found, more = cut(after(rows, Order(), asked.cursor, f"unknown {pk}"), asked.limit)
    names = ("key", "code", "uscc", "name", "lines", "amount", "decision", "account_id", "problem")
    items = [{name: plain(getattr(one, name)) for name in names} for one in found]
    return answers.page(request, items, cursor_of(None, found[-1].pk, f"unknown {pk}") if more else "")


@operation(
    router, "POST", "/ledger/batches/{pk}/unknown-accounts/{number}/match",
    scope="ledger:write", answers=BatchDetail, also=(410,),
)  # fmt: skip
def match_unknown_account(
    request: ApiRequest, body: Matching, pk: int = KEY, number: int = KEY
) -> HttpResponse:
    """Say that an unknown account, by its `key`, is one of ours."""
    batch = batch_of(pk, request.viewer)
    rows = UnknownAccount.objects.visible_to(request.viewer).filter(batch=batch)
    unknown = rows.filter(key=min(number, 2**31 - 1)).first()
    if unknown is None:
        raise Http404
    account = opened(body.account_id, request.viewer)
    match_unknown(unknown=unknown, account=account, by=request.viewer, at=request.at)
    return _detail(request, pk)


@operation(
    router, "POST", "/ledger/batches/{pk}/unknown-accounts/leave-out", scope="ledger:write", answers=Asking
)
def leave_out_unknown_accounts(request: ApiRequest, body: Choosing, pk: int = KEY) -> HttpResponse:
    """Leave the lines of unknown accounts out of the import."""
    batch = batch_of(pk, request.viewer)
    count = leave_out(batch=batch, keys=body.keys, by=request.viewer, at=request.at)
    return answers.plain(request, {"job_id": None, "accounts": count})


@operation(
    router, "POST", "/ledger/batches/{pk}/unknown-accounts/open",
    scope="ledger:write", answers=Asking, status=202,
)  # fmt: skip
def open_unknown_accounts(request: ApiRequest, pk: int = KEY) -> HttpResponse:
    """Let the work process open an account for every unknown one."""
    job = request_creation(batch=batch_of(pk, request.viewer), by=request.viewer, at=request.at)
    return answers.plain(request, {"job_id": job.pk, "accounts": 0}, status=202)


@operation(router, "GET", "/accounts/{pk}/months", scope="ledger:read", answers=MonthsOut, also=(410,))
def list_months(request: ApiRequest, asked: Query[MonthsAsked], pk: int = KEY) -> HttpResponse:
    """What an account traded, month by month, with what was merged into it. Months without trade have zeros."""
    request.viewer.require("ledger.view")
    account = opened(pk, request.viewer)
    months = months_of(
        account, until=request.on, months=asked.months, currency=asked.currency, viewer=request.viewer
    )
    items = [
        {name: plain(getattr(one, name)) for name in ("month", "lines", "amount", "cost", "quantity")}
        for one in months
    ]
    return answers.plain(request, {"items": items})
