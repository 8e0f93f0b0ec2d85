"""What a plan changes: students whose block goes to another school."""

from __future__ import annotations

from optimizer.arrays import Floats
from optimizer.measures.zones import share
from optimizer.plan import Plan


def moved_share(plan: Plan, students: Floats) -> float | None:
    """Share of `students` (blocks,) whose block changes school, 0 to 1; None where there are none."""
    return share(plan.moved, students)
