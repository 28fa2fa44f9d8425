"""Columns of the generic list: what each reads, how it sorts, what stands in its cells and in an export.

A sortable column names database columns that are never null; with the key they form the order of keyset pages.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.functional import Promise

from panshi.ground.base.models import NEVER, NOT_PLANNED
from panshi.web.generic.addresses import around_key
from panshi.web.generic.cells import EMPTY, Cell, Tone

Row = Mapping[str, Any]
Plain = str | int | Decimal | dt.date | None
"""What an export writes: never markup, dates as dates, amounts exact."""

NO_TONES: Mapping[str, Tone] = {}


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of text read from `reads[0]`; subclasses show other kinds.

    `phone`: 1 stands beside the title on a phone, 2 below it with its label, 3 not at all. `wide` lets text wrap.
    `permission` hides the column from those who do not hold it, in pages and exports alike. The `reads` of a `filled`
    column are no fields of the model: the list's `Extra.fill` finds their values for the rows of a page.
    """

    name: str
    label: Promise
    reads: tuple[str, ...]
    sort: tuple[str, ...] = ()
    descending: bool = False
    numeric: bool = False
    phone: int = 2
    default: bool = True
    wide: bool = False
    permission: str = ""
    filled: bool = False
    repeats: ClassVar[bool] = False
    """Whether the cell depends on `reads[0]` alone and the same values come again and again."""

    def cell(self, row: Row, on: dt.date) -> Cell:
        """What the page shows; `on` is today."""
        value = row[self.reads[0]]
        return Cell("text", value) if value else EMPTY

    def plain(self, row: Row) -> Plain:
        """What an export writes."""
        value: Plain = row[self.reads[0]]
        return value or None


@dataclass(frozen=True, kw_only=True)
class TitleColumn(Column):
    """The record's name; the list links it to the record."""

    phone: int = 1


@dataclass(frozen=True, kw_only=True)
class LinkColumn(Column):
    """The name of another record, `reads` being its words and its key, leading to `url_name`."""

    url_name: str

    def cell(self, row: Row, on: dt.date) -> Cell:
        """See `Column.cell`."""
        words, key = row[self.reads[0]], row[self.reads[1]]
        before, after = around_key(self.url_name)
        return Cell("link", words, href=f"{before}{key}{after}") if key else EMPTY


@dataclass(frozen=True, kw_only=True)
class ChoiceColumn(Column):
    """A coded value shown by its label, as a tag where `tones` names the code ("" tones are plain tags)."""

    repeats: ClassVar[bool] = True
    choices: Iterable[tuple[Any, str | Promise]]
    tones: Mapping[str, Tone] = field(default_factory=lambda: NO_TONES)

    def cell(self, row: Row, on: dt.date) -> Cell:
        """See `Column.cell`."""
        code = row[self.reads[0]]
        if not code:
            return EMPTY
        tone = self.tones.get(code)
        return Cell("text" if tone is None else "tag", self._label(code), tone or "")

    def plain(self, row: Row) -> Plain:
        """See `Column.plain`."""
        code = row[self.reads[0]]
        return str(self._label(code)) if code else None

    def _label(self, code: str) -> str | Promise:
        return next((label for known, label in self.choices if known == code), code)


@dataclass(frozen=True, kw_only=True)
class NamedColumn(Column):
    """A code whose name comes from a catalogue (industry, region)."""

    repeats: ClassVar[bool] = True
    naming: Callable[[str], str]

    def cell(self, row: Row, on: dt.date) -> Cell:
        """See `Column.cell`."""
        code = row[self.reads[0]]
        return Cell("text", self.naming(code)) if code else EMPTY

    def plain(self, row: Row) -> Plain:
        """See `Column.plain`."""
        code = row[self.reads[0]]
        return self.naming(code) if code else None


@dataclass(frozen=True, kw_only=True)
class CountColumn(Column):
    """How many of something, with thousands separators; an export writes the number, none as 0."""

    numeric: bool = True
    descending: bool = True

    def cell(self, row: Row, on: dt.date) -> Cell:
        """See `Column.cell`."""
        return Cell("number", row[self.reads[0]])

    def plain(self, row: Row) -> Plain:
        """See `Column.plain`."""
        count: int | None = row[self.reads[0]]
        return count


@dataclass(frozen=True, kw_only=True)
class MoneyColumn(Column):
    """An amount in yuan, shown in 元 or 万元 as the person chose; nothing at all shows as a dash."""

    numeric: bool = True
    descending: bool = True

    def cell(self, row: Row, on: dt.date) -> Cell:
        """See `Column.cell`."""
        amount = row[self.reads[0]]
        return Cell("money", amount or None)

    def plain(self, row: Row) -> Plain:
        """See `Column.plain`."""
        amount: Decimal | None = row[self.reads[0]]
        return amount


@dataclass(frozen=True, kw_only=True)
class ChangeColumn(Column):
    """The relative change from `reads[1]` to `reads[0]`; none where there was nothing before."""

    numeric: bool = True

    def cell(self, row: Row, on: dt.date) -> Cell:
        """See `Column.cell`."""
        return Cell("change", self._share(row))

    def plain(self, row: Row) -> Plain:
        """See `Column.plain`."""
        share = self._share(row)
        return None if share is None else round(share, 4)

    def _share(self, row: Row) -> Decimal | None:
        now, before = row[self.reads[0]], row[self.reads[1]]
        return (now - before) / before if before and before > 0 else None


@dataclass(frozen=True, kw_only=True)
class DayColumn(Column):
    """A date or a moment; `relative` shows its distance from today, and `tone` may colour it by that distance in days.

    The stand-ins for "has not happened" and "not planned" show as nothing.
    """

    repeats: ClassVar[bool] = True
    relative: bool = False
    tone: Callable[[int], Tone] = lambda days: ""

    def cell(self, row: Row, on: dt.date) -> Cell:
        """See `Column.cell`."""
        day = row[self.reads[0]]
        if day is None or day in (NEVER, NOT_PLANNED):
            return EMPTY
        then = timezone.localdate(day) if isinstance(day, dt.datetime) else day
        return Cell("ago" if self.relative else "day", day, self.tone((on - then).days))

    def plain(self, row: Row) -> Plain:
        """See `Column.plain`."""
        day: dt.date | None = row[self.reads[0]]
        return None if day in (NEVER, NOT_PLANNED) else day


@dataclass(frozen=True, kw_only=True)
class MomentColumn(Column):
    """A point in time to the minute; an export says it to the second."""

    descending: bool = True

    def cell(self, row: Row, on: dt.date) -> Cell:
        """See `Column.cell`."""
        return Cell("moment", row[self.reads[0]])

    def plain(self, row: Row) -> Plain:
        """See `Column.plain`."""
        at: dt.datetime = row[self.reads[0]]
        return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}"
