"""The page of one account: its head and tabs."""

from collections.abc import Callable
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.domains.accounts.models import AbcClass, Account, Lifecycle
from panshi.domains.accounts.reports import (
    class_history,
    concerns,
    former_names,
    group_tree,
    lifecycle_history,
    open_account,
    team,
    visible_fields,
)
from panshi.ground.base.models import NEVER, NOT_PLANNED
from panshi.web.accounts import names
from panshi.web.accounts.forms import SECTIONS, label_of
from panshi.web.accounts.tables import ABC_TONES, LIFECYCLE_TONES
from panshi.web.generic.records import Figure, Mark, RecordHead, Tab, open_tabs, record_page
from panshi.web.generic.timeline import account_timeline
from panshi.web.request import PanshiRequest, page

TABS: Final = (
    Tab("overview", gettext_lazy("总览"), template="accounts/overview.html"),
    Tab("profile", gettext_lazy("档案"), template="accounts/profile.html"),
    Tab("contacts", gettext_lazy("联系人"), elsewhere="people:of_account", permission="people.view"),
    Tab("log", gettext_lazy("跟进"), elsewhere="people:log_of_account", permission="people.view"),
    Tab("trade", gettext_lazy("交易"), elsewhere="ledger:of_account", permission="ledger.view"),
    Tab("analysis", gettext_lazy("分析"), elsewhere="analytics:of_account", permission="analysis.view"),
    Tab("group", gettext_lazy("集团与团队"), template="accounts/group.html"),
    Tab("history", gettext_lazy("历史"), template="accounts/history.html"),
)
CARD_FACTS: Final = frozenset(
    {
        *("name", "uscc", "ownership_type", "size", "industry", "region", "address", "phone"),
        *("registered_capital", "founded_on", "employees", "annual_revenue"),
        *("products", "expansion_plans", "service_requirements", "present_problems"),
        *("procurement_budget", "procurement_procedure"),
    }
)
"""What a complete archive card holds; money details are left to those who may see them."""
BY_NAME: Final = {tab.name: tab for tab in TABS}


def visible_account(request: PanshiRequest, pk: int) -> Account:
    """The account if the person may see it, with what its head names; 404 otherwise."""
    account = open_account(pk, viewer=request.viewer)
    if account is None:
        raise Http404
    return account


@page
def detail(request: PanshiRequest, pk: int, tab: str = "overview") -> HttpResponse:
    """The account with one tab open."""
    chosen = BY_NAME.get(tab)
    if chosen is None:
        raise Http404
    if chosen.permission:
        request.viewer.require(chosen.permission)
    account = visible_account(request, pk)
    context: dict[str, Any] = {
        "account": account,
        "head": head_of(request, account),
        "tabs": open_tabs(request, TABS, "accounts:detail", pk, tab),
        "may": {code: request.viewer.may(f"accounts.{code}") for code in ("edit", "assign", "money")}
        | {"log": request.viewer.may("people.edit")},
    }
    fill = _FILL.get(tab)
    if fill is not None:
        context |= fill(request, account)
    return record_page(request, "accounts/acts.html", chosen, context, pk=pk)


def head_of(request: PanshiRequest, account: Account) -> RecordHead:
    """Who it is, how important, whose, and the figures that matter, each leading to what is behind it."""
    at = reverse("accounts:detail", args=[account.pk])
    marks = [Mark(str(Lifecycle(account.lifecycle).label), LIFECYCLE_TONES[Lifecycle(account.lifecycle)])]
    if account.abc_class:
        marks.insert(0, Mark(str(AbcClass(account.abc_class).label), ABC_TONES[AbcClass(account.abc_class)]))
    identity = [(account.code, "")]
    if account.industry:
        identity.append((names.industry_name(account.industry), ""))
    if account.region:
        identity.append((names.region_name(account.region), ""))
    parent = account.parent
    if parent is not None and Account.objects.visible_to(request.viewer).filter(pk=parent.pk).exists():
        identity.append(
            (_("隶属 %(group)s") % {"group": parent.name}, reverse("accounts:detail", args=[parent.pk]))
        )
    owner = account.owner.name if account.owner else _("无负责人")
    unit = f" · {account.unit.name}" if account.unit else ""
    return RecordHead(
        title=account.name,
        marks=marks,
        identity=identity,
        figures=_figures(request, account, at),
        owner=_("负责人 %(owner)s") % {"owner": owner} + unit,
        version=account.version,
    )


