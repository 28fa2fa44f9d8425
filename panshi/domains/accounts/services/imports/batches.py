"""The life of an import before it runs: uploaded, mapped, queued; and what is said when it fails."""

import datetime as dt
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from panshi.domains.accounts import events
from panshi.domains.accounts.models import ImportBatch, ImportState
from panshi.domains.accounts.reports.imports.kinds import reading_of
from panshi.domains.accounts.reports.imports.mapping import (
    ACCOUNTS,
    remembered_mapping,
    remembered_name,
)
from panshi.domains.accounts.reports.imports.preview import open_sheet
from panshi.engines.analytics.failures import UnreadableTable
from panshi.ground.base.refs import RecordRef
from panshi.ground.base.refusals import NotAllowed, Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.notices.services import notify
from panshi.ground.settings.reports import preference
from panshi.ground.settings.services import keep_preference
from panshi.ground.work.models import Job
from panshi.ground.work.services import enqueue

JOB: str = "accounts.import"
APPLIED = (ImportState.DONE, ImportState.UNDOING, ImportState.UNDONE)
FOLDER = "imports"
WORKBOOK = b"PK"
"""What every workbook begins with."""
WORKBOOKS = frozenset({".xlsx", ".xlsm"})
TABLES = WORKBOOKS | {".csv", ".txt", ".tsv", ""}
AUTHORS_REMEMBERED = "imports.authors"
"""The preference that keeps whom names in files meant: name → person."""


class CannotReadFile(Refused):
    """The file is no table we can read."""


def upload_import(
    *, file: "File[bytes]", kind: str = ACCOUNTS, source: str = "", by: Viewer, at: dt.datetime
) -> ImportBatch:
    """Keep the file and read its headings. `source` says where it comes from: its columns are remembered for the next
    one. Raises `CannotReadFile`; nothing is kept then."""
    reading = reading_of(kind)
    reading.require(by)
    suffix = ".xlsx" if str(file.name).lower().endswith(".xlsx") else ".csv"
    try:
        path = default_storage.save(f"{FOLDER}/{uuid.uuid4().hex}{suffix}", file)
    except OSError as error:
        raise CannotReadFile(_("文件无法保存，请检查服务器磁盘空间。"), field="file") from error
    batch = ImportBatch(
        by_id=by.person_id,
        at=at,
        kind=kind,
        mode=reading.modes[0],
        source=" ".join(source.split())[:60],
        file_name=Path(str(file.name)).name[:200],
        path=path,
    )
    try:
        sheet = open_sheet(batch)
        _look_at(file, rows=len(sheet.rows))
    except UnreadableTable as error:
        default_storage.delete(path)
        raise CannotReadFile(unreadable(error), field="file") from error
    batch.headings, batch.rows = list(sheet.headings), len(sheet.rows)
    batch.save(force_insert=True)
    return batch


def _look_at(file: "File[bytes]", *, rows: int) -> None:
    """Refuse what can be read as a table and yet is none: text under the name of a workbook or a document, headings
    alone. Raises `UnreadableTable`."""
    ending = Path(str(file.name)).suffix.lower()
    file.seek(0)
    packed = file.read(len(WORKBOOK)) == WORKBOOK
    if ending not in TABLES or (ending in WORKBOOKS) != packed:
        raise UnreadableTable("not_a_table", "the name says another kind of file than the content")
    if not rows:
        raise UnreadableTable("empty", "headings without rows")


def unreadable(error: UnreadableTable) -> str:
    """Why a file could not be read, in the person's words."""
    sentences = {
        "empty": _("文件里没有数据。"),
        "encoding": _("文件的文字编码无法识别，请另存为 UTF-8 或 GBK 编码的 CSV。"),
        "too_large": _("文件过大或展开后过大，请拆分后再导入。"),
        "not_a_table": _("这不是可以读取的表格，请使用 .xlsx 或 .csv 文件。"),
    }
    return sentences.get(error.code, sentences["not_a_table"])


