"""How I want to be told: the ways for each kind of notice, quiet hours, and the digest."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.ground.notices import services
from panshi.ground.notices.kinds import all_kinds
from panshi.ground.notices.models import DigestRhythm
from panshi.ground.notices.reports import choices_of, rhythm_of
from panshi.ground.notices.ways import Ways
from panshi.web.generic.answers import saved
from panshi.web.generic.forms import PanshiForm
from panshi.web.request import PanshiRequest, page

TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class RhythmForm(PanshiForm):
    """Quiet hours and digest."""

    quiet_from = forms.TimeField(label=gettext_lazy("免打扰开始"), widget=TIME)
    quiet_to = forms.TimeField(
        label=gettext_lazy("免打扰结束"),
        widget=TIME,
        help_text=gettext_lazy("这段时间内的邮件等到结束后再发；开始和结束相同表示不设。紧急通知照发。"),
    )
    quiet_on_holidays = forms.BooleanField(
        label=gettext_lazy("周末和法定节假日不发邮件（调休上班日照发）"), required=False
    )
    digest = forms.ChoiceField(label=gettext_lazy("摘要邮件"), choices=DigestRhythm.choices)
    digest_at = forms.TimeField(label=gettext_lazy("摘要发送时间"), widget=TIME)


def _chosen(query: QueryDict) -> dict[str, Ways]:
    """The ticked boxes by kind."""
    return {
        name: Ways(f"{name}.in_app" in query, f"{name}.by_mail" in query, f"{name}.in_digest" in query)
        for name in all_kinds()
    }


@page
def choices(request: PanshiRequest) -> HttpResponse:
    """Choose by which ways each kind reaches me, and when I am left alone."""
    rhythm = rhythm_of(request.viewer)
    names = ("quiet_from", "quiet_to", "quiet_on_holidays", "digest", "digest_at")
    initial: dict[str, Any] = {name: getattr(rhythm, name) for name in names}
    form = RhythmForm(request.POST or None, initial=initial)
    if form.sent():
        with form.refusals():
            services.keep_rhythm(**form.values(), by=request.viewer)
            services.keep_choices(choices=_chosen(request.POST), by=request.viewer)
            return saved(request, reverse("notices:choices"), _("已保存"))
    ways = [
        (kind, _chosen(request.POST)[kind.name] if request.POST else known)
        for kind, known in choices_of(request.viewer)
        if not kind.name.startswith("tests.")
    ]
    context = {
        "form": form,
        "ways": ways,
        "mail_on": bool(settings.MAIL_URL),
        "address": request.user.email,
    }
    return render(request, "notices/choices.html", context, status=422 if form.errors else 200)
