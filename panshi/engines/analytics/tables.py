"""Opens a foreign CSV, XLSX or Parquet file as one DuckDB relation, whatever its encoding, separator or heading row.

The relation is always called `source`: `row` (as a spreadsheet counts, heading included), `surplus` (cells beyond
the last heading), and the cells as `c0`, `c1`, … so that no foreign name ever becomes part of a query.
"""

import codecs
import csv
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import duckdb

from panshi.engines.analytics import workbook
from panshi.engines.analytics.failures import UnreadableTable
from panshi.engines.analytics.headings import guess, normalise

CHUNK: Final = 1 << 24
LOOK_AHEAD: Final = 20
SEPARATORS: Final = ",\t;|"
LONE_RETURN: Final = re.compile(rb"\r[^\n]")
OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Table:
    """An opened table: its headings, the DuckDB type of each column, and the row its headings stand in."""

    headings: tuple[str, ...]
    types: tuple[str, ...]
    heading_row: int = 1


def connect(workdir: Path, threads: int = 2) -> duckdb.DuckDBPyConnection:
    """A private DuckDB in memory that spills into `workdir` and never loads an extension from the network."""
    return duckdb.connect(
        ":memory:",
        config={
            "threads": threads,
            "temp_directory": str(workdir / "spill"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )


def open_table(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    workdir: Path,
    wanted: Sequence[str] = (),
    *,
    keep: Path | None = None,
    limit: int | None = None,
) -> Table:
    """Open `path` as the relation `source`; `wanted` are column names that help to find the heading row.

    `workdir` receives transcoded copies and must live as long as the connection. An unpacked workbook stays in the
    folder `keep` for the next time; with `limit` only the first rows are read. Raises `UnreadableTable`.
    """
    try:
        with path.open("rb") as stream:
            magic = stream.read(8)
    except OSError as error:
        raise UnreadableTable("not_a_table", f"cannot open the file: {error.strerror}") from error
    if not magic:
        raise UnreadableTable("empty", "the file is empty")
    try:
        if magic[:4] == b"PAR1":
            return _open_parquet(connection, path, workdir)
        if magic[:4] == b"PK\x03\x04":
            return _open_numbered(connection, _unpacked(path, keep or workdir), wanted, limit)
        if magic[:4] == OLD_EXCEL:
            raise UnreadableTable("not_a_table", "this is the old Excel format: save it as .xlsx or CSV")
        return _open_text(connection, path, workdir, wanted, limit)
    except (duckdb.Error, csv.Error) as error:
        raise UnreadableTable(
            "not_a_table", f"the file cannot be read as a table: {_first_line(error)}"
        ) from error


def quoted(path: Path) -> str:
    """A path of our own as an SQL literal."""
    return "'" + str(path).replace("'", "''") + "'"


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200]


def _linked(path: Path, workdir: Path, name: str) -> Path:
    """A link under a plain name: DuckDB would read `*` and `[` in a foreign name as a pattern."""
    link = workdir / name
    with suppress(FileNotFoundError):
        link.unlink()
    link.symlink_to(path.resolve())
    return link


def _open_parquet(connection: duckdb.DuckDBPyConnection, path: Path, workdir: Path) -> Table:
    scan = f"read_parquet({quoted(_linked(path, workdir, 'source.parquet'))}, file_row_number = true)"
    described = connection.execute(f"DESCRIBE SELECT * EXCLUDE (file_row_number) FROM {scan}").fetchall()
    names = ", ".join(f"c{position}" for position in range(len(described)))
    connection.execute(
        f"CREATE TEMP VIEW source AS SELECT row + 1 AS row, NULL AS surplus, {names} "
        f"FROM (SELECT file_row_number AS row, * EXCLUDE (file_row_number) FROM {scan}) AS t(row, {names})"
    )
    return Table(tuple(row[0] for row in described), tuple(row[1] for row in described), heading_row=0)


def _unpacked(path: Path, folder: Path) -> Path:
    """The first sheet as numbered CSV, unpacked once; the name appears only when it is complete."""
    target = folder / "workbook.csv"
    if not target.exists():
        part = target.with_suffix(".part")
        workbook.unpack(path, part)
        part.replace(target)
    return target


def _open_text(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    workdir: Path,
    wanted: Sequence[str],
    limit: int | None,
) -> Table:
    encoding, regular = _survey(path)
    with path.open(encoding=encoding, newline="") as stream:
        head = list(islice(stream, LOOK_AHEAD * 5))
    separator = max(SEPARATORS, key=lambda each: _likeness(_records(head, each), wanted))
    records = _records(head, separator)
    heading = _heading_position(records, wanted)
    if regular and not any("\n" in cell for row in records[: heading + 1] for cell in row):
        with suppress(duckdb.Error):  # an irregular line: read it again, slowly and forgivingly
            plain = _as_utf8(path, encoding, workdir)
            return _scan_plain(connection, plain, separator, records[heading], heading, limit)
    target = workdir / "numbered.csv"
    _number(path, encoding, separator, len(records[heading]), target)
    return _open_numbered(connection, target, wanted, limit)


def _as_utf8(path: Path, encoding: str, workdir: Path) -> Path:
    """The same text as DuckDB can read it, which knows neither GBK nor UTF-16."""
    if encoding == "utf-8-sig":
        return _linked(path, workdir, "source.csv")
    plain = workdir / "utf8.csv"
    with (
        path.open(encoding=encoding, newline="") as stream,
        plain.open("w", encoding="utf-8", newline="") as copy,
    ):
        shutil.copyfileobj(stream, copy, CHUNK)
    return plain


def _survey(path: Path) -> tuple[str, bool]:
    """The encoding of a text file, and whether every physical line is simply one record."""
    with path.open("rb") as stream:
        start = stream.read(4)
    wide = start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        with suppress(UnicodeDecodeError):
            return encoding, _decodes(path, encoding)
    raise UnreadableTable("encoding", "the text is neither UTF-8 nor GBK: save the file as UTF-8")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    regular, tail = True, b"\n"
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            text = decoder.decode(chunk)
            if "\0" in text:
                raise UnreadableTable("not_a_table", "this is not a text table")
            regular = regular and _is_regular(tail + chunk)
            tail = chunk[-3:]
        decoder.decode(b"", final=True)
    return regular


def _is_regular(piece: bytes) -> bool:
    """Whether a piece holds neither blank lines nor the line ends of old Macs."""
    if b"\n\n" in piece:
        return False
    return b"\r" not in piece or not (b"\n\r\n" in piece or LONE_RETURN.search(piece))


def _records(lines: Sequence[str], separator: str) -> list[list[str]]:
    with suppress(csv.Error):
        return list(islice(csv.reader(lines, delimiter=separator), LOOK_AHEAD))
    return []


def _likeness(records: Sequence[Sequence[str]], wanted: Sequence[str]) -> tuple[int, int]:
    if not any(map(any, records)):
        return (-1, 0)
    heading = records[_heading_position(records, wanted)]
    return (_recognised(heading, wanted), len(heading))


def _recognised(cells: Sequence[str], wanted: Sequence[str]) -> int:
    known = {normalise(cell) for cell in cells}
    return len(guess(cells)) + 100 * sum(normalise(name) in known for name in wanted)


def _heading_position(records: Sequence[Sequence[str]], wanted: Sequence[str]) -> int:
    """The row with most headings we know; title rows above it are common in Chinese exports."""
    scores = [_recognised(cells, wanted) for cells in records]
    if not any(map(any, records)):
        raise UnreadableTable("empty", "the file holds no rows")
    if max(scores) == 0:
        return next((position for position, cells in enumerate(records) if any(cells)), 0)
    return scores.index(max(scores))


def _scan_plain(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    separator: str,
    headings: Sequence[str],
    position: int,
    limit: int | None,
) -> Table:
    """Let DuckDB read a regular CSV in parallel; it raises on the first irregular line."""
    cells = [f"c{number}" for number in range(len(headings))]
    columns = ", ".join(f"'{cell}': 'VARCHAR'" for cell in cells)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE source AS "
        f"SELECT row_number() OVER () + {position + 1} AS row, NULL AS surplus, * "
        f"FROM read_csv({quoted(path)}, auto_detect = false, header = false, skip = {position + 1}, "
        f"delim = '{separator}', quote = '\"', escape = '\"', columns = {{{columns}}}, max_line_size = 4194304) "
        f"{_limited(limit)}"
    )
    _drop_blank(connection, cells)
    return Table(tuple(headings), ("VARCHAR",) * len(cells), position + 1)


