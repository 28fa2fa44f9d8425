"""The file of what an import did not take: every row with its reason, then its own columns, ready to be mended."""

import io
from collections.abc import Iterable, Sequence

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from panshi.domains.accounts.models import ImportBatch
from panshi.domains.accounts.reports.imports.rows import Checked
from panshi.engines.sheets.writing import Value, write_xlsx
from panshi.ground.base.refusals import Refused


class CannotWriteRejects(Refused):
    """The file could not be written; the import is not applied either."""


def write_rejects(batch: ImportBatch, checked: Sequence[Checked]) -> str:
    """Write the workbook and answer its path; "" when every row was taken. A second run replaces the file."""
    told = [row for row in checked if row.problems]
    if not told:
        return ""
    headings = [_("行号"), _("原因"), *batch.headings]
    rows: Iterable[Sequence[Value]] = (
        (row.read.number, "；".join(row.problems), *row.read.cells) for row in told
    )
    book = io.BytesIO()
    write_xlsx(book, headings, rows)
    path = f"imports/{batch.pk}-rejected.xlsx"
    try:
        default_storage.delete(path)
        return str(default_storage.save(path, ContentFile(book.getvalue())))
    except OSError as error:
        raise CannotWriteRejects(_("无法写入错误文件，请检查服务器磁盘空间；数据没有改动。")) from error
