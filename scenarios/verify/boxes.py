"""Whether the boxes of rates of a proof's leaves leave nothing out."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from scenarios.verify.rounding import Work

Box = Mapping[int, tuple[float, float]]  # school -> lowest and highest rate; a school that it does not name has any
EVERY = (-math.inf, math.inf)


def widened(box: Box) -> dict[int, tuple[float, float]]:
    """The same box for any rate that there can be: what starts at 0 has no lower end, what ends at 1 no upper one."""
    return {j: (-math.inf if low <= 0 else low, math.inf if high >= 1 else high) for j, (low, high) in box.items()}


def cover_all(boxes: Sequence[Box], work: Work) -> bool:
    """Whether every combination of rates lies in one of the boxes.

    A region that no single box holds is cut in two where the fewest boxes are cut with it, and both halves are looked
    at. Boxes that come from splitting, as proofs make them, are found again by this without any box being cut.
    """
    waiting: list[tuple[dict[int, tuple[float, float]], list[Box]]] = [({}, [widened(box) for box in boxes])]
    while waiting:
        region, near = waiting.pop()
        work.spend(100 * (1 + len(near)))
        if any(_holds(box, region) for box in near):
            continue
        found = _where_to_cut(region, near, work)
        if found is None:
            return False
        j, at = found
        low, high = region.get(j, EVERY)
        below = [box for box in near if box.get(j, EVERY)[0] < at]
        above = [box for box in near if box.get(j, EVERY)[1] > at]
        waiting += [(region | {j: (low, at)}, below), (region | {j: (at, high)}, above)]
    return True


def _holds(box: Box, region: Box) -> bool:
    return all(low <= region.get(j, EVERY)[0] and region.get(j, EVERY)[1] <= high for j, (low, high) in box.items())


def _where_to_cut(region: Box, near: Sequence[Box], work: Work) -> tuple[int, float] | None:
    """A border of a box inside the region, best one that cuts no box; None where there is none."""
    borders = Counter(
        (j, end)
        for box in near
        for j, ends in box.items()
        for end in ends
        if region.get(j, EVERY)[0] < end < region.get(j, EVERY)[1]
    )
    best, fewest = None, math.inf
    for (j, end), _ in borders.most_common():
        work.spend(100 * len(near))
        cut = sum(box.get(j, EVERY)[0] < end < box.get(j, EVERY)[1] for box in near)
        if cut < fewest:
            best, fewest = (j, end), cut
        if cut == 0:
            break
    return best
