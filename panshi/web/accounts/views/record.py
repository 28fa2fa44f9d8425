"""The page of one account: its head and tabs."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.domains.accounts.models import AbcClass, Account, Lifecycle
from panshi.domains.accounts.reports import (
    class_history,
    former_names,
    group_tree,
    lifecycle_history,
    open_account,
    successor,
    team,
    visible_fields,
)
from panshi.domains.accounts.reports.classes import class_past, standings
from panshi.domains.accounts.reports.custom import custom_of
from panshi.domains.accounts.reports.pools.standing import standing
from panshi.domains.accounts.reports.pools.words import why_words
from panshi.domains.accounts.reports.tags import tags_of
from panshi.ground.base.models import NEVER, NOT_PLANNED
from panshi.web.accounts import names
from panshi.web.accounts.attention import lifecycle_why, needs
from panshi.web.accounts.forms import SECTIONS, Section, label_of
from panshi.web.accounts.meter import meter
from panshi.web.accounts.tables import ABC_TONES, LIFECYCLE_TONES
from panshi.web.accounts.views.history import facts_tab
from panshi.web.generic.custom import grouped, shown_values
from panshi.web.generic.records import Figure, Mark, RecordHead, Tab, open_tabs, record_page
from panshi.web.generic.timeline import account_timeline
from panshi.web.request import PanshiRequest, page
from panshi.workflow.reports import running_about
from panshi.workflow.reports.absent import answering_for

TABS: Final = (
    Tab("overview", gettext_lazy("总览"), template="accounts/overview.html"),
    Tab("profile", gettext_lazy("档案"), template="accounts/profile.html"),
    Tab("contacts", gettext_lazy("联系人"), elsewhere="people:of_account", permission="people.view"),
    Tab("log", gettext_lazy("跟进"), elsewhere="people:log_of_account", permission="people.view"),
    Tab("trade", gettext_lazy("交易"), elsewhere="ledger:of_account", permission="ledger.view"),
    Tab("analysis", gettext_lazy("分析"), elsewhere="analytics:of_account", permission="analysis.view"),
    Tab("equipment", gettext_lazy("设备"), elsewhere="accounts:equipment_of"),
    Tab("wallet", gettext_lazy("份额"), elsewhere="accounts:wallet_of", permission="ledger.view"),
    Tab("files", gettext_lazy("文件"), elsewhere="files:of_account"),
    Tab("group", gettext_lazy("集团与团队"), template="accounts/group.html"),
    Tab("facts", gettext_lazy("档案变更"), template="accounts/facts.html"),
    Tab("history", gettext_lazy("历史"), template="accounts/history.html"),
)
BY_NAME: Final = {tab.name: tab for tab in TABS}


def visible_account(request: PanshiRequest, pk: int) -> Account:
    """The account if the person may see it, with what its head names; 404 otherwise."""
    account = open_account(pk, viewer=request.viewer)
    if account is None:
        raise Http404
    return account


def led_on(request: PanshiRequest, into: Account) -> HttpResponse:
    """Where the address of a merged account leads: to the one that stands for it, with a word about it."""
    messages.info(request, _("您打开的客户已并入“%(name)s”，这里是合并后的档案。") % {"name": into.name})
    return redirect("accounts:detail", into.pk)


@page
def detail(request: PanshiRequest, pk: int, tab: str = "overview") -> HttpResponse:
    """The account with one tab open."""
    chosen = BY_NAME.get(tab)
    if chosen is None:
        raise Http404
    if chosen.permission:
        request.viewer.require(chosen.permission)
    account = open_account(pk, viewer=request.viewer)
    if account is None or account.merged_into_id is not None:
        into = successor(pk, viewer=request.viewer)
        if into is not None:
            return led_on(request, into)
    if account is None:
        raise Http404
    context: dict[str, Any] = {
        "account": account,
        "head": head_of(request, account),
        "tabs": open_tabs(request, TABS, "accounts:detail", pk, tab),
        "may": {
            code: request.viewer.may(f"accounts.{code}")
            for code in ("edit", "assign", "money", "merge", "export")
        }
        | {"log": request.viewer.may("people.edit"), "give_back": _may_give_back(request, account)}
        | _owner_ways(request, account),
    }
    fill = _FILL.get(tab)
    if fill is not None:
        context |= fill(request, account)
    return record_page(request, "accounts/acts.html", chosen, context, pk=pk)


def _owner_ways(request: PanshiRequest, account: Account) -> dict[str, bool]:
    """How the owner may be changed: at once, or by a request where the account is protected or one may not assign."""
    bound = account.is_key or account.protected_until_on >= request.on
    owned, pooled = account.owner_id is not None, account.pool_id is not None
    may_assign = request.viewer.may("accounts.assign")
    return {
        "set_owner": not pooled and not (bound and owned),
        "apply_owner": owned
        and not pooled
        and request.viewer.may("accounts.edit")
        and (bound or not may_assign),
    }


def _may_give_back(request: PanshiRequest, account: Account) -> bool:
    """Whether the menu offers the pool: to the owner and to leaders, for what is in none."""
    own = account.owner_id == request.viewer.person_id or request.viewer.may("accounts.assign")
    return account.pool_id is None and not account.is_key and own


def head_of(request: PanshiRequest, account: Account) -> RecordHead:
    """Who it is, how important, whose, and the figures that matter, each leading to what is behind it."""
    at = reverse("accounts:detail", args=[account.pk])
    marks = [Mark(str(Lifecycle(account.lifecycle).label), LIFECYCLE_TONES[Lifecycle(account.lifecycle)])]
    if account.is_key:
        marks.append(Mark(_("重点客户"), "accent"))
    if account.pool_id is not None:
        marks.append(Mark(_("公海"), "warn"))
    if account.abc_class:
        marks.insert(0, Mark(str(AbcClass(account.abc_class).label), ABC_TONES[AbcClass(account.abc_class)]))
    if account.merged_into_id is not None:
        marks.append(Mark(_("已并入其他客户"), "warn"))
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
    gauge, people = meter(request, account), team(account, viewer=request.viewer)
    return {
        "needs": needs(request, account, meter=gauge, team=people),
        "lifecycle_why": lifecycle_why(request, account),
        "running": running_about(account.pk, viewer=request.viewer),
        "tags": tags_of(account.pk, viewer=request.viewer),
        "classes": standings(account, viewer=request.viewer),
        "pool": standing(account, viewer=request.viewer, on=request.on),
        "pool_why": why_words,
        "planned": account.next_contact_on if account.next_contact_on != NOT_PLANNED else None,
        "team": people,
        "answering": answering_for(account.owner_id, on=request.on),
        "meter": gauge,
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
    custom = custom_of(account.pk, account_id=account.pk, viewer=request.viewer)
    cards += [
        (Section(name, format_lazy("{}", heading), ()), shown_values(members, viewer=request.viewer))
        for name, heading, members in grouped(custom)
    ]
    return {"cards": cards, "former_names": former_names(account, viewer=request.viewer)}


def _group(request: PanshiRequest, account: Account) -> dict[str, Any]:
    """The group tree with rolled-up totals, and the team with what it lacks."""
    return {
        "tree": group_tree(account, viewer=request.viewer),
        "team": team(account, viewer=request.viewer),
        "answering": answering_for(account.owner_id, on=request.on),
        "sales": request.viewer.may("ledger.view"),
    }


def _history(request: PanshiRequest, account: Account) -> dict[str, Any]:
    """How it came to where it stands: lifecycle, classes, and every event."""
    return {
        "lifecycle": lifecycle_history(account, viewer=request.viewer),
        "classes": class_history(account, viewer=request.viewer),
        "memberships": class_past(account, viewer=request.viewer),
        "timeline_items": account_timeline(account.pk, viewer=request.viewer, limit=60),
    }


_FILL: Final[dict[str, Callable[[PanshiRequest, Account], dict[str, Any]]]] = {
    "overview": _overview,
    "profile": _profile,
    "group": _group,
    "history": _history,
    "facts": facts_tab,
}


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
