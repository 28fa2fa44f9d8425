"""Files on their way in, mapped as guessed, and applied."""

import datetime as dt
import io
from typing import Any

import openpyxl
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from panshi.domains.accounts.models import ImportBatch
from panshi.domains.accounts.reports.imports.mapping import guess_mapping
from panshi.domains.accounts.services.imports.applying import apply_import
from panshi.domains.accounts.services.imports.batches import start_import, upload_import
from panshi.ground.base.viewer import Viewer


def queued(text: str, *, by: Viewer, at: dt.datetime, kind: str = "accounts", **more: Any) -> ImportBatch:
    """A CSV file uploaded and queued."""
    file = ContentFile(text.encode(), name="a.csv")
    batch = upload_import(file=file, kind=kind, source=more.pop("source", ""), by=by, at=at)
    mapping = guess_mapping(batch.headings, viewer=by, kind=kind, source=batch.source)
    return start_import(batch=batch, mapping=mapping, mode=more.pop("mode", batch.mode), by=by, at=at, **more)


def imported(text: str, *, by: Viewer, at: dt.datetime, kind: str = "accounts", **more: Any) -> ImportBatch:
    """The same, applied."""
    batch = queued(text, by=by, at=at, kind=kind, **more)
    return apply_import(batch_id=batch.pk, by=by, at=at)


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    """Created, updated, unchanged, rejected."""
    return batch.created, batch.updated, batch.unchanged, batch.rejected


def reasons(batch: ImportBatch) -> dict[int, str]:
    """Row number → reason, from the file that comes back."""
    if not batch.error_path:
        return {}
    with default_storage.open(batch.error_path) as stream:
        sheet = openpyxl.load_workbook(io.BytesIO(stream.read())).active
    return {row[0]: row[1] for row in sheet.iter_rows(min_row=2, values_only=True)}
