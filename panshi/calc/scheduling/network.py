"""The critical path method on a network in integer time: arrays in, arrays out.

Every link becomes a lower bound between starts, `start_j >= start_i + weight`, so that the early dates are
longest paths and the late dates longest paths against the links (Kelley and Walker 1959; Roy's MPM 1959).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from .cycles import BoolArray, IntArray
from .errors import CannotScheduleAmount, CannotScheduleSelfLink
from .model import LinkKind, Plan
from .summaries import spread_links
from .sweep import Sweep, Topology

KINDS = (LinkKind.FS, LinkKind.SS, LinkKind.FF, LinkKind.SF)
"""Link kinds by their code in the arrays."""

NARROW = 24
"""Groups with fewer links are faster in a plain loop than in array calls (measured)."""


@dataclass(frozen=True, eq=False)
class Network:
    """Activities 0..n-1 with durations, and links as parallel arrays.

    `kinds` holds positions in `KINDS`; a negative lag is a lead. `names` are the ids used in errors.
    """

    durations: IntArray
    predecessors: IntArray
    successors: IntArray
    kinds: IntArray
    lags: IntArray
    names: Sequence[int | str]

    def __post_init__(self) -> None:
        if len(self.durations) and self.durations.min() < 0:
            culprit = self.names[int(self.durations.argmin())]
            raise CannotScheduleAmount(f"activity {culprit!r} has a negative duration")
        selfish = np.flatnonzero(self.predecessors == self.successors)
        if len(selfish):
            raise CannotScheduleSelfLink(self.names[int(self.predecessors[selfish[0]])])

    @classmethod
    def of(
        cls,
        durations: npt.ArrayLike,
        predecessors: npt.ArrayLike,
        successors: npt.ArrayLike,
        kinds: npt.ArrayLike | None = None,
        lags: npt.ArrayLike | None = None,
        names: Sequence[int | str] | None = None,
    ) -> Network:
        """Network from anything array-like; links default to finish-to-start without lag."""
        links = np.asarray(predecessors, np.int64)
        zeros = np.zeros(len(links), np.int64)
        return cls(
            durations=np.asarray(durations, np.int64),
            predecessors=links,
            successors=np.asarray(successors, np.int64),
            kinds=zeros if kinds is None else np.asarray(kinds, np.int64),
            lags=zeros if lags is None else np.asarray(lags, np.int64),
            names=range(len(np.asarray(durations))) if names is None else names,
        )

    @classmethod
    def from_plan(cls, plan: Plan) -> Network:
        """Network of a plan's leaves in integer time: calendars and dates are not looked at.

        Summaries keep their place as activities without duration; their links bind the leaves below.
        """
        links = spread_links(plan)
        code = {kind: i for i, kind in enumerate(KINDS)}
        index = plan.index
        return cls.of(
            durations=[0 if a.id in plan.children else a.duration for a in plan.activities],
            predecessors=[index[link.predecessor] for link in links],
            successors=[index[link.successor] for link in links],
            kinds=[code[link.kind] for link in links],
            lags=[link.lag for link in links],
            names=[a.id for a in plan.activities],
        )

    @cached_property
    def topology(self) -> Topology:
        """Order of computation; raises `CannotScheduleCycle` naming the members of each circle."""
        return Topology.of(len(self.durations), self.predecessors, self.successors, self.names)

    @cached_property
    def weights(self) -> IntArray:
        """Least distance from the predecessor's start to the successor's start, one per link."""
        from_finish = (self.kinds == 0) | (self.kinds == 2)
        to_finish = self.kinds >= 2
        return (
            self.lags
            + np.where(from_finish, self.durations[self.predecessors], 0)
            - np.where(to_finish, self.durations[self.successors], 0)
        )


@dataclass(frozen=True, eq=False)
class NetworkDates:
    """Dates of every activity in periods from 0, and which links drive them.

    `driving[k]` is true when link k alone would hold its successor at its early start.
    """

    early_start: IntArray
    early_finish: IntArray
    late_start: IntArray
    late_finish: IntArray
    total_float: IntArray
    free_float: IntArray
    driving: BoolArray
    makespan: int

    @property
    def critical(self) -> BoolArray:
        """Activities without float: delaying one delays the end."""
        return self.total_float <= 0


def critical_path(network: Network, finish: int | None = None) -> NetworkDates:
    """Early and late dates, total and free float of every activity.

    Early start is 0 or the largest bound of the links; the late dates count back from `finish` (default: the
    earliest possible end). A `finish` that is too early gives negative total float.
    """
    durations, weights = network.durations, network.weights
    topology = network.topology
    early = longest_paths(topology.forward, network.predecessors, weights, np.zeros(len(durations), np.int64))
    makespan = int((early + durations).max(initial=0))
    end = makespan if finish is None else finish
    late = -longest_paths(topology.backward, network.successors, weights, durations - end)
    slack = early[network.successors] - early[network.predecessors] - weights
    free = makespan - early - durations
    np.minimum.at(free, network.predecessors, slack)
    return NetworkDates(
        early_start=early,
        early_finish=early + durations,
        late_start=late,
        late_finish=late + durations,
        total_float=late - early,
        free_float=free,
        driving=slack == 0,
        makespan=makespan,
    )


def longest_paths(sweep: Sweep, sources: IntArray, weights: IntArray, floors: IntArray) -> IntArray:
    """Largest of each node's floor and `value(source) + weight` over its links, in the order of the sweep."""
    values = floors.copy()
    sources, weights = sources[sweep.order], weights[sweep.order]
    cell, source, weight = values.data, sources.data, weights.data
    for group in sweep.groups():
        first, last = group.links.start, group.links.stop
        if last - first >= NARROW:
            bounds = values[sources[first:last]] + weights[first:last]
            reached = np.maximum.reduceat(bounds, group.starts)
            values[group.targets] = np.maximum(values[group.targets], reached)
            continue
        targets = group.targets.tolist()
        starts = [*group.starts.tolist(), last - first]
        for node, (a, b) in zip(targets, pairwise(starts), strict=True):
            best = cell[node]
            for k in range(first + a, first + b):
                best = max(best, cell[source[k]] + weight[k])
            cell[node] = best
    return values
