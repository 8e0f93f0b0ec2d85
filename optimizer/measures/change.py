"""What a plan changes, against today's real school: students whose block goes to another one, and how much farther they
travel. The only place that says so, for tables, pages and what may be published of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optimizer.arrays import Bools, Floats
from optimizer.measures.record import Measure, Place, one, with_groups
from optimizer.measures.zones import share
from optimizer.plan import Plan

GROWS = 1e-6  # metres or minutes: FORMAT.md's allowance


def moved_share(plan: Plan, students: Floats) -> Floats:
    """() share of `students` (blocks,) whose block changes school, 0 to 1; NaN where there are none."""
    return share(plan.moved, students)


def moved_counted(plan: Plan, students: Floats) -> Floats:
    """The same of those whom limits on moves count: without the students of closed schools."""
    return share(plan.counted_moved, students)


def farther(plan: Plan) -> Bools:
    """(blocks,) whether travel grows; not where it is not known, today or then."""
    return np.asarray(plan.travel_change > GROWS)


def travel_change(plan: Plan, students: Floats) -> float | None:
    """Mean change of travel of `students` (blocks,), in its unit, where it is known, today and then; else None."""
    known = np.isfinite(plan.travel_change)
    counted = np.where(known, students, 0.0)
    total = float(counted.sum())
    return float((np.where(known, plan.travel_change, 0.0) * counted).sum()) / total if total > 0 else None


def _of_all(value: Callable[[Plan, Floats], Floats]) -> Callable[[Plan], Floats]:
    """Of all students; 0 in a district without any."""
    return lambda plan: np.nan_to_num(value(plan, plan.district.students))


MEASURES = (
    Measure(
        *("moved_share", with_groups(_of_all(moved_share), moved_share), "share"),
        places={"": Place.JUDGED},
        many=True,
    ),
    Measure("moved_counted", one(_of_all(moved_counted)), "share", places={"": Place.JUDGED}, many=True),
)
