"""Whether a plan keeps a model, and what it is worth: computed from the arrays as they are, without any rounding."""

from __future__ import annotations

import numpy as np

from optimizer.arrays import Ints
from optimizer.graph import away_from_root
from optimizer.model import STUDENT_SLACK, Model
from optimizer.objectives.base import Compiled
from optimizer.plan import Plan


def excess(model: Model, school: Ints) -> float:
    """Total excess over the sums' limits."""
    return sum(s.excess(model.district, school) for s in model.sums)


def value(model: Model, compiled: Compiled, school: Ints) -> float:
    """The objective of a plan of candidate pairs."""
    return compiled.value(model, Plan(model.district, school))


def holds(model: Model, school: Ints, held: float | None = None) -> bool:
    """Whether the plan keeps every hard limit, and its excess is at most `held`."""
    at = model.pairs.find(school)
    if (at < 0).any():
        return False
    for s in model.sums:
        zone = s.value(model.district, school)
        if (zone > s.hard_high + STUDENT_SLACK).any() or (zone < s.hard_low - STUDENT_SLACK).any():
            return False
    if any(float(budget.cost[at].sum()) > budget.limit for budget in model.budgets):
        return False
    if held is not None and excess(model, school) > held + STUDENT_SLACK:
        return False
    return not cut_off(model, school).any()


def cut_off(model: Model, school: Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """(blocks,) blocks that contiguity does not allow where the plan has them."""
    contiguity, district = model.contiguity, model.district
    if contiguity is None:
        return np.zeros(district.blocks, bool)
    away = away_from_root(district.adjacency, school, contiguity.root)[0]
    return np.asarray(away & ~(contiguity.detached & (school == district.home)))
