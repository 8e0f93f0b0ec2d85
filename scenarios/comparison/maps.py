"""Small maps of the zones of each plan, and of what it moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from optimizer.plan import Plan
from scenarios.comparison.compare import STATUS_QUO
from scenarios.drawing.colours import neighbours, zone_colours
from scenarios.drawing.context import drawn_context
from scenarios.drawing.frame import Frame
from scenarios.drawing.maps import moved, school_points, simplified, zone_map, zones
from scenarios.drawing.marks import Drawing
from scenarios.paper.numbers import percent
from scenarios.paper.wording import counted

COARSE = 3  # units: these maps are a third as wide as a report's


def zone_maps(plans: Mapping[str, Plan], names: Sequence[str], key: str) -> list[tuple[Drawing, str, str]]:
    """A drawing a plan, its name and what it moves; [] without shapes or plans. key: of the maps of this district."""
    shown = {name: plans[name] for name in names if name in plans}
    district = next(iter(shown.values())).district if shown else None
    if district is None or district.geography is None or len(shown) < 2:
        return []
    frame = Frame.around(district.geography.polygon, district.geography.school_xy)
    shapes = simplified(district.geography.polygon, COARSE * frame.metres)
    colour = zone_colours(neighbours(district, tuple(shown.values())))
    schools, around = school_points(district, frame), drawn_context(district.geography, frame, None)
    found = []
    for k, (name, plan) in enumerate(shown.items()):
        blocks = counted(int(plan.moved.sum()), "block")
        drawn = zone_map(
            (frame.width, frame.height),
            [(f"z{colour[zone['school']]}", zone["path"]) for zone in zones(plan, shapes, frame)],
            [row["path"] for row in moved(plan, shapes, frame)],
            schools,
            title=f"Zones under {name}",
            about=f"Hatched: blocks that change school ({blocks}).",
            key=f"{key}-{k}",
            context=around,
        )
        text = "" if name == STATUS_QUO else f": {blocks}, {percent(plan.moved_share)} of students change school"
        found.append((drawn, name, text))
    return found
