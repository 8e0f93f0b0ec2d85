"""What maps draw behind the zones: water, main roads and names of places, as much of it as a map has room for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from optimizer.district import Geography

Shapes = NDArray[Any]
BESIDE = 0.1  # of the longer side of a district, that its surroundings go beyond it


@dataclass(frozen=True, eq=False)
class Context:
    """In a district's crs, and as far as its surroundings go. water: areas and lines. roads: lines. places: points,
    those first that matter most. names: of each place."""

    water: Shapes
    roads: Shapes
    places: Shapes
    names: tuple[str, ...]


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
