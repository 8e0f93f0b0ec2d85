"""The land of a synthetic district: settlements, blocks about them, and a river that few blocks cross."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from optimizer.arrays import Bools, Floats
from scenarios.generator.character import USUAL

ORIGIN = np.array([500_000.0, 4_200_000.0])  # on the central meridian of a UTM zone
SPACING = 600.0  # metres between the middles of two blocks, on average
RIVER_WIDTH = 60.0
GRID = 0.01  # metres: corners lie on this grid, so that neighbours' corners are the same to the last digit
FROM_BLOCKS = 30  # smaller districts have no river


@dataclass(frozen=True, eq=False)
class Land:
    """polygon: (blocks,) a coverage. middle: (blocks, 2) a point in each. town: (blocks,) density, 0 far out to 1.
    far_side: (blocks,) whether the block lies beyond the river."""

    polygon: NDArray[Any]
    middle: Floats
    town: Floats
    far_side: Bools


def lay_out(blocks: int, towns: int, random: np.random.Generator, *, bridges: tuple[int, int] = USUAL.bridges) -> Land:
    """Land of that many blocks about so many settlements. bridges: fewest and most."""
    size = SPACING * np.sqrt(blocks)
    outline = _outline(size, random)
    centres = _inside(outline, towns, lambda n: random.random((n, 2)) * size)
    spread = size * random.uniform(0.06, 0.14, towns)
    seeds = _inside(outline, blocks, lambda n: _about(centres, spread, size, n, random))
    cells = shapely.intersection(_voronoi(seeds, outline), outline)
    river = _river(size, random)
    if blocks >= FROM_BLOCKS:
        cells = _cut(cells, _water(river, bridges, random))
    middle = shapely.get_coordinates(shapely.point_on_surface(cells))
    gap = np.hypot(*(middle[:, None] - centres[None]).transpose(2, 0, 1)) / (2.2 * spread)
    town = np.exp(-(gap.min(axis=1) ** 2))
    level = np.interp(middle[:, 0], river[:, 0], river[:, 1])
    far_side = middle[:, 1] > level
    polygon = shapely.set_precision(shapely.transform(cells, lambda xy: xy + ORIGIN), GRID)
    polygon = shapely.set_precision(polygon, 0.0)  # or what is computed from it would be rounded to the grid too
    return Land(polygon, shapely.get_coordinates(shapely.point_on_surface(polygon)), town, far_side)


def _outline(size: float, random: np.random.Generator) -> Any:
    """A convex border with some corners: convex, so that no block falls apart at it."""
    corners = random.random((24, 2)) * size
    box = np.array([[0.05, 0.0], [1.0, 0.1], [0.93, 1.0], [0.0, 0.9]]) * size
    return shapely.convex_hull(shapely.multipoints(np.vstack([corners, box])))


def _about(centres: Floats, spread: Floats, size: float, n: int, random: np.random.Generator) -> Floats:
    """Places of blocks: most about the settlements, some anywhere."""
    home = random.integers(0, len(centres), n)
    near = centres[home] + random.standard_normal((n, 2)) * spread[home, None] * random.uniform(0.3, 1.7, (n, 1))
    return np.where(random.random((n, 1)) < 0.72, near, random.random((n, 2)) * size)


def _inside(outline: Any, n: int, draw: Any) -> Floats:
    """n drawn points that lie inside the outline."""
    found = np.zeros((0, 2))
    while len(found) < n:
        drawn = draw(2 * n)
        found = np.vstack([found, drawn[shapely.contains_xy(outline, drawn[:, 0], drawn[:, 1])]])
    return found[:n]


def _voronoi(seeds: Floats, outline: Any) -> NDArray[Any]:
    if len(seeds) == 1:
        return np.array([outline])
    # A wide frame, so that every cell reaches the outline.
    cells = shapely.voronoi_polygons(shapely.multipoints(seeds), extend_to=outline.buffer(10_000), ordered=True)
    return np.asarray(shapely.get_parts(cells))


def _river(size: float, random: np.random.Generator) -> Floats:
    """(points, 2) the river's course from west to east."""
    x = np.linspace(-0.1 * size, 1.1 * size, 80)
    bends = sum(a * np.sin(x / size * f * np.pi + p) for a, f, p in zip(
        random.uniform(0.02, 0.07, 3), random.uniform(1, 6, 3), random.uniform(0, 6, 3), strict=True))  # fmt: skip
    return np.column_stack([x, size * (random.uniform(0.4, 0.6) + bends)])


def _water(river: Floats, bridges: tuple[int, int], random: np.random.Generator) -> Any:
    """The river's surface, but for its bridges: there the blocks of both sides touch."""
    course = shapely.LineString(river)
    at = random.uniform(0.2, 0.8, random.integers(bridges[0], bridges[1] + 1))
    dry = shapely.union_all([shapely.line_interpolate_point(course, a, normalized=True).buffer(350) for a in at])
    return shapely.difference(course.buffer(RIVER_WIDTH / 2), dry)


def _cut(cells: NDArray[Any], water: Any) -> NDArray[Any]:
    """The blocks without the water; of a block on both sides the larger part stays the block."""
    cells = shapely.set_precision(cells, GRID)
    dry = shapely.set_precision(shapely.difference(cells, water), GRID)
    for i in np.flatnonzero(shapely.get_num_geometries(dry) > 1):
        parts = shapely.get_parts(dry[i])
        dry[i] = parts[np.argmax(shapely.area(parts))]
    # A block that lies under water altogether keeps its place: every block must have one.
    return np.where(shapely.is_empty(dry), cells, dry)
