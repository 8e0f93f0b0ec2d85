"""The border that two neighbours have in common, apart from what the folder reader makes of it."""

from __future__ import annotations

from typing import Any

import shapely

SHARED = 1e-6  # metres of border shared exactly that make two blocks neighbours (FORMAT.md),
WITHIN, ALONG = 0.05, 1.0  # or more than so many metres of one's border that lie so near to the other's


def common(one: Any, other: Any) -> Any:
    """What two shapes' borders share exactly; where more than a metre besides is but near, what of one is near to the
    other."""
    first, second = one.boundary, other.boundary
    exact = first.intersection(second)
    near = [a.intersection(b.buffer(WITHIN)) for a, b in ((first, second), (second, first))]
    longer = max(near, key=lambda line: float(line.length))
    return longer if longer.length - exact.length > ALONG else exact


def lengths(one: Any, other: Any) -> list[float]:
    """(pairs,) metres of common border of pairs of neighbours."""
    return [float(shapely.length(common(a, b))) for a, b in zip(one, other, strict=True)]
