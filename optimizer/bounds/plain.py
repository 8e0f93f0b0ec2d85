"""Proofs that part each school's zones by their rates alone: without trees, for whoever cannot follow these up."""

from __future__ import annotations

from optimizer.arrays import Ints
from optimizer.bounds.bound import Bounder, Duals
from optimizer.bounds.certificate import Certificate
from optimizer.deadline import Deadline
from optimizer.model import Model
from optimizer.objectives.base import Objective

STEPS = 100


def plain(model: Model, objective: Objective, school: Ints, value: float, prices: Duals) -> Certificate:
    """From the prices of another proof, over the pairs of this model. school: (blocks,) the plan, of this value."""
    bounder = Bounder(model, objective, school, value, trees=False)
    bounder.begin(prices)
    bounder.run(Deadline(iterations=STEPS))
    return bounder.finish()
