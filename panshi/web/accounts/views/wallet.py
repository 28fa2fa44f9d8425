"""Pages of shares of wallet: the tab of an account, one year in the drawer, what could still be won in one's scope."""

from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from panshi.domains.accounts.models import Account, Wallet
from panshi.domains.accounts.reports import WalletYear, open_wallet, wallets_of
from panshi.domains.accounts.services import WalletFacts, drop_wallet, keep_wallet, read_shares
from panshi.domains.ledger.reports import year_sales
from panshi.ground.audit.services import text
from panshi.ground.base.refusals import Stale
from panshi.ground.settings.fields import plain_number
from panshi.web.accounts.equipment_forms import WalletForm
from panshi.web.accounts.views.record import visible_account
from panshi.web.generic.answers import saved
from panshi.web.generic.confirm import Question, agreed, ask
from panshi.web.generic.forms import FormPage, form_page
from panshi.web.request import PanshiRequest, page

FIELDS = ("year", "product_line", "volume", "source", "confidence", "note")
TEN_THOUSAND = Decimal(10_000)


@page
def of_account(request: PanshiRequest, pk: int) -> HttpResponse:
    """The wallets of an account, newest first, and the years as bars, as a part of its page."""
    request.viewer.require("ledger.view")
    account = visible_account(request, pk)
    years = wallets_of(account, viewer=request.viewer)
    context = {
        "account": account,
        "wallets": years,
        "wallet_chart": _chart(years),
        "may_edit": request.viewer.may("accounts.edit"),
    }
    return render(request, "accounts/wallet.html", context)


def _chart(years: list[WalletYear]) -> dict[str, Any] | None:
    """Ours, the competitors and what nobody knows, a bar for each year of the whole wallet (or of the one line)."""
    lines = {one.row.product_line for one in years}
    line = "" if "" in lines else (next(iter(lines)) if len(lines) == 1 else None)
    told = [one for one in reversed(years) if one.row.product_line == line]
    if not told:
        return None
    brands = list(dict.fromkeys(part.brand for one in told for part in one.slices))
    series = [{"name": _("本公司"), "values": [_tens(one.row.own) for one in told]}]
    for brand in brands:
        parts = [{part.brand: part.amount for part in one.slices} for one in told]
        series.append({"name": brand, "values": [_tens(part.get(brand, Decimal(0))) for part in parts]})
    unknown = [_tens(one.row.volume * one.unknown / 100) for one in told]
    series.append({"name": _("未知"), "values": unknown})
    return {
        "kind": "bars", "stacked": True, "labels": [str(one.row.year) for one in told], "series": series,
        "unit": _("万元"),
    }  # fmt: skip


def _tens(amount: Decimal) -> float:
    return round(float(amount / TEN_THOUSAND), 2)


def _wallet(request: PanshiRequest, pk: int) -> Wallet:
    rows = Wallet.objects.visible_to(request.viewer).select_related("account")
    found: Wallet | None = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _back(account_id: int) -> str:
    return reverse("accounts:detail", args=[account_id, "wallet"])


@page
def create(request: PanshiRequest, pk: int) -> HttpResponse:
    """Write down a year of an account."""
    account = visible_account(request, pk)
    request.viewer.require("accounts.edit")
    request.viewer.require("ledger.view")
    ledger = year_sales(account, year=request.on.year, viewer=request.viewer)
    form = WalletForm(request.POST or None, on=request.on, ledger=ledger)
    return _kept(request, account, None, form, _("记录份额"))


@page
def edit(request: PanshiRequest, pk: int) -> HttpResponse:
    """Correct a year; somebody else's change meanwhile is shown, not overwritten."""
    wallet = _wallet(request, pk)
    shown = next(one for one in wallets_of(wallet.account, viewer=request.viewer) if one.row.pk == pk)
    initial: dict[str, Any] = {name: getattr(wallet, name) for name in FIELDS}
    initial["own"] = None if wallet.from_ledger else wallet.own
    initial["shares"] = "\n".join(f"{one.brand} {plain_number(one.percent)}" for one in shown.slices)
    form = WalletForm(request.POST or None, on=request.on, initial=initial, version=wallet.version)
    if request.method == "POST":
        request.viewer.require("accounts.edit")
    stored = {name: text(value) for name, value in initial.items()}
    form.take_theirs(stored)
    try:
        return _kept(request, wallet.account, wallet, form, _("修改份额"))
    except Stale as refusal:
        form.show_conflict(form.differences(stored), refusal.theirs, refusal.message)
        return _shown(request, wallet.account, wallet, form, _("修改份额"))


def _kept(
    request: PanshiRequest, account: Account, wallet: Wallet | None, form: WalletForm, title: str
) -> HttpResponse:
    if form.sent():
        with form.refusals():
            given = form.values()
            year, line = given["year"], given["product_line"]
            ledger = None if line.strip() else year_sales(account, year=year, viewer=request.viewer)
            facts = WalletFacts(**given | {"shares": read_shares(given["shares"])}, ledger=ledger)
            keep_wallet(
                account=account, facts=facts, wallet=wallet, expected_version=form.expected_version,
                by=request.viewer, at=request.at,
            )  # fmt: skip
            return saved(
                request, _back(account.pk), _("已记下 %(year)d 年的份额") % {"year": year}, stay=True
            )
    return _shown(request, account, wallet, form, title)


def _shown(
    request: PanshiRequest, account: Account, wallet: Wallet | None, form: WalletForm, title: str
) -> HttpResponse:
    reached = Account.objects.visible_to(request.viewer, "accounts.edit")
    may_edit = reached.filter(pk=account.pk).exists()
    around = FormPage(
        title=f"{title} · {account.name}",
        verb=_("保存") if may_edit else "",
        cancel_url=_back(account.pk),
        whole=("shares", "note", "source"),
        units=(("volume", _("元")), ("own", _("元"))),
    )
    template = "accounts/wallet_form.html" if wallet else "generic/form_part.html"
    return form_page(request, form, around, template, wallet=wallet, account=account, may_edit=may_edit)


@page
def drop(request: PanshiRequest, pk: int) -> HttpResponse:
    """Take a year back, after asking."""
    wallet = _wallet(request, pk)
    request.viewer.require("accounts.edit")
    question = Question(
        title=_("删除 %(year)d 年的份额？") % {"year": wallet.year},
        facts=(
            _("客户：%(account)s") % {"account": wallet.account.name},
            _("采购额、各家份额和来源一并删除，不能撤销"),
        ),
        verb=_("删除"),
        cancel_url=_back(wallet.account_id),
    )
    if not agreed(request, question):
        return ask(request, question)
    drop_wallet(wallet=wallet, by=request.viewer, at=request.at)
    return saved(request, _back(wallet.account_id), _("已删除"))


@page
def head(request: PanshiRequest) -> HttpResponse:
    """How much could still be won in one's scope: a part of the list's page."""
    request.viewer.require("ledger.view")
    return render(request, "accounts/wallet_head.html", {"found": open_wallet(viewer=request.viewer)})
