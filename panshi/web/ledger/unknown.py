"""Accounts a file names and we do not know: match one, open an archive for one or all, leave one or all out."""

from collections.abc import Callable
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from panshi.domains.accounts.models import Account
from panshi.domains.ledger.models import BatchState, Decision, UnknownAccount
from panshi.domains.ledger.reports import candidates
from panshi.domains.ledger.services import (
    create_unknown,
    leave_out,
    match_unknown,
    reopen_unknown,
    request_creation,
)
from panshi.ground.base.refusals import NotAllowed, Refused
from panshi.web.generic.answers import saved
from panshi.web.generic.confirm import Question, agreed, ask
from panshi.web.generic.forms import FormPage, form_page
from panshi.web.generic.keys import key_or_none, read_key
from panshi.web.ledger.batches import open_
from panshi.web.ledger.forms import MatchForm
from panshi.web.request import PanshiRequest, page

PORTION: Final = 50


@page
def rows(request: PanshiRequest, pk: int) -> HttpResponse:
    """The unknown accounts of a batch as a part of its page, the largest first; open ones before decided ones."""
    batch = open_(request, pk)
    found = UnknownAccount.objects.visible_to(request.viewer).filter(batch=batch)
    start = key_or_none(request.GET.get("from", "")) or 0
    shown = list(found.order_by("decision", "-amount", "pk")[start : start + PORTION + 1])
    named = [one.account_id for one in shown if one.account_id]
    visible = Account.objects.visible_to(request.viewer).filter(pk__in=named)
    context = {
        "batch": batch,
        "unknown": shown[:PORTION],
        "names": dict(visible.values_list("pk", "name")),
        "open_count": found.open().count(),
        "count": found.count(),
        "next": start + PORTION if len(shown) > PORTION else None,
        "start": start,
        "decidable": batch.state == BatchState.STAGED,
        "may_create": request.viewer.may("accounts.create"),
        "decision": Decision,
    }
    return render(request, "ledger/unknown.html", context)


def _unknown(request: PanshiRequest, pk: int, key: int) -> UnknownAccount:
    batch = open_(request, pk)
    rows_ = UnknownAccount.objects.visible_to(request.viewer).select_related("batch")
    found: UnknownAccount | None = rows_.filter(batch=batch, key=key).first()
    if found is None:
        raise Http404
    return found


@page
def match(request: PanshiRequest, pk: int, key: int) -> HttpResponse:
    """Say which of our accounts an unknown one is; the likeliest are offered first."""
    unknown = _unknown(request, pk, key)
    back = reverse("ledger:detail", args=[pk])
    form = MatchForm(request.POST or None)
    if form.sent():
        with form.refusals():
            chosen = Account.objects.visible_to(request.viewer).filter(
                pk=read_key(form.cleaned_data["account"])
            )
            account = chosen.first()
            if account is None:
                raise Http404
            match_unknown(unknown=unknown, account=account, by=request.viewer, at=request.at)
            return saved(request, back, _("已对应到 %(name)s") % {"name": account.name}, stay=True)
    around = FormPage(
        title=_("对应客户 · %(name)s") % {"name": unknown.name or unknown.code},
        verb=_("确认对应"),
        cancel_url=back,
        whole=("account",),
    )
    found = candidates(unknown, viewer=request.viewer)
    return form_page(request, form, around, "ledger/match.html", unknown=unknown, candidates=found)


@page
def create_one(request: PanshiRequest, pk: int, key: int) -> HttpResponse:
    """Open an archive for one unknown account."""
    unknown = _unknown(request, pk, key)
    return _decide(
        request,
        pk,
        lambda: create_unknown(batch=unknown.batch, keys=[key], by=request.viewer, at=request.at),
    )


@page
def leave_one(request: PanshiRequest, pk: int, key: int) -> HttpResponse:
    """Leave the lines of one unknown account out."""
    unknown = _unknown(request, pk, key)
    return _decide(
        request, pk, lambda: leave_out(batch=unknown.batch, keys=[key], by=request.viewer, at=request.at)
    )


@page
def reopen(request: PanshiRequest, pk: int, key: int) -> HttpResponse:
    """Take a decision back."""
    unknown = _unknown(request, pk, key)
    return _decide(request, pk, lambda: reopen_unknown(unknown=unknown, by=request.viewer, at=request.at))


@page
def create_all(request: PanshiRequest, pk: int) -> HttpResponse:
    """Let a job open archives for all that are still open."""
    batch = open_(request, pk)
    request.viewer.require("accounts.create")
    count = UnknownAccount.objects.visible_to(request.viewer).filter(batch=batch).open().count()
    question = Question(
        title=_("为未识别的客户建档"),
        facts=(
            ngettext("将新建 %(count)d 个客户档案。", "将新建 %(count)d 个客户档案。", count)
            % {"count": count},
            _("与现有客户同名的不会新建，留给您逐个处理。"),
        ),
        verb=_("全部建档"),
        harms=False,
        cancel_url=reverse("ledger:detail", args=[pk]),
    )
    if not agreed(request, question):
        return ask(request, question)
    job = request_creation(batch=batch, by=request.viewer, at=request.at)
    return saved(request, f"{reverse('ledger:detail', args=[pk])}?job={job.pk}")


@page
def leave_all(request: PanshiRequest, pk: int) -> HttpResponse:
    """Leave the lines of all that are still open out of the import."""
    batch = open_(request, pk)
    open_rows = UnknownAccount.objects.visible_to(request.viewer).filter(batch=batch).open()
    lines = sum(open_rows.values_list("lines", flat=True))
    question = Question(
        title=_("不导入未识别客户的交易"),
        facts=(_("%(lines)d 行台账将不入账；以后补建客户，重新导入同一文件即可补上。") % {"lines": lines},),
        verb=_("全部不导入"),
        cancel_url=reverse("ledger:detail", args=[pk]),
    )
    if not agreed(request, question):
        return ask(request, question)
    return _decide(request, pk, lambda: leave_out(batch=batch, by=request.viewer, at=request.at))


def _decide(request: PanshiRequest, pk: int, service: Callable[[], Any]) -> HttpResponse:
    """Carry out a decision that came by POST; a refusal is said on the batch's page."""
    if request.method != "POST":
        raise Http404
    text = ""
    try:
        service()
    except NotAllowed:
        raise
    except Refused as refusal:
        text = refusal.message
    return saved(request, reverse("ledger:detail", args=[pk]), text, stay=not text)
