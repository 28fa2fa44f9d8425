"""Cells of our own activity table: amounts with units, links, constraints, dates, resources, as people write them.

Every reader raises `Faulty` with the text it could not understand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import date, datetime, time

from panshi.calc.periods import read_day
from panshi.calc.reading import Unreadable
from panshi.calc.scheduling.calendars import Calendar
from panshi.calc.scheduling.model import (
    DAY,
    HOUR,
    LONGEST,
    MINUTE,
    Assignment,
    Constraint,
    ConstraintKind,
    LagUnit,
    Link,
    LinkKind,
)

_AMOUNT = re.compile(r"([+-]?\s*\d+(?:\.\d+)?)\s*(e?)\s*([a-z]*|[一-鿿]*)", re.IGNORECASE)
_LINK = re.compile(r"(?P<id>.+?)\s*(?P<kind>FS|SS|FF|SF)?\s*(?P<lag>[+-].*)?", re.IGNORECASE)
_RESOURCE = re.compile(r"(?P<name>[^\[\]]+?)\s*(?:\[\s*(?P<units>\d+(?:\.\d+)?)\s*(?P<percent>%?)\s*\])?")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?$")
_SEPARATOR = re.compile(r"[;,，；、]")
_YES = frozenset({"1", "y", "yes", "true", "x", "是", "√", "✓"})
_NO = frozenset({"0", "n", "no", "false", "否", "-"})
_UNITS = {
    "minute": ("m", "min", "mins", "minute", "minutes", "分钟", "分"),
    "hour": ("h", "hr", "hrs", "hour", "hours", "小时", "时"),
    "day": ("", "d", "day", "days", "天", "日", "工作日", "个工作日"),
    "week": ("w", "wk", "week", "weeks", "周", "星期"),
}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words}


class Faulty(ValueError):
    """A cell that cannot be understood; the message quotes it."""


@dataclass(frozen=True, slots=True)
class Scale:
    """What one unit of working time is worth in the amounts of the plan, None where it has no meaning."""

    minute: float | None
    hour: float | None
    day: float
    week: float | None

    @classmethod
    def of(cls, calendar: Calendar) -> Scale:
        """Seconds a unit: a day is the longest day of the calendar's week, a week all of its work."""
        days = [sum(finish - start for start, finish in shifts) * MINUTE for shifts in calendar.week]
        return cls(MINUTE, HOUR, max(days) or DAY, sum(days) or 7 * DAY)

    @classmethod
    def periods(cls) -> Scale:
        """Periods without dates: a number or a number of days is so many periods."""
        return cls(None, None, 1, None)

    def worth(self, unit: str, elapsed: bool) -> float | None:
        """Amount of one unit, on the clock or in working time."""
        if elapsed and self.hour is not None:
            return {"minute": MINUTE, "hour": HOUR, "day": DAY, "week": 7 * DAY}[unit]
        return {"minute": self.minute, "hour": self.hour, "day": self.day, "week": self.week}[unit]


def read_amount(text: str, scale: Scale) -> int:
    """Amount of working time such as 3, 3d, 2.5 天, 4h, 1w, 90 分钟; a bare number counts days."""
    return _amount(text, scale)[0]


def _amount(text: str, scale: Scale) -> tuple[int, bool]:
    """Amount, and whether it is time on the clock (3ed, 4eh)."""
    found = _AMOUNT.fullmatch(_plain(text))
    unit = _UNIT_OF.get(found[3].casefold()) if found else None
    worth = scale.worth(unit, bool(found[2])) if found and unit is not None else None
    if found is None or worth is None:
        raise Faulty(f"{text!r} is not an amount of time")
    value = float(found[1].replace(" ", "")) * worth
    if abs(value) > LONGEST:
        raise Faulty(f"{text!r} is longer than any plan")
    if scale.hour is None and value != round(value):
        raise Faulty(f"{text!r} is not a whole number of periods")
    return round(value), bool(found[2])


def read_links(text: str, successor: str, known: Container[str], scale: Scale) -> list[Link]:
    """Predecessors such as "A; B FF; 3SS+2d; 4FS-1ed", separated by commas or semicolons."""
    links = []
    for part in _parts(text):
        found = _LINK.fullmatch(part)
        if part in known:
            links.append(Link(part, successor))
        elif found is None or found["id"] not in known:
            raise Faulty(f"predecessor {part!r} is not in the table")
        else:
            lag, elapsed = _amount(found["lag"], scale) if found["lag"] else (0, False)
            unit = LagUnit.ELAPSED if elapsed else LagUnit.WORKING
            links.append(Link(found["id"], successor, LinkKind((found["kind"] or "FS").upper()), lag, unit))
    return links


def read_resources(text: str, activity: str) -> list[Assignment]:
    """Resources such as "Ann; Crane[2]; Bo[50%]"."""
    assignments = []
    for part in _parts(text):
        found = _RESOURCE.fullmatch(part)
        if found is None:
            raise Faulty(f"{part!r} is not a resource with units")
        units = float(found["units"] or 1) / (100 if found["percent"] else 1)
        assignments.append(Assignment(activity=activity, resource=found["name"], units=units))
    return assignments


def read_constraint(text: str, on: Callable[[bool], datetime | None]) -> Constraint:
    """Constraint by its short name; `on` gives the date at the start or (True) the end of the day."""
    if not text:
        return Constraint()
    try:
        kind = ConstraintKind(_plain(text).upper())
    except ValueError as error:
        raise Faulty(f"{text!r} is none of {', '.join(ConstraintKind)}") from error
    if kind in (ConstraintKind.ASAP, ConstraintKind.ALAP):
        return Constraint(kind)
    return Constraint(kind, on(kind in (ConstraintKind.FNET, ConstraintKind.FNLT, ConstraintKind.MFO)))


def read_moment(text: str) -> date:
    """Day, or day and time, in the ways `periods.read_day` knows."""
    plain = _plain(text)
    clock = _CLOCK.search(plain)
    try:
        found = read_day(plain)
        return datetime.combine(found, time(int(clock[1]), int(clock[2]))) if clock else found
    except (Unreadable, ValueError) as error:
        raise Faulty(f"{text!r} is not a date") from error


def read_truth(text: str) -> bool:
    """Yes or no."""
    plain = _plain(text).casefold()
    if plain not in _YES | _NO:
        raise Faulty(f"{text!r} is neither yes nor no")
    return plain in _YES


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _parts(text: str) -> list[str]:
    return [part.strip() for part in _SEPARATOR.split(_plain(text)) if part.strip()]
