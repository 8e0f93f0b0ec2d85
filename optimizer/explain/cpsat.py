"""Questions to CP-SAT: any plan, the cheapest plan, the plan that goes least beyond some limits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.explain.limits import Case, Limit
from optimizer.explain.work import UNKNOWN, Verdict, Work
from optimizer.model import STUDENT_SLACK, Model
from optimizer.solvers.exact.check import holds
from optimizer.solvers.joined import neighbours
from optimizer.solvers.threads import in_threads

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

    from optimizer.solvers.exact.encoding import Encoding

MOST_PAIRS = 250_000  # larger models would not fit into memory
BUILT = 40_000  # pairs a second, at least, that are written into CP-SAT's model
WHOLE = 1e-6  # what lies this little beyond a whole student is within


def any_plan(model: Model, start: Ints, work: Work, share: float) -> Verdict:
    """A plan of the model, if there is one: one that moves few blocks, since what is far from today's zones mostly
    falls apart."""
    return least_cost(model, (~model.stay).astype(np.float64), start, work, share, gap=0.5)


def least_cost(model: Model, cost: Floats, start: Ints, work: Work, share: float, gap: float = 0.0) -> Verdict:
    """The plan of least sum of cost (pairs,). start: a plan to begin with, valid or not."""
    part = work.part(share)
    if not _fits(model, part):
        return UNKNOWN
    encoding = _encode(model)
    scale = encoding.minimise(cost)

    def worth(school: Ints) -> float:
        return float(cost[model.pairs.find(school)].sum())

    return _solve(encoding, _Goal(worth, scale, gap=gap), start, part)


def least_over(
    case: Case, model: Model, soft: Sequence[Limit], start: Ints, work: Work, share: float, *, whole: bool
) -> Verdict:
    """The plan that goes least beyond the `soft` limits of schools, in all; of those, one near today's zones.

    model: of the other limits. whole: amounts are rounded up to whole students at each school.
    """
    part = work.part(share)
    if not _fits(model, part):
        return UNKNOWN
    from ortools.sat.python.cp_model import LinearExpr  # noqa: PLC0415 - slow to import

    encoding, blocks = _encode(model), case.district.blocks
    slacks, scale = _slacks(encoding, case, soft, whole)
    encoding.cp.minimize(LinearExpr.sum(slacks) * (blocks + 1) + encoding.moves())
    worth = partial(over, case, soft, whole=whole)
    found = _solve(encoding, _Goal(worth, scale * (blocks + 1), blocks), start, part)
    bound = max(found.bound, 0.0)
    return replace(found, bound=float(np.ceil(bound - WHOLE)) if whole else bound)


def over(case: Case, soft: Sequence[Limit], school: Ints, *, whole: bool) -> float:
    """How far a plan goes beyond these limits, in all."""
    amounts = case.amounts(soft, school)
    return float(whole_students(amounts).sum() if whole else amounts.sum())


def whole_students(amounts: Floats) -> Floats:
    """Rounded up: seats come whole."""
    return np.asarray(np.ceil(amounts - WHOLE))


def _fits(model: Model, work: Work) -> bool:
    """Whether the model is small enough to be written down and solved in the time."""
    size = len(model.pairs.index)
    return not work.over and size <= MOST_PAIRS and (work.left is None or size / BUILT < 0.5 * work.left)


def _encode(model: Model) -> Encoding:
    """The model, with a first cut for each pair that costs no search: a block needs a neighbour in its zone."""
    from optimizer.solvers.exact.encoding import Encoding  # noqa: PLC0415 - ortools is slow to import

    encoding = Encoding(replace(model, contiguity=None))
    encoding.model = model
    if model.contiguity is not None:
        contiguity, rows, index = model.contiguity, model.pairs.rows, model.pairs.index
        free = (contiguity.root[index] == rows) | (contiguity.detached[rows] & model.stay)
        one, other = neighbours(model)
        start = np.searchsorted(one, np.arange(len(index) + 1))
        encoding.cut(
            (int(rows[k]), int(index[k]), [int(near) for near in other[start[k] : start[k + 1]]])
            for k in np.flatnonzero(~free)
        )
    return encoding


def _slacks(encoding: Encoding, case: Case, soft: Sequence[Limit], whole: bool) -> tuple[list[Any], float]:
    """Variables by which the soft limits may be exceeded, in units of 1 / the number given."""
    from ortools.sat.python.cp_model import LinearExpr  # noqa: PLC0415

    from optimizer.solvers.exact.encoding import FINE, LARGE, rounded  # noqa: PLC0415

    rows = [case.row(limit, encoding.model) for limit in soft]
    total = max(float(np.abs(coef).sum()) + abs(limit) for _, coef, limit in rows)
    scale = min(FINE, 10.0 ** np.floor(np.log10(LARGE / max(total, 1.0))))
    slacks = []
    for pair, coef, limit in rows:
        parts, bound, _ = rounded(coef, limit + STUDENT_SLACK, scale)
        unit = int(scale) if whole else 1
        most = max(0, sum(max(part, 0) for part in parts) - bound) // unit + 1
        slacks.append(encoding.cp.new_int_var(0, most, ""))
        zone = LinearExpr.weighted_sum([encoding.x[k] for k in pair], parts)
        encoding.cp.add_linear_constraint(zone - unit * slacks[-1], -(2**62), bound)
    return slacks, 1.0 if whole else scale


@dataclass(frozen=True, eq=False)
class _Goal:
    """What a plan is worth, and how the encoding counts it: scale * worth <= counted <= scale * worth + spare. gap:
    relative, at which to stop."""

    worth: Callable[[Ints], float]
    scale: float
    spare: float = 0.0
    gap: float = 0.0


def _solve(encoding: Encoding, goal: _Goal, start: Ints, work: Work) -> Verdict:
    """Solve, cut off a plan that falls apart, solve again."""
    from ortools.sat.python import cp_model  # noqa: PLC0415 - slow to import

    work.used.add("CP-SAT")
    model, bound = encoding.model, -np.inf
    best = start if holds(model, start) else None
    if (model.pairs.find(start) >= 0).all():
        encoding.hint(start)
    while not work.over:
        solver = _solver(work, goal.gap)
        (status,) = in_threads([partial(solver.solve, encoding.cp)], 1, work, late=solver.stop_search)
        if status == cp_model.INFEASIBLE and best is None:
            return Verdict(None, np.inf, np.inf, none=True)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            break
        bound = max(bound, (solver.best_objective_bound - goal.spare) / goal.scale)
        plan = encoding.plan(solver)
        if encoding.separate(plan):
            encoding.hint(plan)
        elif not holds(model, plan):
            encoding.forbid(plan)  # it came through the rounding
        else:
            best = plan if best is None or goal.worth(plan) < goal.worth(best) else best
            break
    value = np.inf if best is None else goal.worth(best)
    return Verdict(best, value, min(bound, value))


def _solver(work: Work, gap: float) -> cp_model.CpSolver:
    from ortools.sat.python import cp_model  # noqa: PLC0415 - slow to import

    from optimizer.solvers.exact.sat import trusted  # noqa: PLC0415

    solver = cp_model.CpSolver()
    trusted(solver.parameters)
    solver.parameters.random_seed = work.seed
    solver.parameters.num_workers = work.threads
    solver.parameters.relative_gap_limit = gap
    solver.parameters.catch_sigint_signal = False
    if work.left is not None:
        solver.parameters.max_time_in_seconds = work.left
    return solver
