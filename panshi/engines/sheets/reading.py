"""Reads a CSV (UTF-8, UTF-16, GB18030) or XLSX file into headings and rows of text, hostile ones within limits.

Workbooks are unpacked by `engines.analytics.workbook` in a process of its own; a file that is too large in any
dimension is refused before its rows are built.
"""

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from panshi.engines.analytics import workbook
from panshi.engines.analytics.failures import UnreadableTable

MOST_BYTES: Final = 64 << 20
MOST_INFLATED: Final = 256 << 20  # the most rows with ten filled cells; somebody waits for this
MOST_SECONDS: Final = 20
MOST_ROWS: Final = 200_000
MOST_COLUMNS: Final = 200
LOOK_AHEAD: Final = 20
SEPARATORS: Final = ",\t;|"
ENCODINGS: Final = ("utf-8-sig", "gb18030")
OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"

Recognise = Callable[[str], bool]
"""Whether a heading is one we know."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: its number as a spreadsheet counts, and as many cells as there are headings."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: headings, and the rows below them that are not blank."""

    headings: tuple[str, ...]
    rows: tuple[SheetRow, ...]


def read_sheet(path: Path, *, recognise: Recognise, most_rows: int = MOST_ROWS) -> Sheet:
    """Read the table in `path`; the heading row is the one of the first twenty with the most known headings.

    Raises `UnreadableTable` with code empty, not_a_table, encoding or too_large.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            magic = stream.read(8)
    except OSError as error:
        raise UnreadableTable("not_a_table", f"cannot open the file: {error.strerror}") from error
    if not magic:
        raise UnreadableTable("empty", "the file is empty")
    if size > MOST_BYTES:
        raise UnreadableTable("too_large", f"the file is larger than {MOST_BYTES >> 20} MB")
    if magic[:4] == OLD_EXCEL:
        raise UnreadableTable("not_a_table", "this is the old Excel format: save it as .xlsx or CSV")
    try:
        records = _workbook_records(path) if magic[:4] == b"PK\x03\x04" else _text_records(path)
        return _sheet(records, recognise, most_rows)
    except csv.Error as error:
        raise UnreadableTable("not_a_table", f"the file cannot be read as a table: {error}") from error


def _workbook_records(path: Path) -> Iterator[SheetRow]:
    with tempfile.TemporaryDirectory(prefix="panshi-sheet-") as directory:
        target = Path(directory) / "rows.csv"
        workbook.unpack(path, target, most_bytes=MOST_INFLATED, seconds=MOST_SECONDS)
        with target.open(encoding="utf-8", newline="") as stream:
            for cells in csv.reader(stream):
                yield SheetRow(int(cells[0]), tuple(cells[2:]))


def _text_records(path: Path) -> Iterator[SheetRow]:
    lines = list(io.StringIO(_decoded(path.read_bytes()), newline=""))
    separator = max(SEPARATORS, key=lambda each: _columns(lines[:LOOK_AHEAD], each))
    reader = csv.reader(lines, delimiter=separator)
    for cells in reader:
        yield SheetRow(reader.line_num, tuple(cells))


def _columns(lines: Sequence[str], separator: str) -> int:
    """How many cells a separator yields in the row that has the most."""
    return max((len(cells) for cells in csv.reader(lines, delimiter=separator)), default=0)


def _decoded(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ENCODINGS
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:  # no text at all, and nothing PostgreSQL could store
            raise UnreadableTable("not_a_table", "the file holds zero bytes")
        return text
    raise UnreadableTable("encoding", "the text is neither UTF-8 nor GB18030")


def _sheet(records: Iterator[SheetRow], recognise: Recognise, most_rows: int) -> Sheet:
    head = list(islice(records, LOOK_AHEAD))
    filled = [row for row in head if any(cell.strip() for cell in row.cells)]
    if not filled:
        raise UnreadableTable("empty", "the file holds no rows")
    heading = max(filled, key=lambda row: sum(recognise(cell) for cell in row.cells if cell.strip()))
    headings = _trimmed(heading.cells)
    if len(headings) > MOST_COLUMNS:
        raise UnreadableTable("too_large", f"the table has more than {MOST_COLUMNS} columns")
    below = [row for row in head if row.number > heading.number]
    return Sheet(headings, tuple(_rows(below, records, len(headings), most_rows)))


def _trimmed(cells: Sequence[str]) -> tuple[str, ...]:
    """The headings up to the last one that says anything."""
    names = [" ".join(cell.split()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _rows(
    below: Iterable[SheetRow], rest: Iterable[SheetRow], width: int, most_rows: int
) -> Iterator[SheetRow]:
    count = 0
    for source in (below, rest):
        for row in source:
            cells = tuple([cell.strip() for cell in row.cells[:width]])
            if not any(cells):
                continue
            count += 1
            if count > most_rows:
                raise UnreadableTable("too_large", f"the table has more than {most_rows} rows")
            yield SheetRow(row.number, cells + ("",) * (width - len(cells)))
