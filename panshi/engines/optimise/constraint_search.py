"""CP-SAT in a thread of its own: rounds that start from the best schedule known and prove bounds.

A round is given up when the other search has found something better; the next one starts from there.
"""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING

import numpy as np

from panshi.calc.scheduling.goals import Goal, LeastChange
from panshi.calc.scheduling.resources import ResourceProblem

from .board import Board
from .constraint_model import ConstraintModel, constraint_model

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

_PATIENCE = 1.0
"""Seconds the first round may go on although a better schedule than its own is known; then twice as long…

A round that is given up forgets what it has learnt, so this must not happen often.
"""


class ConstraintSearch:
    """Solves one problem round by round until the board is over."""

    def __init__(self, problem: ResourceProblem, goal: Goal, board: Board, workers: int, seed: int) -> None:
        self._problem, self._goal, self._board = problem, goal, board
        self._workers, self._seed = workers, seed
        self._solver: cp_model.CpSolver | None = None
        self._round_began = 0.0
        self._patience = _PATIENCE
        self._round_cost: int | None = None
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="CP-SAT", daemon=True)

    def start(self) -> None:
        """Begin in the background."""
        self._thread.start()

    def supervise(self) -> None:
        """Stop the present round when it is pointless; call it often, from the thread that waits."""
        solver, board = self._solver, self._board
        if solver is None:
            return
        overtaken = board.cost is not None and (self._round_cost is None or board.cost < self._round_cost)
        if board.is_over or (overtaken and time.monotonic() - self._round_began > self._patience):
            solver.stop_search()

    def join(self) -> None:
        """Stop and wait for the thread; an error in it is raised here."""
        while self._thread.is_alive():
            self.supervise()
            self._thread.join(0.05)
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        try:
            while not self._board.is_over and self._round():
                pass
        except BaseException as error:
            self._failure = error
            self._board.finish()

    def _round(self) -> bool:
        """One round; False when nothing is left to search."""
        from ortools.sat.python import cp_model

        board = self._board
        hint, cost = board.starts, board.cost
        model = constraint_model(self._problem, self._goal, self._horizon(), board.bound, hint)
        solver = self._tuned(cp_model.CpSolver())
        self._round_cost, self._round_began, self._solver = cost, time.monotonic(), solver
        solver.best_bound_callback = lambda bound: board.raise_bound(math.ceil(bound - 1e-6))
        status = solver.solve(model.model, self._listener(model))
        self._solver = None
        self._patience *= 2
        if status == cp_model.INFEASIBLE:
            board.impossible = board.cost is None
        elif status == cp_model.OPTIMAL:
            board.raise_bound(round(solver.objective_value))
        elif status == cp_model.MODEL_INVALID:
            raise RuntimeError(f"CP-SAT refuses the model: {model.model.validate()}")
        if status in (cp_model.OPTIMAL, cp_model.INFEASIBLE):
            board.finish()
            return False
        return True

    def _horizon(self) -> int:
        """Periods within which a schedule at least as good as the best one fits."""
        starts, goal = self._board.starts, self._goal
        if isinstance(goal, LeastChange):
            safe = self._problem.horizon + int(goal.present.max(initial=0))
            return safe if goal.latest is None else goal.latest
        if starts is not None and goal.bounds_makespan:
            return self._problem.makespan(starts)
        return self._problem.horizon

    def _tuned(self, solver: cp_model.CpSolver) -> cp_model.CpSolver:
        parameters = solver.parameters
        parameters.max_time_in_seconds = max(0.01, self._board.remaining)
        parameters.num_workers = self._workers
        parameters.random_seed = self._seed % (1 << 31)
        parameters.catch_sigint_signal = False  # whoever called decides what Ctrl-C means
        # Measured on PSPLIB: without linear relaxation proofs take half the time and schedules are better.
        parameters.linearization_level = 0
        return solver

    def _listener(self, model: ConstraintModel) -> cp_model.CpSolverSolutionCallback:
        from ortools.sat.python import cp_model

        search = self

        class Listener(cp_model.CpSolverSolutionCallback):
            """Posts every solution on the board."""

            def on_solution_callback(self) -> None:
                starts = np.array([self.value(start) for start in model.starts], dtype=np.int64)
                cost = int(search._goal.cost(starts, search._problem.durations))
                search._round_cost = cost if search._round_cost is None else min(cost, search._round_cost)
                search._board.offer(starts, cost)

        return Listener()