def _figures(request: PanshiRequest, account: Account, at: str) -> list[Figure]:
    figures = []
    if request.viewer.may("ledger.view"):
        before = account.sales_prior_12m
        change = (account.sales_12m - before) / before if before > 0 else None
        figures.append(Figure(_("近 12 个月销售"), account.sales_12m, f"{at}trade/", "money", change))
        traded = account.last_trade_on if account.last_trade_on != NEVER else None
        figures.append(Figure(_("最近交易"), traded, f"{at}trade/", "ago"))
    touched = account.last_contact_on if account.last_contact_on != NEVER else None
    planned = account.next_contact_on if account.next_contact_on != NOT_PLANNED else None
    figures.append(Figure(_("最近接触"), touched, f"{at}log/", "ago"))
    figures.append(Figure(_("下次联系"), planned, f"{at}log/", "ago"))
    return figures


def _overview(request: PanshiRequest, account: Account) -> dict[str, Any]:
    """What is open, what is wrong, what happened last."""
    return {
        "concerns": concerns(account, on=request.on, viewer=request.viewer),
        "planned": account.next_contact_on if account.next_contact_on != NOT_PLANNED else None,
        "team": team(account, viewer=request.viewer),
        "completeness": completeness(account),
        "timeline_items": account_timeline(account.pk, viewer=request.viewer, limit=12),
    }


def _profile(request: PanshiRequest, account: Account) -> dict[str, Any]:
    """The archive card by sections, as label and words; coded facts by their names."""
    open_money = visible_fields(account, viewer=request.viewer)
    cards = [
        (
            section,
            [(label_of(name), *shown(account, name)) for name in section.fields],
        )
        for section in SECTIONS
        if section.name != "money" or open_money
    ]
    return {"cards": cards, "former_names": former_names(account, viewer=request.viewer)}


def _group(request: PanshiRequest, account: Account) -> dict[str, Any]:
    """The group tree with rolled-up totals, and the team with what it lacks."""
    return {
        "tree": group_tree(account, viewer=request.viewer),
        "team": team(account, viewer=request.viewer),
        "sales": request.viewer.may("ledger.view"),
    }


def _history(request: PanshiRequest, account: Account) -> dict[str, Any]:
    """How it came to where it stands: lifecycle, classes, and every event."""
    return {
        "lifecycle": lifecycle_history(account, viewer=request.viewer),
        "classes": class_history(account, viewer=request.viewer),
        "timeline_items": account_timeline(account.pk, viewer=request.viewer, limit=60),
    }


_FILL: Final[dict[str, Callable[[PanshiRequest, Account], dict[str, Any]]]] = {
    "overview": _overview,
    "profile": _profile,
    "group": _group,
    "history": _history,
}


def completeness(account: Account) -> tuple[int, int, list[tuple[str, str]]]:
    """How many of the card's facts are known, of how many, and what is missing with the section to enter it in."""
    wanted = [(section, name) for section in SECTIONS for name in section.fields if name in CARD_FACTS]
    missing = [
        (
            label_of(name),
            reverse("accounts:edit", args=[account.pk, section.name]),
        )
        for section, name in wanted
        if getattr(account, name) in (None, "")
    ]
    return len(wanted) - len(missing), len(wanted), missing


def shown(account: Account, name: str) -> tuple[str, Any]:
    """A field as (kind, value) for the page."""
    value = getattr(account, name)
    if name == "industry":
        return "text", names.industry_name(value) if value else ""
    if name == "region":
        return "text", names.region_name(value) if value else ""
    if name in {"registered_capital", "annual_revenue", "procurement_budget"}:
        return "money", value
    if name == "founded_on":
        return "day", value
    if name == "website" and value:
        return "site", value if value.startswith(("http://", "https://")) else f"https://{value}"
    label = getattr(account, f"get_{name}_display", None)
    return "text", label() if label is not None and value else value
