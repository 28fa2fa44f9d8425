"""Setting up the public pools: what each allows, its rules as sentences with a trial, its history, tonight's run."""

import datetime as dt
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from panshi.domains.accounts.models import Pool, PoolRule, PoolUnit
from panshi.domains.accounts.reports.pools import preview, standing
from panshi.domains.accounts.reports.pools.words import KIND_LABELS, sentence, why_words
from panshi.domains.accounts.services import pools
from panshi.domains.accounts.services.pools.rules import checked_rule
from panshi.ground.base.refusals import NotAllowed, Refused
from panshi.ground.identity.reports import unit_rows
from panshi.web.accounts.pool_forms import MOST_ROWS, PoolForm, ReasonForm, RuleDraft, pool_initial
from panshi.web.generic.answers import saved
from panshi.web.generic.forms import FormPage, form_page
from panshi.web.request import PanshiRequest, page

FIELD_WORDS = {name: field.label for name, field in PoolForm.base_fields.items()}


def _pool(request: PanshiRequest, pk: int) -> Pool:
    request.viewer.require("pools.manage")
    found: Pool | None = Pool.objects.visible_to(request.viewer).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@page
def index(request: PanshiRequest) -> HttpResponse:
    """Every pool, and how the last nights went."""
    request.viewer.require("pools.manage")
    context = {
        "pools": standing.pool_rows(viewer=request.viewer),
        "nights": standing.nights(viewer=request.viewer),
    }
    return render(request, "accounts/pool_settings.html", context)


@page
def tonight(request: PanshiRequest) -> HttpResponse:
    """What the next run would do, by name and reason."""
    request.viewer.require("pools.manage")
    found = preview.tonight(viewer=request.viewer, on=request.on + dt.timedelta(days=1))
    return render(request, "accounts/pool_tonight.html", {"tonight": found, "why_words": why_words})


@page
def detail(request: PanshiRequest, pk: int) -> HttpResponse:
    """One pool: its settings, its rules, its history."""
    pool = _pool(request, pk)
    units = PoolUnit.objects.visible_to(request.viewer).filter(pool=pool).order_by("unit__code")
    context = {
        "pool": pool,
        "units": list(units.values_list("unit__name", flat=True)),
        "rules": standing.rule_rows(pool, viewer=request.viewer),
        "history": standing.pool_history(pool, viewer=request.viewer),
        "field_words": {**FIELD_WORDS, "active": _("启用"), "rule": _("回收规则")},
        "yes_no": {"True": _("是"), "False": _("否")},
    }
    return render(request, "accounts/pool.html", context)


@page
def create(request: PanshiRequest) -> HttpResponse:
    """Set up a pool."""
    request.viewer.require("pools.manage")
    form = PoolForm(request.POST or None, units=_units(request))
    if form.sent():
        with form.refusals():
            made = pools.open_pool(
                settings=form.settings(), reason=form.cleaned_data["reason"], by=request.viewer, at=request.at
            )
            return saved(request, reverse("accounts:pool", args=[made.pk]), _("公海已建立"))
    return form_page(request, form, _around(_("新建公海"), reverse("accounts:pool_settings")))


@page
def edit(request: PanshiRequest, pk: int) -> HttpResponse:
    """Change what a pool allows."""
    pool = _pool(request, pk)
    units = PoolUnit.objects.visible_to(request.viewer).filter(pool=pool).values_list("unit_id", flat=True)
    form = PoolForm(
        request.POST or None,
        units=_units(request),
        version=pool.version,
        initial=pool_initial(pool, units),
    )
    address = reverse("accounts:pool", args=[pk])
    if form.sent():
        with form.refusals():
            pools.change_pool(
                pool=pool,
                settings=form.settings(),
                expected_version=form.expected_version,
                reason=form.cleaned_data["reason"],
                by=request.viewer,
                at=request.at,
            )
            return saved(request, address, _("设置已保存"))
    return form_page(request, form, _around(_("公海设置 · %(pool)s") % {"pool": pool.name}, address))


def _around(title: str, cancel_url: str) -> FormPage:
    days = _("天")
    return FormPage(
        title=title,
        verb=_("保存"),
        cancel_url=cancel_url,
        whole=("description", "units", "reason"),
        units=(
            *(("held_limit", _("家")), ("daily_limit", _("家"))),
            *(("cooling_days", days), ("contact_days", days), ("protected_days", days)),
        ),
    )


