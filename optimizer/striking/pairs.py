"""Candidate pairs school by school, their neighbours, and which of them contiguity rules out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from optimizer.arrays import Bools, Ints, Offsets
from optimizer.model import Model
from optimizer.striking.kernel.data import FORCED, UNCUT


@dataclass(frozen=True, eq=False)
class Entries:
    """The candidate pairs of a model, school by school and by block within a school, but for those ruled out.

    schools: ids of the schools that any block may go to, ascending. first: (schools + 1,) where each school's entries
    lie. pair: (entries,) places among the model's pairs; block: (entries,); kind: (entries,) bits of School.kind.
    root: (schools,) the root's place among the school's own entries, -1 without one. start, index: neighbours among
    the entries of the same school, as in Csr; none without contiguity. apart: pairs that no valid plan holds, since
    no walk among the candidates joins the block to the school's root.
    """

    schools: Ints
    first: Offsets
    pair: Offsets
    block: Ints
    kind: NDArray[np.uint8]
    root: Ints
    start: Offsets
    index: Ints
    apart: Offsets

    @classmethod
    def of(cls, model: Model) -> Entries:
        everything = np.argsort(model.pairs.index, kind="stable").astype(np.int64)
        rows = model.pairs.rows
        lost = _apart(model, everything, rows)
        pair = everything[~lost]
        school, block = model.pairs.index[pair], rows[pair]
        schools, first = np.unique(school, return_index=True)
        root = np.full(len(schools), -1, np.int32)
        single = np.diff(model.pairs.start)[block] == 1
        kind = np.where(single, FORCED, 0)
        if model.contiguity is not None:
            roots = model.contiguity.root[school]
            at_root = np.flatnonzero(block == roots)
            place = np.searchsorted(schools, school[at_root])
            root[place] = at_root - first[place]
            kind[at_root] |= FORCED | UNCUT
            loose = model.contiguity.detached[block] & (model.district.home[block] == school)
            kind[loose] |= UNCUT
        start, index = _links(model, school, block)
        edges = np.append(first, len(pair)).astype(np.int64)
        return cls(
            schools.astype(np.int32), edges, pair, block, kind.astype(np.uint8), root, start, index, everything[lost]
        )

    def of_school(self, at: int) -> slice:
        """The entries of schools[at]."""
        return slice(int(self.first[at]), int(self.first[at + 1]))

    @staticmethod
    def forced(kind: NDArray[np.uint8]) -> Bools:
        """Which blocks every plan has in the zone."""
        return np.asarray((kind & FORCED) > 0)


def _links(model: Model, school: Ints, block: Ints) -> tuple[Offsets, Ints]:
    """start, index: neighbours that are candidates of the same school. Nothing without contiguity."""
    size, blocks = len(block), model.district.blocks
    if model.contiguity is None or size == 0:
        return np.zeros(size + 1, np.int64), np.zeros(0, np.int32)
    adjacency = model.district.adjacency
    degree = np.diff(adjacency.start)[block]
    before = np.concatenate([[0], np.cumsum(degree)[:-1]])
    row = np.repeat(np.arange(size), degree)
    other = adjacency.index[np.repeat(adjacency.start[block] - before, degree) + np.arange(len(row))]
    key = school.astype(np.int64) * blocks + block
    wanted = school[row].astype(np.int64) * blocks + other
    at = np.minimum(np.searchsorted(key, wanted), size - 1)
    hit = key[at] == wanted
    start = np.concatenate([[0], np.cumsum(np.bincount(row[hit], minlength=size))]).astype(np.int64)
    return start, at[hit].astype(np.int32)


def _apart(model: Model, pair: Offsets, rows: Ints) -> Bools:
    """(pairs,) the pairs that no valid plan holds: no walk among the school's candidates joins the block to the root,
    and it was not detached there before. A block's only pair is kept."""
    size = len(pair)
    if model.contiguity is None:
        return np.zeros(size, bool)
    school, block = model.pairs.index[pair], rows[pair]
    start, index = _links(model, school, block)
    graph = csr_matrix((np.ones(len(index), np.int8), index, start), (size, size))
    piece = connected_components(graph, directed=False)[1]
    at_root = np.flatnonzero(block == model.contiguity.root[school])
    piece_of_root = np.full(model.district.schools, -1)
    piece_of_root[school[at_root]] = piece[at_root]
    home = piece_of_root[school]
    loose = model.contiguity.detached[block] & (model.district.home[block] == school)
    single = np.diff(model.pairs.start)[block] == 1
    return np.asarray((home >= 0) & (piece != home) & ~loose & ~single)
