"""Which candidate pairs a way joins to their school, within the school's own candidates."""

from __future__ import annotations

import numpy as np

from optimizer.arrays import Bools, Offsets
from optimizer.model import Model


def joined(model: Model) -> Bools:
    """(pairs,) whether a way within the school's candidates joins the block to the school's root, or it lies detached
    there today; each block as one. The model has contiguity."""
    from scipy.sparse import csr_matrix  # noqa: PLC0415 - slow to import
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    contiguity, rows, index = model.contiguity, model.pairs.rows, model.pairs.index
    assert contiguity is not None
    size, width = len(index), model.district.schools
    one, other = neighbours(model)
    graph = csr_matrix((np.ones(len(one), np.int8), (one, other)), (size, size))
    label = connected_components(graph, directed=False)[1]
    rooted = contiguity.root[index] == rows
    home = np.full(width, -1, np.int64)
    home[index[rooted]] = label[rooted]
    return np.asarray((label == home[index]) | (contiguity.detached[rows] & model.stay))


def neighbours(model: Model) -> tuple[Offsets, Offsets]:
    """Places of pairs (block, school) and (neighbour, school), the first ascending."""
    rows, index, adjacency = model.pairs.rows, model.pairs.index, model.district.adjacency
    size, width = len(index), model.district.schools
    degree = np.diff(adjacency.start)[rows]
    pair = np.repeat(np.arange(size), degree)
    offset = np.arange(len(pair)) - np.repeat(np.cumsum(degree) - degree, degree)
    near = adjacency.index[adjacency.start[rows[pair]] + offset]
    key, wanted = rows.astype(np.int64) * width + index, near.astype(np.int64) * width + index[pair]
    at = np.minimum(np.searchsorted(key, wanted), max(size - 1, 0))
    hit = key[at] == wanted
    return pair[hit], at[hit]
