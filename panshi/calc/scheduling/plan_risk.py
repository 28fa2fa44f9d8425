"""The uncertain network of a plan: what PERT and Monte Carlo see of its calendars, links and progress.

Times are on the plan's `WorkAxis`; activities without an estimate, and those begun, keep their duration.
"""

from __future__ import annotations

import numpy as np

from .axis import WorkAxis
from .model import Activity, Estimate, LinkKind
from .uncertain import Tie, UncertainNetwork


def uncertain_plan(axis: WorkAxis) -> UncertainNetwork:
    """The network behind a scheduled plan; its most likely durations reproduce the schedule."""
    activities = axis.schedule.plan.activities
    estimates = tuple(
        _estimate(activity, length)
        for activity, length in zip(activities, axis.durations.tolist(), strict=True)
    )
    ties = tuple(
        Tie(i, j, link.kind, _lag(axis, link.kind, i, j, distance))
        for link, i, j, distance in zip(
            axis.schedule.links,
            axis.predecessors.tolist(),
            axis.successors.tolist(),
            axis.distances.tolist(),
            strict=True,
        )
        if not axis.fixed[j]
    )
    return UncertainNetwork(estimates, ties, axis.releases.astype(np.float64), [a.id for a in activities])


def has_estimates(axis: WorkAxis) -> bool:
    """Whether anything in the plan is uncertain."""
    return any(a.estimate is not None and a.actual_start is None for a in axis.schedule.plan.activities)


def _estimate(activity: Activity, length: int) -> Estimate:
    guess = activity.estimate
    if guess is None or activity.actual_start is not None or not activity.duration:
        return Estimate(length, length, length)
    scale = length / activity.duration  # from the activity's own calendar to the axis
    return Estimate(guess.optimistic * scale, guess.most_likely * scale, guess.pessimistic * scale)


def _lag(axis: WorkAxis, kind: LinkKind, predecessor: int, successor: int, distance: int) -> float:
    lag = distance
    if kind in (LinkKind.FS, LinkKind.FF):
        lag -= int(axis.durations[predecessor])
    if kind in (LinkKind.FF, LinkKind.SF):
        lag += int(axis.durations[successor])
    return float(lag)
