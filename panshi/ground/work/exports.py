"""Exports in the background: who writes which kind of list, asking for one, keeping its file, removing old ones.

Faces register the sources of rows by name when they start; the job that writes them knows neither lists nor pages.
"""

import datetime as dt
import json
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, Final

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from panshi.engines.papers import Paper, typeset, write_sheets
from panshi.engines.sheets.writing import Value, csv_pieces, write_xlsx
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.work.models import Export, JobState
from panshi.ground.work.services import enqueue

JOB: Final = "exports.list"
FOLDER: Final = "exports"
PORTION: Final = 250
"""Rows between two looks at whether the person still wants the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """A table that leaves the house: its rows are read as they are written; `notes` say who took it out, when, what."""

    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Value]]
    notes: Sequence[tuple[str, str]]
    count: int


Source = Callable[[Mapping[str, Any], Viewer, dt.datetime], Leaving | Paper]
"""Answers the table or paper for the arguments of an export: with the rights of today, as of when it was asked."""

_SOURCES: dict[str, Source] = {}


def register_source(name: str, source: Source) -> None:
    """Let a face write exports of a kind."""
    if _SOURCES.setdefault(name, source) is not source:
        raise ValueError(f"exports of {name} are written by somebody else already")


@transaction.atomic
def ask_export(
    *, source: str, title: str, form: str, arguments: Mapping[str, Any], by: Viewer, at: dt.datetime
) -> Export:
    """Ask for a list as a file, written in the background with the rights the person has then."""
    if source not in _SOURCES:
        raise LookupError(f"nobody writes exports of {source}")
    job = enqueue(kind=JOB, arguments={}, by=by, at=at)
    export = Export.objects.create(
        job=job,
        source=source,
        title=title[:120],
        form=form,
        arguments=json.dumps(arguments, ensure_ascii=False),
        asked_by_id=by.person_id or 0,
        asked_at=at,
    )
    job.arguments = {"export_id": export.pk}
    job.save(update_fields=["arguments"])
    return export


class CannotExport(Refused):
    """What is to be exported is gone, or its file was removed."""


def table_of(export: Export, *, viewer: Viewer) -> Leaving | Paper:
    """The table or paper an export is about, as the person may see it now."""
    if not export.arguments:
        raise CannotExport(_("这次导出已被清理，请重新导出。"))
    return _SOURCES[export.source](json.loads(export.arguments), viewer, export.asked_at)


@contextmanager
def written(
    table: Leaving | Paper, form: str, *, each: Callable[[int], None]
) -> Iterator[tuple[IO[bytes], int]]:
    """The table as a file without a name, which is gone when the block ends; `each` hears of rows as they are written
    and may raise to stop. A paper is made in one piece."""
    with tempfile.TemporaryFile() as file:
        count = _paper(file, table, form) if isinstance(table, Paper) else _rows(file, table, form, each)
        file.seek(0)
        yield file, count


def _paper(file: IO[bytes], paper: Paper, form: str) -> int:
    if form == "pdf":
        file.write(typeset(paper))
    else:
        write_sheets(file, paper, notes_name=_("导出说明"))
    return paper.count


def _rows(file: IO[bytes], table: Leaving, form: str, each: Callable[[int], None]) -> int:
    count = 0

    def told() -> Iterator[Sequence[Value]]:
        nonlocal count
        for row in table.rows:
            yield row
            count += 1
            if count % PORTION == 0:
                each(PORTION)

    if form == "csv":
        for piece in csv_pieces(table.headings, told(), last=foot(table.notes)):
            file.write(piece.encode())
    else:
        notes_name = _("导出说明")
        write_xlsx(file, table.headings, told(), notes=table.notes, name=table.title, notes_name=notes_name)
    return count


def foot(notes: Sequence[tuple[str, str]]) -> str:
    """The notes as the one line below a CSV."""
    return _("导出说明：%(notes)s") % {"notes": "；".join(f"{label} {words}" for label, words in notes)}


def store(file: IO[bytes], form: str) -> str:
    """Keep a finished file under a name nobody can guess; answers the name."""
    return default_storage.save(f"{FOLDER}/{uuid.uuid4().hex}.{form}", File(file))


def keep_file(*, export_id: int, name: str, rows: int) -> None:
    """Note the finished file on its export, in the transaction that ends the job; an older one goes."""
    export = Export.objects.select_for_update().get(pk=export_id)
    old, export.file, export.rows = export.file, name, rows
    export.size = default_storage.size(name)
    export.save(update_fields=["file", "rows", "size"])
    if old:
        transaction.on_commit(lambda: default_storage.delete(old))


def remove_exports(*, before: dt.datetime, at: dt.datetime) -> int:
    """Remove the files of exports asked for before a moment, and what they were asked with; answers how many."""
    old = Export.objects.filter(asked_at__lt=before, removed_at=None).exclude(
        job__state__in=[JobState.WAITING, JobState.RUNNING]
    )
    return sum(_remove(export, at) for export in old)


@transaction.atomic
def drop_export(*, export: Export, by: Viewer, at: dt.datetime) -> None:
    """Remove one's own export before its time."""
    mine = (
        Export.objects.select_for_update(of=("self",))
        .select_related("job")
        .visible_to(by)
        .filter(pk=export.pk)
    )
    found = mine.filter(removed_at=None).first()
    if found is None or found.job.is_open:
        raise CannotExport(_("正在进行或已清理的导出不能删除。"))
    _remove(found, at)


def _remove(export: Export, at: dt.datetime) -> int:
    name, export.file, export.arguments, export.removed_at = export.file, "", "", at
    export.save(update_fields=["file", "arguments", "removed_at"])
    if name:
        transaction.on_commit(lambda: default_storage.delete(name))
    return 1
