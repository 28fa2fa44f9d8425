"""Trade with one account, month by month, as a part of its page."""

import datetime as dt

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from panshi.domains.accounts.models import Account
from panshi.domains.ledger.reports import Trend, months_of
from panshi.domains.ledger.services import ask_for_lines
from panshi.ground.work.models import JobState
from panshi.web.request import PanshiRequest, page

MONTHS = 36
FIRST_YEAR = 1980


def _account(request: PanshiRequest, pk: int) -> Account:
    found: Account | None = Account.objects.visible_to(request.viewer, "ledger.view").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@page
def of_account(request: PanshiRequest, pk: int) -> HttpResponse:
    """Sales and margin of the last three years; the table behind the chart says every month."""
    request.viewer.require("ledger.view")
    account = _account(request, pk)
    months = months_of(account, until=request.on, months=MONTHS, viewer=request.viewer)
    context = {
        "account": account,
        "months": list(reversed(months)),
        "any": any(month.lines for month in months),
        # The very figures of the page's head: twelve months to the day, as the archive holds them.
        "trend": Trend(account.sales_12m, account.sales_prior_12m),
        "chart": {
            "kind": "bars",
            "labels": [f"{month.month:%Y-%m}" for month in months],
            "series": [
                {"name": _("销售"), "values": [round(float(month.amount) / 10000, 2) for month in months]},
                {
                    "name": _("毛利"),
                    "values": [round(float(month.amount - month.cost) / 10000, 2) for month in months],
                },
            ],
            "unit": _("万元"),
            "links": [reverse("ledger:lines", args=[pk, f"{month.month:%Y-%m}"]) for month in months],
        },
    }
    return render(request, "ledger/of_account.html", context)


@page
def lines(request: PanshiRequest, pk: int, month: str) -> HttpResponse:
    """The ledger lines behind one month of an account; a job fetches them while the page waits."""
    request.viewer.require("ledger.view")
    account = _account(request, pk)
    try:
        first = dt.date.fromisoformat(f"{month}-01")
    except ValueError:
        raise Http404 from None
    if not FIRST_YEAR <= first.year <= request.on.year + 1:
        raise Http404
    job = ask_for_lines(account=account, month=first, by=request.viewer, at=request.at)
    context = {
        "account": account,
        "month": month,
        "job": job,
        "lines": job.result.get("lines", []) if job.state == JobState.DONE else [],
        "title": _("%(month)s 的台账明细") % {"month": month},
    }
    return render(request, "ledger/lines.html", context)
