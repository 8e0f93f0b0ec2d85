"""Zones over blocks: which zone has most of each block, and how much of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from optimizer.arrays import Floats, Ints

SLIVER = 0.01  # of a block: what less of it lies elsewhere is a matter of how borders are drawn
BORDER = 1.0  # square metres that two zones may have in common without a word


def by_area(blocks: NDArray[Any], zones: NDArray[Any], label: Ints) -> tuple[Ints, Floats]:
    """(blocks,) the label of which each block has the largest part, -1 where it meets none, and that part, 0 to 1.

    zones: (zones,) valid polygons. label: (zones,) >= 0; zones of one label count as one. Ties go to the smallest.
    """
    return largest(len(blocks), *shares(blocks, zones, label))


def shares(blocks: NDArray[Any], zones: NDArray[Any], label: Ints) -> tuple[Ints, Ints, Floats]:
    """(pairs,) a block, a label that it meets, and how much of the block lies in that, 0 to 1: by block, the largest
    part first, and of equal parts the smallest label."""
    labels = np.unique(label)
    whole = np.array([shapely.union_all(zones[label == one]) for one in labels])
    block, zone = shapely.STRtree(whole).query(blocks, predicate="intersects")
    shapely.prepare(whole)
    inside = shapely.covers(whole[zone], blocks[block])
    area = np.where(inside, shapely.area(blocks[block]), 0.0)
    rest = np.flatnonzero(~inside)
    area[rest] = shapely.area(shapely.intersection(whole[zone[rest]], blocks[block[rest]]))
    kept = np.flatnonzero(area > 0)
    block, zone = block[kept], zone[kept]
    part = np.minimum(area[kept] / shapely.area(blocks[block]), 1.0)
    order = np.lexsort((labels[zone], -np.round(part, 9), block))
    return block[order].astype(np.int32), labels[zone[order]].astype(np.int32), part[order]


def largest(blocks: int, block: Ints, label: Ints, part: Floats) -> tuple[Ints, Floats]:
    """(blocks,) of pairs as `shares` has them, the label of each block's first, -1 where it has none, and its part."""
    best, most = np.full(blocks, -1, np.int32), np.zeros(blocks)
    held, first = np.unique(block, return_index=True)
    best[held], most[held] = label[first], part[first]
    return best, most


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


def doubled(blocks: NDArray[Any], zones: NDArray[Any], label: Ints) -> tuple[Floats, Floats]:
    """(blocks,) how much of each block lies in more than one label, and how much in none, 0 to 1."""
    whole = np.array([shapely.union_all(zones[label == one]) for one in np.unique(label)])
    block, zone = shapely.STRtree(whole).query(blocks, predicate="intersects")
    shapely.prepare(whole)
    size = shapely.area(blocks)
    inside = shapely.covers(whole[zone], blocks[block])
    area = np.where(inside, size[block], 0.0)
    rest = np.flatnonzero(~inside)
    pieces = np.asarray(shapely.intersection(whole[zone[rest]], blocks[block[rest]]))
    area[rest] = shapely.area(pieces)
    total = np.bincount(block, area, len(blocks))
    covered = np.minimum(total, size)
    # Only where several labels meet a block, and none has all of it, does what they have together need looking at.
    full = np.bincount(block[inside], minlength=len(blocks)) > 0
    times = np.bincount(block[rest], minlength=len(blocks))
    for i in np.flatnonzero((times > 1) & ~full):
        covered[i] = shapely.area(shapely.union_all(pieces[block[rest] == i]))
    return np.maximum(total - covered, 0.0) / size, np.maximum(size - covered, 0.0) / size


def in_common(zones: NDArray[Any], label: Ints) -> list[tuple[int, int, float]]:
    """Pairs of labels whose zones lie over each other by more than BORDER, with the square metres; most first."""
    labels = np.unique(label)
    whole = np.array([shapely.union_all(zones[label == one]) for one in labels])
    first, second = shapely.STRtree(whole).query(whole, predicate="intersects")
    ahead = first < second
    first, second = first[ahead], second[ahead]
    area = shapely.area(shapely.intersection(whole[first], whole[second]))
    order = [k for k in np.argsort(-area, kind="stable").tolist() if area[k] > BORDER]
    return [(int(labels[first[k]]), int(labels[second[k]]), float(area[k])) for k in order]
