"""What a person sees before an import: the first rows as they would be read, and what would become of each."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from django.core.files.storage import default_storage
from django.utils import timezone

from panshi.domains.accounts.models import ImportBatch
from panshi.domains.accounts.reports.imports.kinds import reading_of
from panshi.domains.accounts.reports.imports.mapping import is_known
from panshi.domains.accounts.reports.imports.rows import Checked, Outcome, Rules
from panshi.engines.sheets.reading import Sheet, read_sheet
from panshi.ground.base.viewer import Viewer

SHOWN: Final = 50
CHECKED: Final = 2000
"""How many rows a preview decides; the import decides all of them."""


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One row: the cells of the mapped fields in order, what would become of it, and why not."""

    number: int
    outcome: Outcome
    cells: tuple[str, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """`labels` head the cells of `rows`; the counts speak of the first `checked` of `total` rows. `strangers` are
    people the file names and nobody knows, with how many rows name each."""

    labels: tuple[str, ...]
    rows: tuple[PreviewRow, ...]
    counts: Mapping[Outcome, int]
    checked: int
    total: int
    strangers: Mapping[str, int]


def preview(
    batch: ImportBatch, *, mapping: Mapping[str, int], mode: str, viewer: Viewer, at: dt.datetime
) -> Preview:
    """Decide the first rows as the import would; nothing is written. Raises `UnreadableTable`."""
    sheet = open_sheet(batch)
    reading = reading_of(batch.kind)
    rules = Rules(mode, False, viewer, at, timezone.localdate(at), choices=batch.choices)
    checked = reading.check(sheet.rows[:CHECKED], mapping, rules)
    labels = {field.name: str(field.label) for field in reading.fields(viewer) if field.name in mapping}
    positions = [mapping[name] for name in labels]
    # Rejected rows first: what needs a decision must not hide below fifty good rows.
    ranked = sorted(checked, key=lambda row: (row.outcome is not Outcome.REJECT, row.read.number))[:SHOWN]
    rows = tuple(_shown(row, positions) for row in sorted(ranked, key=lambda row: row.read.number))
    counts = Counter(row.outcome for row in checked)
    return Preview(
        tuple(labels.values()), rows, counts, len(checked), len(sheet.rows), reading.strangers(checked)
    )


def open_sheet(batch: ImportBatch) -> Sheet:
    """The uploaded table of a batch."""
    return read_sheet(Path(default_storage.path(batch.path)), recognise=partial(is_known, batch.kind))


def _shown(row: Checked, positions: list[int]) -> PreviewRow:
    cells = tuple(row.read.cells[position] for position in positions)
    return PreviewRow(row.read.number, row.outcome, cells, tuple(row.problems))
