"""Days, months and periods of trade: how a day is read from text, and which period comes before another.

Days are calendar days in China (UTC+8), whatever zone a timestamp was written in.
"""

import calendar
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from panshi.calc.reading import Problem, Unreadable

CHINA_OFFSET = timedelta(hours=8)
EXCEL_EPOCH = date(1899, 12, 30)  # Excel counts a 1900-02-29 that never was; from March 1900 on this is exact
EXCEL_SERIALS = range(20_000, 73_051)  # 1954-10-03 … 2099-12-31; other five-digit numbers are hardly dates
YEARS = range(1900, 2200)

_TIME = r"""(?:[T\s]\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?\s*
            (?:[AP]M|(?P<zone>Z|[+-]\d{2}:?\d{2}))?)?"""
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})\s*(?P<mark>[-/.年])\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?" + _TIME,
    re.VERBOSE | re.IGNORECASE,
)
_YEAR_LAST = re.compile(
    r"(?P<one>\d{1,2})(?P<mark>[-/.])(?P<two>\d{1,2})(?P=mark)(?P<year>\d{4})" + _TIME,
    re.VERBOSE | re.IGNORECASE,
)


class DayOrder(StrEnum):
    """Which comes first where the year comes last: 31/12/2026 or 12/31/2026."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


def read_day(text: str, order: DayOrder | None = None) -> date:
    """The calendar day in China a person or program meant by `text`.

    Understands 2026-2-3, 2026/2/3, 2026.2.3, 2026年2月3日, 20260203, each with a time and zone, full-width
    characters, Excel serial days, and with a known `order` also 3/2/2026. Raises `Unreadable` when empty, when
    no such day exists (2026/2/30), or when the order of day and month is not known.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        raise Unreadable(Problem.MISSING, text)
    if match := _YEAR_FIRST.fullmatch(plain):
        return _moment(match, int(match["month"]), int(match["day"]), text)
    if match := _YEAR_LAST.fullmatch(plain):
        return _year_last(match, order, text)
    if re.fullmatch(r"\d{8}", plain):
        return _day(int(plain[:4]), int(plain[4:6]), int(plain[6:]), text)
    if re.fullmatch(r"\d{5}(?:\.\d+)?", plain) and int(plain[:5]) in EXCEL_SERIALS:
        return EXCEL_EPOCH + timedelta(days=int(plain[:5]))
    raise Unreadable(Problem.UNREADABLE, text)


def day_order(texts: Iterable[str]) -> DayOrder | None:
    """The order of day and month that all year-last `texts` of one column share, or None if nothing decides it.

    A number above 12 decides; a column in which both orders occur decides nothing.
    """
    seen = set()
    for text in texts:
        match = _YEAR_LAST.fullmatch(unicodedata.normalize("NFKC", text).strip())
        if match and int(match["one"]) > 12:
            seen.add(DayOrder.DAY_FIRST)
        elif match and int(match["two"]) > 12:
            seen.add(DayOrder.MONTH_FIRST)
    return seen.pop() if len(seen) == 1 else None


def _year_last(match: re.Match[str], order: DayOrder | None, text: str) -> date:
    one, two = int(match["one"]), int(match["two"])
    if order is None and one != two:
        raise Unreadable(Problem.AMBIGUOUS, text)
    month, day = (two, one) if order is DayOrder.DAY_FIRST else (one, two)
    return _moment(match, month, day, text)


def _moment(match: re.Match[str], month: int, day: int, text: str) -> date:
    found = _day(int(match["year"]), month, day, text)
    if match["hour"] is None:
        return found
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    if hour > 23 or minute > 59 or second > 59:
        raise Unreadable(Problem.IMPOSSIBLE, text)
    if match["zone"] is None:
        return found
    written = datetime(found.year, found.month, found.day, hour, minute, second)  # noqa: DTZ001 zone applied below
    return (written - _offset(match["zone"]) + CHINA_OFFSET).date()


def _offset(zone: str) -> timedelta:
    if zone in "Zz":
        return timedelta(0)
    size = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return -size if zone[0] == "-" else size


def _day(year: int, month: int, day: int, text: str) -> date:
    if year not in YEARS:
        raise Unreadable(Problem.IMPOSSIBLE, text)
    try:
        return date(year, month, day)
    except ValueError:
        raise Unreadable(Problem.IMPOSSIBLE, text) from None


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError(f"a period cannot end ({self.last}) before it begins ({self.first})")

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def whole_months(self) -> int | None:
        """How many calendar months the period consists of, or None if it cuts one."""
        if self.first.day != 1 or (self.last + timedelta(days=1)).day != 1:
            return None
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1

    def previous(self) -> "Period":
        """The period of the same length right before: as many months for whole months, otherwise as many days."""
        last = self.first - timedelta(days=1)
        months = self.whole_months
        if months is None:
            return Period(last - (self.last - self.first), last)
        return Period(add_months(self.first, -months), last)


def month_of(day: date) -> date:
    """The first day of the calendar month of `day`: how months are keyed everywhere."""
    return day.replace(day=1)


def add_months(day: date, months: int) -> date:
    """`day` moved by calendar months; the 31st becomes the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
