"""Every plan of a tiny district, tried one after the other: what exact solvers and bounds are held against.

It shares no code with any solver: plans are judged by the rules' own check, objectives by their value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from optimizer import Contiguity, District, Model, Objective, Plan, Rule, breaches, is_valid

SIZES = ("capacity", "min_students")


@dataclass(frozen=True)
class Tried:
    """One valid plan. excess: students over capacities plus students under minima."""

    school: tuple[int, ...]
    value: float
    excess: float


def every_plan(district: District, choices: Iterable[Sequence[int]] | None = None) -> Iterator[Plan]:
    """choices: of each block, the schools; all where they are not given."""
    if choices is None:
        choices = [range(district.schools)] * district.blocks
    return (Plan(district, np.array(school)) for school in product(*choices))


def candidates(model: Model) -> list[list[int]]:
    """Of each block, the schools that the model lets it have."""
    return [model.pairs.row(i).tolist() for i in range(model.district.blocks)]


def valid_plans(district: District, objective: Objective, rules: tuple[Rule, ...]) -> list[Tried]:
    """All valid plans of a district of a few blocks."""
    plans = every_plan(district, _choices(district, rules))
    return [one for plan in plans if (one := _tried(plan, objective.value(plan), rules))]


def best_plan(model: Model, objective: Objective, rules: tuple[Rule, ...]) -> Tried | None:
    """The best valid plan of candidate pairs, None where there is none; those of small values are judged first."""
    valued = [(objective.value(plan), plan) for plan in every_plan(model.district, candidates(model))]
    valued.sort(key=lambda pair: pair[0])
    return next((one for value, plan in valued if (one := _tried(plan, value, rules))), None)


def _tried(plan: Plan, value: float, rules: tuple[Rule, ...]) -> Tried | None:
    rows = breaches(plan, rules)
    excess = sum(row.amount for row in rows if row.limit in SIZES)
    return Tried(tuple(plan.school.tolist()), value, excess) if is_valid(rows) else None


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
