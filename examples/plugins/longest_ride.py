"""A measure of one's own: the share of students whose way to school is longer than two kilometres, or ten minutes."""

from __future__ import annotations

import numpy as np

from optimizer import Plan
from optimizer.measures import Measure

FAR = {"m": 2000.0, "min": 10.0}


def far_share(plan: Plan) -> dict[str, float | None]:
    """Share of all students, and of each group, 0 to 1, of those whose travel is known; None where there are none."""
    district = plan.district
    known = np.isfinite(plan.travel)
    far = known & (plan.travel > FAR[district.travel.unit])
    groups = {"": district.students, **dict(zip(district.groups, district.group_counts.T, strict=True))}
    totals = {group: float(students[known].sum()) for group, students in groups.items()}
    return {
        group: float(students[far].sum()) / totals[group] if totals[group] > 0 else None
        for group, students in groups.items()
    }


MEASURES = [Measure("far_share", far_share, "share", text="Students who go far")]
