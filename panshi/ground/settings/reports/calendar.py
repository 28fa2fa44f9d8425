"""Reads of the official calendar: what is known of each year, and the table of a notice as people type or upload it.

An entered year stands before the shipped one. A year with neither is unknown: who counts working days in it must say
that the answer is provisional.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from panshi.calc.periods import read_day
from panshi.calc.reading import Unreadable
from panshi.calc.reference.official_days import official_years as shipped_years
from panshi.calc.working_time import OfficialYear
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.reports import names_of
from panshi.ground.settings.models import CalendarDay, CalendarYear, DayKind
from panshi.ground.settings.once import once

LONGEST_RANGE: Final = 31
MOST_LINES: Final = 200
_RANGE: Final = re.compile(r"\s*(?:~|～|至|到|—|–| - | to )\s*")
_OFF_WORDS: Final = frozenset({"放假", "休", "休息", "假", "off", "holiday", "rest"})
_WORK_WORDS: Final = frozenset({"调休上班", "上班", "班", "补班", "调休", "work", "working", "make-up"})
_HEADINGS: Final = frozenset({"日期", "date", "day", "日子"})


def official_years() -> Mapping[int, OfficialYear]:
    """Every known year, for counting working days; one query a request."""
    return once("calendar", _known_years)


def _known_years() -> Mapping[int, OfficialYear]:
    off: dict[int, set[dt.date]] = {}
    work: dict[int, set[dt.date]] = {}
    for day in CalendarDay.objects.all():
        (off if day.kind == DayKind.OFF else work).setdefault(day.year_id, set()).add(day.on)
    entered = {
        year: OfficialYear(frozenset(days), frozenset(work.get(year, ()))) for year, days in off.items()
    }
    return {**shipped_years(), **entered}


def official_calendar(year: int) -> OfficialYear | None:
    """The official days of a year, None where there is no notice yet: its deadlines are provisional."""
    return official_years().get(year)


@dataclass(frozen=True, slots=True)
class NoticeDay:
    """One day of a notice."""

    on: dt.date
    kind: DayKind
    name: str


class CannotReadNotice(Refused):
    """A line of the table means no day."""


def read_notice(lines: Iterable[Sequence[str]], *, year: int) -> list[NoticeDay]:
    """The days of a table: date or range of dates, 放假 or 上班, name. A heading line and empty lines are passed over.
    Raises `CannotReadNotice` with every line that cannot be read."""
    found: list[NoticeDay] = []
    faults: list[str] = []
    for number, cells in enumerate(lines, start=1):
        plain = [str(cell).strip() for cell in cells]
        if not any(plain) or plain[0].casefold() in _HEADINGS:
            continue
        if number > MOST_LINES:
            raise CannotReadNotice(_("最多 %(count)d 行。") % {"count": MOST_LINES}, field="days")
        try:
            found += _days(plain, year)
        except CannotReadNotice as refusal:
            faults.append(_("第 %(row)d 行：%(why)s") % {"row": number, "why": refusal.message})
    if faults:
        raise CannotReadNotice("\n".join(faults[:10]), field="days")
    return found


def _days(cells: list[str], year: int) -> list[NoticeDay]:
    bounds = [part for part in _RANGE.split(cells[0]) if part]
    try:
        first, last = _day(bounds[0], year), _day(bounds[-1], year)
    except (Unreadable, IndexError) as error:
        raise CannotReadNotice(_("“%(text)s”不是日期。") % {"text": cells[0][:40]}) from error
    word = (cells[1] if len(cells) > 1 else "").casefold()
    if word not in _OFF_WORDS | _WORK_WORDS:
        raise CannotReadNotice(_("第二列请写“放假”或“上班”。"))
    kind = DayKind.OFF if word in _OFF_WORDS else DayKind.WORK
    length = (last - first).days
    if not 0 <= length < LONGEST_RANGE or len(bounds) > 2:
        raise CannotReadNotice(_("起止日期不对。"))
    name = cells[2][:40] if len(cells) > 2 else ""
    return [NoticeDay(first + dt.timedelta(days=add), kind, name) for add in range(length + 1)]


def _day(text: str, year: int) -> dt.date:
    """A day, of the notice's year where none is written."""
    short = re.fullmatch(r"(\d{1,2})[月/.-](\d{1,2})日?", text)
    return read_day(f"{year}-{short[1]}-{short[2]}" if short else text)


@dataclass(frozen=True, slots=True)
class YearRow:
    """A year on the calendar page: `source` is shipped, entered or none; days as (day, kind, name) in order."""

    year: int
    source: str
    off: int
    work: int
    notice: str
    by: str
    at: dt.datetime | None
    number: int
    days: tuple[NoticeDay, ...]


def calendar_years(*, on: dt.date, viewer: Viewer) -> list[YearRow]:
    """The years a company plans in: the last one, this one and the two to come, and every entered one; four queries."""
    viewer.require("settings.manage")
    entered = {row.year: row for row in CalendarYear.objects.all()}
    days: dict[int, list[NoticeDay]] = {}
    for day in CalendarDay.objects.visible_to(viewer).order_by("on"):
        days.setdefault(day.year_id, []).append(NoticeDay(day.on, DayKind(day.kind), day.name))
    names = names_of(row.by_id for row in entered.values())
    known = official_years()
    wanted = sorted({*entered, *range(on.year - 1, on.year + 3)}, reverse=True)
    return [_year_row(year, entered.get(year), days.get(year), known.get(year), names) for year in wanted]


def _year_row(
    year: int,
    row: CalendarYear | None,
    days: list[NoticeDay] | None,
    official: OfficialYear | None,
    names: Mapping[int, str],
) -> YearRow:
    if row is not None:
        shown = tuple(days or ())
    elif official is not None:
        off = [NoticeDay(day, DayKind.OFF, "") for day in official.off]
        shown = tuple(
            sorted((*off, *(NoticeDay(day, DayKind.WORK, "") for day in official.made_up)), key=_when)
        )
    else:
        shown = ()
    return YearRow(
        year=year,
        source="entered" if row is not None else "shipped" if official is not None else "none",
        off=sum(day.kind == DayKind.OFF for day in shown),
        work=sum(day.kind == DayKind.WORK for day in shown),
        notice=row.notice if row is not None else "",
        by=names.get(row.by_id or 0, "") if row is not None else "",
        at=row.at if row is not None else None,
        number=row.number if row is not None else 0,
        days=shown,
    )


def _when(day: NoticeDay) -> dt.date:
    return day.on
