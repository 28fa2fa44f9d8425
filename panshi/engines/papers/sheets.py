"""A paper as a workbook: one sheet for each section, numbers as numbers, days as days, the notes last."""

from collections.abc import Iterator, Sequence
from typing import IO

from panshi.engines.papers.content import Bars, Block, Facts, Grid, Paper, Section, Value, Words
from panshi.engines.sheets.workbook import Sheet, write_workbook
from panshi.engines.sheets.writing import disarm

WIDE = (24, 30, 18, 18, 18, 18, 18, 18)


def write_sheets(target: IO[bytes], paper: Paper, *, notes_name: str) -> None:
    """Write the workbook; who took it out and when stands at the foot of every printed page."""
    first = Sheet(
        paper.kind,
        (),
        [_safe((label, words)) for label, words in ((paper.kind, paper.title), *paper.cover)],
        footer=paper.foot,
        widths=(24, 60),
    )
    cards = [_sheet(section, paper) for section in paper.sections]
    told = [_safe(pair) for pair in paper.notes]
    write_workbook(target, [first, *cards, Sheet(notes_name, (), told, footer=paper.foot, widths=(24, 90))])


def _sheet(section: Section, paper: Paper) -> Sheet:
    """One section. A single table keeps its headings in sight; anything else is written downwards."""
    blocks = [block for block in section.blocks if not isinstance(block, Bars)]
    if len(blocks) == 1 and isinstance(blocks[0], Grid):
        grid = blocks[0]
        headings = [str(disarm(one.words)) for one in grid.headings]
        widths = [8 + 8 * one.share for one in grid.headings]
        rows = [_safe(row) for row in grid.rows]
        if grid.more:
            rows.append(_safe((grid.more,)))
        return Sheet(section.title, headings, rows, footer=paper.foot, widths=widths)
    rows = [_safe(row) for block in blocks for row in _lines(block)]
    return Sheet(section.title, (), rows, footer=paper.foot, widths=WIDE)


def _lines(block: Block) -> Iterator[Sequence[Value]]:
    if isinstance(block, Facts):
        if block.title:
            yield ()
            yield (block.title,)
        yield from block.pairs
    elif isinstance(block, Words):
        yield (block.text,)
    elif isinstance(block, Grid):
        if block.title:
            yield ()
            yield (block.title,)
        yield [one.words for one in block.headings]
        yield from block.rows
        if block.more:
            yield (block.more,)


def _safe(row: Sequence[Value]) -> list[Value]:
    return [value if not isinstance(value, str) else _text(value) for value in row]


def _text(value: str) -> str:
    return str(disarm(value))