def _units(request: PanshiRequest) -> list[tuple[str, str]]:
    """The open units in the order of the tree."""
    rows = unit_rows(viewer=request.viewer, on=request.on, open_only=True)
    return [(str(row.unit.pk), row.unit.name) for row in rows]


@page
def switch(request: PanshiRequest, pk: int) -> HttpResponse:
    """Take a pool out of use or back into it, with the reason."""
    pool = _pool(request, pk)
    address = reverse("accounts:pool", args=[pk])
    form = ReasonForm(request.POST or None)
    if form.sent():
        with form.refusals():
            act = pools.close_pool if pool.active else pools.reopen_pool
            act(pool=pool, reason=form.cleaned_data["reason"], by=request.viewer, at=request.at)
            return saved(request, address, _("公海已停用") if pool.active else _("公海已启用"))
    title = _("停用公海“%(pool)s”") if pool.active else _("启用公海“%(pool)s”")
    about = (
        _("停用后不再回收到这里，也不能认领；设置和历史保留。")
        if pool.active
        else _("启用后按它的规则回收，所属组织可以认领。")
    )
    verb = _("停用") if pool.active else _("启用")
    around = FormPage(title=title % {"pool": pool.name}, verb=verb, cancel_url=address, intro=about)
    return form_page(request, form, around)


@page
def rule(request: PanshiRequest, pk: int, rule_id: int | None = None) -> HttpResponse:
    """Edit one rule: conditions as rows, the sentence they make, and what it meets today."""
    pool = _pool(request, pk)
    stored: PoolRule | None = None
    if rule_id is not None:
        stored = PoolRule.objects.visible_to(request.viewer).filter(pk=rule_id, pool=pool).first()
        if stored is None:
            raise Http404
    posted = request.method == "POST"
    draft = RuleDraft.sent(request.POST) if posted else RuleDraft.of(stored)
    errors: dict[str, str] = {}
    if posted and request.POST.get("act") == "save":
        try:
            pools.save_rule(
                pool=pool,
                rule_id=rule_id,
                name=draft.name,
                joined=draft.joined,
                conditions=draft.conditions,
                active=draft.active,
                reason=draft.reason,
                by=request.viewer,
                at=request.at,
            )
            return saved(request, reverse("accounts:pool", args=[pk]), _("规则已保存"))
        except NotAllowed:
            raise
        except Refused as refusal:
            errors = refusal.errors
    context: dict[str, Any] = {
        "pool": pool,
        "stored": stored,
        "draft": draft,
        "rows": draft.rows(),
        "errors": errors,
        **_trial(request, pool, draft),
        "kinds": [(kind, str(words)) for kind, words in KIND_LABELS.items()],
        "full": len(draft.conditions) >= MOST_ROWS - 1,
    }
    part = bool(request.htmx) and request.htmx.target == "rule"
    template = "accounts/pool_rule_part.html" if part else "accounts/pool_rule.html"
    response = render(request, template, context, status=422 if errors else 200)
    patch_vary_headers(response, ("HX-Request", "HX-Target"))
    return response


def _trial(request: PanshiRequest, pool: Pool, draft: RuleDraft) -> dict[str, Any]:
    """The draft as a sentence with what it meets today; what is wrong with it where it means nothing yet."""
    try:
        meant = checked_rule(draft.joined, draft.conditions)
    except Refused as refusal:
        return {"sentence": "", "unclear": refusal.message, "trial": None}
    return {
        "sentence": sentence(meant),
        "unclear": "",
        "trial": preview.try_rule(pool=pool, rule=meant, viewer=request.viewer, on=request.on),
        "why_words": why_words,
    }


@page
def drop_rule(request: PanshiRequest, pk: int, rule_id: int) -> HttpResponse:
    """Take a rule away, with the reason typed."""
    pool = _pool(request, pk)
    found: PoolRule | None = PoolRule.objects.visible_to(request.viewer).filter(pk=rule_id, pool=pool).first()
    if found is None:
        raise Http404
    address = reverse("accounts:pool", args=[pk])
    form = ReasonForm(request.POST or None)
    if form.sent():
        with form.refusals():
            pools.drop_rule(rule=found, reason=form.cleaned_data["reason"], by=request.viewer, at=request.at)
            return saved(request, address, _("规则已删除"))
    around = FormPage(
        title=_("删除规则“%(rule)s”") % {"rule": found.name},
        verb=_("删除"),
        cancel_url=address,
        intro=_("不再按这条规则提醒和回收；已回收的客户不受影响。"),
    )
    return form_page(request, form, around)
