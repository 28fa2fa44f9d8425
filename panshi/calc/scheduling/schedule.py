"""A schedule as values: the dates of every activity, as arrays and, on demand, as rows with dates.

Arrays hold seconds after `origin`, or periods when the plan has no start; amounts are seconds of working time, or
periods.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from .cycles import BoolArray, IntArray
from .errors import CannotScheduleAmount
from .model import Id, Link, Plan

Moment = datetime | int
"""A date and time, or a period for plans without a start."""


@dataclass(frozen=True, slots=True)
class ActivityDates:
    """Dates of one activity; floats in seconds of its own working time (or periods)."""

    id: Id
    name: str
    early_start: Moment
    early_finish: Moment
    late_start: Moment
    late_finish: Moment
    start: Moment
    finish: Moment
    total_float: int
    free_float: int
    critical: bool
    summary: bool


@dataclass(frozen=True, eq=False)
class Schedule:
    """Result of the critical path method, one entry per activity of `plan`, in its order.

    `start` and `finish` are the planned dates: late ones for activities as late as possible. `logic_start` is where
    the links alone would start it. `links` are the links between leaves that were scheduled, `link_start[k]` the
    start link k alone asks of its successor.
    """

    plan: Plan
    origin: datetime | None
    early_start: IntArray
    early_finish: IntArray
    late_start: IntArray
    late_finish: IntArray
    start: IntArray
    finish: IntArray
    total_float: IntArray
    free_float: IntArray
    critical: BoolArray
    logic_start: IntArray
    links: tuple[Link, ...]
    link_start: IntArray
    end: int

    def __post_init__(self) -> None:
        self._check_calendar_years()

    def moment(self, value: int) -> Moment:
        """An entry of the arrays as a date and time, or unchanged for plans in periods."""
        return int(value) if self.origin is None else self.origin + timedelta(seconds=int(value))

    @property
    def finish_date(self) -> Moment:
        """End of the project."""
        return self.moment(self.end)

    def dates(self, activity: Id) -> ActivityDates:
        """Dates of one activity."""
        return self._row(self.plan.index[activity])

    def rows(self) -> Iterator[ActivityDates]:
        """Dates of all activities in the order of the plan."""
        return map(self._row, range(len(self.plan.activities)))

    def _check_calendar_years(self) -> None:
        """Refuse dates no calendar can name, with the activity that reaches furthest."""
        if self.origin is None or not len(self.early_start):
            return
        for dates in (self.early_start, self.late_start, self.early_finish, self.late_finish, self.finish):
            for i in (int(dates.argmin()), int(dates.argmax())):
                try:
                    self.moment(dates[i])
                except OverflowError as error:
                    name = self.plan.activities[i].id
                    raise CannotScheduleAmount(
                        f"activity {name!r} does not lie in the years 1 to 9999"
                    ) from error

    def _row(self, i: int) -> ActivityDates:
        activity = self.plan.activities[i]
        return ActivityDates(
            id=activity.id,
            name=activity.name,
            early_start=self.moment(self.early_start[i]),
            early_finish=self.moment(self.early_finish[i]),
            late_start=self.moment(self.late_start[i]),
            late_finish=self.moment(self.late_finish[i]),
            start=self.moment(self.start[i]),
            finish=self.moment(self.finish[i]),
            total_float=int(self.total_float[i]),
            free_float=int(self.free_float[i]),
            critical=bool(self.critical[i]),
            summary=activity.id in self.plan.children,
        )
