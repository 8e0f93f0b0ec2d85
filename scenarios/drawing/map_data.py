"""What the page's map draws and looks up: shapes as arcs, blocks, schools, and one entry a plan.

The whole is one dict of plain values, kept in report.json packed (scenarios/reading/pack.py). Any count in it may be
None: not known, or not shown; the page then says so.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.arrays import Floats
from optimizer.district import District, Geography
from optimizer.measures import school_rows
from optimizer.plan import Plan
from scenarios.drawing.colours import neighbours, zone_colours
from scenarios.drawing.context import live_context
from scenarios.drawing.frame import Frame
from scenarios.drawing.topology import Topology, fitting, topology
from scenarios.reading.map_schemas import Map, MapBlocks, MapPlan, MapSchool

LONG_SIDE = 16_000  # units of the map's longer side: 3 m in a district of 50 km
CORNER = 1.5  # units that a border may give way, so that it needs fewer corners
TODAY = "status_quo"
_drawing = threading.Lock()


def map_data(district: District, plans: Sequence[tuple[str, Plan]]) -> Map | None:
    """Everything that the map needs, today's zones first among `plans`; None where the district has no shapes."""
    geography = district.geography
    if geography is None or district.blocks == 0:
        return None
    drawn = drawn_shapes(geography)
    frame, shapes = drawn.frame, drawn.topology
    now = Plan.today(district)
    shown = [(TODAY, now), *plans]
    data: Map = {
        "frame": {
            "left": frame.left,
            "top": frame.top,
            "metres": frame.metres,
            "width": frame.width,
            "height": frame.height,
            "crs": geography.crs,
        },
        "arcs": {
            "n": np.diff(shapes.start).tolist(),
            "xy": np.diff(shapes.xy, axis=0, prepend=0).ravel().tolist(),
        },
        "rings": shapes.rings,
        "blocks": _blocks(district),
        "schools": _schools(district, frame, [plan for _, plan in shown]),
        "groups": list(district.groups),
        "unit": district.travel.unit,
        "plans": [plan_entry(name, plan) for name, plan in shown],
    }
    around = live_context(geography, frame)
    return data if around is None else {**data, "context": around}


@dataclass(frozen=True, eq=False)
class Drawn:
    """polygons: (blocks,) the shapes with fewer corners, in crs. topology: the same in units of the frame."""

    frame: Frame
    polygons: NDArray[Any]
    topology: Topology


def drawn_shapes(geography: Geography) -> Drawn:
    """The shapes as maps draw them: worked out once, however many plans are drawn on them, and whoever asks meanwhile
    waits."""
    with _drawing:
        return _drawn_shapes(geography)


@lru_cache(maxsize=2)
def _drawn_shapes(geography: Geography) -> Drawn:
    frame = Frame.around(geography.polygon, geography.school_xy, long_side=LONG_SIDE)
    polygons = fitting(geography.polygon, CORNER * frame.metres)
    return Drawn(frame, polygons, topology(polygons, frame))


def plan_entry(name: str, plan: Plan) -> MapPlan:
    """One plan of the map: by block its school's number and travel there; by school the figures of its zone."""
    digits = 0 if plan.district.travel.unit == "m" else 1
    return {
        "name": name,
        "school": plan.school.tolist(),
        "travel": _rounded(plan.travel, digits),
        "zones": [
            {
                "students": _round(row.students or 0.0),
                "poverty": row.poverty_rate,
                "groups": [_share(row.groups[group] or 0.0, row.counted or 0.0) for group in plan.district.groups],
            }
            for row in school_rows(plan)
        ],
    }


def shapes_of(data: Map) -> Topology:
    """The shapes again, in units of the map's frame."""
    xy = np.cumsum(np.array(data["arcs"]["xy"], np.int64).reshape(-1, 2), axis=0)
    start = np.concatenate([[0], np.cumsum(np.array(data["arcs"]["n"], np.int64))])
    return Topology(xy, start, data["rings"])


def frame_of(data: Map) -> tuple[Frame, str]:
    """(the map's frame, its crs)."""
    at = data["frame"]
    return Frame(at["left"], at["top"], at["metres"], at["width"], at["height"]), at["crs"]


def _blocks(district: District) -> MapBlocks:
    return {
        "id": list(district.block_ids),
        "students": _rounded(district.students, 1),
        "counted": _rounded(district.exposed, 1),
        "poverty": _rounded(district.poverty, 1) if district.has_poverty else None,
        "groups": [_rounded(district.group_counts[:, k], 1) for k in range(len(district.groups))],
    }


def _schools(district: District, frame: Frame, plans: Sequence[Plan]) -> list[MapSchool]:
    assert district.geography is not None
    at = np.clip(frame.units(district.geography.school_xy), 0, [frame.width, frame.height])
    colour = zone_colours(neighbours(district, tuple(plans)))
    seats = _rounded(district.capacity, 0)
    return [
        {
            "id": district.school_ids[j],
            "name": district.school_names[j],
            "x": int(at[j, 0]),
            "y": int(at[j, 1]),
            "colour": colour[j],
            "seats": seats[j],
        }
        for j in range(district.schools)
    ]


def _rounded(values: Floats | NDArray[Any], digits: int) -> list[float | None]:
    """Whole numbers where they are whole, so that the text is short; None for what is not finite."""
    known = np.isfinite(values).tolist()
    return [_round(value, digits) if ok else None for value, ok in zip(values.tolist(), known, strict=True)]


def _round(value: float, digits: int = 1) -> float:
    number = round(float(value), digits)
    return int(number) if number.is_integer() else number


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole > 0 else None
