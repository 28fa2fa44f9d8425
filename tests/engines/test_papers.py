"""Papers: content stays content, numbers stay numbers, tables repeat their headings, the same input gives the same
bytes."""

import datetime as dt
import io
from dataclasses import replace
from decimal import Decimal
from typing import Any

import openpyxl
from pypdf import PdfReader

from panshi.engines.papers import Bars, Facts, Grid, Heading, Paper, Section, Words, typeset, write_sheets

HOSTILE = '#eval("1+1") *粗* _斜_ $x^2$ #import "/etc/passwd" \\ ] } <a> =HYPERLINK("x")'
PAPER = Paper(
    kind="客户档案",
    title="玄武岩密封件有限公司",
    subtitle="玄武岩",
    cover=[("客户编号", "K-000123"), ("负责人", "王芳")],
    sections=[
        Section(
            "公司情况", [Facts([("注册资本（元）", Decimal("5000000.00")), ("成立", dt.date(2001, 2, 3))])]
        ),
        Section("备注", [Words(HOSTILE), Facts([("说明", HOSTILE)])]),
        Section(
            "明细",
            [
                Grid(
                    "",
                    [Heading("品名", 4), Heading("金额", 2, 2, align="right"), Heading("占比", percent=True)],
                    [(f"行{number}", Decimal("1234.5"), Decimal("0.125")) for number in range(120)],
                )
            ],
        ),
    ],
    notes=[("导出人", "王芳")],
    mark="王芳 2026-11-21 10:00",
    foot="王芳 · 内部资料",
    counting="第 {page} 页，共 {pages} 页",
    made_at=dt.datetime(2026, 11, 21, 10, tzinfo=dt.UTC),
)


def pages(paper: Paper) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(typeset(paper))).pages]


def test_what_looks_like_a_command_stays_text() -> None:
    text = "".join(pages(PAPER)).replace("\n", "").replace("\u200b", "")
    assert '#eval("1+1") *粗* _斜_ $x^2$ #import "/etc/passwd"' in text
    assert "5,000,000" in text
    assert "2001-02-03" in text


def test_tables_repeat_their_headings_and_every_page_is_counted_and_marked() -> None:
    read = pages(PAPER)
    assert len(read) >= 3
    for number, text in enumerate(read, start=1):
        assert "品名" in text or number == 1
        assert f"第 {number} 页，共 {len(read)} 页" in text
        assert "王芳 · 内部资料" in text
    assert "1,234.50" in read[1]
    assert "12.5%" in read[1]


def test_the_mark_stands_across_the_page_as_an_artefact() -> None:
    unmarked = "".join(pages(replace(PAPER, mark="")))
    assert "".join(pages(PAPER)).count("2026-11-21 10:00") > unmarked.count("2026-11-21 10:00") + 10


def test_the_same_paper_gives_the_same_bytes() -> None:
    assert typeset(PAPER) == typeset(PAPER)


def test_a_chart_without_trade_and_one_with_returns_can_be_drawn() -> None:
    for values in ([Decimal(0)] * 3, [Decimal(5), Decimal(-2), Decimal(0)], [Decimal(-1)] * 3):
        paper = replace(PAPER, sections=[Section("图", [Bars("销售", ["1", "2", "3"], values, "万元")])])
        assert "万元" in pages(paper)[0]


def test_an_empty_table_and_a_long_word_fit() -> None:
    blocks: list[Any] = [Grid("", [Heading("空")], []), Facts([("网址", "https://" + "a" * 300)])]
    assert pages(replace(PAPER, sections=[Section("空", blocks)]))


def test_each_section_is_a_sheet_with_numbers_as_numbers_and_no_formulas() -> None:
    file = io.BytesIO()
    write_sheets(file, PAPER, notes_name="导出说明")
    book = openpyxl.load_workbook(io.BytesIO(file.getvalue()))
    assert book.sheetnames == ["客户档案", "公司情况", "备注", "明细", "导出说明"]
    rows = list(book["明细"].iter_rows(values_only=True))
    assert rows[0] == ("品名", "金额", "占比")
    assert rows[1] == ("行0", 1234.5, 0.125)
    assert len(rows) == 121
    assert book["公司情况"]["B1"].value == 5_000_000
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
