"""Compile every kernel once, so that no later command waits for it: `python -m optimizer.warm`."""

from __future__ import annotations

import os
import sys
import threading
import time

import numpy as np

from optimizer import kernels
from optimizer.arrays import Csr
from optimizer.bounds.bound import Bounder
from optimizer.deadline import Deadline
from optimizer.district import District
from optimizer.model import Model
from optimizer.objectives import make_objective
from optimizer.plan import Plan
from optimizer.rules import Contiguity, Moved, Size, Travel
from optimizer.solvers.contract import contract
from optimizer.solvers.exact import solve_exact
from optimizer.solvers.search import search
from optimizer.solvers.tidy import sent_home
from optimizer.striking import contradiction
from optimizer.travel import StraightLine


def tiny() -> District:
    """Six blocks in a row, two schools, the second over its seats: enough for every kind of move."""
    place = np.column_stack([500.0 * np.arange(6), np.zeros(6)])
    students = np.array([9.0, 7, 5, 6, 8, 7])
    poverty = np.array([1.0, 2, 2, 4, 6, 5])
    ahead, behind = np.arange(5), np.arange(1, 6)
    return District(
        name="tiny",
        block_ids=tuple("abcdef"),
        school_ids=("x", "y"),
        school_names=("X", "Y"),
        groups=(),
        columns=("students", "students_poverty"),
        counts=np.column_stack([students, poverty]),
        status_quo=np.array([0, 0, 0, 1, 1, 1]),
        adjacency=Csr.of_pairs(np.concatenate([ahead, behind]), np.concatenate([behind, ahead]), 6),
        travel=StraightLine(place, place[[0, 5]]),
        root=np.array([0, 5]),
        capacity=np.array([60.0, 20.0]),
        min_students=np.full(2, np.nan),
        other_students=np.zeros(2),
    )


def warm(part: str) -> None:
    """Run what calls every kernel of a part: a search; or a bound and an exact solution."""
    district = tiny()
    model = Model.build(district, (Travel(floor=3000.0), Size(), Contiguity(), Moved(0.5)))
    objective = make_objective(None, district)
    if part == "search":
        search(model, objective, Deadline(iterations=20_000), random=np.random.default_rng(0), lanes=1, threads=1)
        sent_home(contract(model, objective.compile(model)), district.status_quo, 100.0)
        return
    contradiction(model, 1, 1)
    bounder = Bounder(model, objective, district.status_quo, objective.value(Plan.status_quo(district)))
    bounder.run(Deadline(iterations=20))
    bounder.finish()
    solve_exact(model, objective, held_excess=100.0)


def end_with_parent() -> None:
    """A thread that ends this process when the one that started it is gone."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1.0)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def main() -> None:
    """Compile one part into the folder that kernels.MAKING names; without a part, all that is not there yet."""
    if len(sys.argv) > 1:
        end_with_parent()
        warm(sys.argv[1])
    else:
        sys.exit(not kernels.ensure())


if __name__ == "__main__":
    main()
