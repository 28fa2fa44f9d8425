"""How `panshi abc` shows a result: JSON with exact numbers, plain text, or one printable HTML page.

Names come from foreign files: text output drops control characters, HTML is escaped by the template engine.
"""

import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from panshi.calc.value.abc import AbcAnalysis, AbcClass, AbcRow
from panshi.engines.analytics.one_file import FileTotals, Question

HTML_ROWS = 5000
NAME_WIDTH = 32
BAR_WIDTH = 40
BARS = 50

REASONS: Mapping[str, str] = {
    "surplus_cells": "more cells than headings",
    "date_missing": "no date",
    "date_unreadable": "date not understood",
    "date_impossible": "no such day",
    "date_ambiguous": "day or month first? (see --date-order)",
    "amount_missing": "no amount",
    "amount_unreadable": "amount not understood",
    "amount_too_large": "amount too large",
    "quantity_missing": "no quantity",
    "quantity_unreadable": "quantity not understood",
    "quantity_too_large": "quantity too large",
    "price_missing": "no price",
    "price_unreadable": "price not understood",
    "price_too_large": "price too large",
}


def as_json(found: FileTotals, analysis: AbcAnalysis[str]) -> str:
    """The result as JSON; amounts and shares are number literals with all their digits, never binary floats."""
    return _json(
        {
            "lines_read": found.lines_read,
            "lines_used": found.lines_used,
            "lines_rejected": found.lines_rejected,
            "accounts": analysis.accounts,
            "non_positive_accounts": len(analysis.non_positive),
            "net_total": analysis.net_total,
            "classes": {
                each.value: {"accounts": held.accounts, "total": held.total, "share": held.share}
                for each, held in analysis.classes.items()
            },
            "top20_share": analysis.top_share,
            "gini": analysis.gini,
            "table": [
                {
                    "rank": row.rank,
                    "account": row.account,
                    "total": row.total,
                    "share": row.share,
                    "cumulative_share": row.cumulative_share,
                    "class": row.abc_class.value,
                }
                for row in analysis.rows
            ],
        }
    )


