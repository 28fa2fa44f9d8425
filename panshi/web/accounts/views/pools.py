"""The public pools for those who work with them: look, claim, assign, give back, and what is about to return."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from panshi.domains.accounts.models import Account, PoolEntry, PoolWarning
from panshi.domains.accounts.reports.pools.allowances import my_allowances
from panshi.domains.accounts.reports.pools.words import why_words
from panshi.domains.accounts.services import pools
from panshi.ground.base.refusals import NotAllowed, Refused
from panshi.web.accounts import names
from panshi.web.accounts.pool_bulk import AssignFromPoolForm, ReturnForm, person_named
from panshi.web.accounts.views.record import visible_account
from panshi.web.generic.answers import saved
from panshi.web.generic.confirm import Question, ask
from panshi.web.generic.forms import FormPage, form_page
from panshi.web.request import PanshiRequest, page


@page
def allowance(request: PanshiRequest) -> HttpResponse:
    """What I may still take out of each pool: above the list of what lies in them, or as a page."""
    request.viewer.require("accounts.claim")
    context = {"allowances": my_allowances(viewer=request.viewer, on=request.on)}
    template = "accounts/pool_allowance_part.html" if request.htmx else "accounts/pool_allowance.html"
    response = render(request, template, context)
    patch_vary_headers(response, ("HX-Request",))
    return response


def _entry(request: PanshiRequest, pk: int) -> PoolEntry:
    """The stay with the few facts a claimer may read of the account; 404 where it is not theirs to see."""
    facts = ("name", "region", "industry", "abc_class", "lifecycle", "pool", "owner__name", "merged_into")
    rows = PoolEntry.objects.visible_to(request.viewer).select_related(
        "pool", "from_person", "account__owner"
    )
    found: PoolEntry | None = (
        rows.filter(pk=pk)
        .only(
            *("pool", "from_person__name", "kind", "reason", "why", "since_on", "left_at"),
            *(
                "pool__name",
                "pool__contact_days",
                "pool__protected_days",
                "pool__cooling_days",
                "pool__active",
            ),
            *(f"account__{fact}" for fact in facts),
        )
        .first()
    )
    if found is None:
        raise Http404
    return found


@page
def entry(request: PanshiRequest, pk: int) -> HttpResponse:
    """One account of the pool before it is claimed: limited facts, why it came, and the two ways out."""
    found = _entry(request, pk)
    context = {
        "entry": found,
        "region": names.region_name(found.account.region) if found.account.region else "",
        "industry": names.industry_name(found.account.industry) if found.account.industry else "",
        "why": why_words(found.why),
        "may_assign": request.viewer.may("accounts.assign"),
    }
    template = "accounts/pool_entry_part.html" if request.htmx else "accounts/pool_entry.html"
    response = render(request, template, context)
    patch_vary_headers(response, ("HX-Request",))
    return response


@page
def claim(request: PanshiRequest, pk: int) -> HttpResponse:
    """Ask with what it binds to, then claim; whoever comes second reads who has it now."""
    found = _entry(request, pk)
    error = ""
    if request.method == "POST":
        try:
            made = pools.claim_account(account=found.account, by=request.viewer, at=request.at)
        except NotAllowed:
            raise
        except Refused as refusal:
            error = refusal.message
        else:
            text = _("已认领 %(name)s") % {"name": found.account.name}
            if made.contact_by_on is not None:
                text = _("已认领 %(name)s，请在 %(day)s 前联系对方") % {
                    "name": found.account.name,
                    "day": made.contact_by_on.isoformat(),
                }
            return saved(request, reverse("accounts:detail", args=[found.account_id]), text)
    return ask(request, _question(request, found, error))


def _question(request: PanshiRequest, found: PoolEntry, error: str) -> Question:
    """What claiming means, with the numbers of the pool."""
    mine = next(
        (
            each
            for each in my_allowances(viewer=request.viewer, on=request.on)
            if each.pool.pk == found.pool_id
        ),
        None,
    )
    facts = [_("您成为 %(name)s 的负责人，可以看到完整档案") % {"name": found.account.name}]
    if found.pool.contact_days:
        facts.append(_("请在 %(days)d 天内联系对方，否则会被收回") % {"days": found.pool.contact_days})
    if found.pool.protected_days:
        facts.append(_("%(days)d 天内受保护，不会被回收或改派") % {"days": found.pool.protected_days})
    if mine is not None and mine.left is not None:
        facts.append(_("认领前还可认领 %(left)d 家") % {"left": mine.left})
    return Question(
        title=_("认领客户"),
        facts=tuple(facts),
        verb=_("认领"),
        cancel_url=reverse("accounts:pools"),
        error=error,
        harms=False,
    )


@page
def assign(request: PanshiRequest, pk: int) -> HttpResponse:
    """Give one account of the pool to somebody of mine."""
    request.viewer.require("accounts.assign")
    found = _entry(request, pk)
    form = AssignFromPoolForm(request.POST or None, viewer=request.viewer)
    if form.sent():
        with form.refusals():
            person = person_named(form.cleaned_data["person"], request.viewer)
            pools.assign_account(
                account=found.account,
                person=person,
                reason=form.cleaned_data["why"],
                by=request.viewer,
                at=request.at,
            )
            text = _("已将 %(name)s 分配给 %(person)s") % {"name": found.account.name, "person": person.name}
            return saved(request, reverse("accounts:pools"), text, stay=True)
    around = FormPage(
        title=_("从公海分配 · %(name)s") % {"name": found.account.name},
        verb=_("分配"),
        cancel_url=reverse("accounts:pools"),
    )
    return form_page(request, form, around)


@page
def give_back(request: PanshiRequest, pk: int) -> HttpResponse:
    """Put the account into the pool of its unit, with the reason."""
    account = visible_account(request, pk)
    may_lead = Account.objects.visible_to(request.viewer, "accounts.assign").filter(pk=pk).exists()
    if account.owner_id != request.viewer.person_id and not may_lead:
        raise NotAllowed(_("只有负责人和上级可以把客户退回公海。"))
    form = ReturnForm(request.POST or None, viewer=request.viewer)
    address = reverse("accounts:detail", args=[pk])
    if form.sent():
        with form.refusals():
            pool = pools.return_account(
                account=account, reason=form.cleaned_data["reason"], by=request.viewer, at=request.at
            )
            text = _("%(name)s 已退回公海“%(pool)s”") % {"name": account.name, "pool": pool.name}
            still = Account.objects.visible_to(request.viewer).filter(pk=pk).exists()
            return saved(request, address if still else reverse("accounts:list"), text)
    around = FormPage(
        title=_("退回公海 · %(name)s") % {"name": account.name},
        verb=_("退回公海"),
        cancel_url=address,
        intro=_("您不再是负责人，客户团队解散；联系人、跟进和历史都保留，同事可以认领。"),
    )
    return form_page(request, form, around)


def _warned(request: PanshiRequest, pk: int) -> PoolWarning:
    found: PoolWarning | None = PoolWarning.objects.visible_to(request.viewer).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@page
def warning(request: PanshiRequest, pk: int) -> HttpResponse:
    """The account behind a warning."""
    return HttpResponseRedirect(reverse("accounts:detail", args=[_warned(request, pk).account_id]))


@page
def warning_log(request: PanshiRequest, pk: int) -> HttpResponse:
    """Write a log line for the account behind a warning."""
    request.viewer.require("people.edit")
    return HttpResponseRedirect(reverse("people:log_create", args=[_warned(request, pk).account_id]))


@page
def warning_owner(request: PanshiRequest, pk: int) -> HttpResponse:
    """Change the owner of the account behind a warning."""
    request.viewer.require("accounts.assign")
    return HttpResponseRedirect(reverse("accounts:owner", args=[_warned(request, pk).account_id]))
