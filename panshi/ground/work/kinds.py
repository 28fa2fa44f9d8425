"""Kinds of jobs: what may be asked for, what does it, how often it is tried again and when it runs by itself.

A module of `panshi.jobs` declares its kinds with `@job`; they are all loaded when Django starts, so that asking for a
kind that does not exist fails at once and pages know every kind's name.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise

Work = Callable[..., Mapping[str, Any] | None]
"""What a kind does: takes a `Progress` and the job's arguments by name; answers what the job's page shows."""

_KINDS: dict[str, "JobKind"] = {}


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a job runs by itself, in local time: every day, or on one day (1-28) of every month; or, with `every`, again
    and again from `at` on, where only the last run that went well is kept."""

    at: dt.time = dt.time()
    day: int | None = None
    every: dt.timedelta | None = None

    def __post_init__(self) -> None:
        if self.day is not None and not 1 <= self.day <= 28:
            raise ValueError("the day of a monthly job must exist in every month: 1 to 28")
        if self.every is not None and not dt.timedelta(minutes=1) <= self.every < dt.timedelta(days=1):
            raise ValueError("what runs again and again does so every minute to every day")

    def last_due(self, now: dt.datetime) -> dt.datetime:
        """The latest moment not after `now` (aware, local) at which the job fell due."""
        due = dt.datetime.combine(now.date(), self.at, tzinfo=now.tzinfo)
        if self.every is not None:
            return due + (now - due) // self.every * self.every
        if self.day is None:
            return due if due <= now else due - dt.timedelta(days=1)
        due = due.replace(day=self.day)
        return due if due <= now else _month_before(due)


def _month_before(moment: dt.datetime) -> dt.datetime:
    """The same day and time one month earlier."""
    year, month = (moment.year, moment.month - 1) if moment.month > 1 else (moment.year - 1, 12)
    return moment.replace(year=year, month=month)


LONGEST_PAUSE: Final = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class JobKind:
    """One kind of job. `tries` bounds how often an error is tried again; the pause doubles from one to the next."""

    name: str
    title: Promise | str
    work: Work
    tries: int = 3
    pause: dt.timedelta = dt.timedelta(seconds=10)
    schedule: Schedule | None = None

    def pause_after(self, failures: int) -> dt.timedelta:
        """How long to wait after the given number of failures (1 or more)."""
        return min(self.pause * (1 << min(failures - 1, 16)), LONGEST_PAUSE)


def job(
    name: str,
    *,
    title: Promise | str,
    tries: int = 3,
    pause: dt.timedelta = dt.timedelta(seconds=10),
    schedule: Schedule | None = None,
) -> Callable[[Work], Work]:
    """Declare the function below as what a kind of job does.

    The function is called as `work(progress, **arguments)` and must be idempotent: it may be run again after its
    process died. A `Refused` ends the job at once with that sentence; any other exception is tried again.
    A scheduled kind gets `due_on` (ISO date) as its only argument.
    """

    def declare(work: Work) -> Work:
        if name in _KINDS:
            raise ValueError(f"job kind {name} is declared twice")
        _KINDS[name] = JobKind(name, title, work, tries, pause, schedule)
        return work

    return declare


def kind_of(name: str) -> JobKind:
    """The declared kind; `LookupError` for one that nobody declared."""
    if name not in _KINDS:
        raise LookupError(f"no module of panshi.jobs declares the job kind {name}")
    return _KINDS[name]


def all_kinds() -> dict[str, JobKind]:
    """Every declared kind by name."""
    return dict(_KINDS)
