"""Connected pieces of zones: plain sparse-graph questions that District, Plan and rules share."""

from __future__ import annotations

import numpy as np

from optimizer.arrays import Bools, Csr, Ints


def pieces(adjacency: Csr, zone: Ints) -> Ints:
    """(blocks,) a label for each connected piece of each zone: two blocks share a label when a path inside
    their zone joins them. Labels run from 0 without gaps; their order means nothing."""
    # By hand: scipy's answer takes longer to import than all else together.
    one, other = adjacency.pairs
    inside = zone[one] == zone[other]
    one, other = one[inside], other[inside]
    least = np.arange(len(zone), dtype=np.int32)  # of what is known to hang together, the first block
    while len(one):
        np.minimum.at(least, np.maximum(one, other), np.minimum(one, other))
        while ((further := least[least]) != least).any():
            least = further
        one, other = least[one], least[other]
        apart = one != other
        one, other = one[apart], other[apart]
    return np.asarray(np.cumsum(least == np.arange(len(zone)))[least] - 1, np.int32)


def away_from_root(adjacency: Csr, zone: Ints, root: Ints) -> tuple[Bools, Ints]:
    """Which blocks lie in a piece without their zone's root, and every block's piece label.

    root: (schools,) the root block of each zone, -1 for a school without one.
    """
    label = pieces(adjacency, zone)
    rooted = root[root >= 0]
    rooted = rooted[zone[rooted] == np.flatnonzero(root >= 0)]  # a root that has left its zone holds nothing together
    held = np.zeros(len(label), bool)  # by label
    held[label[rooted]] = True
    return ~held[label], label
