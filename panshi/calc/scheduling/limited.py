"""From a plan to the pure resource problem, and from its solution back to dates.

The solution is carried back as resource links: who waits for whose hands. Scheduled with these links the plan
keeps every calendar, lag and constraint exactly, and no resource is ever asked for more than it has.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from .axis import WorkAxis
from .cpm import schedule as schedule_plan
from .cycles import IntArray
from .errors import CannotScheduleCycle
from .model import Activity, Constraint, ConstraintKind, LagUnit, Link, Plan, ResourceKind
from .resources import CannotScheduleResources, Precedence, ResourceProblem
from .schedule import Schedule
from .tree import Tree

MOST_PERIODS = 20_000
"""A finer grid than this is rounded up: the search gains nothing from minutes in a plan of years."""

MOST_UNDATED = 50_000
"""Periods of a plan without dates are never rounded, so a plan of more of them is refused: tables would not fit."""

_SCALES = (1, 2, 4, 5, 10, 20, 100)
"""Parts of a unit that are tried until all units of a plan are whole numbers of them."""


@dataclass(frozen=True, eq=False)
class LimitedPlan:
    """A scheduled plan with its resource problem; activity i of the problem is activity i of the plan."""

    axis: WorkAxis
    problem: ResourceProblem
    demands: IntArray
    """Units of all activities, the fixed ones too, which the problem counts in its profiles."""
    period: int
    """Seconds of working time in one period of the problem; 1 for plans in periods."""

    @property
    def plan(self) -> Plan:
        """The plan without limits."""
        return self.axis.schedule.plan

    @property
    def is_exact(self) -> bool:
        """Whether the problem is the plan itself, so that its bounds hold for the plan."""
        return self.axis.table is None

    @property
    def is_one_calendar(self) -> bool:
        """Whether all work goes by the project calendar, so that the axis measures it without error."""
        plan = self.plan
        named = {*(a.calendar for a in plan.activities), *(r.calendar for r in plan.resources)}
        elapsed = any(a.elapsed for a in plan.activities) or any(
            k.unit is LagUnit.ELAPSED for k in plan.links
        )
        return named <= {None, plan.calendar} and not elapsed

    def levelled(self, starts: IntArray) -> Schedule:
        """The schedule for the problem's starts (n): the free dates unchanged, `start` and `finish` as levelled."""
        free = self.axis.schedule
        if self.axis.table is None:
            tree = Tree.of(self.plan)
            finish = tree.latest(starts + self.problem.durations)
            return replace(free, start=tree.earliest(starts), finish=finish, end=int(finish.max(initial=0)))
        try:
            bound = schedule_plan(replace(self.plan, links=self.plan.links + self._resource_links(starts)))
        except CannotScheduleCycle:
            # Leads can close a circle with a resource link although the dates fit; dates alone then.
            bound = schedule_plan(self._dated(starts))
        return replace(
            bound,
            plan=free.plan,
            early_start=free.early_start,
            early_finish=free.early_finish,
            late_start=free.late_start,
            late_finish=free.late_finish,
            total_float=free.total_float,
            free_float=free.free_float,
            critical=free.critical,
        )

    def _resource_links(self, starts: IntArray) -> tuple[Link, ...]:
        activities, fixed = self.plan.activities, self.axis.fixed
        pairs = resource_flows(self.problem.durations, self.demands, self.problem.capacities, starts)
        return tuple(Link(activities[i].id, activities[j].id) for i, j in pairs if not fixed[j])

    def _dated(self, starts: IntArray) -> Plan:
        def not_before(activity: Activity, start: int) -> Activity:
            moment = self.axis.start(start * self.period)
            free = activity.constraint.kind in (ConstraintKind.ASAP, ConstraintKind.SNET)
            if isinstance(moment, int) or not free or activity.id in self.plan.children:
                return activity
            return replace(activity, constraint=Constraint(ConstraintKind.SNET, moment))

        dated = zip(self.plan.activities, starts.tolist(), strict=True)
        return replace(self.plan, activities=tuple(not_before(activity, start) for activity, start in dated))


