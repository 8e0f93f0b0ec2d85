"""Make a model smaller without losing or adding a plan that matters to the question."""

from __future__ import annotations

import numpy as np

from optimizer.arrays import Bools, Offsets
from optimizer.model import Model


def connected(model: Model) -> Model:
    """The model without pairs that contiguity can never allow: no way within the school's candidates joins the block
    to the school's root, and it does not lie detached there today."""
    contiguity = model.contiguity
    if contiguity is None:
        return model
    from scipy.sparse import csr_matrix  # noqa: PLC0415 - slow to import
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    rows, index = model.pairs.rows, model.pairs.index
    size, width = len(index), model.district.schools
    one, other = neighbours(model)
    graph = csr_matrix((np.ones(len(one), np.int8), (one, other)), (size, size))
    label = connected_components(graph, directed=False)[1]
    rooted = contiguity.root[index] == rows
    home = np.full(width, -1, np.int64)
    home[index[rooted]] = label[rooted]
    return model.keep_pairs((label == home[index]) | (contiguity.detached[rows] & model.stay))


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


def shrink(model: Model) -> Model:
    """Where zones may fall apart, schools without a limit are all alike: of those, a block keeps its own school and one
    other. A plan of the smaller model is one of the larger, and there is one in both or in neither."""
    if model.contiguity is not None or not _alike(model):
        return model
    free = np.ones(model.district.schools, bool)
    for s in model.sums:
        free &= ~(np.isfinite(s.hard_high) | np.isfinite(s.hard_low))
    spare = free[model.pairs.index] & ~model.stay
    before = np.concatenate([[0], np.cumsum(spare)])
    first = before[:-1] == before[model.pairs.start[:-1]][model.pairs.rows]
    return model.keep_pairs(~spare | first)


def _alike(model: Model) -> bool:
    """Whether all moves of a block cost every budget the same."""
    away: Bools = ~model.stay
    start = model.pairs.start[:-1]
    for budget in model.budgets:
        low = np.minimum.reduceat(np.where(away, budget.cost, np.inf), start)
        high = np.maximum.reduceat(np.where(away, budget.cost, -np.inf), start)
        if (high > low).any():
            return False
    return True
