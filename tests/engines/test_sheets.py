"""Small tables: what is read from honest files, what is refused of hostile ones, what is written for spreadsheets."""

import datetime as dt
import io
import zipfile
from decimal import Decimal
from functools import partial
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.engines.analytics.failures import UnreadableTable
from panshi.engines.sheets.reading import Sheet, read_sheet
from panshi.engines.sheets.writing import csv_pieces, disarm, write_xlsx

KNOWN = {"客户名称", "电话", "name"}


def read(path: Path, **limits: int) -> Sheet:
    return read_sheet(path, recognise=lambda heading: heading in KNOWN, **limits)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_text_is_read_in_every_encoding_and_separator(tmp_path: Path, encoding: str, separator: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"客户名称{separator}电话\n恒达机械{separator}021-1\n", encoding=encoding)
    sheet = read(path)
    assert sheet.headings == ("客户名称", "电话")
    assert [(row.number, row.cells) for row in sheet.rows] == [(2, ("恒达机械", "021-1"))]


def test_the_heading_row_is_found_below_a_title_and_blank_rows_keep_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("二〇二六年客户清单,,\n\n客户名称,电话,\n甲,1,x\n\n乙,2\n", encoding="utf-8")
    sheet = read(path)
    assert sheet.headings == ("客户名称", "电话")
    assert [(row.number, row.cells) for row in sheet.rows] == [(4, ("甲", "1")), (6, ("乙", "2"))]


def test_a_workbook_is_read_like_text(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["客户名称", "电话"])
    book.active.append(["恒达机械", 13800138000])
    book.save(tmp_path / "a.xlsx")
    sheet = read(tmp_path / "a.xlsx")
    assert sheet.rows[0].cells == ("恒达机械", "13800138000")


def test_a_line_separator_inside_a_cell_is_no_new_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('name,电话\n甲\u2028乙,1\n"丙\n丁",2\n', encoding="utf-8")
    assert [row.cells[0] for row in read(path).rows] == ["甲\u2028乙", "丙\n丁"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"\xd0\xcf\x11\xe0old excel", "not_a_table"),
        (b"PK\x03\x04 but no archive", "not_a_table"),
        (b"name\n\xff\xff\xff", "encoding"),
        (("name," + ",".join(f"c{n}" for n in range(300))).encode(), "too_large"),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(UnreadableTable) as refusal:
        read(path)
    assert refusal.value.code == code


def test_too_many_rows_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("name\n" + "x\n" * 11)
    assert len(read(path, most_rows=11).rows) == 11
    with pytest.raises(UnreadableTable, match="rows"):
        read(path, most_rows=10)


@pytest.mark.parametrize("mebibytes", [260, 1100])
def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, mebibytes: int) -> None:
    """Somebody waits for this file: much less may come out of it than out of a ledger's."""
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as member:
            for _ in range(mebibytes):
                member.write(b"\0" * (1 << 20))
    assert path.stat().st_size < 3 << 20
    with pytest.raises(UnreadableTable) as refusal:
        read(path)
    assert refusal.value.code == "too_large"


@given(st.text(max_size=20))
def test_no_text_that_is_written_begins_like_a_formula(text: str) -> None:
    assert not str(disarm(text)).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert str(disarm(text)).endswith(text)


def test_numbers_stay_numbers_and_formulas_become_text() -> None:
    target = io.BytesIO()
    assert write_xlsx(target, ["行", "=1+1"], [(1, "=cmd|' /C calc'!A0"), (-2, None)]) == 2
    sheet = openpyxl.load_workbook(target).active
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert cells == [["行", "'=1+1"], [1, "'=cmd|' /C calc'!A0"], [-2, None]]
    assert "".join(csv_pieces(["a"], [("=1",), (-2,)])) == "\ufeffa\r\n'=1\r\n-2\r\n"


def test_a_streamed_workbook_keeps_every_kind_of_value_and_its_notes() -> None:
    """Days stay days (a spreadsheet's day is a midnight without a zone), exact amounts amounts, odd text is
    escaped, control characters are replaced."""
    rows = [
        ("<甲> & 乙", dt.date(2026, 2, 28), Decimal("12345678.90"), 7),
        (" 两边 ", None, Decimal("-0.5"), 0),
        ("坏\x01字\r\n行", dt.date(1900, 3, 1), Decimal("1E+3"), -1),
    ]
    day = partial(dt.datetime, tzinfo=None)
    target = io.BytesIO()
    notes = [("导出人", "=王 & 工"), ("时间", "2026-11-21")]
    assert (
        write_xlsx(target, ["名", "日", "额", "数"], rows, notes=notes, name="客户/[表]", notes_name="说明")
        == 3
    )
    book = openpyxl.load_workbook(target)
    assert book.sheetnames == ["客户  表", "说明"]
    cells = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows(min_row=2)]
    assert cells[0] == ["<甲> & 乙", day(2026, 2, 28), 12345678.9, 7]
    assert cells[1] == [" 两边 ", None, -0.5, 0]
    assert cells[2] == ["坏\ufffd字\n行", day(1900, 3, 1), 1000, -1]
    assert book.worksheets[1]["B1"].value == "'=王 & 工"
    assert "王 && 工 · 2026-11-21" in str(book.worksheets[0].oddFooter.left.text).replace("&&&&", "&&")


def test_columns_beyond_z_have_two_letters() -> None:
    target = io.BytesIO()
    write_xlsx(target, [str(place) for place in range(60)], [list(range(60))])
    sheet = openpyxl.load_workbook(target).active
    assert (sheet["AA1"].value, sheet["BH2"].value) == ("26", 59)
