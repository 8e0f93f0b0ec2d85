"""Small maps of the zones of each plan, and of what it moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from optimizer.plan import Plan
from scenarios.comparison.compare import STATUS_QUO
from scenarios.report.colours import neighbours, zone_colours
from scenarios.report.frame import Frame
from scenarios.report.maps import moved, school_points, simplified, zones

COARSE = 3  # units: these maps are a third as wide as a report's


def zone_maps(plans: Mapping[str, Plan], names: Sequence[str]) -> dict[str, Any] | None:
    """A drawing a plan: dissolved zones, and the blocks that change school. None without shapes or plans."""
    shown = {name: plans[name] for name in names if name in plans}
    district = next(iter(shown.values())).district if shown else None
    if district is None or district.geography is None or len(shown) < 2:
        return None
    frame = Frame.around(district.geography.polygon, district.geography.school_xy)
    shapes = simplified(district.geography.polygon, COARSE * frame.metres)
    colour = zone_colours(neighbours(district, tuple(shown.values())))
    return {
        "width": frame.width,
        "height": frame.height,
        "schools": school_points(district, frame),
        "plans": [
            {
                "name": name,
                "today": name == STATUS_QUO,
                "zones": [(colour[zone["school"]], zone["path"]) for zone in zones(plan, shapes, frame)],
                "moved": "".join(row["path"] for row in moved(plan, shapes, frame)),
                "blocks": int(plan.moved.sum()),
                "share": f"{100 * plan.moved_share:.1f} %",
            }
            for name, plan in shown.items()
        ],
    }
