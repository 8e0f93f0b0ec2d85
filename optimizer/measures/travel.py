"""Travel to school, weighted by students, in the unit of the district's travel data. Blocks whose travel is not known,
and blocks without students, count in none of these."""

from __future__ import annotations

import numpy as np

from optimizer.arrays import Floats
from optimizer.measures.record import Measure, Place, one, with_groups
from optimizer.measures.zones import divided
from optimizer.plan import Plan

NINETY = 0.9


def travel_mean(plan: Plan, students: Floats) -> float | None:
    """Mean travel of `students` (blocks,); None where there are none whose travel is known."""
    counted = np.isfinite(plan.travel) & (students > 0)
    total = float(students[counted].sum())
    return float((plan.travel[counted] * students[counted]).sum()) / total if total > 0 else None


def travel_p90(plan: Plan) -> float | None:
    """The least travel t such that at least 90 % of students travel t or less."""
    students = plan.district.students
    counted = np.isfinite(plan.travel) & (students > 0)
    if not counted.any():
        return None
    order = np.argsort(plan.travel[counted], kind="stable")
    travel, reached = plan.travel[counted][order], np.cumsum(students[counted][order])
    enough = reached >= NINETY * reached[-1] * (1 - 1e-12)  # sums of fractions may miss 90 % by rounding alone
    return float(travel[np.argmax(enough)])


def travel_max(plan: Plan) -> float | None:
    """The farthest that any student travels."""
    counted = np.isfinite(plan.travel) & (plan.district.students > 0)
    return float(plan.travel[counted].max()) if counted.any() else None


def travel_by_school(plan: Plan) -> Floats:
    """(schools,) mean travel of each school's students, where it is known; NaN where none has a known one."""
    known = np.isfinite(plan.travel)
    students = np.where(known, plan.district.students, 0.0)
    return divided(plan.sums(students * np.where(known, plan.travel, 0.0)), plan.sums(students))


MEASURES = (
    Measure(
        *("travel_mean", with_groups(lambda plan: travel_mean(plan, plan.district.students), travel_mean), "travel"),
        places={"": Place.JUDGED},
    ),
    Measure("travel_p90", one(travel_p90), "travel", places={}),
    Measure("travel_max", one(travel_max), "travel", places={"": Place.FULL}),
)
