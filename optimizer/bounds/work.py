"""The memory of one school's tree and cuts: made, made larger, cleared of what is no longer used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optimizer.arrays import Ints
from optimizer.bounds.kernel.data import (
    COUNTS,
    CUTS,
    FREE,
    FULL,
    IN,
    LEAF,
    LEAVES,
    MEMBERS,
    NO_CUT,
    NO_LEAF,
    NO_LIST,
    NODES,
    PRICES,
    RATE,
    SEPARATORS,
    School,
    Work,
)
from optimizer.bounds.kernel.pool import index_cuts
from optimizer.striking.kernel.data import FORCED

BY_LEAF = ("node", "tilt", "price", "stride", "value", "done", "length", "cut", "weight", "excess", "effect")
BY_NODE = ("split", "middle", "child", "low", "high", "fixed")
Weighed = tuple[int, Ints, float]  # a cut: its block, its separator, as local places, and its weight

START_ROOM, START_CUTS, START_LIST = 64, 64, 32
LARGEST_LIST = 4096  # cuts of one leaf: what is beyond is not worth its time


def fresh(school: School, intervals: int, tilt: float, stride: float) -> Work:
    """Work of a tree that parts the rates alone, with the same tilt in all leaves, no size price and no cut. intervals:
    how many, a power of 2. stride: a first step of the multipliers."""
    m, s, k = len(school.block), len(school.low), intervals
    room = max(START_ROOM, 2 * k)
    work = Work(
        count=np.zeros(COUNTS, np.int64),
        **_halved(school, k, room),
        node=_padded(np.arange(k - 1, 2 * k - 1, dtype=np.int32), room),
        tilt=np.full(room, tilt),
        price=np.zeros((room, s)),
        stride=np.full((room, PRICES + s), stride),
        value=np.zeros(room),
        done=np.zeros(room, np.int64),
        length=np.zeros(room, np.int32),
        cut=np.zeros((room, START_LIST), np.int32),
        weight=np.zeros((room, START_LIST)),
        excess=np.zeros((room, START_LIST)),
        effect=np.zeros((room, m)),
        cut_block=np.zeros(START_CUTS, np.int32),
        cut_separator=np.zeros(START_CUTS, np.int32),
        start=np.zeros(START_CUTS + 1, np.int64),
        member=np.zeros(max(8 * START_CUTS, 4 * m), np.int32),
        separator_key=np.zeros(START_CUTS, np.int64),
        slot=np.full(2 * START_CUTS, -1, np.int32),
        cut_slot=np.full(2 * START_CUTS, -1, np.int32),
        cap=np.zeros(m),
        shut=np.zeros(m),
        base=np.zeros(m),
        rest=np.zeros(m),
        r=np.zeros(m),
        mark=np.zeros(m, np.int64),
        seen=np.zeros(m, np.int64),
        queue=np.zeros(m + 1, np.int32),
        found=np.zeros(m, np.int32),
    )
    work.count[LEAVES], work.count[NODES] = k, 2 * k - 1
    index_cuts(work)
    return work


def _halved(school: School, k: int, room: int) -> dict[str, Any]:
    """The nodes of a tree of k intervals of rates, as in a heap: node n > 0 is a child of (n - 1) // 2. It holds the
    `place`-th of `wide` equal parts."""
    n = np.arange(2 * k - 1)
    wide = 2 ** np.floor(np.log2(n + 1)).astype(np.int64)
    place = n + 1 - wide
    edge = np.append(np.round(school.top / k * np.arange(k), 9), school.top)
    inner = n < k - 1
    nodes = {
        "split": np.where(inner, RATE, LEAF).astype(np.int32),
        "middle": np.where(inner, edge[(2 * place + 1) * (k // (2 * wide))], 0.0),
        "child": (2 * n + 1).astype(np.int32),
        "low": edge[place * (k // wide)],
        "high": edge[(place + 1) * (k // wide)],
        "fixed": np.tile(np.where(school.kind & FORCED > 0, IN, FREE).astype(np.uint8), (len(n), 1)),
    }
    return {name: _padded(values, 2 * room) for name, values in nodes.items()}


def with_cuts(work: Work, cuts: Sequence[Weighed]) -> Work:
    """Fresh work of a single leaf with these cuts."""
    n, size = len(cuts), sum(len(members) for _, members, _ in cuts)
    room, wide, listed = (_at_least(*pair) for pair in ((START_CUTS, n), (len(work.member), size), (START_LIST, n)))
    weight = np.array([y for _, _, y in cuts])
    out = replace(
        work,
        cut=_padded(work.cut, listed, axis=1),
        weight=_padded(work.weight, listed, axis=1),
        excess=_padded(work.excess, listed, axis=1),
        cut_block=_padded(np.array([block for block, _, _ in cuts], np.int32), room),
        cut_separator=_padded(np.arange(n, dtype=np.int32), room),
        start=_padded(np.cumsum([0, *(len(members) for _, members, _ in cuts)]).astype(np.int64), room + 1),
        member=_padded(np.concatenate([np.zeros(0, np.int32), *(members for _, members, _ in cuts)]), wide),
        separator_key=np.zeros(room, np.int64),
        slot=np.full(2 * room, -1, np.int32),
        cut_slot=np.full(2 * room, -1, np.int32),
    )
    out.count[CUTS], out.count[SEPARATORS], out.count[MEMBERS] = n, n, size
    out.cut[0, :n], out.weight[0, :n], out.length[0] = np.arange(n), weight, n
    for block, members, y in cuts:
        out.effect[0, block] += y
        out.effect[0, members] -= y
    index_cuts(out)
    return out


def enlarged(work: Work, most_leaves: int) -> Work:
    """Room for what the last `price` could not store, or the same Work where nothing was missing."""
    full = int(work.count[FULL])
    if full & NO_LIST and work.cut.shape[1] < LARGEST_LIST:
        wide = 2 * work.cut.shape[1]
        work = replace(
            work,
            cut=_padded(work.cut, wide, axis=1),
            weight=_padded(work.weight, wide, axis=1),
            excess=_padded(work.excess, wide, axis=1),
        )
    if full & NO_CUT:
        work = _more_cuts(work)
    if full & NO_LEAF and len(work.node) < most_leaves:
        room = min(2 * len(work.node), most_leaves)
        work = replace(work, **{name: _padded(getattr(work, name), room) for name in BY_LEAF})
        # A node may have a dead child: there can be more nodes than twice the leaves.
        nodes = len(work.split) if int(work.count[NODES]) + 2 <= len(work.split) // 2 else 2 * len(work.split)
        work = replace(work, **{name: _padded(getattr(work, name), nodes) for name in BY_NODE})
    work.count[FULL] = 0
    return work


def _more_cuts(work: Work) -> Work:
    """Without the cuts that no leaf uses; and twice the room where that leaves little."""
    used = np.zeros(len(work.cut_block), bool)
    for k in range(int(work.count[LEAVES])):
        used[work.cut[k, : work.length[k]]] = True
    kept = np.flatnonzero(used)
    place = np.full(len(used), -1, np.int32)
    place[kept] = np.arange(len(kept))
    separators, inverse = np.unique(work.cut_separator[kept], return_inverse=True)
    members = [work.member[work.start[c] : work.start[c + 1]] for c in separators]
    size = sum(len(row) for row in members)
    room, wide = _room(len(work.cut_block), len(kept)), _room(len(work.member), size)
    out = replace(
        work,
        cut_block=_padded(work.cut_block[kept], room),
        cut_separator=_padded(inverse.astype(np.int32), room),
        start=_padded(np.concatenate([[0], np.cumsum([len(row) for row in members])]).astype(np.int64), room + 1),
        member=_padded(np.concatenate([*members, np.zeros(0, np.int32)]), wide),
        separator_key=np.zeros(room, np.int64),
        slot=np.full(2 * room, -1, np.int32),
        cut_slot=np.full(2 * room, -1, np.int32),
    )
    out.count[CUTS], out.count[SEPARATORS], out.count[MEMBERS] = len(kept), len(separators), size
    for k in range(int(work.count[LEAVES])):
        out.cut[k, : work.length[k]] = place[work.cut[k, : work.length[k]]]
    index_cuts(out)
    return out


def _at_least(room: int, used: int) -> int:
    """Room for twice as much as is used, in doublings."""
    while room < 2 * used:
        room *= 2
    return room


def _room(now: int, used: int) -> int:
    return now if 4 * used <= now else 2 * now


def _padded(array: NDArray[Any], size: int, axis: int = 0) -> NDArray[Any]:
    shape = list(array.shape)
    shape[axis] = size
    out = np.zeros(shape, array.dtype)
    out[tuple(slice(0, n) for n in array.shape)] = array
    return out
