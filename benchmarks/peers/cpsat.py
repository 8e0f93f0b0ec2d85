"""The monolithic CP-SAT formulation of Gillani et al. 2023, written afresh from its description, for our objective.

One boolean for each block and school within the travel limit, all zones at once, one worker. Its contiguity: a block
may be zoned to a school only if a neighbour closer to that school is. Where today's zones break that, it is not asked.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.peers.question import Answer, Best, Question
from optimizer.arrays import Csr, Ints

UNIT = 100_000  # rates and exposures are whole numbers of 1/100,000
WEIGHT = 1_000  # and weights of groups of 1/1,000
SIZES = 1_000_000  # of a student, where students are fractions


class Zoning:
    """The variables, the size limits and the objective, without contiguity."""

    def __init__(self, question: Question) -> None:
        from ortools.sat.python import cp_model

        self.question, self.model = question, cp_model.CpModel()
        may = question.may
        self.x = {(i, j): self.model.new_bool_var("") for i in range(len(may)) for j in sorted(may[i])}
        self.of = [
            [(i, self.x[i, j]) for i in range(len(may)) if j in may[i]] for j in range(question.district.schools)
        ]
        for i, schools in enumerate(may):
            self.model.add_exactly_one(self.x[i, j] for j in sorted(schools))
        self._sizes()
        self._objective()
        self.hint(question.today)

    def hint(self, school: Ints) -> None:
        self.model.clear_hints()
        for (i, j), variable in self.x.items():
            self.model.add_hint(variable, bool(school[i] == j))

    def _sizes(self) -> None:
        q = self.question
        counts, unit = whole(q.district.students, SIZES)
        now = np.bincount(q.today, counts, q.district.schools)
        for j, pairs in enumerate(self.of):
            load = sum(int(counts[i]) * x for i, x in pairs)
            low = min(int(np.ceil(q.low[j] * unit - 1e-6)), int(now[j])) if np.isfinite(q.low[j]) else 0
            high = (
                max(int(np.floor(q.high[j] * unit + 1e-6)), int(now[j]))
                if np.isfinite(q.high[j])
                else int(counts.sum())
            )
            self.model.add_linear_constraint(load, low, high)

    def _objective(self) -> None:
        """sum of w_r (E_r - p)^2 in whole numbers: rates by division, exposures by products."""
        q, model = self.question, self.model
        groups, _ = whole(q.groups, 100)
        poverty, _ = whole(q.district.poverty, 100)
        total, rate, terms = groups.sum(axis=0), round(UNIT * poverty.sum() / groups.sum()), []
        exposed: list[list[Any]] = [[] for _ in total]
        for pairs in self.of:
            if not pairs:
                continue
            sums = [sum(int(groups[i, r]) * x for i, x in pairs) for r in range(len(total))]
            size = model.new_int_var(1, int(groups.sum()), "")
            model.add(size == sum(sums))
            poor = model.new_int_var(0, int(poverty.sum()) * UNIT, "")
            model.add(poor == UNIT * sum(int(poverty[i]) * x for i, x in pairs))
            share = model.new_int_var(0, UNIT, "")
            model.add_division_equality(share, poor, size)
            for r, largest in enumerate(total):
                group, met = model.new_int_var(0, int(largest), ""), model.new_int_var(0, int(largest) * UNIT, "")
                model.add(group == sums[r])
                model.add_multiplication_equality(met, [group, share])
                exposed[r].append(met)
        for r, largest in enumerate(total):
            if largest == 0:
                continue
            exposure, square = model.new_int_var(0, UNIT, ""), model.new_int_var(0, UNIT**2, "")
            met = model.new_int_var(0, int(largest) * UNIT, "")
            model.add(met == sum(exposed[r]))
            model.add_division_equality(exposure, met, int(largest))
            model.add_multiplication_equality(square, [exposure - rate, exposure - rate])
            terms.append(round(WEIGHT * largest / total.sum()) * square)
        model.minimize(sum(terms))

    def bound(self, value: float) -> float:
        """The disparity that a bound on the objective claims, but for the rounding of its numbers."""
        return float(np.sqrt(max(0.0, value) / WEIGHT) / UNIT)


def whole(counts: Any, unit: int) -> tuple[Any, int]:
    """Counts as whole numbers of 1/unit, or of 1 where they are whole."""
    unit = 1 if np.array_equal(counts, np.round(counts)) else unit
    return np.round(counts * unit).astype(np.int64), unit


def solver(seconds: float, seed: int) -> Any:
    from ortools.sat.python import cp_model

    made = cp_model.CpSolver()
    made.parameters.max_time_in_seconds = max(seconds, 0.01)
    made.parameters.num_workers = 1
    made.parameters.random_seed = seed
    return made


def watcher(zoning: Zoning, take: Any) -> Any:
    """A callback that hands each plan found to `take(callback, school)`."""
    from ortools.sat.python import cp_model

    class Watch(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            school = np.zeros(zoning.question.district.blocks, np.int32)
            for (i, j), variable in zoning.x.items():
                if self.boolean_value(variable):
                    school[i] = j
            take(self, school)

    return Watch()


class ClosedForm:
    name = "CP-SAT, published"
    cannot = ("most connected zones: its contiguity rule forbids them",)
    setting = "one worker, today's zones as hint; contiguity by a closer neighbour"
    package = None

    def solve(self, question: Question, seconds: float, seed: int) -> Answer:
        best, zoning = Best.of(question), Zoning(question)
        closer_neighbours(zoning)
        run = solver(seconds - best.seconds(), seed)
        run.solve(zoning.model, watcher(zoning, lambda _, school: best.offer(school, question.value(school))))
        return best.answer(zoning.bound(run.best_objective_bound))


def closer_neighbours(zoning: Zoning) -> None:
    """x_ij <= sum of x_kj over the neighbours k that are closer to j."""
    q = zoning.question
    district = q.district
    pairs = Csr.of_pairs(
        np.array([i for i, _ in zoning.x], np.int32), np.array([j for _, j in zoning.x], np.int32), district.blocks
    )
    away = dict(
        zip(zip(pairs.rows.tolist(), pairs.index.tolist(), strict=True), district.travel.of(pairs), strict=True)
    )
    for (i, j), variable in zoning.x.items():
        if i == district.root[j]:
            continue
        closer = [k for k in q.neighbours[i] if (k, j) in away and away[k, j] < away[i, j]]
        if q.today[i] == j and not any(q.today[k] == j for k in closer):
            continue
        zoning.model.add(sum(zoning.x[k, j] for k in closer) >= variable)
