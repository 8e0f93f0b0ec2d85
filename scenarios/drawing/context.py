"""What maps draw behind the zones: water, main roads and names of places, as much of it as a map has room for."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from optimizer.district import Geography
from scenarios.drawing.frame import Frame
from scenarios.reading.map_schemas import Arcs, DrawnContext, MapContext, Town

Shapes = NDArray[Any]
Box = tuple[float, float, float, float]  # left, top, right, bottom in units
BESIDE = 0.1  # of the longer side of a district, that its surroundings go beyond it
CORNERS, FEW = 4_000, 1_500  # at most, of areas of water, rivers and roads each: of the page's map, of one on paper
FINE, COARSE = 5.0, 1.5  # units that they give way at least
SMALL = 6  # times as many units: what is smaller is left out
TOWNS = 200  # names at most
LETTER, WIDE = 0.62, 1.05  # of the size of letters, that one is wide at most: a Latin one, a Chinese one
SIZE = 36  # units of a name's letters on a map for paper


@dataclass(frozen=True, eq=False)
class Context:
    """In a district's crs, and as far as its surroundings go. water: areas and lines. roads: lines. places: points,
    those first that matter most. names: of each place. credit: whom a map has to name for it."""

    water: Shapes
    roads: Shapes
    places: Shapes
    names: tuple[str, ...]
    credit: str = ""


@dataclass(frozen=True, eq=False)
class Surrounded(Geography):
    """Shapes of a district with what lies around them, which is drawn, and of which nothing that computes knows."""

    context: Context


def surroundings(polygons: Shapes) -> Any:
    """The box of a district, and a tenth around."""
    west, south, east, north = shapely.total_bounds(polygons)
    more = BESIDE * max(east - west, north - south)
    return shapely.box(west - more, south - more, east + more, north + more)


def cut(shapes: Shapes, box: Any) -> Shapes:
    """(rows,) the shapes as far as they lie in the box; empty where they do not."""
    near = shapely.intersects(shapely.envelope(shapes), box)
    found = np.full(len(shapes), shapely.Point(), object)
    found[near] = shapely.clip_by_rect(shapely.make_valid(shapes[near]), *box.bounds)
    return found


@lru_cache(maxsize=2)
def live_context(geography: Geography, frame: Frame) -> MapContext | None:
    """What the page's map draws behind its zones; None where the folder gives nothing. In units of its frame."""
    if not isinstance(geography, Surrounded):
        return None
    found = geography.context
    water, rivers, roads = _thinned(found, frame, FINE, CORNERS, surroundings(geography.polygon))
    at = frame.units(shapely.get_coordinates(found.places[:TOWNS])).tolist()
    towns: list[Town] = [{"x": x, "y": y, "name": name} for (x, y), name in zip(at, found.names, strict=False)]
    return {
        "water": _arcs(shapely.get_rings(water), frame),
        "rivers": _arcs(rivers, frame),
        "roads": _arcs(roads, frame),
        "places": [*_credit(found, frame), *towns],
    }


def drawn_context(geography: Geography, frame: Frame, taken: Sequence[Box] | None) -> DrawnContext | None:
    """What a map for paper draws behind its zones. taken: where no name may stand; None for a map without names."""
    if not isinstance(geography, Surrounded):
        return None
    found, (width, height) = geography.context, np.array([frame.width, frame.height]) * frame.metres
    whole = shapely.box(frame.left, frame.top - height, frame.left + width, frame.top)
    water, rivers, roads = _thinned(found, frame, COARSE, FEW, whole)
    return {
        "water": frame.path(water),
        "rivers": frame.way(rivers),
        "roads": frame.way(roads),
        "places": [] if taken is None else _with_room(found, frame, list(taken)),
    }


def _thinned(context: Context, frame: Frame, give: float, most: int, box: Any) -> tuple[Shapes, Shapes, Shapes]:
    """Areas of water, rivers and roads in the box, with as few corners as the map needs and may have."""
    water, roads = cut(context.water, box), cut(context.roads, box)
    parts = shapely.get_parts(water)
    areas = shapely.union_all(parts[shapely.get_dimensions(parts) == 2])
    rivers = parts[shapely.get_dimensions(parts) == 1]
    lines = [shapely.line_merge(shapely.multilinestrings(some)) for some in (rivers, shapely.get_parts(roads))]
    found = [_fewer(shapely.get_parts(some), give * frame.metres, most) for some in (areas, *lines)]
    return found[0], found[1], found[2]


def _fewer(shapes: Shapes, give: float, most: int) -> Shapes:
    """The shapes with fewer corners, small ones left out: the more of both, the more corners there are."""
    while True:
        found = shapely.simplify(shapes, give)
        west, south, east, north = shapely.bounds(found).T
        found = found[np.fmax(east - west, north - south) > SMALL * give]
        if shapely.get_num_coordinates(found).sum() <= most:
            return np.asarray(found)
        give *= 2


def _credit(context: Context, frame: Frame) -> list[Town]:
    """Who made what is drawn, in the corner of the map."""
    x = round(frame.width - _half(context.credit) - SIZE / 2)
    return [{"x": x, "y": round(frame.height - SIZE), "name": context.credit}] if context.credit else []


def _half(name: str) -> float:
    """Units of half a name's width."""
    return SIZE * sum(WIDE if unicodedata.east_asian_width(c) in "WF" else LETTER for c in name) / 2


def _arcs(lines: Shapes, frame: Frame) -> Arcs:
    xy, line = shapely.get_coordinates(lines, return_index=True)
    steps = np.diff(frame.units(xy), axis=0, prepend=0)
    return {"n": np.bincount(line, minlength=len(lines)).tolist(), "xy": steps.ravel().tolist()}


def _with_room(context: Context, frame: Frame, taken: list[Box]) -> list[Town]:
    """The names for which there is room, none over another: at its place, or else a line above or below."""
    found = _credit(context, frame)
    taken += [(one["x"] - _half(one["name"]), one["y"] - SIZE, frame.width, frame.height) for one in found]
    for (x, y), name in zip(frame.units(shapely.get_coordinates(context.places)).tolist(), context.names, strict=True):
        half = _half(name)
        for at in (y, y + 1.2 * SIZE, y - 1.2 * SIZE):
            box = (x - half, at - 0.6 * SIZE, x + half, at + 0.6 * SIZE)
            inside = box[0] >= 0 and box[1] >= 0 and box[2] <= frame.width and box[3] <= frame.height
            if inside and not any(_meet(box, other) for other in taken):
                taken.append(box)
                found.append({"x": x, "y": round(at), "name": name})
                break
        if len(found) == TOWNS:
            break
    return found


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
