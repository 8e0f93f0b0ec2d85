"""Everything that a report shows of one plan, as plain values: the page computes nothing and can be drawn again from
the file.

A document, as report.json holds it: None stands for what is not known or not shown; there is no NaN.

    format       of this layout
    name         the plan's, None for the plan of a run
    fingerprint  of the district: documents that share it can be shown side by side
    summary      what summary.json holds; for a plan that no search made, objective, bound, status and seed are None
    travel_unit, travel_from_file, has_poverty, groups, blocks, students    of the district
    by_group, by_school    {"status_quo": rows, "plan": rows} (optimizer.measures: group_rows, school_rows)
    burden       rows as in by_group: group, farther (share whose travel grows), moved_travel_change (mean of the moved)
    moves        rows of from, to (schools' numbers), blocks, students
    stark        {"status_quo": rows, "plan": rows} (optimizer.measures.stark)
    maps         drawings for paper (scenarios.drawing.maps), None where the district has no shapes
    map          the page's map (scenarios.drawing.map_data), packed (scenarios.reading.pack), None likewise
    public       None for the planner's own; else {"threshold": n, "suppressed": how many counts}: then every count that
                 is None has been suppressed, and the page says so
    uncertainty  {"intervals", "draws_model"} as `evaluate --draws` gives them, None where not computed
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from optimizer.district import District
from optimizer.measures import group_rows, school_rows
from optimizer.measures.change import farther, travel_change
from optimizer.measures.stark import stark_borders
from optimizer.measures.zones import share
from optimizer.plan import Plan
from scenarios.drawing.map_data import map_data
from scenarios.drawing.maps import maps_data
from scenarios.reading.pack import pack
from scenarios.reading.schemas import FORMAT


def report_data(plan: Plan, summary: Mapping[str, Any], *, name: str | None = None) -> dict[str, Any]:
    """The document of a plan. summary: what summary.json holds."""
    today = Plan.today(plan.district)
    schools = {"status_quo": school_rows(today), "plan": school_rows(plan)}
    rates = {which: [row["poverty_rate"] for row in rows] for which, rows in schools.items()}
    drawn = map_data(plan.district, [(name or "plan", plan)])
    return {
        "format": FORMAT,
        "name": name,
        "fingerprint": fingerprint(plan.district),
        "summary": dict(summary),
        "travel_unit": plan.district.travel.unit,
        "travel_from_file": hasattr(plan.district.travel, "pairs"),
        "has_poverty": plan.district.has_poverty,
        "groups": list(plan.district.groups),
        "blocks": plan.district.blocks,
        "students": float(plan.district.students.sum()),
        "by_group": {"status_quo": group_rows(today), "plan": group_rows(plan)},
        "by_school": schools,
        "burden": burden(plan),
        "moves": moves(plan),
        "stark": {"status_quo": stark_borders(today), "plan": stark_borders(plan)},
        "maps": maps_data(plan, rates),
        "map": None if drawn is None else pack(drawn),
        "public": None,
        "uncertainty": None,
    }


def fingerprint(district: District) -> str:
    """A hash of blocks, schools, counts and today's zones."""
    found = hashlib.sha256("\n".join((*district.columns, "", *district.block_ids, "", *district.school_ids)).encode())
    found.update(district.counts.tobytes())
    found.update(district.status_quo.tobytes())
    return found.hexdigest()[:16]


def burden(plan: Plan) -> list[dict[str, Any]]:
    """By group, in the order of group_rows: the share of its students whose travel grows, 0 to 1, and the mean change
    of travel of those who change school, in the unit of travel. None where no student counts."""
    district = plan.district
    groups = [("all", district.exposed), *zip(district.groups, district.group_counts.T, strict=True)]
    if district.has_poverty:
        groups += [("poverty", district.poverty), ("not_poverty", district.exposed - district.poverty)]
    grows = farther(plan)
    return [
        {
            "group": name,
            "farther": share(grows, students),
            "moved_travel_change": travel_change(plan, np.where(plan.moved, students, 0.0)),
        }
        for name, students in groups
    ]


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
