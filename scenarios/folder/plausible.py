"""Whether travel can be in its unit, by the straight lines, which are known."""

from __future__ import annotations

import numpy as np
import pyproj
import shapely

from optimizer.arrays import Floats
from optimizer.district import District
from optimizer.places import WGS84
from optimizer.rules.travel import FLOOR
from optimizer.travel import TravelTable

PAIRS = 500_000  # pairs that are looked at, at most
NEAR = 200.0  # metres: nearer pairs say nothing of the unit
MOST_TIMES = 2.5  # the straight line: streets are seldom longer, by the median
WINDING = 1.3  # times the straight line: what streets usually are
FAST, SLOW = 150.0, 1.0  # km/h in a straight line: who travels to school is between them
KM, STRETCHED = 1000.0, 0.02  # metres; how far a length may be off in a CRS before it is said
APART = 2000.0  # metres that the schools of a small district may all stand outside of its blocks
PART = 0.05  # of the pairs, from which it is said that they are less than half of the straight line
TIMES, FEW = 100, 10  # seats beyond so many times today's students are odd; fewer students say nothing
# Units that distances are given in, in metres.
LENGTHS = {"kilometres": 1000.0, "miles": 1609.344, "feet": 0.3048, "centimetres": 0.01, "millimetres": 0.001}


def travel_doubts(district: District, floor: float | None = None) -> list[str]:
    """What of the travel file is likely to be in another unit, a line each. floor: the travel_floor that the folder
    gives."""
    travel = district.travel
    if not isinstance(travel, TravelTable) or district.geography is None or len(travel.value) == 0:
        return []
    some = slice(None, None, max(1, len(travel.value) // PAIRS))
    block, school, value = travel.pairs.rows[some], travel.pairs.index[some], travel.value[some]
    polygon = district.geography.polygon
    middle = shapely.get_coordinates(shapely.point_on_surface(polygon))
    straight = np.hypot(*(middle[block] - district.geography.school_xy[school]).T)
    box = shapely.bounds(polygon)
    radius = np.hypot(box[:, 2] - box[:, 0], box[:, 3] - box[:, 1])[block] / 2
    found = (_lengths if travel.unit == "m" else _minutes)(value, straight, radius)
    floor = FLOOR[travel.unit] if floor is None else floor
    if found and (travel.value <= floor).all():
        found[0] += f" All of it lies within travel_floor ({floor:,g}), so that the travel limit asks nothing."
    return found


def _lengths(value: Floats, straight: Floats, radius: Floats) -> list[str]:
    far = straight > radius + NEAR
    if not far.any():
        return []
    ratio = float(np.median(value[far] / straight[far]))
    figures = f"(median {np.median(value[far]):,.4g} m against {np.median(straight[far]):,.0f} m)"
    asked = f"{figures}: is distance_m in {_unit(ratio)}?"
    if (value < straight - radius)[far].mean() > 0.5:
        of = f"{(value < straight).sum():,} of {len(value):,} pairs"
        return [f"travel is shorter than the straight line for {of} {asked}"]
    if ratio > MOST_TIMES:
        of = f"{(value > MOST_TIMES * straight)[far].sum():,} of {far.sum():,} pairs"
        return [f"travel is more than {MOST_TIMES:g} times the straight line for {of} {asked}"]
    short = (value < straight / 2 - radius)[far]
    if short.mean() > PART:
        of = f"{short.sum():,} of {far.sum():,} pairs"
        return [f"travel is less than half of the straight line for {of}: is distance_m in one unit throughout?"]
    return []


def _unit(ratio: float) -> str:
    """The unit that travel so many times the straight line in metres is likely to be in."""
    off = {name: abs(np.log(ratio * metres / WINDING)) if ratio > 0 else np.inf for name, metres in LENGTHS.items()}
    name = min(off, key=lambda one: off[one])
    return name if off[name] < np.log(2) else "metres"


def _minutes(value: Floats, straight: Floats, radius: Floats) -> list[str]:
    far = straight > radius + NEAR
    if not far.any():
        return []
    with np.errstate(divide="ignore"):
        speed = straight[far] / 1000 / (value[far] / 60)  # km/h
    middle, pairs = float(np.median(speed)), f"of {far.sum():,} pairs"
    figures = f"(median {np.median(value[far]):,.4g} min for {np.median(straight[far]):,.0f} m)"
    if middle > FAST:
        return [f"minutes mean more than {FAST:g} km/h for {(speed > FAST).sum():,} {pairs} {figures}: are they hours?"]
    if middle < SLOW:
        what = f"minutes mean less than {SLOW:g} km/h for {(speed < SLOW).sum():,} {pairs} {figures}"
        return [f"{what}: are they seconds?"]
    return []


def place_doubts(district: District) -> list[str]:
    """Where all schools stand apart from all blocks: one of the two files is in another place than it should be."""
    if district.geography is None:
        return []
    blocks = shapely.box(*shapely.total_bounds(district.geography.polygon))
    away = float(shapely.distance(shapely.points(district.geography.school_xy), blocks).min())
    if away <= APART:
        return []
    what = f"every school is {away / KM:,.1f} km or more from all blocks"
    return [f"{what}: is one of the two in another CRS than it declares, or has a coordinate been mistyped?"]


def crs_doubts(district: District) -> list[str]:
    """Where a metre of the district's CRS is none on the ground."""
    if district.geography is None:
        return []
    crs = pyproj.CRS(district.geography.crs)
    west, south, east, north = shapely.total_bounds(district.geography.polygon)
    x, y = (west + east) / 2, (south + north) / 2
    lon, lat = pyproj.Transformer.from_crs(crs, WGS84, always_xy=True).transform([x - KM, x + KM], [y - KM, y + KM])
    ground = pyproj.Geod(ellps="WGS84").line_length(lon, lat)
    times = float(np.hypot(2 * KM, 2 * KM) / ground)
    if abs(times - 1) <= STRETCHED:
        return []
    name = ":".join(crs.to_authority() or (crs.name,))
    return [
        f"a kilometre here is {times:.3g} km in {name}, and so is all travel: give a CRS of the region, such as UTM"
    ]


def odd_sizes(district: District) -> dict[str, float]:
    """By school, seats or a minimum that are more than TIMES today's students, or less than one in TIMES."""
    students = district.load_now + district.other_students
    known = district.has_zone & (students >= FEW)
    found: dict[str, float] = {}
    for size in (district.min_students, district.capacity):
        odd = known & (size > 0) & ((size > TIMES * students) | (size * TIMES < students))
        found |= {district.school_ids[j]: float(size[j]) for j in np.flatnonzero(odd)}
    return found