def _json(value: object) -> str:
    """JSON text; a Decimal becomes its own digits, which the standard encoder cannot write."""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(key)}: {_json(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",\n".join(map(_json, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def plain(number: Decimal) -> str:
    """All digits, without exponent and trailing zeros; zero is never negative."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def money(amount: Decimal) -> str:
    """An amount for reading: two places, thousands separated."""
    return f"{amount:,.2f}"


def percent(share: Decimal | None) -> str:
    """A share for reading, with two places."""
    return "–" if share is None else f"{share * 100:.2f} %"


def as_text(name: str, found: FileTotals, analysis: AbcAnalysis[str], rows: int) -> str:
    """The result for a terminal: figures, classes, chart and the head of the ABC table."""
    return "\n".join(_text(name, found, analysis, rows))


def _text(name: str, found: FileTotals, analysis: AbcAnalysis[str], rows: int) -> Iterator[str]:
    yield f"ABC analysis of {_clean(name)}"
    yield f"columns   {', '.join(f'{field} = {_clean(heading)}' for field, heading in found.columns.items())}"
    if found.first and found.last:
        yield f"period    {found.first} … {found.last}"
    yield (
        f"lines     {found.lines_read:,} read, {found.lines_used:,} used, {found.lines_rejected:,} rejected, "
        f"{found.lines_without_account:,} without an account"
    )
    yield f"accounts  {analysis.accounts:,}, of which {len(analysis.non_positive):,} with a total of zero or less"
    yield f"net total {money(analysis.net_total)}"
    yield f"top 20 %  hold {percent(analysis.top_share)}; Gini {analysis.gini or 0:.6f}"
    yield ""
    yield f"{'class':<6}{'accounts':>10}{'total':>22}{'share':>11}"
    for each, held in analysis.classes.items():
        bar = "█" * round(held.share * BAR_WIDTH)
        yield f"{each:<6}{held.accounts:>10,}{money(held.total):>22}{percent(held.share):>11}  {bar}"
    yield from _curve(analysis.rows)
    yield ""
    yield f"{'rank':>6}  {_fit('account')}{'total':>20}{'share':>10}{'cumulative':>12}  class"
    for row in analysis.rows[: max(rows, 0)]:
        yield (
            f"{row.rank:>6}  {_fit(row.account)}{money(row.total):>20}{percent(row.share):>10}"
            f"{percent(row.cumulative_share):>12}  {row.abc_class}"
        )
    if len(analysis.rows) > rows:
        yield f"        … {len(analysis.rows) - max(rows, 0):,} more (--rows, --json or --html show them)"


def _curve(rows: Sequence[AbcRow[str]]) -> Iterator[str]:
    """The Pareto curve as text: what the largest tenth, two tenths … of the accounts hold."""
    if len(rows) < 10:
        return
    yield ""
    for tenth in range(1, 11):
        reached = rows[-(-len(rows) * tenth // 10) - 1].cumulative_share
        yield f"top {tenth * 10:>3} %  {percent(reached):>9}  {'█' * round(reached * BAR_WIDTH)}"


def _clean(text: str) -> str:
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def _fit(text: str) -> str:
    """`text` cut or padded to `NAME_WIDTH` columns of a terminal, where a Chinese character takes two."""
    kept, width = "", 0
    for letter in _clean(text):
        step = 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if width + step > NAME_WIDTH:
            break
        kept, width = kept + letter, width + step
    return kept + " " * (NAME_WIDTH - width)


def rejections(found: FileTotals) -> str:
    """What was rejected and why: counts by reason, then the first lines by name."""
    lines = [f"{found.lines_rejected} line(s) rejected:"]
    lines += [f"  {count:>8} × {REASONS.get(code, code)}" for code, count in found.reasons.items()]
    for each in found.rejected:
        cells = ", ".join(
            f"{field} {_clean(cell)[:40]!r}"
            for field, cell in zip(found.columns, each.cells, strict=True)
            if cell
        )
        lines.append(f"  line {each.row}: {REASONS.get(each.reason, each.reason)} ({cells})")
    if found.lines_rejected > len(found.rejected):
        lines.append(
            f"  … {found.lines_rejected - len(found.rejected)} more; --rejected OUT.csv writes them all"
        )
    return "\n".join(lines)


def as_html(name: str, question: Question, found: FileTotals, analysis: AbcAnalysis[str]) -> str:
    """One self-contained page: the four steps, Pareto chart as inline SVG, classes and table."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters.update(money=money, percent=percent, reason=lambda code: REASONS.get(code, code))
    return environment.get_template("abc.html").render(
        name=name, question=question, found=found, analysis=analysis, chart=_chart(analysis.rows),
        rows=analysis.rows[:HTML_ROWS], apart=analysis.non_positive[:HTML_ROWS], AbcClass=AbcClass,
    )  # fmt: skip


def _chart(rows: Sequence[AbcRow[str]]) -> dict[str, object]:
    """Coordinates of the Pareto chart on a canvas of 1000 × 400: bars of equal numbers of accounts, and the curve."""
    if not rows:
        return {"bars": [], "curve": ""}
    step = -(-len(rows) // BARS)
    groups = [rows[start : start + step] for start in range(0, len(rows), step)]
    sums = [sum((row.share for row in group), Decimal(0)) for group in groups]
    width = 1000 * step / len(rows)
    bars = [
        {
            "x": round(position * width, 2),
            "width": round(min(width, 1000 - position * width) * 0.92, 2),
            "height": round(400 * float(share / max(sums)), 2),
            "class": group[0].abc_class.value,
            "title": f"{group[0].rank}–{group[-1].rank}: {percent(share)}"
            if step > 1
            else f"{group[0].account}: {percent(share)}",
        }
        for position, (group, share) in enumerate(zip(groups, sums, strict=True))
    ]
    points = [(0.0, 400.0)] + [
        (round((index + 1) * 1000 / len(rows), 2), round(400 - 400 * float(rows[index].cumulative_share), 2))
        for index in sorted({*range(0, len(rows), max(1, len(rows) // 200)), len(rows) - 1})
    ]
    return {"bars": bars, "curve": " ".join(f"{x},{y}" for x, y in points)}
