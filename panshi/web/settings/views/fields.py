"""Pages of custom fields: those of a kind of record with a preview of the form; define, change, order, retire."""

from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.domains.accounts.reports.custom import accounts_lacking
from panshi.domains.people.reports import contacts_lacking
from panshi.ground.audit.services import text
from panshi.ground.base.refusals import Stale
from panshi.ground.settings import services
from panshi.ground.settings.fields import FieldSpec
from panshi.ground.settings.models import CustomField, Dictionary, RecordKind
from panshi.ground.settings.reports import all_fields, filled_counts, specs_of
from panshi.web.generic.answers import saved
from panshi.web.generic.confirm import Question
from panshi.web.generic.custom import OTHER, controls
from panshi.web.generic.forms import FormPage, PanshiForm, form_page
from panshi.web.request import PanshiRequest, page
from panshi.web.settings.forms import FieldForm
from panshi.web.settings.views.asking import MANAGE, ask_and_do, told_history
from panshi.web.settings.views.ordering import moved

LISTS: Final = {RecordKind.ACCOUNT: "accounts:list", RecordKind.CONTACT: "people:list"}
LABELS: Final = {
    **{name: field.label or name for name, field in FieldForm.base_fields.items()},
    "order": gettext_lazy("顺序"),
}


class PreviewForm(PanshiForm):
    """The fields as people will meet them; it is never sent."""

    def __init__(self, specs: list[FieldSpec], request: PanshiRequest) -> None:
        super().__init__()
        self.fields = controls(specs, viewer=request.viewer)


def _kind(kind: str) -> RecordKind:
    if kind not in RecordKind.values:
        raise Http404
    return RecordKind(kind)


def _field(request: PanshiRequest, pk: int) -> CustomField:
    request.viewer.require(MANAGE)
    found: CustomField | None = CustomField.objects.visible_to(request.viewer, MANAGE).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _back(kind: str) -> str:
    return reverse("settings:fields_of", args=[kind])


@page
def listed(request: PanshiRequest, kind: str = RecordKind.ACCOUNT) -> HttpResponse:
    """The fields of a kind of record in their order, how many records hold each, and the form they make."""
    request.viewer.require(MANAGE)
    chosen = _kind(kind)
    mine = [spec for spec in all_fields(viewer=request.viewer) if spec.row.record_kind == chosen]
    in_use = [spec for spec in mine if spec.row.retired_at is None]
    context = {
        "kind": chosen,
        "kinds": [
            (one.label, reverse("settings:fields_of", args=[one]), one == chosen) for one in RecordKind
        ],
        "fields": in_use,
        "retired": [spec for spec in mine if spec.row.retired_at is not None],
        "filled": filled_counts(viewer=request.viewer),
        "preview": PreviewForm(in_use, request),
        "units": {spec.name: spec.row.unit for spec in in_use},
        "other": OTHER,
    }
    return render(request, "settings/fields.html", context)


@page
def create(request: PanshiRequest, kind: str) -> HttpResponse:
    """Define a field."""
    request.viewer.require(MANAGE)
    chosen = _kind(kind)
    rows = Dictionary.objects.visible_to(request.viewer, MANAGE).order_by("label", "pk")
    lists = {str(row.pk): row for row in rows}
    form = FieldForm(request.POST or None, lists=[(key, row.label) for key, row in lists.items()])
    if form.sent():
        with form.refusals():
            field = services.create_field(
                record_kind=chosen,
                kind=form.cleaned_data["kind"],
                values=form.parts(),
                code=form.cleaned_data["code"],
                dictionary=lists.get(form.cleaned_data["dictionary"]),
                by=request.viewer,
                at=request.at,
            )
            return saved(request, _back(kind), _("已新建字段“%(label)s”") % {"label": field.label})
    around = FormPage(
        title=_("新建字段 · %(kind)s") % {"kind": chosen.label},
        verb=_("新建字段"),
        cancel_url=_back(kind),
        intro=_("建好后马上出现在表单、档案、列表的列和条件、导入导出里。"),
        whole=("help", "help_en", "roles"),
    )
    return form_page(request, form, around)


