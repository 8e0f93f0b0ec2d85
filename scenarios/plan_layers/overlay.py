"""Zones over blocks: which zone has most of each block, and how much of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from optimizer.arrays import Floats, Ints


def by_area(blocks: NDArray[Any], zones: NDArray[Any], label: Ints) -> tuple[Ints, Floats]:
    """(blocks,) the label of which each block has the largest part, -1 where it meets none, and that part, 0 to 1.

    zones: (zones,) valid polygons. label: (zones,) >= 0; zones of one label count as one. Ties go to the smallest.
    """
    labels = np.unique(label)
    whole = np.array([shapely.union_all(zones[label == one]) for one in labels])
    block, zone = shapely.STRtree(whole).query(blocks, predicate="intersects")
    shapely.prepare(whole)
    inside = shapely.covers(whole[zone], blocks[block])
    area = np.where(inside, shapely.area(blocks[block]), 0.0)
    rest = np.flatnonzero(~inside)
    area[rest] = shapely.area(shapely.intersection(whole[zone[rest]], blocks[block[rest]]))
    best, part = np.full(len(blocks), -1, np.int32), np.zeros(len(blocks))
    kept = np.flatnonzero(area > 0)
    order = kept[np.lexsort((labels[zone[kept]], -area[kept], block[kept]))]
    first = order[np.unique(block[order], return_index=True)[1]]
    best[block[first]] = labels[zone[first]]
    part[block[first]] = np.minimum(area[first] / shapely.area(blocks[block[first]]), 1.0)
    return best, part


def by_points(blocks: NDArray[Any], zones: NDArray[Any], label: Ints) -> tuple[Ints, Floats]:
    """(blocks,) the label of the zone that holds each block's representative point, -1 where none does, and 1 over the
    number of labels that do. Ties go to the smallest."""
    points = shapely.point_on_surface(blocks)
    point, zone = shapely.STRtree(zones).query(points, predicate="intersects")
    pairs = np.unique(np.column_stack([point, label[zone]]), axis=0)
    best, part = np.full(len(blocks), -1, np.int32), np.zeros(len(blocks))
    held, first, times = np.unique(pairs[:, 0], return_index=True, return_counts=True)
    best[held] = pairs[first, 1]
    part[held] = 1.0 / times
    return best, part
