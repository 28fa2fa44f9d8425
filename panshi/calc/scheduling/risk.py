"""Monte Carlo simulation of a plan: how long it takes, how surely, and which activities decide it.

Durations are drawn by inverting the distribution function in tables, which takes half the time of rejection
sampling, so that ten thousand runs of a thousand activities finish in a second.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from .errors import CannotScheduleAmount
from .uncertain import FloatArray, UncertainNetwork

_LEVELS = 2048
"""Steps of probability in a quantile table; between them it is interpolated."""

_GRID = 512
"""Steps over the range of durations on which the density is integrated."""

_BLOCK = 1024
"""Runs computed at once, few enough for the caches."""


class Distribution(StrEnum):
    """Shapes of an uncertain duration between optimistic and pessimistic."""

    BETA_PERT = "beta-pert"
    """Beta with α = 1 + 4(m-o)/(p-o), β = 1 + 4(p-m)/(p-o); its mean is PERT's expected duration."""
    TRIANGULAR = "triangular"
    """Straight lines up to the most likely duration and down again."""


@dataclass(frozen=True, eq=False)
class Simulation:
    """Result of a simulation; times in the unit of the estimates.

    `finishes` (runs) are sorted. `criticality` (n) is the share of runs in which an activity had no float,
    `cruciality` (n) the correlation of its duration with the finish (Williams 1992), 0 if it never varies.
    """

    finishes: FloatArray
    criticality: FloatArray
    cruciality: FloatArray

    @property
    def mean(self) -> float:
        """Mean finish."""
        return float(self.finishes.mean())

    @property
    def standard_deviation(self) -> float:
        """Standard deviation of the finish."""
        return float(self.finishes.std(ddof=1)) if len(self.finishes) > 1 else 0.0

    def percentile(self, percent: float) -> float:
        """The time by which `percent` % of the runs have finished (P80: `percentile(80)`)."""
        return float(np.percentile(self.finishes, percent))

    def probability(self, by: float) -> float:
        """Share of the runs that have finished at time `by`."""
        return float(np.searchsorted(self.finishes, by, side="right") / len(self.finishes))


def simulate(
    network: UncertainNetwork,
    runs: int = 10_000,
    seed: int = 0,
    distribution: Distribution = Distribution.BETA_PERT,
) -> Simulation:
    """Draw all durations `runs` times and compute both passes; equal seeds give equal results."""
    if runs < 1:
        raise CannotScheduleAmount(f"a simulation needs at least one run, not {runs}")
    tables = quantile_tables(network.points, distribution)
    finishes = np.empty(runs)
    critical = np.zeros(network.size)
    moments = _Correlation(network.points[:, 1])
    done = 0
    for durations in _draws(tables, runs, np.random.default_rng(seed)):
        is_critical, finish = network.critical(durations)
        critical += np.count_nonzero(is_critical, axis=1)
        moments.add(durations, finish)
        finishes[done : done + len(finish)] = finish
        done += len(finish)
    finishes.sort()
    return Simulation(finishes, critical / runs, moments.correlations())


def quantile_tables(points: FloatArray, distribution: Distribution) -> FloatArray:
    """Durations (n, levels + 1) at equally spaced probabilities, for (o, m, p) rows (n, 3)."""
    low, mode, high = points.T
    width = np.where(high > low, high - low, 1.0)
    peak = np.where(high > low, (mode - low) / width, 0.5)
    # Many activities share a shape, such as an estimate of -20 % / +50 %: invert each shape once.
    shapes, which = np.unique(peak, return_inverse=True)
    invert = _triangular_quantiles if distribution is Distribution.TRIANGULAR else _beta_quantiles
    durations: FloatArray = low[:, None] + invert(shapes)[which] * (high - low)[:, None]
    return durations


def _triangular_quantiles(peaks: FloatArray) -> FloatArray:
    chance, peak = np.linspace(0, 1, _LEVELS + 1), peaks[:, None]
    return np.where(chance <= peak, np.sqrt(chance * peak), 1 - np.sqrt((1 - chance) * (1 - peak)))


def _beta_quantiles(peaks: FloatArray) -> FloatArray:
    """Quantiles of beta(1 + 4k, 5 - 4k) on [0, 1]: the density integrated by Simpson's rule, then inverted."""
    x = np.linspace(0, 1, 2 * _GRID + 1)
    chance = np.linspace(0, 1, _LEVELS + 1)
    tables = np.empty((len(peaks), _LEVELS + 1))
    for row, peak in enumerate(peaks.tolist()):
        density = x ** (4 * peak) * (1 - x) ** (4 - 4 * peak)
        slices = density[:-2:2] + 4 * density[1:-1:2] + density[2::2]
        area = np.concatenate(([0.0], slices.cumsum()))
        tables[row] = np.interp(chance, area / area[-1], x[::2])
    return tables


def _draws(tables: FloatArray, runs: int, random: np.random.Generator) -> Iterator[FloatArray]:
    """Durations (n, block) until all runs are drawn."""
    n = len(tables)
    steps = np.diff(tables, axis=1).ravel()
    bases = np.ascontiguousarray(tables[:, :-1]).ravel()
    offset = (np.arange(n, dtype=np.int32) * _LEVELS)[:, None]
    for first in range(0, runs, _BLOCK):
        level = random.random((n, min(_BLOCK, runs - first)), dtype=np.float32)
        level *= _LEVELS
        # Rounding to single precision must not reach the level behind the last.
        index = np.minimum(level.astype(np.int32), _LEVELS - 1)
        level -= index
        index += offset
        durations = steps.take(index)
        durations *= level
        durations += bases.take(index)
        yield durations


class _Correlation:
    """Pearson's correlation of every activity's duration with the finish, gathered block by block."""

    def __init__(self, centre: FloatArray) -> None:
        # Sums of differences from a value near the mean keep their digits.
        self._centre = centre
        self._finish_centre: float | None = None
        self._runs = 0
        self._sums = np.zeros((3, len(centre)))
        self._finish_sums = np.zeros(2)

    def add(self, durations: FloatArray, finish: FloatArray) -> None:
        """Count one block; `durations` is overwritten."""
        if self._finish_centre is None:
            self._finish_centre = float(finish.mean())
        durations -= self._centre[:, None]
        finish = finish - self._finish_centre
        self._runs += len(finish)
        self._sums[0] += durations.sum(axis=1)
        self._sums[1] += np.einsum("ij,ij->i", durations, durations)
        self._sums[2] += durations @ finish
        self._finish_sums += finish.sum(), finish @ finish

    def correlations(self) -> FloatArray:
        """One coefficient per activity."""
        own, squares, product = self._sums / self._runs
        finish, finish_squares = self._finish_sums / self._runs
        spread = np.sqrt(np.maximum(squares - own**2, 0) * max(finish_squares - finish**2, 0))
        floor = 1e-9 * np.maximum(np.abs(self._centre), 1.0)
        known = spread > floor
        found: FloatArray = np.where(known, (product - own * finish) / np.where(known, spread, 1.0), 0.0)
        return found
