"""The archive as a paper: choose its sections and form in a drawer; it is made in the background."""

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.ground.audit.exporting import record_export
from panshi.ground.base.refusals import NotAllowed
from panshi.ground.work.exports import ask_export
from panshi.web.accounts.archive import SOURCE, open_parts
from panshi.web.accounts.archive.composing import EXPORT
from panshi.web.accounts.archive.parts import Reading
from panshi.web.accounts.views.record import visible_account
from panshi.web.generic.answers import saved
from panshi.web.generic.forms import FormPage, PanshiForm, form_page
from panshi.web.request import PanshiRequest, page


class ArchiveForm(PanshiForm):
    """What goes onto the paper, and as what."""

    form = forms.ChoiceField(
        label=gettext_lazy("格式"),
        choices=[("pdf", gettext_lazy("PDF（打印）")), ("xlsx", gettext_lazy("XLSX（每部分一张表）"))],
        initial="pdf",
        widget=forms.RadioSelect,
    )
    parts = forms.MultipleChoiceField(
        label=gettext_lazy("内容"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("至少选一部分。")},
    )

    def __init__(self, *args: Any, parts: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, initial={"parts": [name for name, _label in parts]}, **kwargs)
        field = self.fields["parts"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = parts


@page
def archive(request: PanshiRequest, pk: int) -> HttpResponse:
    """Ask for the archive of an account as PDF or XLSX."""
    account = visible_account(request, pk)
    reading = Reading(account, request.viewer, request.at)
    request.viewer.require(EXPORT)
    if not reading.reaches(EXPORT):
        raise NotAllowed(_("您没有此项操作的权限。"))
    parts = [(part.name, str(part.label)) for part in open_parts(reading)]
    form = ArchiveForm(request.POST or None, parts=parts)
    if form.sent():
        chosen, kind = form.cleaned_data["parts"], form.cleaned_data["form"]
        with transaction.atomic():
            record_export(
                listed=SOURCE, form=kind, columns=chosen, conditions=(), by_id=request.viewer.person_id,
                at=request.at, account_id=account.pk,
            )  # fmt: skip
            ask_export(
                source=SOURCE,
                title=_("客户档案 %(account)s") % {"account": account.name},
                form=kind,
                arguments={"account": account.pk, "parts": chosen},
                by=request.viewer,
                at=request.at,
            )
        return saved(request, reverse("exports:list"), _("正在后台生成档案，完成后在这里下载。"))
    around = FormPage(
        title=_("打印档案 · %(account)s") % {"account": account.name},
        verb=_("生成"),
        cancel_url=reverse("accounts:detail", args=[pk]),
        intro=_("您无权查看的内容不会出现在档案里；每页印有您的姓名和时间，并记入审计。"),
        whole=("form", "parts"),
    )
    return form_page(request, form, around)
