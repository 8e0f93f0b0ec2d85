"""Sets of blocks as 64-bit words, for the compiled part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from optimizer.arrays import Bools, Floats, Ints
from optimizer.model import Model
from optimizer.solvers.exact.territory import Territory
from optimizer.solvers.kernel.zones import Schools, Words

WORD = 64  # blocks that a word can hold


def word(mask: Bools) -> np.uint64:
    """The bits that are set in `mask` (n <= 64,)."""
    return np.uint64(sum(1 << int(k) for k in np.flatnonzero(mask)))


def bit(masks: Words, place: int) -> Words:
    """(masks,) 1 where the bit is set, else 0."""
    return (masks >> np.uint64(place)) & np.uint64(1)


def bits(masks: Words, size: int) -> Floats:
    """(masks, size) 1 where a bit is set, else 0."""
    return ((masks[:, None] >> np.arange(size, dtype=np.uint64)) & np.uint64(1)).astype(np.float64)


def free_blocks(model: Model) -> Ints:
    """Blocks that have a choice."""
    return np.flatnonzero(np.diff(model.pairs.start) > 1).astype(np.int32)


def fits_words(model: Model) -> bool:
    """Whether the blocks that have a choice, each school's blocks, and the schools fit into a word."""
    largest = int(np.bincount(model.pairs.index).max(initial=0))
    return max(largest, len(free_blocks(model)), model.district.schools) <= WORD


def spread(masks: Words, territory: Territory, free: Ints) -> Words:
    """Masks over the territory's blocks -> masks over the blocks that have a choice."""
    place = {int(block): k for k, block in enumerate(free)}
    out = np.zeros(len(masks), np.uint64)
    for k, block in enumerate(territory.blocks):
        if int(block) in place:
            out |= bit(masks, k) << np.uint64(place[int(block)])
    return out


def schools_of(model: Model, grounds: Sequence[Territory]) -> Schools:
    """Territories, in the order of schools, as words."""
    free, size = free_blocks(model), len(grounds)
    place = {int(block): k for k, block in enumerate(free)}
    near, words = np.zeros((size, WORD), np.uint64), np.zeros((size, 4), np.uint64)
    local, shared = np.full((size, WORD), -1, np.int64), np.full((size, WORD), -1, np.int64)
    for j, ground in enumerate(grounds):
        n = len(ground.blocks)
        near[j, :n] = _near(model, ground)
        parts: list[Any] = [np.arange(n) == ground.root, ground.forced, ground.loose, np.ones(n, bool)]
        words[j] = [word(part) for part in parts]
        for k, block in enumerate(ground.blocks):
            if int(block) in place:
                shared[j, k] = place[int(block)]
                local[j, place[int(block)]] = k
    return Schools(near, words, local, shared, np.array([word(np.ones(len(free), bool))]))


def _near(model: Model, ground: Territory) -> list[int]:
    """Each block's neighbours within the territory."""
    value = {int(block): 1 << k for k, block in enumerate(ground.blocks)}
    return [sum(value.get(int(o), 0) for o in model.district.adjacency.row(int(b))) for b in ground.blocks]
