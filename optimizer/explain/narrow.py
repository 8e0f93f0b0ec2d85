"""Make a model smaller without losing or adding a plan that matters to the question."""

from __future__ import annotations

import numpy as np

from optimizer.arrays import Bools
from optimizer.model import Model


def shrink(model: Model) -> Model:
    """Where zones may fall apart, schools without a limit are all alike: of those, a block keeps its own school and one
    other. A plan of the smaller model is one of the larger, and there is one in both or in neither."""
    if model.contiguity is not None or not _alike(model):
        return model
    free = np.ones(model.district.schools, bool)
    for s in model.sums:
        free &= ~(np.isfinite(s.hard_high) | np.isfinite(s.hard_low))
    spare = free[model.pairs.index] & ~model.stay
    before = np.concatenate([[0], np.cumsum(spare)])
    first = before[:-1] == before[model.pairs.start[:-1]][model.pairs.rows]
    return model.keep_pairs(~spare | first)


def _alike(model: Model) -> bool:
    """Whether all moves of a block cost every budget the same."""
    away: Bools = ~model.stay
    start = model.pairs.start[:-1]
    for budget in model.budgets:
        low = np.minimum.reduceat(np.where(away, budget.cost, np.inf), start)
        high = np.maximum.reduceat(np.where(away, budget.cost, -np.inf), start)
        if (high > low).any():
            return False
    return True