@page
def edit(request: PanshiRequest, pk: int) -> HttpResponse:
    """Change a field; below stands how many records lack it and what was changed before."""
    field = _field(request, pk)
    known = _known(field)
    form = FieldForm(request.POST or None, field=field, initial=known, version=field.version)
    stored = {name: text(value) for name, value in known.items()}
    form.take_theirs(stored)
    if form.sent():
        try:
            with form.refusals():
                services.change_field(
                    field=field,
                    values=form.parts(),
                    expected_version=form.expected_version,
                    by=request.viewer,
                    at=request.at,
                )
                return saved(request, _back(field.record_kind), _("已保存"))
        except Stale as stale:
            form.show_conflict(form.differences(known), stale.theirs, stale.message)
    around = FormPage(
        title=_("修改字段 · %(label)s") % {"label": field.label},
        verb=_("保存"),
        cancel_url=_back(field.record_kind),
        whole=("help", "help_en", "roles"),
    )
    [spec] = specs_of([field])
    lacking = _lacking(spec, request)
    more = {
        "field": field,
        "lacking": lacking,
        "lacking_url": f"{reverse(LISTS[RecordKind(field.record_kind)])}?{spec.name}.is=empty",
        "told": told_history("settings.field_", pk, LABELS, viewer=request.viewer),
    }
    return form_page(request, form, around, "settings/field.html", **more)


def _known(field: CustomField) -> dict[str, Any]:
    names = set(FieldForm.base_fields) - {"kind", "dictionary", "code", "roles"}
    return {name: getattr(field, name) for name in names} | {
        "roles": [one for one in field.roles.split(",") if one]
    }


def _lacking(spec: FieldSpec, request: PanshiRequest) -> int:
    count = accounts_lacking if spec.row.record_kind == RecordKind.ACCOUNT else contacts_lacking
    return count(spec, viewer=request.viewer)


@page
def order(request: PanshiRequest, kind: str) -> HttpResponse:
    """Put the fields in another order: one moved up or down, or the whole order as dragged."""
    request.viewer.require(MANAGE)
    if request.method != "POST":
        raise Http404
    chosen = _kind(kind)
    now = [
        spec.id
        for spec in all_fields(viewer=request.viewer)
        if spec.row.record_kind == chosen and spec.row.retired_at is None
    ]
    services.order_fields(
        record_kind=chosen, order=moved(now, request.POST), by=request.viewer, at=request.at
    )
    return saved(request, _back(kind), _("顺序已保存"))


@page
def retire(request: PanshiRequest, pk: int) -> HttpResponse:
    """Take a field out of use."""
    field = _field(request, pk)
    held = filled_counts(viewer=request.viewer).get(pk, 0)
    question = Question(
        title=_("停用字段“%(label)s”") % {"label": field.label},
        facts=(
            _("有 %(count)d 条记录填了它，值都保留，重新启用后还在。") % {"count": held},
            _("表单、档案、列表、条件、导入导出里不再出现。"),
        ),
        verb=_("停用"),
        cancel_url=_back(field.record_kind),
    )
    act = lambda: services.retire_field(field=field, by=request.viewer, at=request.at)  # noqa: E731
    return ask_and_do(request, question, act, text=_("已停用"))


@page
def reinstate(request: PanshiRequest, pk: int) -> HttpResponse:
    """Take a retired field into use again."""
    field = _field(request, pk)
    held = filled_counts(viewer=request.viewer).get(pk, 0)
    question = Question(
        title=_("重新启用字段“%(label)s”") % {"label": field.label},
        facts=(_("原来填的 %(count)d 条记录的值会重新显示。") % {"count": held},),
        verb=_("重新启用"),
        cancel_url=_back(field.record_kind),
        harms=False,
    )
    act = lambda: services.reinstate_field(field=field, by=request.viewer, at=request.at)  # noqa: E731
    return ask_and_do(request, question, act, text=_("已重新启用"))
