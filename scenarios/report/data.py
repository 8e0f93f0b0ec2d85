"""What a report shows of one plan, as a document: the page computes nothing."""

from __future__ import annotations

import hashlib

from optimizer.district import District
from optimizer.measures import burdens, group_rows, moves, school_rows, stark_borders
from optimizer.plan import Plan
from scenarios.drawing.map_data import map_data
from scenarios.drawing.maps import maps_data
from scenarios.reading.pack import pack
from scenarios.reading.records import Document, Ends, Summary


def report_data(plan: Plan, summary: Summary, *, name: str | None = None) -> Document:
    """The document of a plan."""
    district, today = plan.district, Plan.today(plan.district)
    schools = Ends(status_quo=school_rows(today), plan=school_rows(plan))
    drawn = map_data(district, [(name or "plan", plan)])
    return Document(
        name=name,
        fingerprint=fingerprint(district),
        summary=summary,
        travel_unit=district.travel.unit,
        travel_from_file=hasattr(district.travel, "pairs"),
        has_poverty=district.has_poverty,
        groups=list(district.groups),
        blocks=district.blocks,
        students=float(district.students.sum()),
        by_group=Ends(status_quo=group_rows(today), plan=group_rows(plan)),
        by_school=schools,
        burden=burdens(plan),
        moves=moves(plan),
        stark=Ends(status_quo=stark_borders(today), plan=stark_borders(plan)),
        maps=maps_data(
            plan,
            {
                "status_quo": [row.poverty_rate for row in schools.status_quo],
                "plan": [row.poverty_rate for row in schools.plan],
            },
        ),
        map=None if drawn is None else pack(drawn),
    )


def fingerprint(district: District) -> str:
    """A hash of blocks, schools, counts and today's zones."""
    found = hashlib.sha256("\n".join((*district.columns, "", *district.block_ids, "", *district.school_ids)).encode())
    found.update(district.counts.tobytes())
    found.update(district.status_quo.tobytes())
    return found.hexdigest()[:16]
