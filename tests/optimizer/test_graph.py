"""Pieces of zones, against scipy's components."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from optimizer.arrays import Csr
from optimizer.graph import away_from_root, pieces


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("both", [True, False])
def test_pieces_are_components_also_where_a_pair_stands_one_way_round(seed: int, both: bool) -> None:
    random = np.random.default_rng(seed)
    n = int(random.integers(1, 60))
    one, other = random.integers(0, n, (2, int(random.integers(0, 2 * n))))
    rows, values = (np.r_[one, other], np.r_[other, one]) if both else (one, other)
    zone = random.integers(0, 4, n).astype(np.int32)
    label = pieces(Csr.of_pairs(rows, values, n), zone)
    inside = zone[one] == zone[other]
    graph = coo_matrix((np.ones(inside.sum()), (one[inside], other[inside])), (n, n))
    count, expected = connected_components(graph, directed=False)
    assert len(set(zip(label.tolist(), expected.tolist(), strict=True))) == count == label.max() + 1
    root = np.array([*random.integers(0, n, 3), -1], np.int32)
    away, same = away_from_root(Csr.of_pairs(rows, values, n), zone, root)
    held = {expected[block] for j, block in enumerate(root) if block >= 0 and zone[block] == j}
    assert (same == label).all()
    assert away.tolist() == [piece not in held for piece in expected]
