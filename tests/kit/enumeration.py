"""Every plan of a tiny district, tried one after the other: what exact solvers and bounds are held against.

It shares no code with any solver: plans are judged by the rules' own check, objectives by their value.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from optimizer import Contiguity, District, Objective, Plan, Rule, breaches, is_valid

SIZES = ("capacity", "min_students")


@dataclass(frozen=True)
class Tried:
    """One valid plan. excess: students over capacities plus students under minima."""

    school: tuple[int, ...]
    value: float
    excess: float


def valid_plans(district: District, objective: Objective, rules: tuple[Rule, ...]) -> list[Tried]:
    """All valid plans of a district of a few blocks."""
    found = []
    for school in product(*_choices(district, rules)):
        plan = Plan(district, np.array(school))
        rows = breaches(plan, rules)
        if is_valid(rows):
            excess = sum(row.amount for row in rows if row.limit in SIZES)
            found.append(Tried(school, objective.value(plan), excess))
    return found


def best(plans: list[Tried], held: float = np.inf) -> float | None:
    """The least value among plans of excess <= held, None where there is no plan."""
    return min((plan.value for plan in plans if plan.excess <= held + 1e-6), default=None)


def least_excess(plans: list[Tried]) -> float | None:
    return min((plan.excess for plan in plans), default=None)


def _choices(district: District, rules: tuple[Rule, ...]) -> list[range]:
    """All schools for each block; under contiguity, a root has its own alone."""
    stay = (
        {int(root) for root in district.root if root >= 0} if any(isinstance(r, Contiguity) for r in rules) else set()
    )
    here = [int(school) for school in district.status_quo]
    return [range(here[b], here[b] + 1) if b in stay else range(district.schools) for b in range(district.blocks)]
