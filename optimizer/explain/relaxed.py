"""The linear relaxation: blocks may be divided among schools, zones may fall apart.

Where even that cannot keep the limits, its dual prices name limits in conflict, and plain arithmetic checks them: for
prices y >= 0 of the limits, sum over blocks of the least price of its schools <= sum of y x limit in every plan.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from optimizer.arrays import Floats
from optimizer.explain.limits import Case, Limit
from optimizer.explain.narrow import shrink
from optimizer.model import STUDENT_SLACK, Model

PRICE = 1e-7  # prices below are noise of the LP
MARGIN = 1e-9  # of the size of the sums: beyond the error of adding up doubles


@dataclass(frozen=True, eq=False)
class Relaxed:
    """broken: least total by which limits must be broken even so, 0 where that is not proved. price: what each limit
    adds to the proof; only those that do."""

    broken: float
    price: dict[Limit, float]


def relax(
    case: Case, limits: Iterable[Limit], soft: Iterable[Limit] | None = None, seconds: float | None = None
) -> Relaxed:
    """Of the model of these limits. soft: those that may be broken; None: all but rules."""
    from scipy import sparse  # noqa: PLC0415 - slow to import
    from scipy.optimize import linprog  # noqa: PLC0415

    limits = frozenset(limits)
    rows = sorted(limit for limit in limits if limit.kind != "rule")
    free = rows if soft is None else sorted(soft)
    if seconds is not None and seconds <= 0:
        return Relaxed(0.0, {})
    model = shrink(replace(case.model(limits), contiguity=None))
    if not free or not len(model.pairs.index):
        return Relaxed(0.0, {})
    matrix, right = _rows(case, model, rows)
    pairs, blocks = len(model.pairs.index), model.district.blocks
    place = {limit: k for k, limit in enumerate(rows)}
    at = [place[limit] for limit in free]
    slack = sparse.csr_matrix((-np.ones(len(at)), (at, np.arange(len(at)))), (len(rows), len(at)))
    one = sparse.csr_matrix((np.ones(pairs), (model.pairs.rows, np.arange(pairs))), (blocks, pairs))
    found = linprog(
        np.concatenate([np.zeros(pairs), np.ones(len(at))]),
        A_ub=sparse.hstack([matrix, slack], format="csr"),
        b_ub=right,
        A_eq=sparse.hstack([one, sparse.csr_matrix((blocks, len(at)))], format="csr"),
        b_eq=np.ones(blocks),
        bounds=(0, None),
        method="highs",
        options={} if seconds is None else {"time_limit": seconds},
    )
    if found.status != 0 or not found.fun > STUDENT_SLACK:
        return Relaxed(0.0, {})
    price = np.maximum(-found.ineqlin.marginals, 0.0)
    price[at] = np.minimum(price[at], 1.0)
    price[price < PRICE] = 0.0
    broken = _proved(model, matrix.T @ price, float(price @ right), float(price @ np.abs(right)))
    return Relaxed(broken, {limit: float(y) for limit, y in zip(rows, price, strict=True) if y > 0 and broken > 0})


def _proved(model: Model, cost: Floats, right: float, size: float) -> float:
    """By how much the blocks' least prices exceed what the limits are worth; 0 where they do not for sure."""
    least = float(np.minimum.reduceat(cost, model.pairs.start[:-1]).sum())
    return max(0.0, least - right - MARGIN * (1.0 + size + abs(least)))


def _rows(case: Case, model: Model, limits: list[Limit]) -> tuple[Any, Floats]:
    """matrix @ x <= right for the limits; the allowances of FORMAT.md are in `right`."""
    from scipy import sparse  # noqa: PLC0415

    rows, columns, values, right, budgets = [], [], [], np.zeros(len(limits)), iter(model.budgets)
    for k, limit in enumerate(limits):
        if limit.kind == "budget":
            budget = next(budgets)
            pair, value, right[k] = np.arange(len(model.pairs.index)), budget.cost, budget.limit
        else:
            pair, value, bound = case.row(limit, model)
            right[k] = bound + STUDENT_SLACK
        rows.append(np.full(len(pair), k))
        columns.append(pair)
        values.append(value)
    at = np.concatenate(rows), np.concatenate(columns)
    return sparse.csr_matrix((np.concatenate(values), at), (len(limits), len(model.pairs.index))), right
