"""Writes XLSX workbooks as a stream: each row goes straight into the archive, nothing is kept, any row may be the last.

Long exports must be able to stop within a second and hold their memory: a library that keeps rows in a temporary file
and compresses them at the end can do neither. Only what tables for people need is written: text, numbers, days, bold
headings.
"""

import datetime as dt
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Final
from xml.sax.saxutils import escape

Value = str | int | float | Decimal | dt.date | None

MOST_ROWS: Final = 1_048_575
"""What a sheet holds below its headings."""

LONGEST_TEXT: Final = 32_767
BLOCK: Final = 500
_EPOCH: Final = dt.date(1899, 12, 30).toordinal()
_ODD: Final = re.compile("[&<>\x00-\x08\x0b\x0c\x0e-\x1f\x0d\ufffe\uffff\ud800-\udfff]")
_UNNAMEABLE: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f]")

_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_FORMAT: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STYLES: Final = (
    f'{_XML}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>'
    '<border><left/><right/><top/><bottom style="thin"/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="3"><xf xfId="0"/><xf numFmtId="164" xfId="0" applyNumberFormat="1"/>'
    '<xf fontId="1" borderId="1" xfId="0" applyFont="1" applyBorder="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, bold headings that stay in sight, rows read once in order, and a line printed on each page.

    Without headings the rows begin at the top. `widths` are in characters.
    """

    name: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Value]]
    footer: str = ""
    widths: Sequence[int] = ()


def write_workbook(target: IO[bytes], sheets: Sequence[Sheet]) -> int:
    """Write the sheets one after the other; answers the rows of the first, cut at what the format holds."""
    names = _names(sheets)
    counts = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as book:
        for path, content in _frame(names):
            book.writestr(path, content)
        for number, sheet in enumerate(sheets, start=1):
            with book.open(f"xl/worksheets/sheet{number}.xml", "w", force_zip64=True) as part:
                counts.append(_write(part, sheet))
    return counts[0]


def _write(part: IO[bytes], sheet: Sheet) -> int:
    """One sheet's part of the archive, in blocks of rows."""
    part.write(_head(sheet).encode())
    first = 1
    if sheet.headings:
        part.write(_line(1, sheet.headings, _letters(len(sheet.headings)), style=2).encode())
        first = 2
    count, letters, block = 0, _letters(max(len(sheet.headings), 1)), list[str]()
    for count, row in enumerate(sheet.rows, start=1):
        if len(row) > len(letters):
            letters = _letters(len(row))
        block.append(_line(count + first - 1, row, letters))
        if len(block) == BLOCK:
            part.write("".join(block).encode())
            block.clear()
        if count == MOST_ROWS:
            break
    part.write("".join(block).encode())
    printed = _text(sheet.footer[:200].replace("&", "&&"))
    footer = f"<headerFooter><oddFooter>&amp;L{printed}&amp;R&amp;P / &amp;N</oddFooter></headerFooter>"
    part.write(f"</sheetData>{footer if printed else ''}</worksheet>".encode())
    return count


def _head(sheet: Sheet) -> str:
    """Everything before the rows: headings that stay in sight, widths of columns."""
    frozen = (
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' if sheet.headings else ""
    )
    widths = sheet.widths or [18] * len(sheet.headings)
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>'
        for place, width in enumerate(widths, start=1)
    )
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">{frozen}</sheetView></sheetViews>'
        f"{f'<cols>{columns}</cols>' if columns else ''}<sheetData>"
    )


def _line(number: int, row: Sequence[Value], letters: Sequence[str], *, style: int = 0) -> str:
    """One row. Text stands in its cell: a shared table of strings would have to be kept until the end."""
    cells = [f'<row r="{number}">']
    for letter, value in zip(letters, row, strict=False):
        if value is None or value == "":
            continue
        if isinstance(value, str):
            shown = _text(value[:LONGEST_TEXT])
            space = ' xml:space="preserve"' if value != value.strip() or "\n" in value else ""
            styled = f' s="{style}"' if style else ""
            cells.append(f'<c r="{letter}{number}" t="inlineStr"{styled}><is><t{space}>{shown}</t></is></c>')
        elif isinstance(value, dt.date):
            cells.append(f'<c r="{letter}{number}" s="1"><v>{value.toordinal() - _EPOCH}</v></c>')
        else:
            cells.append(f'<c r="{letter}{number}"><v>{value:f}</v></c>' if isinstance(value, Decimal)
                         else f'<c r="{letter}{number}"><v>{value}</v></c>')  # fmt: skip
    cells.append("</row>")
    return "".join(cells)


def _text(text: str) -> str:
    """Text as XML; what XML cannot hold becomes the replacement character."""
    if _ODD.search(text) is None:
        return text
    return escape(
        re.sub(
            "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]",
            "\ufffd",
            text.replace("\r\n", "\n").replace("\r", "\n"),
        )
    )


def _letters(count: int) -> list[str]:
    """The names of the first columns: A, B … Z, AA."""
    return [_letter(place) for place in range(count)]


def _letter(place: int) -> str:
    more, last = divmod(place, 26)
    return (_letter(more - 1) if more else "") + chr(ord("A") + last)


def _names(sheets: Sequence[Sheet]) -> list[str]:
    """Names of sheets that Excel accepts, each different."""
    names: list[str] = []
    for number, sheet in enumerate(sheets, start=1):
        name = _UNNAMEABLE.sub(" ", sheet.name).strip(" '")[:31] or f"Sheet{number}"
        names.append(name if name not in names else f"{name[:27]} {number}")
    return names


def _frame(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The small parts around the sheets."""
    places = range(1, len(names) + 1)
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_FORMAT}.worksheet+xml"/>'
        for n in places
    )
    yield (
        "[Content_Types].xml",
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxml'
        f'formats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override '
        f'PartName="/xl/workbook.xml" ContentType="{_FORMAT}.sheet.main+xml"/><Override PartName="/xl/styles.xml" '
        f'ContentType="{_FORMAT}.styles+xml"/>{parts}</Types>',
    )
    yield "_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")])
    sheets = "".join(
        f'<sheet name="{escape(name, {chr(34): "&quot;"})}" sheetId="{n}" r:id="rId{n}"/>'
        for n, name in zip(places, names, strict=True)
    )
    yield (
        "xl/workbook.xml",
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>',
    )
    targets = [("worksheet", f"worksheets/sheet{n}.xml") for n in places]
    yield "xl/_rels/workbook.xml.rels", _relations([*targets, ("styles", "styles.xml")])
    yield "xl/styles.xml", _STYLES


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    related = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{related}</Relationships>'
