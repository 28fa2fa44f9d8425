"""What stands on a paper, as plain values: sections of facts, tables, bars and words. Numbers stay numbers."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Value = str | int | Decimal | dt.date | None
Align = Literal["left", "right"]


@dataclass(frozen=True, slots=True)
class Facts:
    """Pairs of label and value, two columns wide; a long text takes the whole width."""

    pairs: Sequence[tuple[str, Value]]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """One column of a table: its words, its share of the width, how many places its numbers show."""

    words: str
    share: int = 2
    places: int = 0
    percent: bool = False
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Grid:
    """A table whose headings repeat on every page; `more` says what was left off."""

    title: str
    headings: Sequence[Heading]
    rows: Sequence[Sequence[Value]]
    more: str = ""


@dataclass(frozen=True, slots=True)
class Bars:
    """A small chart of one series over time; `unit` is said beside the title."""

    title: str
    labels: Sequence[str]
    values: Sequence[Decimal]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph; `quiet` ones explain."""

    text: str
    quiet: bool = False


Block = Facts | Grid | Bars | Words


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the paper with its own heading, and a sheet of its own in the workbook."""

    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole paper. `cover` are the facts of its first block, `mark` is printed across every page, `foot` below it,
    `counting` counts pages with {page} and {pages}; `notes` say who took it out, when, and how far they see."""

    kind: str
    title: str
    subtitle: str
    cover: Sequence[tuple[str, str]]
    sections: Sequence[Section]
    notes: Sequence[tuple[str, str]]
    mark: str
    foot: str
    counting: str
    company: str = ""
    language: str = "zh"
    made_at: dt.datetime | None = None

    @property
    def count(self) -> int:
        """How many facts and rows it holds."""
        return sum(_rows(block) for section in self.sections for block in section.blocks)


def _rows(block: Block) -> int:
    if isinstance(block, Facts):
        return len(block.pairs)
    return len(block.rows) if isinstance(block, Grid) else 0
