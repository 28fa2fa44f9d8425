"""Papers that are printed and handed on: content as plain values, set as PDF by typst or written as a workbook.

Content never becomes markup: the template reads it as JSON, so that a name that looks like a command stays a name.
"""

from panshi.engines.papers.content import (
    Align,
    Bars,
    Block,
    Facts,
    Grid,
    Heading,
    Paper,
    Section,
    Value,
    Words,
)
from panshi.engines.papers.sheets import write_sheets
from panshi.engines.papers.typesetting import CannotTypeset, typeset

__all__ = [
    "Align",
    "Bars",
    "Block",
    "CannotTypeset",
    "Facts",
    "Grid",
    "Heading",
    "Paper",
    "Section",
    "Value",
    "Words",
    "typeset",
    "write_sheets",
]
