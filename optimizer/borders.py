"""Borders that two shapes have in common: exactly, or but for what rounding and projecting do to them.

A map that goes through another file format or coordinate system comes back with its corners moved by nanometres to
millimetres. Where a corner of one block lies within a straight side of the other, nothing is shared exactly then.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.arrays import Floats, Offsets

SHARED = 1e-6  # metres that two borders share exactly, beyond which blocks are neighbours (FORMAT.md)
WITHIN, ALONG = 0.05, 1.0  # and metres: so near to the other's border lies more than this of one's
AT_ONCE = 1 << 21  # pairs of segments that are looked at together


def neighbours(shapes: NDArray[Any]) -> tuple[Offsets, Offsets]:
    """(pairs,), (pairs,) places of the polygons that are neighbours, the first of each pair before the second.

    Whole segments that two borders share settle most pairs by sorting alone; only the others are measured.
    """
    import shapely  # noqa: PLC0415 - few of those who ask for a district need its shapes

    boxes = shapely.bounds(shapes) + np.array([-WITHIN, -WITHIN, WITHIN, WITHIN])
    first, second = shapely.STRtree(shapes).query(shapely.box(*boxes.T))
    first, second = first[first < second], second[first < second]
    found = np.isin(first * len(shapes) + second, _sharing_segments(shapes))
    shapely.prepare(shapes)
    rest = np.flatnonzero(~found)
    rest = rest[shapely.dwithin(shapes[first[rest]], shapes[second[rest]], WITHIN)]
    near = near_lengths(shapes[first[rest]], shapes[second[rest]])
    found[rest] = near > ALONG
    short = rest[(near > 0) & (near <= ALONG)]
    exact = shapely.intersection(*(shapely.boundary(shapes[side[short]]) for side in (first, second)))
    found[short] = shapely.length(exact) > SHARED
    return first[found], second[found]


def common_borders(one: NDArray[Any], other: NDArray[Any]) -> NDArray[Any]:
    """(pairs,) the borders that neighbours have in common: what they share exactly, or where more than ALONG besides is
    but near, all of one's border that is near to the other's."""
    import shapely  # noqa: PLC0415

    a, b = shapely.boundary(one), shapely.boundary(other)
    border = shapely.intersection(a, b)
    loose = np.flatnonzero(near_lengths(one, other) - shapely.length(border) > ALONG)
    beside = [shapely.intersection(x[loose], shapely.buffer(y[loose], WITHIN)) for x, y in ((a, b), (b, a))]
    border[loose] = np.where(shapely.length(beside[0]) >= shapely.length(beside[1]), *beside)
    return np.asarray(border)


def near_lengths(one: NDArray[Any], other: NDArray[Any], within: float = WITHIN) -> Floats:
    """(pairs,) metres of one border that lie within so many metres of the other, the longer of the two ways round."""
    import shapely  # noqa: PLC0415

    found = np.zeros(len(one))
    for some in _batches(shapely.get_num_coordinates(one) + shapely.get_num_coordinates(other)):
        found[some] = _near_lengths(one[some], other[some], within)
    return found


def _near_lengths(one: NDArray[Any], other: NDArray[Any], within: float) -> Floats:
    import shapely  # noqa: PLC0415

    a, b = shapely.bounds(one), shapely.bounds(other)
    box = np.hstack([np.maximum(a[:, :2], b[:, :2]) - within, np.minimum(a[:, 2:], b[:, 2:]) + within])
    first, second = _segments_within(one, box), _segments_within(other, box)
    return np.maximum(_along(first, second, len(one), within), _along(second, first, len(one), within))


def _batches(sizes: NDArray[Any]) -> Iterator[slice]:
    """Slices of items of AT_ONCE in all, or a little more."""
    turn = (np.cumsum(sizes) - sizes) // AT_ONCE
    edges = [0, *(np.flatnonzero(np.diff(turn)) + 1), len(sizes)]
    return (slice(int(a), int(b)) for a, b in pairwise(edges) if b > a)


def _sharing_segments(shapes: NDArray[Any]) -> Offsets:
    """Pairs (as first * shapes + second, first < second) with a segment longer than SHARED in common."""
    segment, shape = _segments(shapes)
    back = (segment[:, 0] > segment[:, 2]) | ((segment[:, 0] == segment[:, 2]) & (segment[:, 1] > segment[:, 3]))
    key = np.where(back[:, None], segment[:, [2, 3, 0, 1]], segment)
    long = np.hypot(*(key[:, :2] - key[:, 2:]).T) > SHARED
    key, shape = key[long], shape[long]
    order = np.lexsort((shape, *key.T[::-1]))
    key, shape = key[order], shape[order]
    same = (key[1:] == key[:-1]).all(axis=1) & (shape[1:] != shape[:-1])
    low, high = np.minimum(shape[1:], shape[:-1])[same], np.maximum(shape[1:], shape[:-1])[same]
    return np.unique(low * len(shapes) + high)


def _segments(shapes: NDArray[Any]) -> tuple[Floats, Offsets]:
    """(segments, 4) the straight pieces of all borders, from and to; (segments,) whose they are, ascending."""
    import shapely  # noqa: PLC0415

    polygon, whose = shapely.get_parts(shapes, return_index=True)  # the rings of several at once are not given out
    rings, owner = shapely.get_rings(polygon, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    inside = ring[1:] == ring[:-1]
    return np.hstack([points[:-1], points[1:]])[inside], whose[owner[ring[:-1][inside]]].astype(np.int64)


Segments = tuple[Floats, Offsets]  # (segments, 4), and (segments,) the pair of each, ascending


def _segments_within(shapes: NDArray[Any], box: Floats) -> Segments:
    """Segments that meet the box (shapes, 4) of their shape."""
    segment, shape = _segments(shapes)
    low, high = np.minimum(segment[:, :2], segment[:, 2:]), np.maximum(segment[:, :2], segment[:, 2:])
    meets = ((low <= box[shape, 2:]) & (high >= box[shape, :2])).all(axis=1) & (segment[:, :2] != segment[:, 2:]).any(1)
    return segment[meets], shape[meets]


def _along(first: Segments, second: Segments, pairs: int, within: float) -> Floats:
    """(pairs,) metres of the first segments that lie so near to the second of the same pair."""
    segment, pair = first
    begin = np.searchsorted(second[1], np.arange(pairs + 1))
    times = np.diff(begin)[pair]
    metres = np.zeros(pairs)
    for some in _batches(times):
        row = np.repeat(np.arange(some.start, some.stop), times[some])
        match = np.arange(len(row)) - np.repeat(np.cumsum(times[some]) - times[some], times[some]) + begin[pair[row]]
        a, b = segment[row], second[0][match]
        apart = np.maximum(a[:, :2], a[:, 2:]) < np.minimum(b[:, :2], b[:, 2:]) - within
        apart |= np.minimum(a[:, :2], a[:, 2:]) > np.maximum(b[:, :2], b[:, 2:]) + within
        near = ~apart.any(axis=1)
        row, low, high = _reach(a[near], b[near], row[near], within)
        length = np.hypot(*(segment[row, :2] - segment[row, 2:]).T)
        np.add.at(metres, pair[row], _new(row, low, high) * length)
    return metres


def _reach(a: Floats, b: Floats, row: Offsets, within: float) -> tuple[Offsets, Floats, Floats]:
    """From where to where on a, as shares of it, it lies so near to b, for pairs of segments where it does at all: what
    lies near to a segment is convex, so that this is one stretch, from the first to the last point in the strip along b
    or the circles around its ends."""
    start, way, along = a[:, :2], a[:, 2:] - a[:, :2], b[:, 2:] - b[:, :2]
    size = np.hypot(*along.T)
    unit = along / size[:, None]
    normal = np.column_stack([-unit[:, 1], unit[:, 0]])
    offset = start - b[:, :2]
    pieces = [_between(_dot(offset, normal), _dot(way, normal), -within, within)]
    pieces[0] = _both(pieces[0], _between(_dot(offset, unit), _dot(way, unit), 0.0, size))
    pieces += [_around(start - end, way, within) for end in (b[:, :2], b[:, 2:])]
    low = np.maximum(np.min([piece[0] for piece in pieces], axis=0), 0.0)
    high = np.minimum(np.max([piece[1] for piece in pieces], axis=0), 1.0)
    some = high > low
    order = np.lexsort((low[some], row[some]))
    return row[some][order], low[some][order], high[some][order]


def _dot(one: Floats, other: Floats) -> Floats:
    return np.asarray((one * other).sum(axis=1))


Stretch = tuple[Floats, Floats]  # from, to; where there is none, from inf to -inf


def _between(at: Floats, step: Floats, low: Any, high: Any) -> Stretch:
    """Where low <= at + t step <= high."""
    with np.errstate(divide="ignore", invalid="ignore"):
        one, other = (low - at) / step, (high - at) / step
    level, inside = step == 0, (low <= at) & (at <= high)
    first = np.where(level, np.where(inside, -np.inf, np.inf), np.minimum(one, other))
    return first, np.where(level, np.where(inside, np.inf, -np.inf), np.maximum(one, other))


def _both(one: Stretch, other: Stretch) -> Stretch:
    low, high = np.maximum(one[0], other[0]), np.minimum(one[1], other[1])
    none = low > high
    return np.where(none, np.inf, low), np.where(none, -np.inf, high)


def _around(offset: Floats, way: Floats, within: float) -> Stretch:
    """Where the length of offset + t way is at most `within`."""
    square, half = _dot(way, way), _dot(offset, way)
    root = half**2 - square * (_dot(offset, offset) - within**2)
    some, root = root >= 0, np.sqrt(np.maximum(root, 0.0))
    return np.where(some, (-half - root) / square, np.inf), np.where(some, (-half + root) / square, -np.inf)


def _new(row: Offsets, low: Floats, high: Floats) -> Floats:
    """What each stretch adds to those before it on the same row; they are in order of where they begin."""
    shift = 2.0 * np.unique(row, return_inverse=True)[1]
    before = np.concatenate([[-np.inf], np.maximum.accumulate(high + shift)[:-1]])[: len(row)]
    return np.maximum(high + shift - np.maximum(low + shift, before), 0.0)
