"""A local drawing frame: from metres in the district's crs to small whole numbers, so that maps stay small files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from optimizer.arrays import Floats
from scenarios.reading.map_schemas import ScaleBar

LONG_SIDE = 2000  # units of the drawing's longer side: a third of a pixel on a map as wide as half a screen
MARGIN = 30  # units around the shapes, so that markers at the edge are whole
NICE = (1, 2, 5)


@dataclass(frozen=True)
class Frame:
    """left, top: crs metres at the drawing's corner. metres: per unit. width, height: units. y grows downwards."""

    left: float
    top: float
    metres: float
    width: int
    height: int

    @classmethod
    def around(cls, polygons: NDArray[Any], points: Floats, *, long_side: int = LONG_SIDE) -> Frame:
        """The frame that holds the polygons, and the points (n, 2) within reach of them. long_side: in units."""
        low_x, low_y, high_x, high_y = shapely.total_bounds(polygons)
        reach = 0.1 * max(high_x - low_x, high_y - low_y)
        # A school put far away by mistake must not shrink the map to a dot.
        near = points[
            (points[:, 0] > low_x - reach)
            & (points[:, 0] < high_x + reach)
            & (points[:, 1] > low_y - reach)
            & (points[:, 1] < high_y + reach)
        ]
        low_x, low_y = np.vstack([near, [[low_x, low_y]]]).min(axis=0)
        high_x, high_y = np.vstack([near, [[high_x, high_y]]]).max(axis=0)
        metres = max(high_x - low_x, high_y - low_y, 1.0) / long_side
        width = int(np.ceil((high_x - low_x) / metres)) + 2 * MARGIN
        height = int(np.ceil((high_y - low_y) / metres)) + 2 * MARGIN
        return cls(low_x - MARGIN * metres, high_y + MARGIN * metres, metres, width, height)

    def units(self, xy: Floats) -> NDArray[np.int64]:
        """(n, 2) crs metres to whole units."""
        return np.rint((xy - [self.left, self.top]) / [self.metres, -self.metres]).astype(np.int64)

    def metres_of(self, shapes: NDArray[Any]) -> NDArray[Any]:
        """Shapes in units, back in crs metres."""
        return np.asarray(
            shapely.transform(shapes, lambda xy: xy * [self.metres, -self.metres] + [self.left, self.top])
        )

    def path(self, shapes: NDArray[Any]) -> str:
        """SVG path data of polygons or multipolygons, in whole units relative to the point before; even-odd filled."""
        rings = shapely.get_rings(shapely.get_parts(shapes))
        xy, ring = shapely.get_coordinates(rings, return_index=True)
        parts = np.split(self.units(xy), np.flatnonzero(np.diff(ring)) + 1)
        return "".join(_ring(part) for part in parts if len(part))

    def way(self, lines: NDArray[Any]) -> str:
        """SVG path data of lines, likewise."""
        xy, line = shapely.get_coordinates(lines, return_index=True)
        parts = np.split(self.units(xy), np.flatnonzero(np.diff(line)) + 1)
        return "".join(_way(part) for part in parts if len(part))

    def scale_bar(self) -> ScaleBar:
        """A round length in metres of about a quarter of the width, and its units."""
        about = self.width * self.metres / 4
        power = 10.0 ** np.floor(np.log10(about))
        metres = max(step * power for step in NICE if step * power <= about)
        return {"metres": float(metres), "units": round(metres / self.metres)}


def _way(xy: NDArray[np.int64]) -> str:
    numbers = " ".join(f"{x} {y}" for x, y in np.diff(xy, axis=0).tolist())
    return f"M{xy[0, 0]} {xy[0, 1]}l{numbers}".replace(" -", "-")


def _ring(xy: NDArray[np.int64]) -> str:
    steps = np.diff(xy, axis=0)
    steps = steps[(steps != 0).any(axis=1)]
    if len(steps) < 3:  # smaller than a unit: a dot, so that a moved block is never invisible
        return f"M{xy[0, 0]} {xy[0, 1]}h1v1h-1z"
    # The last step only returns to the start, as z does.
    numbers = " ".join(f"{x} {y}" for x, y in steps[:-1].tolist())
    return f"M{xy[0, 0]} {xy[0, 1]}l{numbers}z".replace(" -", "-")
