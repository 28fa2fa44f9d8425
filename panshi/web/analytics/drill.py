"""What is behind the figures of an analysis: the accounts of a class, of a cell of the matrix, the table as a file."""

import tempfile
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote, urlencode

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from panshi.domains.accounts.models import Account
from panshi.domains.accounts.reports import class_history
from panshi.domains.analytics.models import AbcAnalysis, StandingChoice
from panshi.domains.analytics.reports import abc_table, moved, standing_apart
from panshi.engines.sheets.writing import csv_pieces, write_xlsx
from panshi.ground.audit.exporting import record_export
from panshi.web.analytics.abc import open_
from panshi.web.generic.keys import key_or_none
from panshi.web.request import PanshiRequest, page

PORTION: Final = 100
COLUMNS: Final = ("rank", "code", "name", "total", "share", "cumulative_share", "standing", "before")
STANDINGS: Final = frozenset(StandingChoice.values)


@page
def accounts(request: PanshiRequest, pk: int) -> HttpResponse:
    """The accounts behind a class (`now`) or a cell of the movement matrix (`before` and `now`), a portion a page."""
    analysis = open_(request, pk)
    before, now = request.GET.get("before", ""), request.GET.get("now", "")
    if not {before, now} <= STANDINGS | {""}:
        raise Http404
    rows = _chosen(request, analysis, before, now)
    number = max(1, min(key_or_none(request.GET.get("page", "")) or 1, 10_000))
    shown = list(rows[(number - 1) * PORTION : number * PORTION + 1])
    kept = urlencode({name: value for name, value in (("before", before), ("now", now)) if value})
    context = {
        "analysis": analysis,
        "title": _title(before, now),
        "rows": shown[:PORTION],
        "number": number,
        "next": len(shown) > PORTION,
        "kept": kept,
        "money": analysis.measure != "quantity",
    }
    return render(request, "analytics/accounts.html", context)


def _chosen(request: PanshiRequest, analysis: AbcAnalysis, before: str, now: str) -> "QuerySet[Any]":
    if before and now:
        return moved(analysis, before=before, now=now, viewer=request.viewer)
    if now == StandingChoice.NON_POSITIVE:
        return standing_apart(analysis, viewer=request.viewer)
    table = abc_table(analysis, viewer=request.viewer)
    return table.filter(standing=now) if now else table


def _title(before: str, now: str) -> str:
    if before and now:
        words = {"before": StandingChoice(before).label, "now": StandingChoice(now).label}
        return _("由“%(before)s”到“%(now)s”的客户") % words
    return str(StandingChoice(now).label) if now else _("ABC 表")


@page
def export(request: PanshiRequest, pk: int) -> HttpResponseBase:
    """The whole ABC table as a file: rank, account, figures, class, and where it stood before."""
    analysis = open_(request, pk)
    request.viewer.require("accounts.export")
    headings = [
        *(
            _("名次"),
            _("客户编号"),
            _("客户名称"),
            _("金额") if analysis.measure != "quantity" else _("数量"),
        ),
        *(_("占比"), _("累计占比"), _("类别"), _("上期类别")),
    ]
    name = f"ABC-{analysis.first_on}-{analysis.last_on}"
    form = "xlsx" if request.GET.get("kind") == "xlsx" else "csv"
    record_export(
        listed="abc", form=form, columns=COLUMNS, conditions=(), by_id=request.viewer.person_id, at=request.at
    )
    if form == "csv":
        answer = StreamingHttpResponse(
            csv_pieces(headings, _plain(request, analysis)), content_type="text/csv; charset=utf-8"
        )
        answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.csv"
        return answer
    # The answer closes the file, and closing an unnamed temporary file removes it.
    book = tempfile.TemporaryFile()  # noqa: SIM115
    write_xlsx(book, headings, _plain(request, analysis))
    book.seek(0)
    return FileResponse(book, as_attachment=True, filename=f"{name}.xlsx")


def _plain(request: PanshiRequest, analysis: AbcAnalysis) -> Iterator[list[Any]]:
    for row in abc_table(analysis, viewer=request.viewer).iterator(chunk_size=2000):
        yield [
            *(row.rank, row.account.code, row.account.name, row.total, row.share, row.cumulative_share),
            *(str(StandingChoice(row.standing).label), str(StandingChoice(row.before).label)),
        ]


@page
def of_account(request: PanshiRequest, pk: int) -> HttpResponse:
    """How the account's class went over time, as a part of its page."""
    request.viewer.require("analysis.view")
    account = Account.objects.visible_to(request.viewer, "analysis.view").filter(pk=pk).first()
    if account is None:
        raise Http404
    history = class_history(account, viewer=request.viewer)
    context = {"account": account, "history": history, "may_open": request.viewer.may("analysis.company")}
    return render(request, "analytics/of_account.html", context)
