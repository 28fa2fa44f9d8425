"""Finds a good schedule in a given time and says how far from the best it can be at most.

A genetic search finds good schedules early; CP-SAT starts from them, closes small problems and proves bounds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from panshi.calc.scheduling.evolution import Breeding, Evolution
from panshi.calc.scheduling.generation import serial_schedule
from panshi.calc.scheduling.goals import Goal, LeastChange, Makespan
from panshi.calc.scheduling.lower_bounds import makespan_bound
from panshi.calc.scheduling.priorities import Rule, priorities
from panshi.calc.scheduling.resources import CannotScheduleResources, IntArray, ResourceProblem

from .board import Board, Improvement
from .constraint_search import ConstraintSearch

_HEAD_START = 0.3
"""Seconds the genetic search works before CP-SAT begins from its best schedule."""

_ALONE = 0.4
"""Part of the time the genetic search has when there is only one worker…"""

_STALE = 100
"""…unless so many generations in a row brought nothing better."""

_LEAST_POPULATION, _ROOM = 16, 64_000


class Ending(StrEnum):
    """Why the search stopped."""

    OPTIMAL = "optimal"
    TIME = "time"
    CANCELLED = "cancelled"


@dataclass(frozen=True, eq=False)
class Outcome:
    """The best schedule found: `starts` (n) in periods, its `cost`, and a `bound` no schedule can beat."""

    starts: IntArray
    cost: int
    bound: int
    ending: Ending
    seconds: float
    schedules: int
    """Schedules the genetic search generated."""

    @property
    def gap(self) -> float:
        """(cost - bound) / cost: the part by which the schedule can at most be improved, 0 when optimal."""
        return (self.cost - self.bound) / self.cost if self.cost > self.bound else 0.0


def optimise(
    problem: ResourceProblem,
    goal: Goal | None = None,
    *,
    seconds: float = 10.0,
    workers: int = 2,
    seed: int = 0,
    present: IntArray | None = None,
    stop: Callable[[], bool] = lambda: False,
    on_improvement: Callable[[Improvement], None] | None = None,
) -> Outcome:
    """The best schedule for the goal (default: least makespan) that `seconds` allow.

    `workers` are threads: one for the genetic search, the others for CP-SAT; one alone serves both in turn.
    `present` is a schedule to begin from, if feasible. `stop` is asked about ten times a second and cancels:
    the best schedule so far is returned. Raises CannotScheduleResources when no schedule meets the goal.
    """
    goal = goal or Makespan()
    board = Board(_first_bound(problem, goal), seconds, stop, on_improvement)
    if present is not None and not problem.violations(present):
        _offer(board, problem, goal, present)
    searched = _searched(problem, goal)
    _offer(board, problem, goal, serial_schedule(searched, priorities(searched, Rule.LST)))
    evolution = Evolution(searched, goal, seed, Breeding(population=_population(problem)))
    _offer(board, problem, goal, evolution.best)
    _evolve(
        board,
        problem,
        goal,
        evolution,
        min(_HEAD_START, seconds * _ALONE) if workers > 1 else seconds * _ALONE,
    )
    if not board.is_over:
        search = ConstraintSearch(problem, goal, board, max(1, workers - 1), seed)
        search.start()
        try:
            while not board.is_over:
                if workers > 1:
                    _step(board, problem, goal, evolution)
                else:
                    board.wait(0.1)
                search.supervise()
        finally:
            board.finish()
            search.join()
    return _outcome(board, evolution)


def _population(problem: ResourceProblem) -> int:
    """Fewer schedules a generation for large plans, so that even there generations follow each other quickly."""
    return min(Breeding().population, max(_LEAST_POPULATION, _ROOM // max(problem.size, 1)))


def _first_bound(problem: ResourceProblem, goal: Goal) -> int:
    if isinstance(goal, Makespan):
        return makespan_bound(problem)
    return int(goal.cost(problem.earliest, problem.durations)) if goal.is_regular else 0


def _searched(problem: ResourceProblem, goal: Goal) -> ResourceProblem:
    """What the genetic search sees: it starts activities early, so least change forbids it to start too early."""
    if not isinstance(goal, LeastChange):
        return problem
    own = problem.releases if problem.releases is not None else np.zeros(problem.size, dtype=np.int64)
    return replace(problem, releases=np.maximum(own, goal.present))


def _offer(board: Board, problem: ResourceProblem, goal: Goal, starts: IntArray) -> None:
    if isinstance(goal, LeastChange) and goal.latest is not None and problem.makespan(starts) > goal.latest:
        return
    board.offer(starts, int(goal.cost(starts, problem.durations)))


def _evolve(board: Board, problem: ResourceProblem, goal: Goal, evolution: Evolution, until: float) -> None:
    stale = 0
    while not board.is_over and board.elapsed < until and stale < _STALE:
        stale = 0 if _step(board, problem, goal, evolution) else stale + 1


def _step(board: Board, problem: ResourceProblem, goal: Goal, evolution: Evolution) -> bool:
    """One generation; tells whether it found something better."""
    better = evolution.advance()
    if better:
        _offer(board, problem, goal, evolution.best)
    elif board.starts is not None and board.cost is not None and board.cost < evolution.cost:
        evolution.adopt(board.starts)
    return better


def _outcome(board: Board, evolution: Evolution) -> Outcome:
    if board.starts is None or board.cost is None:
        why = (
            "no schedule meets the goal" if board.impossible else "the time was too short to find a schedule"
        )
        raise CannotScheduleResources(why)
    proven = board.cost <= board.bound
    ending = Ending.OPTIMAL if proven else Ending.CANCELLED if board.cancelled else Ending.TIME
    return Outcome(board.starts, board.cost, board.bound, ending, board.elapsed, evolution.schedules)
