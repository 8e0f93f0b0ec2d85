"""CP-SAT, set up for a run."""

from __future__ import annotations

from typing import Any

from ortools.sat.python import cp_model

from optimizer.solvers.exact.patience import Patience, Setup


def solver_for(patience: Patience, setup: Setup) -> cp_model.CpSolver:
    """Within the time or the units that are left; with units, in one thread, so that runs repeat."""
    solver, units = cp_model.CpSolver(), patience.iterations_left
    solver.parameters.random_seed = setup.seed
    solver.parameters.num_workers = setup.threads if units is None else 1
    solver.parameters.catch_sigint_signal = False
    trusted(solver.parameters)
    if units is not None:
        solver.parameters.max_deterministic_time = units
    if patience.left is not None:
        solver.parameters.max_time_in_seconds = patience.left
    return solver


def trusted(parameters: Any) -> None:
    """Without the part of presolve that loses best solutions in 9.15: https://github.com/google/or-tools/issues/5293.
    Seen here too: a plan proved best of 43 zones that was not."""
    parameters.presolve_inclusion_work_limit = 0
