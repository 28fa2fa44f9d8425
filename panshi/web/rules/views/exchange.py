"""Tables out and in as files: XLSX for people, zen's JSON for other tools."""

import io
import json
import tempfile
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from panshi.engines.analytics.failures import UnreadableTable
from panshi.engines.expressions import BadExpression, from_zen, to_zen
from panshi.engines.sheets.reading import read_sheet
from panshi.engines.sheets.writing import write_xlsx
from panshi.ground.base.refusals import Refused
from panshi.ground.rules import services
from panshi.ground.rules.content import Content
from panshi.ground.rules.models import RuleTable
from panshi.ground.rules.reports import content_to_edit
from panshi.ground.rules.sheets import CannotReadTable, from_rows, is_heading, to_rows
from panshi.ground.rules.words import sentence
from panshi.web.generic.answers import saved
from panshi.web.generic.forms import FormPage, form_page
from panshi.web.request import PanshiRequest, page
from panshi.web.rules.forms import FileForm
from panshi.web.rules.views.finding import managed

MOST_UPLOAD = 8 << 20
MOST_ROWS = 2_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page
def export(request: PanshiRequest, pk: int, form: str) -> HttpResponse:
    """The draft, or else the newest version, as `xlsx` or `json`."""
    table = managed(request, pk)
    content = content_to_edit(table)
    if content is None or form not in ("xlsx", "json"):
        raise Http404
    try:
        body, kind = _file(table, content, form)
    except BadExpression as error:
        raise CannotReadTable(
            _("表里还有错误，改正后才能导出 JSON：{reason}").format(reason=sentence(error.code, error.params))
        ) from error
    response = HttpResponse(body, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{table.key}.{form}"'
    return response


def _file(table: RuleTable, content: Content, form: str) -> tuple[bytes, str]:
    if form == "json":
        graph = to_zen(content.table, name=table.name)
        return json.dumps(graph, ensure_ascii=False, indent=2).encode(), "application/json"
    buffer = io.BytesIO()
    headings, rows = to_rows(content)
    write_xlsx(buffer, headings, rows)
    return buffer.getvalue(), XLSX


@page
def take_in(request: PanshiRequest, pk: int) -> HttpResponse:
    """A file becomes the draft; wrong cells are shown in the grid, a wrong shape is refused here."""
    table = managed(request, pk)
    form = FileForm(request.POST or None, request.FILES or None, version=table.version)
    if form.sent():
        with form.refusals():
            file = form.cleaned_data["file"]
            content = _read(file, content_to_edit(table))
            services.save_draft(
                table_id=pk,
                content=content,
                expected_version=form.expected_version,
                by=request.viewer,
                at=request.at,
            )
            done = _("已导入 {count} 行作为草稿，请检查后发布。").format(count=len(content.table.rows))
            return saved(request, reverse("rules:edit", args=[pk]), done)
    around = FormPage(
        title=_("导入 {name}").format(name=table.name),
        verb=_("导入为草稿"),
        cancel_url=reverse("rules:detail", args=[pk]),
        intro=_("文件里的内容会替换当前草稿；已发布的版本不变。"),
    )
    return form_page(request, form, around, template="rules/import.html")


def _read(file: "UploadedFile[Any]", known: Content | None) -> Content:
    """Content of an uploaded file. Raises `Refused` at the file."""
    if (file.size or 0) > MOST_UPLOAD:
        raise Refused(_("文件太大，最多 8 MB。"), field="file")
    body = file.read()
    try:
        if (file.name or "").lower().endswith(".json"):
            return Content(from_zen(json.loads(body)), known.cases if known else ())
        return _read_sheet(body)
    except (ValueError, RecursionError) as error:
        raise Refused(sentence("not_a_table", {}), field="file") from error
    except BadExpression as error:
        raise Refused(sentence(error.code, error.params), field="file") from error
    except CannotReadTable as error:
        raise Refused(error.message, field="file") from error


def _read_sheet(body: bytes) -> Content:
    with tempfile.TemporaryDirectory(prefix="panshi-rules-") as directory:
        path = Path(directory) / "table"
        path.write_bytes(body)
        try:
            sheet = read_sheet(path, recognise=is_heading, most_rows=MOST_ROWS)
        except UnreadableTable as error:
            raise Refused(_("读不出这个文件：请用导出的 Excel 或 CSV。"), field="file") from error
    return from_rows(sheet.headings, [(row.number, row.cells) for row in sheet.rows])
