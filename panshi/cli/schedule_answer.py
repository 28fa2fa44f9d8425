"""What `panshi schedule` found out, as values for the writers of text, JSON and HTML.

Dates are `datetime`s, or integer periods for plans without a start.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from panshi.calc.scheduling.axis import WorkAxis
from panshi.calc.scheduling.drivers import Drivers
from panshi.calc.scheduling.model import Id, Plan
from panshi.calc.scheduling.risk import Simulation
from panshi.calc.scheduling.schedule import ActivityDates, Moment, Schedule


@dataclass(frozen=True)
class Levelling:
    """A schedule within the limits of the resources; `bound` is the least makespan on the plan's axis."""

    schedule: Schedule
    bound: int
    ending: str


@dataclass(frozen=True)
class Risk:
    """A simulation and how it was asked for; its times lie on the plan's axis."""

    simulation: Simulation
    runs: int
    seed: int


@dataclass(frozen=True)
class Row:
    """An activity with its free dates and those it is scheduled for."""

    dates: ActivityDates
    start: Moment
    finish: Moment
    depth: int


@dataclass(frozen=True)
class Answer:
    """Everything the writers need."""

    title: str
    axis: WorkAxis
    levelling: Levelling | None
    risk: Risk | None

    @property
    def free(self) -> Schedule:
        """The schedule without limits of resources."""
        return self.axis.schedule

    @property
    def scheduled(self) -> Schedule:
        """The schedule to work by."""
        return self.levelling.schedule if self.levelling else self.free

    @property
    def plan(self) -> Plan:
        """The plan that was read."""
        return self.free.plan

    @property
    def is_dated(self) -> bool:
        """Whether times are dates."""
        return self.plan.start is not None

    @property
    def makespan(self) -> Moment:
        """The end of the scheduled plan."""
        return self.scheduled.finish_date

    @property
    def lower_bound(self) -> Moment:
        """The end no schedule can beat."""
        if self.levelling is None:
            return self.free.finish_date
        return self.makespan if not self.gap else self.axis.finish(self.levelling.bound)

    @property
    def gap(self) -> float:
        """The part of the makespan that could at most be saved."""
        if self.levelling is None:
            return 0.0
        makespan = self.axis.amount(self.levelling.schedule.end)
        return max(0.0, (makespan - self.levelling.bound) / makespan) if makespan else 0.0

    @cached_property
    def critical_path(self) -> tuple[Id, ...]:
        """One chain of driving links from the first activity to the last, a finish milestone included."""
        free, plan = self.free, self.plan
        leaves = (i for i, a in enumerate(plan.activities) if a.id not in plan.children)
        last = [
            plan.activities[i].id for i in leaves if free.critical[i] and free.early_finish[i] == free.end
        ]
        inner = {link.predecessor for link in free.links if link.successor in set(last)}
        ends = [i for i in last if i not in inner] or last
        return tuple(driver.activity for driver in Drivers(free).chain(ends[-1])) if ends else ()

    def rows(self) -> Iterator[Row]:
        """The activities in the order of the plan."""
        parents = {a.id: a.parent for a in self.plan.activities}
        for dates, there in zip(self.free.rows(), self.scheduled.rows(), strict=True):
            depth, above = 0, parents[dates.id]
            while above is not None:
                depth, above = depth + 1, parents[above]
            yield Row(dates, there.start, there.finish, depth)
