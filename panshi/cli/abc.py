"""`panshi abc FILE`: ABC analysis of anybody's sales lines, without server, database or configuration.

This module holds the arguments and the order of work; what is written lives in `abc_report`.
"""

import argparse
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from panshi.calc.periods import DayOrder, read_day
from panshi.calc.reading import Unreadable
from panshi.calc.value.abc import AbcParameters, Ties, classify
from panshi.cli import abc_report
from panshi.engines.analytics.failures import UnreadableTable
from panshi.engines.analytics.headings import Field
from panshi.engines.analytics.one_file import FileTotals, Question, Returns, file_totals, write_rejected

BAD_INPUT = 2
COLUMNS = (Field.ACCOUNT, Field.DATE, Field.AMOUNT, Field.QUANTITY, Field.PRICE, Field.DOCUMENT)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV (UTF-8 or GBK), XLSX or Parquet")
    columns = parser.add_argument_group("columns", "guessed from Chinese or English headings when not named")
    for each in COLUMNS:
        columns.add_argument(f"--{each}", metavar="COL", help=f"heading of the {each} column")
    columns.add_argument("--date-order", type=DayOrder, choices=list(DayOrder), help="meaning of 3/2/2026")
    lines = parser.add_argument_group("lines")
    lines.add_argument("--from", dest="first", type=_day, metavar="DAY", help="first day that counts")
    lines.add_argument("--to", dest="last", type=_day, metavar="DAY", help="last day that counts")
    lines.add_argument(
        "--returns", type=Returns, choices=list(Returns), default=Returns.NET,
        help="net: negative lines count (default); exclude: drop quantity or price <= 0 and cancelled documents",
    )  # fmt: skip
    lines.add_argument(
        "--cancelled-prefix", metavar="C", help="with exclude: documents starting so are cancelled"
    )
    classes = parser.add_argument_group("classes", "by the cumulative share before an account is added")
    classes.add_argument("--a", type=_share, default=Decimal("0.8"), metavar="SHARE", help="A below it (0.8)")
    classes.add_argument(
        "--b", type=_share, default=Decimal("0.95"), metavar="SHARE", help="B below it (0.95)"
    )
    classes.add_argument("--ties", type=Ties, choices=list(Ties), default=Ties.BY_ACCOUNT,
                         help="equal totals at a threshold: each by its own share (default), or one class")  # fmt: skip
    output = parser.add_argument_group("output")
    form = output.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON with exact numbers")
    form.add_argument("--html", type=Path, metavar="OUT", help="write one self-contained printable page")
    output.add_argument("--rows", type=int, default=20, metavar="N", help="rows of the printed table (20)")
    output.add_argument(
        "--rejected", type=Path, metavar="OUT", help="write rejected lines with reasons as CSV"
    )


def run(arguments: argparse.Namespace) -> int:
    """Analyse the file and write the result; 2 when the file or an argument makes no sense."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `panshi abc … | head` ends quietly
    try:
        _work(arguments)
    except (UnreadableTable, ValueError) as error:
        return _refuse(f"{arguments.file}: {error}")
    except OSError as error:
        return _refuse(f"cannot write {error.filename}: {error.strerror}")
    return 0


def _work(arguments: argparse.Namespace) -> None:
    parameters = AbcParameters(a=arguments.a, b=arguments.b, ties=arguments.ties)
    question = Question(
        columns={each: getattr(arguments, each) for each in COLUMNS if getattr(arguments, each) is not None},
        first=arguments.first,
        last=arguments.last,
        returns=arguments.returns,
        cancelled_prefix=arguments.cancelled_prefix,
        order=arguments.date_order,
    )
    if question.first and question.last and question.first > question.last:
        raise ValueError("--from lies after --to")
    found = file_totals(arguments.file, question)
    if arguments.rejected and found.lines_rejected:
        _replace(arguments.rejected, lambda part: write_rejected(arguments.file, question, part))
    _require_lines(found)
    analysis = classify(found.totals, parameters)
    if arguments.json:
        print(abc_report.as_json(found, analysis))
    elif arguments.html:
        page = abc_report.as_html(arguments.file.name, question, found, analysis)
        _replace(arguments.html, lambda part: part.write_text(page, encoding="utf-8"))
        print(
            f"{arguments.html}: {analysis.accounts} accounts, {found.lines_used} of {found.lines_read} lines used"
        )
    else:
        print(abc_report.as_text(arguments.file.name, found, analysis, arguments.rows))
    if found.lines_rejected:
        print(abc_report.rejections(found), file=sys.stderr)


def _require_lines(found: FileTotals) -> None:
    if not found.lines_read:
        raise UnreadableTable("empty", "there are headings but no lines below them")
    if not found.lines_used and found.lines_rejected:
        raise UnreadableTable("not_a_table", f"no line can be used.\n{abc_report.rejections(found)}")


def _replace(target: Path, write: Callable[[Path], object]) -> None:
    """Write beside `target` and move into place, so that a failure leaves what was there before."""
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as folder:
        part = Path(folder) / target.name
        write(part)
        os.replace(part, target)


def _refuse(message: str) -> int:
    print(f"panshi abc: {message}", file=sys.stderr)
    return BAD_INPUT


def _day(text: str) -> date:
    try:
        return read_day(text)
    except Unreadable:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as 2026-02-28") from None


def _share(text: str) -> Decimal:
    try:
        share = Decimal(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except InvalidOperation:
        raise argparse.ArgumentTypeError(f"{text!r} is no share; write 0.8 or 80%") from None
    if not 0 < share <= 1:
        raise argparse.ArgumentTypeError(f"{text} does not lie between 0 and 1")
    return share
