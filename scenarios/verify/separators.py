"""Whether each contiguity cut of a certificate holds: a walk from the school's root, through the school's candidates
and around the cut's separator, must miss the cut's block.

Walks of many cuts of one school go on at once: each cut has a bit of a 64-bit word, and a block takes over the bits of
the blocks beside it, except those of cuts whose separator it belongs to.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optimizer.arrays import Bools
from scenarios.verify.case import Candidates, Case
from scenarios.verify.certificate import Cuts
from scenarios.verify.rounding import Work

AT_ONCE = 1024  # cuts walked together: their bits of a few thousand blocks fit into a cache
Words = NDArray[np.uint64]


def cuts_that_hold(case: Case, cuts: Cuts, work: Work) -> Bools:
    """(cuts,) whether the cut is proved. None is without contiguity, at a school without a root, for the root itself,
    for a block that is at home there and detached, or with the root in its separator."""
    good = np.zeros(len(cuts.school), bool)
    if not case.options.contiguity:
        return good
    block = cuts.block
    for may in case.candidates:
        root = case.ground.root.get(may.school, -1)
        mine = np.flatnonzero(cuts.school == may.school)
        if root < 0 or len(mine) == 0:
            continue
        here = case.ground.detached[block[mine]] & (case.ground.home[block[mine]] == may.school)
        mine = mine[~here & (block[mine] != root)]
        for first in range(0, len(mine), AT_ONCE):
            chunk = mine[first : first + AT_ONCE]
            good[chunk] = _missed(case, may, root, cuts, chunk, work)
    return good


def _missed(case: Case, may: Candidates, root: int, cuts: Cuts, chunk: NDArray[np.int64], work: Work) -> Bools:
    """(cuts of the chunk,) whether the walk misses the block, and the separator is without the root and the block."""
    place = np.full(case.ground.blocks, -1)
    place[may.block] = np.arange(len(may.block))
    closed, spoilt = _closed(place, cuts, chunk, len(may.block), root)
    got = np.zeros_like(closed)
    if place[root] >= 0:
        got[place[root]] = ~np.uint64(0)
    got &= ~closed
    got = _spread(got, ~closed, *_inside(case, place), work)
    at, bit = place[cuts.block[chunk]], np.arange(len(chunk))
    reached = (got[np.maximum(at, 0), bit // 64] >> (bit % 64).astype(np.uint64)) & np.uint64(1) == 1
    return ~(reached & (at >= 0)) & ~spoilt


def _closed(
    place: NDArray[np.int64], cuts: Cuts, chunk: NDArray[np.int64], size: int, root: int
) -> tuple[Words, Bools]:
    """(candidates, words) the bits of cuts whose separator holds the block; and which cuts' separators hold the root or
    the cut's own block, so that they say nothing."""
    closed, spoilt = np.zeros((size, -(-len(chunk) // 64)), np.uint64), np.zeros(len(chunk), bool)
    for bit, k in enumerate(chunk):
        blocks = cuts.separator(k)
        spoilt[bit] = bool(((blocks == root) | (blocks == cuts.block[k])).any())
        inside = place[blocks]
        closed[inside[inside >= 0], bit // 64] |= np.uint64(1) << np.uint64(bit % 64)
    return closed, spoilt


def _inside(case: Case, place: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The neighbours (from, to) among the candidates, by place, sorted by the first."""
    adjacency = case.ground.neighbours
    first, second = place[adjacency.rows], place[adjacency.index]
    both = (first >= 0) & (second >= 0)
    return first[both], second[both]


def _spread(got: Words, open_: Words, first: NDArray[np.int64], second: NDArray[np.int64], work: Work) -> Words:
    """Every bit passed on to neighbours, where it is open, until nothing changes."""
    if len(first) == 0:
        return got
    where, start = np.unique(first, return_index=True)
    while True:
        work.spend(len(first) * got.shape[1])
        news = np.bitwise_or.reduceat(got[second], start, axis=0) & open_[where]
        news |= got[where]
        if np.array_equal(news, got[where]):
            return got
        got[where] = news
