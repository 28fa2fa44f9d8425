"""PERT: expected durations, the variance of the critical path and the chance to finish by a date.

Malcolm, Roseboom, Clark, Fazar (1959), "Application of a Technique for Research and Development Program
Evaluation", Operations Research 7. The figure is optimistic where paths merge; `risk` tells by how much.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .model import Estimate
from .uncertain import FloatArray, UncertainNetwork, distance


def expected_duration(estimate: Estimate) -> float:
    """(o + 4m + p) / 6, in the unit of the estimate."""
    return (estimate.optimistic + 4 * estimate.most_likely + estimate.pessimistic) / 6


def duration_variance(estimate: Estimate) -> float:
    """((p - o) / 6)², in the unit of the estimate squared."""
    return ((estimate.pessimistic - estimate.optimistic) / 6) ** 2


@dataclass(frozen=True, eq=False)
class Pert:
    """Result of PERT: one entry per activity, and the project's finish as a normal variable."""

    expected: FloatArray
    variances: FloatArray
    early_start: FloatArray
    late_start: FloatArray
    critical_path: tuple[int, ...]
    finish: float
    variance: float
    """Of the critical path; the largest if several paths are critical."""

    @property
    def slack(self) -> FloatArray:
        """Total float of each activity with expected durations."""
        return self.late_start - self.early_start

    def probability(self, by: float) -> float:
        """Chance that the critical path is finished at time `by`."""
        if self.variance == 0:
            return 1.0 if by >= self.finish else 0.0
        return 0.5 * (1 + math.erf((by - self.finish) / math.sqrt(2 * self.variance)))


def pert(network: UncertainNetwork) -> Pert:
    """The classic analysis of a network with three-point estimates; times in the unit of the estimates."""
    expected = np.array([expected_duration(e) for e in network.estimates])
    variances = np.array([duration_variance(e) for e in network.estimates])
    durations = expected[:, None]
    early = network.early_starts(durations)
    finish = (early + durations).max(axis=0, initial=0.0)
    late = network.late_starts(durations, finish)
    path = _widest_critical_path(network, expected, variances, early[:, 0], late[:, 0])
    return Pert(
        expected=expected,
        variances=variances,
        early_start=early[:, 0],
        late_start=late[:, 0],
        critical_path=path,
        finish=float(finish[0]),
        variance=float(variances[list(path)].sum()),
    )


def _widest_critical_path(
    network: UncertainNetwork,
    expected: FloatArray,
    variances: FloatArray,
    early: FloatArray,
    late: FloatArray,
) -> tuple[int, ...]:
    """Of the chains of critical activities from start to end the one with the largest variance."""
    end = float((early + expected).max(initial=0.0))
    tolerance = 1e-9 * max(end, 1.0)
    critical = late - early <= tolerance
    wide = variances.copy()
    came_from = np.full(network.size, -1)
    for j in network.order:
        for tie in network.before[j]:
            i = tie.predecessor
            drives = early[i] + distance(tie, expected[:, None])[0] >= early[j] - tolerance
            if (
                drives
                and critical[i]
                and critical[j]
                and (came_from[j] < 0 or wide[i] + variances[j] > wide[j])
            ):
                wide[j], came_from[j] = wide[i] + variances[j], i
    ends = [i for i in range(network.size) if critical[i] and early[i] + expected[i] >= end - tolerance]
    path = [max(ends, key=lambda i: wide[i])] if ends else []
    while path and came_from[path[-1]] >= 0:
        path.append(int(came_from[path[-1]]))
    return tuple(reversed(path))
