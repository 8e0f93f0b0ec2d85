"""Group by group: who meets how much poverty, who moves, who travels how far."""

from __future__ import annotations

from typing import Any

from optimizer.arrays import Floats
from optimizer.measures.change import moved_counted, moved_share
from optimizer.measures.exposure import bands, met_by
from optimizer.measures.travel import travel_mean
from optimizer.measures.zones import number, zone_counts
from optimizer.plan import Plan


def group_rows(plan: Plan) -> list[dict[str, Any]]:
    """One row for all students, one a group, and one for students in poverty and one for the others where known:
    students, shares moved (`moved_counted`: as limits count them), mean travel, exposure to poverty, and the share in
    schools within, above and below the band. None stands for what is not defined."""
    district = plan.district
    rows = [_row(plan, "all", district.exposed)]
    rows += [_row(plan, group, district.group_counts[:, k]) for k, group in enumerate(district.groups)]
    if district.has_poverty:
        rows.append(_row(plan, "poverty", district.poverty))
        rows.append(_row(plan, "not_poverty", district.exposed - district.poverty))
    return rows


def _row(plan: Plan, name: str, students: Floats) -> dict[str, Any]:
    zones, mine = zone_counts(plan), plan.sums(students)
    total, found = float(students.sum()), bands(zones)
    met = None if zones.poverty is None else number(met_by(mine[:, None], zones.poverty, zones.whole)[0])
    row: dict[str, Any] = {
        "group": name,
        "students": total,
        "moved_share": moved_share(plan, students),
        "moved_counted": moved_counted(plan, students),
        "travel_mean": travel_mean(plan, students),
        "exposure_to_poverty": met,
    }
    for place, mask in zip(("within", "high", "low"), found or (None, None, None), strict=True):
        row[f"{place}_band"] = None if mask is None or total == 0 else float(mine[mask].sum()) / total
    return row