class CannotStartImport(Refused):
    """The mapping does not make accounts, or the batch is under way already."""


@transaction.atomic
def start_import(
    *,
    batch: ImportBatch,
    mapping: Mapping[str, int],
    mode: str,
    duplicate_reason: str = "",
    choices: Mapping[str, Any] | None = None,
    by: Viewer,
    at: dt.datetime,
) -> ImportBatch:
    """Queue the import as it was previewed and remember the mapping for the next file of this kind.

    With a `duplicate_reason` rows that look like known accounts are taken all the same; `choices` say who is meant by
    names the file uses.
    """
    row = _own(batch.pk, by)
    _require_idle(row)
    check_mapping(mapping, row, mode, by)
    row.mapping, row.mode, row.duplicate_reason = dict(mapping), mode, duplicate_reason.strip()[:200]
    row.choices = dict(choices or {})
    if named := {name: key for name, key in row.choices.get("authors", {}).items() if key}:
        authors: dict[str, int] = preference(AUTHORS_REMEMBERED, viewer=by, default={})
        keep_preference(name=AUTHORS_REMEMBERED, value=authors | named, by=by)
    row.state, row.error = ImportState.WAITING, ""
    row.job_id = enqueue(kind=JOB, arguments={"batch_id": row.pk}, by=by, at=at).pk
    row.save()
    name = remembered_name(row.kind)
    known: dict[str, dict[str, str]] = preference(name, viewer=by, default={})
    of_source = known.get(row.source, {}) | remembered_mapping(row.headings, mapping)
    keep_preference(name=name, value=known | {row.source: of_source}, by=by)
    return row


def check_mapping(mapping: Mapping[str, int], batch: ImportBatch, mode: str, by: Viewer) -> None:
    """Refuse a mapping that names unknown fields or columns, or that cannot tell one account from another."""
    reading = reading_of(batch.kind)
    if mode not in reading.modes:
        raise CannotStartImport(_("没有这种导入方式。"), field="mode")
    allowed = {field.name for field in reading.fields(by)}
    inside = all(0 <= position < len(batch.headings) for position in mapping.values())
    if not set(mapping) <= allowed or not inside or len(set(mapping.values())) != len(mapping):
        raise CannotStartImport(_("列的对应关系不正确。"), field="mapping")
    if why := reading.demand(mapping, mode):
        raise CannotStartImport(why, field="mapping")


@transaction.atomic
def drop_import(*, batch: ImportBatch, by: Viewer, at: dt.datetime) -> None:
    """Forget an uploaded file that was never applied."""
    row = _own(batch.pk, by)
    _require_idle(row)
    row.delete()
    transaction.on_commit(lambda: default_storage.delete(row.path))


@transaction.atomic
def fail_import(*, batch_id: int, message: str, at: dt.datetime) -> None:
    """Write down why an import ended without an effect; it may be started again."""
    failed = ImportBatch.objects.filter(pk=batch_id, state=ImportState.WAITING)
    told = [by_id for by_id in failed.values_list("by_id", flat=True) if by_id]
    if failed.update(state=ImportState.FAILED, error=message[:400], finished_at=at):
        record_ = RecordRef("import", batch_id)
        notify(events.IMPORT_FAILED, to=told, at=at, record=record_, error=message[:200])


def _require_idle(row: ImportBatch) -> None:
    """A batch that is done, or whose job may still run, is left alone."""
    job = Job.objects.filter(pk=row.job_id).first() if row.job_id is not None else None
    if row.state in APPLIED or (job is not None and job.is_open):
        raise CannotStartImport(_("这个文件已经在导入或已经导入。"))


def _own(batch_id: int, by: Viewer) -> ImportBatch:
    row: ImportBatch | None = (
        ImportBatch.objects.select_for_update().visible_to(by).filter(pk=batch_id, by_id=by.person_id).first()
    )
    if row is None:
        raise NotAllowed(_("这不是您的导入。"))
    reading_of(row.kind).require(by)
    return row
