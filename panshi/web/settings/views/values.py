"""The settings home: every value by topic with who, when and why; change one, go back to an earlier one."""

from collections.abc import Callable

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from panshi.calc.pinyin import initials, pinyin
from panshi.ground.base.refusals import Stale
from panshi.ground.settings import services
from panshi.ground.settings.catalogue import BY_CODE
from panshi.ground.settings.registry import TOPICS, Setting
from panshi.ground.settings.reports import PastValue, Standing, setting_history, standing
from panshi.web.generic.answers import saved
from panshi.web.generic.forms import FormPage, PanshiForm, form_page
from panshi.web.request import PanshiRequest, page
from panshi.web.settings.forms import ReasonForm, ValueForm


@page
def home(request: PanshiRequest) -> HttpResponse:
    """Every setting by topic; `q` narrows them by words or pinyin."""
    rows = standing(viewer=request.viewer)
    typed = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    found = [row for row in rows if not typed or _holds(row, typed.casefold())]
    topics = [(topic, [row for row in found if row.setting.topic == topic.code]) for topic in TOPICS]
    context = {
        "topics": [(topic, rows_) for topic, rows_ in topics if rows_],
        "typed": typed,
        "count": len(found),
        "changed": sum(not row.is_default for row in rows),
    }
    return render(request, "settings/home.html", context)


def _holds(row: Standing, typed: str) -> bool:
    label = str(row.setting.label)
    words = (label, str(row.setting.help), row.setting.code, pinyin(label), initials(label))
    return any(typed in word.casefold() for word in words)


def _setting(request: PanshiRequest, code: str) -> tuple[Setting, Standing, list[PastValue]]:
    request.viewer.require("settings.manage")
    setting = BY_CODE.get(code)
    if setting is None:
        raise Http404
    past = setting_history(code, viewer=request.viewer)
    now = next(row for row in standing(viewer=request.viewer) if row.setting.code == code)
    return setting, now, past


@page
def change(request: PanshiRequest, code: str) -> HttpResponse:
    """Change one value, saying why; below stands what it was before."""
    setting, now, past = _setting(request, code)
    form = ValueForm(request.POST or None, setting=setting, value=now.value)
    form.fields["expected_version"].initial = now.number
    if form.sent():
        try:
            with form.refusals():
                services.change_setting(
                    code=code,
                    value=form.cleaned_data["value"],
                    reason=form.cleaned_data["why"],
                    expected_number=form.expected_version,
                    by=request.viewer,
                    at=request.at,
                )
                return saved(request, _home(code), _("已修改：%(label)s") % {"label": setting.label})
        except Stale as refusal:
            form.add_error(None, refusal.message)
    around = FormPage(
        title=str(setting.label),
        verb=_("保存"),
        cancel_url=_home(code),
        units=(("value", str(setting.unit)),) if setting.unit else (),
        whole=("value", "why"),
    )
    return form_page(request, form, around, "settings/value.html", now=now, past=past, setting=setting)


@page
def reset(request: PanshiRequest, code: str) -> HttpResponse:
    """Go back to the shipped default."""
    setting, now, _past = _setting(request, code)

    def write(form: PanshiForm) -> None:
        services.reset_setting(
            code=code,
            reason=form.cleaned_data["why"],
            expected_number=form.expected_version,
            by=request.viewer,
            at=request.at,
        )

    title = _("%(label)s：恢复默认 %(value)s") % {"label": setting.label, "value": now.default_words}
    return _with_reason(request, setting, now, title, write)


@page
def restore(request: PanshiRequest, code: str, number: int) -> HttpResponse:
    """Put an earlier value in force again."""
    setting, now, past = _setting(request, code)
    earlier = next((one for one in past if one.number == number), None)
    if earlier is None:
        raise Http404

    def write(form: PanshiForm) -> None:
        services.restore_setting(
            code=code,
            number=number,
            reason=form.cleaned_data["why"],
            expected_number=form.expected_version,
            by=request.viewer,
            at=request.at,
        )

    title = _("%(label)s：改回 %(value)s") % {"label": setting.label, "value": earlier.words}
    return _with_reason(request, setting, now, title, write)


def _with_reason(
    request: PanshiRequest, setting: Setting, now: Standing, title: str, write: Callable[[PanshiForm], None]
) -> HttpResponse:
    """Ask only why, then do it."""
    form = ReasonForm(request.POST or None)
    form.fields["expected_version"].initial = now.number
    if form.sent():
        try:
            with form.refusals():
                write(form)
                return saved(request, _home(setting.code), _("已修改：%(label)s") % {"label": setting.label})
        except Stale as refusal:
            form.add_error(None, refusal.message)
    around = FormPage(
        title=title,
        verb=_("确认"),
        cancel_url=reverse("settings:value", args=[setting.code]),
        intro=_("现在是 %(value)s。") % {"value": now.words},
        whole=("why",),
    )
    return form_page(request, form, around)


def _home(code: str) -> str:
    return f"{reverse('settings:home')}#{code}"
