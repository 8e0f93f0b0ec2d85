"""Travel to school, weighted by students, in the unit of the district's travel data. Blocks whose travel is not known,
and blocks without students, count in none of these."""

from __future__ import annotations

import numpy as np

from optimizer.arrays import Floats
from optimizer.measures.record import Measure, Place, one, with_groups
from optimizer.measures.zones import divided
from optimizer.plan import Plan

NINETY = 0.9


def travel_mean(plan: Plan, students: Floats) -> Floats:
    """() mean travel of `students` (blocks,); NaN where there are none whose travel is known."""
    known = np.isfinite(plan.travel)
    counted = students[..., known]
    return divided((plan.travel[known] * counted).sum(axis=-1), counted.sum(axis=-1))


def travel_p90(plan: Plan) -> Floats:
    """() the least travel t such that at least 90 % of students travel t or less."""
    order = np.argsort(plan.travel, kind="stable")
    order = order[np.isfinite(plan.travel[order])]
    reached = np.cumsum(plan.district.students[..., order], axis=-1)
    total = reached[..., -1:].sum(axis=-1)
    enough = reached >= NINETY * total[..., None] * (1 - 1e-12)  # sums of fractions may miss 90 % by rounding alone
    first = np.minimum((~enough).sum(axis=-1), len(order) - 1)
    return np.where(total > 0, plan.travel[order][first] if len(order) else np.nan, np.nan)


def travel_max(plan: Plan) -> Floats:
    """() the farthest that any student travels."""
    counted = np.isfinite(plan.travel) & (plan.district.students > 0)
    farthest = np.where(counted, plan.travel, -np.inf).max(axis=-1)
    return np.where(np.isfinite(farthest), farthest, np.nan)


def travel_by_school(plan: Plan) -> Floats:
    """(schools,) mean travel of each school's students, where it is known; NaN where none has a known one."""
    known = np.isfinite(plan.travel)
    students = np.where(known, plan.district.students, 0.0)
    return divided(plan.sums(students * np.where(known, plan.travel, 0.0)), plan.sums(students))


MEASURES = (
    Measure(
        *("travel_mean", with_groups(lambda plan: travel_mean(plan, plan.district.students), travel_mean), "travel"),
        places={"": Place.JUDGED},
        many=True,
    ),
    Measure("travel_p90", one(travel_p90), "travel", places={}, many=True),
    Measure("travel_max", one(travel_max), "travel", places={"": Place.FULL}, many=True),
)