def _number(path: Path, encoding: str, separator: str, width: int, target: Path) -> None:
    """Rewrite any text table as regular UTF-8 CSV: row number, surplus cells, then exactly `width` cells."""
    with (
        path.open(encoding=encoding, newline="") as stream,
        target.open("w", encoding="utf-8", newline="") as plain,
    ):
        writer = csv.writer(plain)
        for number, cells in enumerate(csv.reader(stream, delimiter=separator), start=1):
            surplus = "x" if any(cells[width:]) else ""
            padding = [""] * (width - len(cells))
            writer.writerow([number, surplus, *cells[:width], *padding])


def _open_numbered(
    connection: duckdb.DuckDBPyConnection, path: Path, wanted: Sequence[str], limit: int | None
) -> Table:
    """Open a file written by `_number` or by `workbook`: blank rows drop out, the row numbers stay."""
    with path.open(encoding="utf-8", newline="") as stream:
        head: Iterator[list[str]] = islice(csv.reader(stream), LOOK_AHEAD)
        records = [cells[2:] for cells in head]
    position = _heading_position(records, wanted)
    cells = [f"c{number}" for number in range(len(records[position]))]
    columns = ", ".join(f"'{cell}': 'VARCHAR'" for cell in cells)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE source AS SELECT * FROM read_csv({quoted(path)}, auto_detect = false, "
        f"header = false, delim = ',', quote = '\"', escape = '\"', max_line_size = 4194304, "
        f"columns = {{'row': 'BIGINT', 'surplus': 'VARCHAR', {columns}}}) WHERE row > {position + 1} {_limited(limit)}"
    )
    _drop_blank(connection, cells)
    return Table(tuple(records[position]), ("VARCHAR",) * len(cells), position + 1)


def _limited(limit: int | None) -> str:
    return "" if limit is None else f"LIMIT {limit:d}"


def _drop_blank(connection: duckdb.DuckDBPyConnection, cells: Sequence[str]) -> None:
    connection.execute(f"DELETE FROM source WHERE coalesce({', '.join(cells)}) IS NULL")