def limited_plan(schedule: Schedule) -> LimitedPlan:
    """The resource problem of a scheduled plan.

    Raises CannotScheduleResources naming the activity that needs more of a resource than there is.
    """
    axis = WorkAxis.of(schedule)
    period = _period(axis)
    if axis.table is None and _extent(axis) > MOST_UNDATED:
        raise CannotScheduleResources(
            f"the plan is {_extent(axis)} periods long; at most {MOST_UNDATED} can be scheduled with resources"
        )
    durations = -(-axis.durations // period)
    resources = [r for r in schedule.plan.resources if r.kind is ResourceKind.WORK]
    demands, capacities = _units(schedule.plan, [r.id for r in resources], [r.capacity for r in resources])
    names = [a.name or str(a.id) for a in schedule.plan.activities]
    links = zip(
        axis.predecessors.tolist(), axis.successors.tolist(), _periods(axis.distances, period), strict=True
    )
    problem = ResourceProblem(
        durations=durations,
        precedences=tuple(Precedence(i, j, lag) for i, j, lag in links if not axis.fixed[j]),
        demands=np.where(axis.fixed[:, None], 0, demands),
        capacities=capacities,
        releases=-(-axis.releases // period),
        profiles=_profiles(axis, period, demands, capacities),
        names=names,
        resource_names=[f"resource {r.name or r.id}" for r in resources],
    )
    return LimitedPlan(axis, problem, demands, period)


def resource_flows(
    durations: IntArray, demands: IntArray, capacities: IntArray, starts: IntArray
) -> list[tuple[int, int]]:
    """Pairs (i, j): j takes units that i has given back (Artigues, Michelon, Reusser 2003).

    Every schedule that keeps these pairs as finish-to-start links respects the capacities, however long the
    activities take.
    """
    found: set[tuple[int, int]] = set()
    order = sorted(np.flatnonzero(durations > 0).tolist(), key=lambda i: (starts[i], i))
    for resource in range(len(capacities)):
        # Who holds how many units until when; -1 is the store at the beginning.
        holders: list[tuple[int, int, int]] = [(-1, -1, int(capacities[resource]))]
        for j in order:
            need = int(demands[j, resource])
            if not need:
                continue
            begin = int(starts[j])
            # The latest giver first: units given back long ago stay for others, and the links stay few.
            holders.sort(key=lambda holder: holder[0], reverse=True)
            kept: list[tuple[int, int, int]] = []
            for until, giver, units in holders:
                taken = min(units, need) if until <= begin else 0
                need -= taken
                if taken and giver >= 0:
                    found.add((giver, j))
                if units > taken:
                    kept.append((until, giver, units - taken))
            holders = [*kept, (begin + int(durations[j]), j, int(demands[j, resource]))]
    return sorted(found)


def _period(axis: WorkAxis) -> int:
    """The largest period all amounts are whole numbers of, but not so small that the grid becomes endless."""
    amounts = [*axis.durations.tolist(), *axis.distances.tolist(), *axis.releases.tolist()]
    common = reduce(math.gcd, amounts, 0) or 1
    return max(common, -(-_extent(axis) // MOST_PERIODS)) if axis.table is not None else 1


def _extent(axis: WorkAxis) -> int:
    """How far a schedule may reach: all work one after the other, or the free plan with its lags and dates."""
    return max(int(axis.durations.sum()), int((axis.starts + axis.durations).max(initial=0)))


def _periods(amounts: IntArray, period: int) -> list[int]:
    rounded: list[int] = (-(-amounts // period)).tolist()
    return rounded


def _units(plan: Plan, ids: Sequence[object], limits: Sequence[float]) -> tuple[IntArray, IntArray]:
    """Demands (n, R) and capacities (R) as whole numbers of some part of a unit."""
    column = {resource: k for k, resource in enumerate(ids)}
    units = np.zeros((len(plan.activities), len(ids)))
    for assignment in plan.assignments:
        if assignment.resource in column and assignment.activity not in plan.children:
            units[plan.index[assignment.activity], column[assignment.resource]] += assignment.units
    capacities = np.array(limits, dtype=float)
    whole = next((s for s in _SCALES if _is_whole(units * s) and _is_whole(capacities * s)), _SCALES[-1])
    return (
        np.ceil(units * whole - 1e-6).astype(np.int64),
        np.floor(capacities * whole + 1e-6).astype(np.int64),
    )


def _is_whole(values: np.typing.NDArray[np.float64]) -> bool:
    return bool((np.abs(values - np.round(values)) < 1e-6).all())


def _profiles(axis: WorkAxis, period: int, demands: IntArray, capacities: IntArray) -> dict[int, IntArray]:
    """Capacities less what the fixed activities take while they last; never below 0."""
    taken: dict[int, IntArray] = {}
    for i in np.flatnonzero(axis.fixed & (axis.durations > 0)).tolist():
        first = max(0, int(axis.starts[i]) // period)
        last = -(-(int(axis.starts[i]) + int(axis.durations[i])) // period)
        for resource in np.flatnonzero(demands[i]).tolist():
            profile = taken.get(resource, np.zeros(0, np.int64))
            if len(profile) < last:
                profile = np.concatenate([profile, np.zeros(last - len(profile), np.int64)])
            profile[first:last] += demands[i, resource]
            taken[resource] = profile
    return {resource: np.maximum(capacities[resource] - used, 0) for resource, used in taken.items()}
