"""Sets a paper as PDF. The template is ours and fixed; what stands on the paper reaches it as JSON, never as markup."""

import datetime as dt
import json
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, Final

from panshi.engines.papers.content import Bars, Block, Facts, Grid, Heading, Paper, Value, Words

TEMPLATE: Final = Path(__file__).with_name("paper.typ")
LONG: Final = 34
"""Characters from which a fact takes the whole width."""


class CannotTypeset(Exception):
    """The typesetter refused the paper."""


def typeset(paper: Paper) -> bytes:
    """The paper as PDF (A4, tagged), the same bytes for the same content and moment."""
    import pylopdf_fonts_zh_cn as fonts
    import typst

    given = json.dumps(_plain(paper), ensure_ascii=False)
    try:
        made = typst.compile(
            str(TEMPLATE),
            font_paths=[str(fonts.sans_path().parent)],
            ignore_system_fonts=True,
            sys_inputs={"paper": given},
            format="pdf",
            timestamp=int(paper.made_at.timestamp()) if paper.made_at else None,
        )
    except typst.TypstError as error:
        raise CannotTypeset(str(error)) from error
    return made


def _plain(paper: Paper) -> dict[str, Any]:
    """The paper as JSON: every number and day already in the words it is printed in."""
    return {
        "kind": paper.kind,
        "title": paper.title,
        "subtitle": paper.subtitle,
        "company": paper.company,
        "language": paper.language,
        "cover": [list(pair) for pair in paper.cover],
        "notes": [list(pair) for pair in paper.notes],
        "mark": paper.mark,
        "foot": paper.foot,
        "counting": paper.counting,
        "sections": [
            {"title": section.title, "blocks": [_block(block) for block in section.blocks]}
            for section in paper.sections
        ],
    }


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Facts):
        return {
            "is": "facts",
            "title": block.title,
            "rows": _rows([(label, said(value)) for label, value in block.pairs]),
        }
    if isinstance(block, Grid):
        return {
            "is": "grid",
            "title": block.title,
            "headings": [one.words for one in block.headings],
            "shares": [one.share for one in block.headings],
            "aligns": [one.align for one in block.headings],
            "rows": [
                [said(value, one) for value, one in zip(row, block.headings, strict=True)]
                for row in block.rows
            ],
            "more": block.more,
        }
    if isinstance(block, Bars):
        return {
            "is": "bars",
            "title": block.title,
            "unit": block.unit,
            "labels": list(block.labels),
            **_bars(block),
        }
    assert isinstance(block, Words)
    return {"is": "words", "text": block.text, "quiet": block.quiet}


def _rows(pairs: list[tuple[str, str]]) -> list[list[list[str]]]:
    """Pairs set two beside each other, long ones alone."""
    rows: list[list[list[str]]] = []
    waiting: list[str] | None = None
    for label, words in pairs:
        if len(words) > LONG or "\n" in words:
            if waiting is not None:
                rows.append([waiting])
                waiting = None
            rows.append([[label, words]])
        elif waiting is None:
            waiting = [label, words]
        else:
            rows.append([waiting, [label, words]])
            waiting = None
    return [*rows, [waiting]] if waiting is not None else rows


def _bars(block: Bars) -> dict[str, Any]:
    """Heights as shares of the tallest, and the words of the scale."""
    top = max([*block.values, Decimal(0)])
    low = min([*block.values, Decimal(0)])
    span = (top - low) or Decimal(1)
    return {
        "heights": [float(value / span) for value in block.values],
        "above": float(top / span),
        "top": said(top, Heading("", places=0)),
        "low": said(low, Heading("", places=0)) if low < 0 else "0",
    }


def said(value: Value, heading: Heading | None = None) -> str:
    """A value as it is printed: 1,234.50 · 12.5% · 2026-11-21 · – for nothing."""
    if value is None or value == "":
        return "–"
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, str):
        return value
    if heading is not None and heading.percent:
        return f"{(Decimal(value) * 100).quantize(Decimal('0.1'), ROUND_HALF_UP):f}%"
    places = heading.places if heading is not None else -Decimal(value).normalize().as_tuple().exponent  # type: ignore[operator]
    step = Decimal(1).scaleb(-max(places, 0))
    return f"{Decimal(value).quantize(step, ROUND_HALF_UP):,f}"
