"""Pages of dictionaries: the lists, their values with how many records hold each, and what can be done with a value."""

from collections.abc import Callable
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.ground.audit.services import text
from panshi.ground.base.refusals import Stale
from panshi.ground.settings import services
from panshi.ground.settings.models import Dictionary, DictionaryValue
from panshi.ground.settings.reports import choices_of, dictionaries, records_using
from panshi.web.generic.answers import saved
from panshi.web.generic.confirm import Question
from panshi.web.generic.forms import FormPage, PanshiForm, form_page
from panshi.web.request import PanshiRequest, page
from panshi.web.settings.forms import ChoiceForm, DictionaryForm, ReplaceForm
from panshi.web.settings.views.asking import MANAGE, ask_and_do, told_history
from panshi.web.settings.views.ordering import moved

LABELS: Final = {
    "label": gettext_lazy("名称"),
    "label_en": gettext_lazy("英文名称"),
    "about": gettext_lazy("说明"),
    "order": gettext_lazy("顺序"),
    "active": gettext_lazy("在用"),
}


def _dictionary(request: PanshiRequest, pk: int) -> Dictionary:
    request.viewer.require(MANAGE)
    found: Dictionary | None = Dictionary.objects.visible_to(request.viewer, MANAGE).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _choice(request: PanshiRequest, pk: int) -> DictionaryValue:
    request.viewer.require(MANAGE)
    rows = DictionaryValue.objects.visible_to(request.viewer, MANAGE).select_related("dictionary")
    found: DictionaryValue | None = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _at(dictionary_id: int) -> str:
    return reverse("settings:dictionary", args=[dictionary_id])


@page
def listed(request: PanshiRequest) -> HttpResponse:
    """All dictionaries, with what chooses from them."""
    request.viewer.require(MANAGE)
    return render(request, "settings/dictionaries.html", {"rows": dictionaries(viewer=request.viewer)})


@page
def detail(request: PanshiRequest, pk: int) -> HttpResponse:
    """One dictionary: its values in order, and what was changed."""
    dictionary = _dictionary(request, pk)
    context = {
        "dictionary": dictionary,
        "rows": choices_of(dictionary, viewer=request.viewer),
        "told": told_history("settings.dictionary_", pk, LABELS, viewer=request.viewer),
    }
    return render(request, "settings/dictionary.html", context)


@page
def create(request: PanshiRequest) -> HttpResponse:
    """Begin a dictionary."""
    request.viewer.require(MANAGE)
    form = DictionaryForm(request.POST or None)
    if form.sent():
        with form.refusals():
            row = services.create_dictionary(**form.values(), by=request.viewer, at=request.at)
            return saved(
                request, _at(row.pk), _("已新建字典“%(label)s”，现在添加它的值") % {"label": row.label}
            )
    around = FormPage(
        title=_("新建字典"), verb=_("新建字典"), cancel_url=reverse("settings:dictionaries"), whole=("about",)
    )
    return form_page(request, form, around)


@page
def edit(request: PanshiRequest, pk: int) -> HttpResponse:
    """Call a dictionary something else."""
    row = _dictionary(request, pk)
    known = {name: getattr(row, name) for name in DictionaryForm.base_fields}

    def write(form: PanshiForm) -> None:
        services.change_dictionary(
            dictionary=row,
            values=form.values(),
            expected_version=form.expected_version,
            by=request.viewer,
            at=request.at,
        )

    form = DictionaryForm(request.POST or None, initial=known, version=row.version)
    return _edited(
        request, form, known, write, title=_("修改字典 · %(label)s") % {"label": row.label}, back=_at(pk)
    )


@page
def add(request: PanshiRequest, pk: int) -> HttpResponse:
    """Add a value."""
    dictionary = _dictionary(request, pk)
    form = ChoiceForm(request.POST or None)
    if form.sent():
        with form.refusals():
            row = services.add_choice(
                dictionary=dictionary, **form.values(), by=request.viewer, at=request.at
            )
            return saved(request, _at(pk), _("已添加“%(label)s”") % {"label": row.label})
    around = FormPage(
        title=_("添加值 · %(label)s") % {"label": dictionary.label}, verb=_("添加"), cancel_url=_at(pk)
    )
    return form_page(request, form, around)


