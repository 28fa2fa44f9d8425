"""Turns the first sheet of an XLSX workbook into a plain CSV, in a process of its own with bounded memory and time.

A small hostile workbook can expand without limit in any reader; here only the child dies.
"""

import csv
import errno
import resource
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Final

from panshi.engines.analytics.failures import UnreadableTable

INFLATED_BYTES: Final = 1 << 30  # a full sheet of 1 048 576 rows by 13 columns is about half of this
MEMORY_BYTES: Final = 4 << 30
CPU_SECONDS: Final = 120
UNREADABLE: Final = 3
EMPTY: Final = 4
UNWRITABLE: Final = 5

Cell = object  # what calamine gives: text, numbers, booleans, days, times


def unpack(
    workbook: Path, target: Path, *, most_bytes: int = INFLATED_BYTES, seconds: int = CPU_SECONDS
) -> None:
    """Write the first visible sheet that is not empty to `target`: row number, an empty cell, then the cells.

    Cells merged downwards are repeated in every row they cover. At most `most_bytes` may come out of the archive and
    `seconds` of computing go into it: less where somebody waits. Raises `UnreadableTable`, and `OSError` when
    `target` cannot be written.
    """
    _check_archive(workbook, most_bytes)
    command = [
        sys.executable,
        "-m",
        "panshi.engines.analytics.workbook",
        str(workbook),
        str(target),
        str(seconds),
    ]
    child = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 our own module, no shell
    if child.returncode == EMPTY:
        raise UnreadableTable("empty", "the workbook holds no rows")
    if child.returncode == UNREADABLE:
        raise UnreadableTable("not_a_table", "the workbook is damaged or protected")
    if child.returncode == UNWRITABLE:
        raise OSError(errno.ENOSPC, "no room to unpack the workbook", str(target))
    if child.returncode != 0:
        raise UnreadableTable("too_large", "the workbook needs more memory or time than allowed")


def _check_archive(workbook: Path, most_bytes: int) -> None:
    """Inflate every member once, counting: declared sizes can lie, and a lie ends in a wrong checksum."""
    try:
        with zipfile.ZipFile(workbook) as archive:
            if "xl/workbook.xml" not in archive.namelist():
                raise UnreadableTable("not_a_table", "this archive is not an XLSX workbook")
            if sum(member.file_size for member in archive.infolist()) > most_bytes:
                limit = f"{most_bytes / (1 << 30):g} GiB"
                raise UnreadableTable("too_large", f"the workbook inflates to more than {limit}")
            if archive.testzip() is not None:
                raise UnreadableTable("not_a_table", "the workbook is damaged")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise UnreadableTable("not_a_table", f"the workbook is damaged or protected ({error})") from error


def _text(cell: Cell) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _filled(
    rows: Iterable[Sequence[Cell]], merged: Iterable[tuple[tuple[int, int], tuple[int, int]]]
) -> Iterator[list[Cell]]:
    """Rows with vertically merged cells repeated; a value merged sideways stays in its first column."""
    starts: dict[int, list[tuple[int, int]]] = {}
    for (top, column), (bottom, _) in merged:
        if bottom > top:
            starts.setdefault(top, []).append((column, bottom))
    open_: dict[int, tuple[int, Cell]] = {}
    for number, cells in enumerate(rows):
        row = list(cells)
        for column, (bottom, value) in list(open_.items()):
            if number > bottom:
                del open_[column]
            else:
                row[column] = value
        for column, bottom in starts.get(number, ()):
            open_[column] = (bottom, row[column])
        yield row


def _convert(workbook: str, target: str) -> int:
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    book = CalamineWorkbook.from_path(workbook)
    for sheet in book.sheets_metadata:
        if sheet.visible is not SheetVisibleEnum.Visible:
            continue
        content = book.get_sheet_by_name(sheet.name)
        if content.height:
            break
    else:
        return EMPTY
    merged = content.merged_cell_ranges or []
    with Path(target).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        for number, row in enumerate(_filled(content.iter_rows(), merged), start=1):
            writer.writerow([number, "", *map(_text, row)])
    return 0


def _child(workbook: str, target: str, seconds: int) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    from python_calamine import CalamineError

    try:
        return _convert(workbook, target)
    except (CalamineError, ValueError):
        return UNREADABLE
    except OSError:
        return UNWRITABLE


if __name__ == "__main__":
    sys.exit(_child(sys.argv[1], sys.argv[2], int(sys.argv[3])))
