"""The official calendar: what is known of each year, and entering the State Council's notice of one."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from panshi.engines.analytics.failures import UnreadableTable
from panshi.engines.sheets.reading import read_sheet
from panshi.ground.base.refusals import Stale
from panshi.ground.settings.models import DayKind
from panshi.ground.settings.reports import CannotReadNotice, YearRow, calendar_years, read_notice
from panshi.ground.settings.services import enter_calendar
from panshi.web.generic.answers import saved
from panshi.web.generic.forms import FormPage, form_page
from panshi.web.request import PanshiRequest, page
from panshi.web.settings.forms import CalendarForm

LARGEST = 1_000_000
"""A notice has some thirty days; a larger file is something else."""


@page
def years(request: PanshiRequest) -> HttpResponse:
    """The years a company plans in, each shipped, entered or still without a notice."""
    rows = calendar_years(on=request.on, viewer=request.viewer)
    return render(request, "settings/calendar.html", {"rows": rows, "this_year": request.on.year})


@page
def enter(request: PanshiRequest, year: int) -> HttpResponse:
    """Type or upload the notice of a year; what is known already is filled in, so that a correction is short."""
    if not 2000 <= year <= 2100:
        request.viewer.require("settings.manage")
        raise Http404
    row = next(
        (one for one in calendar_years(on=request.on, viewer=request.viewer) if one.year == year), None
    )
    known: dict[str, Any] = {"notice": row.notice, "days": _written(row)} if row is not None else {}
    form = CalendarForm(request.POST or None, request.FILES or None, initial=known)
    form.fields["expected_version"].initial = row.number if row is not None else 0
    if form.sent():
        try:
            with form.refusals():
                lines = _lines(form.cleaned_data["days"], form.cleaned_data["file"])
                entered = enter_calendar(
                    year=year,
                    days=read_notice(lines, year=year),
                    notice=form.cleaned_data["notice"],
                    expected_number=form.expected_version,
                    by=request.viewer,
                    at=request.at,
                )
                return saved(
                    request,
                    reverse("settings:calendar"),
                    _("已录入 %(year)d 年的安排") % {"year": entered.pk},
                )
        except Stale as refusal:
            form.add_error(None, refusal.message)
    around = FormPage(
        title=_("%(year)d 年放假安排") % {"year": year},
        verb=_("保存"),
        cancel_url=reverse("settings:calendar"),
        intro=_("写全这一年的放假和调休上班；保存后期限马上按它计算，不再标“暂定”。"),
        whole=("notice", "days", "file"),
    )
    return form_page(request, form, around, "settings/notice.html", year=year)


def _written(row: YearRow) -> str:
    words = {DayKind.OFF: _("放假"), DayKind.WORK: _("上班")}
    return "\n".join(f"{day.on} {words[day.kind]} {day.name}".strip() for day in row.days)


def _lines(typed: str, file: "UploadedFile[bytes] | None") -> list[Sequence[str]]:
    """The table: of the file where one was sent, else of the typed lines."""
    if file is None:
        return [_cells(line) for line in typed.splitlines()]
    if (file.size or 0) > LARGEST:
        raise CannotReadNotice(_("文件太大，放假安排不过几十行。"), field="file")
    suffix = ".xlsx" if str(file.name).lower().endswith(".xlsx") else ".csv"
    with tempfile.NamedTemporaryFile(suffix=suffix) as kept:
        for chunk in file.chunks():
            kept.write(chunk)
        kept.flush()
        try:
            sheet = read_sheet(Path(kept.name), recognise=lambda heading: heading in {"日期", "date"})
        except UnreadableTable as error:
            raise CannotReadNotice(
                _("这不是可以读取的表格，请使用 .xlsx 或 .csv 文件。"), field="file"
            ) from error
    return [sheet.headings, *(row.cells for row in sheet.rows)]


def _cells(line: str) -> list[str]:
    """Cells of a typed line, parted by tabs, commas or spaces; a range may have spaces round its dash."""
    for sign in ("\t", ",", "，"):
        if sign in line:
            return [cell.strip() for cell in line.split(sign)]
    return (
        line.replace(" - ", "~")
        .replace(" 至 ", "至")
        .replace(" 到 ", "到")
        .replace(" to ", "~")
        .split(None, 2)
    )