@page
def edit_value(request: PanshiRequest, pk: int) -> HttpResponse:
    """Call a value something else, on old records too."""
    row = _choice(request, pk)
    known = {"label": row.label, "label_en": row.label_en}

    def write(form: PanshiForm) -> None:
        services.change_choice(
            choice=row,
            values=form.values(),
            expected_version=form.expected_version,
            by=request.viewer,
            at=request.at,
        )

    form = ChoiceForm(request.POST or None, initial=known, version=row.version, known=True)
    title = _("修改值 · %(label)s") % {"label": row.label}
    return _edited(request, form, known, write, title=title, back=_at(row.dictionary_id))


def _edited(
    request: PanshiRequest,
    form: PanshiForm,
    known: dict[str, Any],
    write: Callable[[PanshiForm], None],
    *,
    title: str,
    back: str,
) -> HttpResponse:
    """A form over a versioned row; somebody else's change meanwhile is shown."""
    form.take_theirs({name: text(value) for name, value in known.items()})
    if form.sent():
        try:
            with form.refusals():
                write(form)
                return saved(request, back, _("已保存"))
        except Stale as stale:
            form.show_conflict(form.differences(known), stale.theirs, stale.message)
    return form_page(request, form, FormPage(title=title, verb=_("保存"), cancel_url=back, whole=("about",)))


@page
def order(request: PanshiRequest, pk: int) -> HttpResponse:
    """Put the values in another order."""
    dictionary = _dictionary(request, pk)
    if request.method != "POST":
        raise Http404
    now = [row.value.pk for row in choices_of(dictionary, viewer=request.viewer)]
    services.order_choices(
        dictionary=dictionary, order=moved(now, request.POST), by=request.viewer, at=request.at
    )
    return saved(request, _at(pk), _("顺序已保存"))


@page
def retire(request: PanshiRequest, pk: int) -> HttpResponse:
    """Offer a value no more."""
    row = _choice(request, pk)
    question = Question(
        title=_("停用“%(label)s”") % {"label": row.label},
        facts=(
            _("有 %(count)d 条记录在用，它们保留这个值。") % {"count": records_using(row)},
            _("以后填写时不再出现，可以重新启用。"),
        ),
        verb=_("停用"),
        cancel_url=_at(row.dictionary_id),
    )
    act = lambda: services.retire_choice(choice=row, by=request.viewer, at=request.at)  # noqa: E731
    return ask_and_do(request, question, act, text=_("已停用"))


@page
def reinstate(request: PanshiRequest, pk: int) -> HttpResponse:
    """Offer a retired value again."""
    row = _choice(request, pk)
    question = Question(
        title=_("重新启用“%(label)s”") % {"label": row.label},
        facts=(_("以后填写时又可以选它。"),),
        verb=_("重新启用"),
        cancel_url=_at(row.dictionary_id),
        harms=False,
    )
    act = lambda: services.reinstate_choice(choice=row, by=request.viewer, at=request.at)  # noqa: E731
    return ask_and_do(request, question, act, text=_("已重新启用"))


@page
def delete(request: PanshiRequest, pk: int) -> HttpResponse:
    """Remove a value nobody chose; one in use is refused with the number of records."""
    row = _choice(request, pk)
    question = Question(
        title=_("删除“%(label)s”") % {"label": row.label},
        facts=(_("有 %(count)d 条记录在用；只有没人用过的值才能删除。") % {"count": records_using(row)},),
        verb=_("删除"),
        cancel_url=_at(row.dictionary_id),
    )
    act = lambda: services.delete_choice(choice=row, by=request.viewer, at=request.at)  # noqa: E731
    return ask_and_do(request, question, act, text=_("已删除"))


@page
def replace(request: PanshiRequest, pk: int) -> HttpResponse:
    """Put another value in its place on every record; the page says how many before anything happens."""
    row = _choice(request, pk)
    others = {
        str(one.value.pk): one.value
        for one in choices_of(row.dictionary, viewer=request.viewer)
        if one.value.active and one.value.pk != row.pk
    }
    form = ReplaceForm(request.POST or None, others=[(key, one.label) for key, one in others.items()])
    back = _at(row.dictionary_id)
    if form.sent():
        with form.refusals():
            changed = services.replace_choice(
                choice=row, other=others[form.cleaned_data["other"]], by=request.viewer, at=request.at
            )
            return saved(request, back, _("已替换 %(count)d 条记录") % {"count": changed})
    around = FormPage(
        title=_("替换“%(label)s”") % {"label": row.label},
        verb=_("替换并停用"),
        cancel_url=back,
        intro=_("有 %(count)d 条记录会改成选中的值，“%(label)s”随后停用。这一步不能自动撤销。")
        % {"count": records_using(row), "label": row.label},
    )
    return form_page(request, form, around)
