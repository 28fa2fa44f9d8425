"""The page of number formats."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from panshi.ground.settings.reports import number_series
from panshi.ground.settings.services import change_numbering
from panshi.web.generic.answers import saved
from panshi.web.generic.forms import FormPage, form_page
from panshi.web.request import PanshiRequest, page
from panshi.web.settings.forms import NumberingForm


@page
def listed(request: PanshiRequest) -> HttpResponse:
    """Every series with the next number it gives."""
    return render(request, "settings/numbering.html", {"rows": number_series(viewer=request.viewer)})


@page
def change(request: PanshiRequest, series: str) -> HttpResponse:
    """Change how new records are numbered."""
    row = next((one for one in number_series(viewer=request.viewer) if one.series == series), None)
    if row is None:
        raise Http404
    known = {"prefix": row.prefix, "width": row.width, "next_number": row.next_number}
    form = NumberingForm(request.POST or None, initial=known)
    back = reverse("settings:numbering")
    if form.sent():
        with form.refusals():
            change_numbering(
                series=series,
                prefix=form.cleaned_data["prefix"],
                width=form.cleaned_data["width"],
                next_number=form.cleaned_data["next_number"],
                reason=form.cleaned_data["why"],
                by=request.viewer,
                at=request.at,
            )
            return saved(request, back, _("编号格式已修改"))
    around = FormPage(
        title=_("编号格式 · %(label)s") % {"label": row.label},
        verb=_("保存"),
        cancel_url=back,
        intro=_("现在的下一个号是 %(example)s。已经用出去的编号不变。") % {"example": row.example},
        whole=("why",),
    )
    return form_page(request, form, around)
