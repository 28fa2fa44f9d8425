"""`panshi abc` on a real ledger, on the files people really have, and on files nobody should send."""

import csv
import json
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from panshi.cli.main import main

LEDGER = Path(__file__).parents[1] / "data" / "ledger" / "online_retail_ii_2009_2010.parquet"
KEYS = [
    *("lines_read", "lines_used", "lines_rejected", "accounts", "non_positive_accounts", "net_total"),
    *("classes", "top20_share", "gini", "table"),
]
# Computed once with exact decimals by independent means; lines used, accounts, non-positive, net, A, B, C, top, Gini.
NET = (417_534, 4_383, 106, "8348208.574", 1_183, 1_414, 1_680, "73.1209", "0.700801")
SALES = (407_664, 4_312, 0, "8832003.274", 1_176, 1_424, 1_712, "73.4765", "0.704444")


def analyse(capsys: pytest.CaptureFixture[str], *words: object) -> dict[str, Any]:
    code = main(["abc", *map(str, words), "--json"])
    output = capsys.readouterr()
    assert code == 0, output.err
    result: dict[str, Any] = json.loads(output.out, parse_float=Decimal)
    return result


def refused(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    assert main(["abc", *map(str, words)]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    return output.err


def figures(result: dict[str, Any]) -> tuple[object, ...]:
    return (
        result["lines_used"],
        result["accounts"],
        result["non_positive_accounts"],
        str(result["net_total"]),
        *(result["classes"][each]["accounts"] for each in "ABC"),
        str((result["top20_share"] * 100).quantize(Decimal("0.0001"))),
        str(result["gini"].quantize(Decimal("0.000001"))),
    )


def write(
    path: Path, rows: Sequence[Sequence[object]], encoding: str = "utf-8", separator: str = ","
) -> Path:
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream, delimiter=separator).writerows(rows)
    return path


@pytest.fixture(scope="module")
def ledger_csv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real ledger as another program would write it: customer numbers as floats, Chinese headings."""
    target = tmp_path_factory.mktemp("ledger") / "ledger.csv"
    duckdb.execute(
        f"COPY (SELECT Invoice AS 单据编号, StockCode AS 产品编码, Description AS 品名, Quantity AS 数量, "
        f'InvoiceDate AS 日期, Price AS 单价, "Customer ID" AS 客户编码, Country AS 地区 '
        f"FROM read_parquet('{LEDGER}')) TO '{target}' (HEADER)"
    )
    return target


def test_the_real_ledger_with_returns_as_negative_lines(capsys: pytest.CaptureFixture[str]) -> None:
    result = analyse(capsys, LEDGER)
    assert list(result) == KEYS
    assert (result["lines_read"], result["lines_rejected"]) == (525_461, 0)
    assert figures(result) == NET
    assert len(result["table"]) == 4_383 - 106
    first = result["table"][0]
    assert list(first) == ["rank", "account", "total", "share", "cumulative_share", "class"]
    assert (first["rank"], first["account"], first["total"]) == (1, "18102", Decimal("341776.73"))
    assert (first["class"], first["share"]) == ("A", first["cumulative_share"])


def test_the_real_ledger_without_returns(capsys: pytest.CaptureFixture[str]) -> None:
    assert figures(analyse(capsys, LEDGER, "--returns", "exclude", "--cancelled-prefix", "C")) == SALES


def test_named_columns_give_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    columns = [
        "--account",
        "Customer ID",
        "--quantity",
        "Quantity",
        "--price",
        "price",
        "--document",
        "Invoice",
    ]
    assert figures(analyse(capsys, LEDGER, *columns)) == NET


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_the_real_ledger_as_text(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, ledger_csv: Path, encoding: str
) -> None:
    source = ledger_csv
    if encoding != "utf-8":
        source = tmp_path / "gbk.csv"
        source.write_text(ledger_csv.read_text(encoding="utf-8"), encoding=encoding)
    result = analyse(capsys, source, "--returns", "exclude", "--cancelled-prefix", "C")
    assert (result["lines_read"], result["table"][0]["account"]) == (525_461, "18102")
    assert figures(result) == SALES


def test_a_period_and_thresholds(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    rows = [("客户", "日期", "金额"), ("甲", "2026-01-31", 50), ("甲", "2026-02-01", 60), ("乙", "2026-02-28", 40),
            ("丙", "2026-03-01", 99)]  # fmt: skip
    source = write(tmp_path / "a.csv", rows)
    result = analyse(capsys, source, "--from", "2026-02-01", "--to", "2026/2/28", "--a", "50%", "--b", "0.6")
    assert (result["lines_read"], result["lines_used"], result["net_total"]) == (4, 2, 100)
    assert [(row["account"], row["class"]) for row in result["table"]] == [("甲", "A"), ("乙", "C")]


MESSY = [
    ("2026年销售台账", "", "", ""),
    (),
    ("客户名称", "单据日期", "金额（元）", "单号"),
    ("甲公司", "2026年1月2日", "1,234.50元", "D1"),
    ("甲公司", "2026/2/30", "12.5", "D2"),
    ("甲公司", "46000", "１２．５０", "D3"),
    ("", "2026-01-01", "77", "D4"),
    ("乙公司", "2026-01-01", "一百", "D5"),
    ("乙公司", "2026-01-01", "", "D6"),
    ("乙公司", "3/4/2026", "1", "D7"),
    ("乙公司", "2026-01-01", "(7)", "D8", "=surplus"),
    ("丙公司", "2026-01-01", "=1+1", "D9"),
    ("丙公司", "2026-01-01", "(7)", "D10"),
    ("", "", "", ""),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_a_messy_export_names_every_line_it_rejects(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, encoding: str, separator: str
) -> None:
    source = write(tmp_path / "[*].csv", MESSY, encoding, separator)
    errors = tmp_path / "errors.csv"
    code = main(["abc", str(source), "--json", "--rejected", str(errors)])
    output = capsys.readouterr()
    result = json.loads(output.out)
    assert code == 0
    assert (result["lines_read"], result["lines_used"], result["lines_rejected"]) == (10, 3, 6)
    assert (result["net_total"], result["non_positive_accounts"]) == (1240, 1)
    assert "line 5: no such day (account '甲公司', date '2026/2/30'" in output.err
    with errors.open(encoding="utf-8-sig", newline="") as stream:
        rejected = list(csv.reader(stream))
    assert [(row[0], row[1]) for row in rejected[1:]] == [
        ("5", "date_impossible"),
        ("8", "amount_unreadable"),
        ("9", "amount_missing"),
        ("10", "date_ambiguous"),
        ("11", "surplus_cells"),
        ("12", "amount_unreadable"),
    ]
    assert rejected[6][4] == "'=1+1"


def test_a_workbook_with_title_dates_and_merged_cells(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["销售台账"])
    sheet.merge_cells("A1:C1")
    sheet.append(["客户", "日期", "数量", "单价"])
    sheet.append(["甲", "2026-01-05", 2, 0.1])
    sheet.append([None, "2026-01-06", 3, 0.1])
    sheet.merge_cells("A3:A4")
    sheet.append([None, "2026-01-07", 1, 5])
    sheet.append([10086, "2026-01-07", 1, 1.5])
    book.save(tmp_path / "a.xlsx")
    result = analyse(capsys, tmp_path / "a.xlsx")
    assert (result["lines_read"], result["lines_used"]) == (4, 3)
    assert [(row["account"], row["total"]) for row in result["table"]] == [
        ("10086", Decimal("1.5")),
        ("甲", Decimal("0.5")),
    ]


def test_prices_of_many_places_are_rounded_by_line_not_before(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    source = write(
        tmp_path / "a.csv", [("客户", "数量", "单价"), ("甲", 1_000_000, "0.12345"), ("甲", 1, "0.00005")]
    )
    assert analyse(capsys, source)["net_total"] == Decimal("123450.0001")


def test_ordinals_mean_rows_even_with_line_breaks_in_cells(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    source = write(tmp_path / "a.csv", [("客户", "备注", "金额"), ("甲", "one\ntwo", 5), ("甲", "", "x")])
    assert main(["abc", str(source)]) == 0
    assert "line 3: amount not understood" in capsys.readouterr().err


def test_the_printed_table_drops_control_characters(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    source = write(tmp_path / "a.csv", [("客户", "金额"), ("甲\x1b[31m", 5)])
    assert main(["abc", str(source)]) == 0
    output = capsys.readouterr().out
    assert "\x1b" not in output
    assert "net total 5.00" in output


def test_the_page_is_self_contained_and_escapes_hostile_names(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    hostile = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
    source = write(tmp_path / "a.csv", [("客户", "金额"), (hostile, 80), ("乙", 20), ("丙", -3)])
    page = tmp_path / "out" / "page.html"
    page.parent.mkdir()
    assert main(["abc", str(source), "--html", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "<img" not in text
    assert "&lt;script&gt;" in text
    assert "http" not in text.replace("http-equiv", "")
    assert "<svg" in text
    assert all(
        step in text for step in ("1 · Collect", "2 · Process", "3 · Classes", "4 · ABC table", "Apart")
    )
    assert [each.name for each in page.parent.iterdir()] == ["page.html"]


def test_a_page_that_cannot_be_written_leaves_the_old_one(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    source = write(tmp_path / "a.csv", [("客户", "金额"), ("甲", 80)])
    assert "cannot write" in refused(capsys, source, "--html", tmp_path / "nowhere" / "page.html")
    empty = write(tmp_path / "b.csv", [("客户", "金额")])
    page = tmp_path / "page.html"
    page.write_text("old", encoding="utf-8")
    assert "no lines" in refused(capsys, empty, "--html", page)
    assert page.read_text(encoding="utf-8") == "old"


def test_a_missing_column_is_named_with_what_is_there(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    source = write(tmp_path / "a.csv", [("客户", "备注"), ("甲", "x")])
    message = refused(capsys, source)
    assert "price" in message or "amount" in message
    assert "'备注'" in message
    assert "no column 'revenue'" in refused(capsys, source, "--amount", "revenue")
    money = write(tmp_path / "b.csv", [("客户", "金额"), ("甲", "5")])
    assert "date" in refused(capsys, money, "--from", "2026-01-01")


def _bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as member:
            for _ in range(1100):
                member.write(b"\0" * (1 << 20))


def _liar(path: Path) -> None:
    """A workbook whose directory declares a tenth of what its sheet inflates to."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"a" * 100_000)
    content = path.read_bytes()
    assert content.count((100_000).to_bytes(4, "little")) == 2
    path.write_bytes(content.replace((100_000).to_bytes(4, "little"), (10_000).to_bytes(4, "little")))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.csv", b"", "empty"),
        ("blank.csv", b"\n\n\n", "rows"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not a text table"),
        ("latin.csv", "客户,金额\n".encode() + b"\xff\xff\xff,1\n", "UTF-8"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xlsx"),
        ("broken.xlsx", b"PK\x03\x04 nothing", "damaged"),
        ("broken.parquet", b"PAR1 nothing PAR1", "table"),
        ("bomb.xlsx", _bomb, "1 GiB"),
        ("liar.xlsx", _liar, "damaged"),
        ("heading.csv", "客户,金额\n".encode(), "no lines"),
        ("useless.csv", "客户,金额\n甲,x\n".encode(), "line 2"),
        ("quote.csv", '客户,金额\n"甲,1\n'.encode(), ""),
    ],
)
def test_files_that_are_no_ledger_are_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str, content: Any, message: str
) -> None:
    path = tmp_path / name
    if callable(content):
        content(path)
    else:
        path.write_bytes(content)
    assert message in refused(capsys, path)


def test_a_file_that_is_not_there_and_senseless_arguments(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert "cannot open" in refused(capsys, tmp_path / "none.csv")
    assert "cannot open" in refused(capsys, tmp_path)
    source = write(tmp_path / "a.csv", [("客户", "日期", "金额"), ("甲", "2026-01-01", 5)])
    assert "--from lies after" in refused(capsys, source, "--from", "2026-02-01", "--to", "2026-01-01")
    assert "thresholds" in refused(capsys, source, "--a", "0.96")
    for words in (["--a", "7"], ["--from", "2026-02-30"], ["--returns", "maybe"], ["--json", "--html", "x"]):
        with pytest.raises(SystemExit) as stopped:
            main(["abc", str(source), *words])
        assert stopped.value.code == 2


def test_the_command_starts_without_the_slow_libraries() -> None:
    code = (
        "import sys; from panshi.cli.main import main; "
        f"main(['abc', {str(LEDGER)!r}, '--rows', '0']); "
        "slow = {'django', 'pyarrow', 'ibis', 'deltalake', 'pandas', 'numpy'} & set(sys.modules); "
        "sys.exit(f'imported {slow}' if slow else 0)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
