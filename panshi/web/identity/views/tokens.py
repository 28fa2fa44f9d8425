"""Tokens for programs and the calendar address: one's own on the account pages, everybody's for who manages them."""

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.ground.identity import services
from panshi.ground.identity.models import ApiToken, CalendarFeed
from panshi.ground.identity.scopes import BY_CODE, SCOPES
from panshi.ground.settings.reports import value
from panshi.web.generic.answers import saved
from panshi.web.generic.confirm import Question, agreed, ask
from panshi.web.generic.forms import DayInput, FormPage, PanshiForm, form_page
from panshi.web.request import PanshiRequest, page

USUAL_DAYS = 90
MOST_SHOWN = 200


class TokenForm(PanshiForm):
    """What the token is for, what it may do, until when."""

    name = forms.CharField(
        label=gettext_lazy("名称"), max_length=60, help_text=gettext_lazy("使用它的程序，例如“ERP 同步”。")
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("范围"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("令牌代表您本人，权限不超过您当时的权限；这里再选出程序用得到的部分。"),
    )
    expires_on = forms.DateField(label=gettext_lazy("最后一天"), widget=DayInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scopes = self.fields["scopes"]
        assert isinstance(scopes, forms.MultipleChoiceField)
        scopes.choices = [(scope.code, str(scope.label)) for scope in SCOPES]


@page
def mine(request: PanshiRequest) -> HttpResponse:
    """One's own tokens, and whether there is a calendar address."""
    own = request.viewer.person_id or 0
    rows = ApiToken.objects.visible_to(request.viewer).filter(person_id=own).order_by("revoked_at", "-pk")
    feed = CalendarFeed.objects.visible_to(request.viewer).filter(person_id=own).first()
    tokens = [_told(token, request.on) for token in rows[:MOST_SHOWN]]
    tokens.sort(key=lambda told: told["state"] != "current")
    return render(request, "identity/tokens.html", {"tokens": tokens, "feed": feed, "all": False})


@page
def everybodys(request: PanshiRequest) -> HttpResponse:
    """All tokens that still open something, for who manages them."""
    request.viewer.require("api.manage")
    rows = ApiToken.objects.visible_to(request.viewer, "api.manage").standing().select_related("person")
    rows = rows.filter(expires_on__gte=request.on).order_by("-pk")
    tokens = [_told(token, request.on) for token in rows[:MOST_SHOWN]]
    return render(request, "identity/all_tokens.html", {"tokens": tokens, "all": True})


def _told(token: ApiToken, on: dt.date) -> dict[str, Any]:
    state = "revoked" if token.revoked_at else "expired" if token.expires_on < on else "current"
    labels = [str(BY_CODE[code].label) for code in token.scope_codes if code in BY_CODE]
    return {"token": token, "state": state, "scopes": _("、").join(labels)}


@page
def make(request: PanshiRequest) -> HttpResponse:
    """Make a token; its secret is shown on the answer and nowhere else."""
    longest = int(value("api.token_days"))
    usual = request.on + dt.timedelta(days=min(USUAL_DAYS, longest))
    form = TokenForm(request.POST or None, initial={"expires_on": usual})
    if form.sent():
        with form.refusals():
            token, secret = services.make_token(
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                expires_on=form.cleaned_data["expires_on"],
                limits=services.TokenLimits(days=longest, each=int(value("api.tokens_each"))),
                by=request.viewer,
                at=request.at,
            )
            return _show_once(
                request, _("令牌“%(name)s”") % {"name": token.name}, _("令牌"), secret,
                _("程序在请求头中发送：Authorization: Bearer 令牌。说明见接口文档。"),
            )  # fmt: skip
    around = FormPage(
        title=_("新建令牌"),
        verb=_("新建并显示令牌"),
        cancel_url=reverse("identity:tokens"),
        intro=_("程序凭令牌代表您读写数据。保存后只显示一次，请立即存入程序的密钥库。"),
        whole=("name", "scopes"),
    )
    return form_page(request, form, around)


def _show_once(request: PanshiRequest, title: str, label: str, secret: str, note: str) -> HttpResponse:
    """A secret, in an answer that no cache keeps."""
    context = {"title": title, "label": label, "secret": secret, "note": note}
    answer = render(request, "identity/secret.html", context)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@page
def revoke(request: PanshiRequest, pk: int) -> HttpResponse:
    """End a token at once, after saying so."""
    token: ApiToken | None = (
        ApiToken.objects.visible_to(request.viewer).select_related("person").filter(pk=pk).first()
    )
    if token is None:
        raise Http404
    own = token.person_id == request.viewer.person_id
    back = reverse("identity:tokens" if own else "identity:all_tokens")
    question = Question(
        title=_("停用令牌 %(name)s") % {"name": token.name},
        facts=(
            _("使用它的程序立即不能再访问，停用后不能恢复。"),
            _("令牌属于 %(name)s。") % {"name": token.person.name},
        ),
        verb=_("停用令牌"),
        cancel_url=back,
    )
    if not agreed(request, question):
        return ask(request, question)
    services.revoke_token(token=token, by=request.viewer, at=request.at)
    return saved(request, back, _("已停用令牌 %(name)s") % {"name": token.name})


@page
def make_feed(request: PanshiRequest) -> HttpResponse:
    """A new calendar address; one there was ends."""
    if request.method != "POST":
        raise Http404
    secret = services.make_feed(by=request.viewer, at=request.at)
    address = f"{settings.PUBLIC_URL}{reverse('api:calendar')}?key={secret}"
    note = _("在日历软件中“通过网址订阅”。知道地址的人能看到您该联系的客户；泄露时请重新生成。")
    return _show_once(request, _("日历订阅"), _("订阅地址"), address, note)


@page
def end_feed(request: PanshiRequest) -> HttpResponse:
    """Close the calendar address."""
    if request.method != "POST":
        raise Http404
    services.end_feed(by=request.viewer, at=request.at)
    return saved(request, reverse("identity:tokens"), _("已停用日历订阅"))
