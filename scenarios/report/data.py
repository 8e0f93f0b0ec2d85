"""Everything that a report shows, as plain values: the page computes nothing and can be drawn again from the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from optimizer.measures import group_rows, school_rows
from optimizer.plan import Plan
from scenarios.report.maps import maps_data


def report_data(plan: Plan, summary: Mapping[str, Any]) -> dict[str, Any]:
    """What report.json holds: the summary, tables by group and by school of both plans, who moves where, and the maps.

    summary: what summary.json holds. None stands for what is not known; there is no NaN.
    """
    today = Plan.status_quo(plan.district)
    schools = {"status_quo": school_rows(today), "plan": school_rows(plan)}
    rates = {which: [row["poverty_rate"] for row in rows] for which, rows in schools.items()}
    return {
        "summary": dict(summary),
        "travel_unit": plan.district.travel.unit,
        "travel_from_file": hasattr(plan.district.travel, "pairs"),
        "has_poverty": plan.district.has_poverty,
        "groups": list(plan.district.groups),
        "blocks": plan.district.blocks,
        "students": float(plan.district.students.sum()),
        "by_group": {"status_quo": group_rows(today), "plan": group_rows(plan)},
        "by_school": schools,
        "moves": moves(plan),
        "maps": maps_data(plan, rates),
    }


def moves(plan: Plan) -> list[dict[str, Any]]:
    """By pair of schools, the blocks and students that go from one to the other; most students first."""
    district = plan.district
    blocks = np.flatnonzero(plan.moved)
    rows: dict[tuple[int, int], list[float]] = {}
    for b in blocks:
        row = rows.setdefault((int(district.status_quo[b]), int(plan.school[b])), [0, 0.0])
        row[0] += 1
        row[1] += float(district.students[b])
    ordered = sorted(rows.items(), key=lambda item: (-item[1][1], item[0]))
    return [{"from": old, "to": new, "blocks": int(n), "students": s} for (old, new), (n, s) in ordered]
