"""Writes lists as files in the background, does what was asked of many records, and tidies up after both at night."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.reports import value
from panshi.ground.work import bulk, exports
from panshi.ground.work.kinds import Schedule, job
from panshi.ground.work.models import Export
from panshi.ground.work.progress import Progress


@job(exports.JOB, title=_("导出列表"), tries=2)
def write_export(progress: Progress, *, export_id: int) -> Mapping[str, Any]:
    """Write the file with the rights its person has today; one that is cancelled leaves nothing behind."""
    export = Export.objects.get(pk=export_id)
    table = exports.table_of(export, viewer=progress.viewer or Viewer(person_id=None))
    progress.total(table.count)
    with exports.written(table, export.form, each=progress.advance) as (file, rows):
        progress.check()
        name = exports.store(file, export.form)
        try:
            with progress.commit({"lines": rows, "export_id": export_id}) as result:
                exports.keep_file(export_id=export_id, name=name, rows=rows)
        except BaseException:
            default_storage.delete(name)
            raise
    return result


@job(bulk.JOB, title=_("批量操作"), tries=1)
def run_bulk(progress: Progress, *, bulk_id: int) -> Mapping[str, Any]:
    """Do what was asked of the picked records with the rights the person has today: all of it or nothing."""
    viewer = progress.viewer or Viewer(person_id=None)
    try:
        with progress.commit() as result:
            done = bulk.run(bulk_id=bulk_id, by=viewer, at=timezone.now(), each=progress)
            result |= {"bulk_id": bulk_id, "done": len(done.done), "refused": len(done.refused)}
    except Exception:
        bulk.fail(bulk_id=bulk_id, at=timezone.now())
        raise
    return result


@job("exports.tidy", title=_("清理过期的导出"), schedule=Schedule(dt.time(3, 10)))
def tidy(progress: Progress, *, due_on: str) -> Mapping[str, Any]:
    """Remove files that were kept long enough, and bulk acts nobody confirmed."""
    now = timezone.now()
    removed = exports.remove_exports(before=now - dt.timedelta(days=value("lists.export_days")), at=now)
    return {"files": removed, "drafts": bulk.forget_drafts(before=now - dt.timedelta(days=1))}
