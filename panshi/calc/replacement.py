"""When a machine should be replaced: by the years it was built for, or by the hours at the pace it runs."""

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

LEAST_DAYS: Final = 30
"""Readings closer together than this say nothing about the pace."""

LAST_YEAR: Final = 9998


@dataclass(frozen=True, slots=True)
class Reading:
    """Running hours on a day."""

    on: dt.date
    hours: int


@dataclass(frozen=True, slots=True)
class Replacement:
    """The day, what decides it, and the pace in hours a day where hours decide."""

    on: dt.date
    cause: Literal["years", "hours"]
    pace: float = 0.0


def replacement(
    *,
    commissioned_on: dt.date | None,
    life_years: int | None,
    life_hours: int | None,
    readings: Sequence[Reading],
) -> Replacement | None:
    """The earlier of the end of its years and the day its hours run out; None where neither is known."""
    found = [_by_years(commissioned_on, life_years), _by_hours(commissioned_on, life_hours, readings)]
    known = [one for one in found if one is not None]
    return min(known, key=lambda one: one.on) if known else None


def _by_years(since: dt.date | None, years: int | None) -> Replacement | None:
    if since is None or not years or since.year + years > LAST_YEAR:
        return None
    year = since.year + years
    day = min(since.day, calendar.monthrange(year, since.month)[1])
    return Replacement(dt.date(year, since.month, day), "years")


def _by_hours(since: dt.date | None, hours: int | None, readings: Sequence[Reading]) -> Replacement | None:
    """At the pace between the first and the last reading; with one reading alone, since it was put to use at zero."""
    if not hours or not readings:
        return None
    known = sorted(readings, key=lambda one: one.on)
    last = known[-1]
    if last.hours >= hours:
        return Replacement(last.on, "hours", _pace(since, known))
    pace = _pace(since, known)
    if pace <= 0:
        return None
    days = (hours - last.hours) / pace
    if last.on.year + days / 365 > LAST_YEAR:
        return None
    return Replacement(last.on + dt.timedelta(days=int(days)), "hours", pace)


def _pace(since: dt.date | None, known: Sequence[Reading]) -> float:
    first, last = known[0], known[-1]
    if (last.on - first.on).days >= LEAST_DAYS:
        return (last.hours - first.hours) / (last.on - first.on).days
    if since is not None and (last.on - since).days >= LEAST_DAYS:
        return last.hours / (last.on - since).days
    return 0.0
