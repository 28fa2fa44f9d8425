"""Trade with one account, month by month, as a part of its page."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from panshi.domains.accounts.models import Account
from panshi.domains.ledger.reports import months_of, trade_trend
from panshi.web.request import PanshiRequest, page

MONTHS = 36


@page
def of_account(request: PanshiRequest, pk: int) -> HttpResponse:
    """Sales and margin of the last three years; the table behind the chart says every month."""
    request.viewer.require("ledger.view")
    account = Account.objects.visible_to(request.viewer, "ledger.view").filter(pk=pk).first()
    if account is None:
        raise Http404
    months = months_of(account, until=request.on, months=MONTHS, viewer=request.viewer)
    context = {
        "account": account,
        "months": list(reversed(months)),
        "any": any(month.lines for month in months),
        "trend": trade_trend(months),
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
        },
    }
    return render(request, "ledger/of_account.html", context)
