"""Spanning trees: two zones as one, a random tree over it, and where blocks hang on the path between the roots."""

from __future__ import annotations

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.solvers.kernel.chance import below
from optimizer.solvers.kernel.handed import FloatTable, handed
from optimizer.solvers.kernel.jit import compiled
from optimizer.solvers.kernel.layout import BORDER, NO_MEMBER, NO_PARENT, PAIR


@handed(read_only=False)
class Trees:
    """Scratch for recombination."""

    member: Ints  # (n,) blocks of both root pieces
    parent: Ints  # (n,) in the spanning tree, towards the root of the first zone; or NO_MEMBER, NO_PARENT
    step: Ints  # (n,) where the block hangs on the path between the roots; -1 not known yet
    path: Ints  # (n,)
    gain: FloatTable  # (n + 1, k + 1 + q) features, linear cost and budgets of what hangs on each step
    sums: FloatTable  # (2, k) of the first zone, and of the second
    inner: FloatTable  # (2, g)
    met: Floats  # (g,)
    row: Floats  # (k + 1 + q,) what the cut in hand gives the second zone
    base: Floats  # (k,) the second zone's sums outside the members


@compiled
def pick_zones(inst, st):
    """Two neighbouring zones, through a random border block joined to its root. (-1, -1) where none is met."""
    if st.count[BORDER] == 0:
        return -1, -1
    block = st.border[below(st.random, st.count[BORDER])]
    width = inst.start[block + 1] - inst.start[block]
    other = inst.index[inst.start[block] + below(st.random, width)]
    if st.zone[other] == st.zone[block] or not st.joined[block] or not st.joined[other]:
        return -1, -1
    return st.zone[block], st.zone[other]


@compiled
def gather(inst, st, trees, first, second):
    """List the blocks of both root pieces, the first zone's root in front; their count."""
    root = inst.root[first]
    trees.member[0] = root
    trees.parent[root] = NO_PARENT
    head, tail = 0, 1
    while head < tail:
        b = trees.member[head]
        head += 1
        for e in range(inst.start[b], inst.start[b + 1]):
            other = inst.index[e]
            zone = st.zone[other]
            if trees.parent[other] == NO_MEMBER and st.joined[other] and (zone == first or zone == second):
                trees.parent[other] = NO_PARENT
                trees.member[tail] = other
                tail += 1
    return tail


@compiled
def grow_tree(inst, st, trees, size):
    """A uniform random spanning tree, by loop-erased walks (Wilson 1996). step is 0 outside the tree, 1 in it."""
    for i in range(size):
        trees.step[trees.member[i]] = 0
    trees.step[trees.member[0]] = 1
    for i in range(1, size):
        b = trees.member[i]
        while trees.step[b] == 0:
            width = inst.start[b + 1] - inst.start[b]
            other = inst.index[inst.start[b] + below(st.random, width)]
            if trees.parent[other] != NO_MEMBER:
                trees.parent[b] = other
                b = other
        b = trees.member[i]
        while trees.step[b] == 0:
            trees.step[b] = 1
            b = trees.parent[b]


@compiled
def hang(st, trees, size, from_root):
    """The path from the second zone's root to the first's, and at which of its steps each block hangs; its length."""
    for i in range(size):
        trees.step[trees.member[i]] = -1
    length = 0
    b = from_root
    while True:
        trees.path[length] = b
        trees.step[b] = length
        length += 1
        if b == trees.member[0]:
            break
        b = trees.parent[b]
    for i in range(size):
        b = trees.member[i]
        while trees.step[b] < 0:
            b = trees.parent[b]
        at = trees.step[b]
        b = trees.member[i]
        while trees.step[b] < 0:
            trees.step[b] = at
            b = trees.parent[b]
    return length


def empty_trees(blocks: int, groups: int, features: int, budgets: int) -> Trees:
    """Scratch for an instance of that size."""
    return Trees(
        np.zeros(blocks, np.int32),
        np.full(blocks, NO_MEMBER, np.int32),
        np.zeros(blocks, np.int32),
        np.zeros(blocks, np.int32),
        np.zeros((blocks + 1, features + 1 + budgets)),
        np.zeros((PAIR, features)),
        np.zeros((PAIR, groups)),
        np.zeros(groups),
        np.zeros(features + 1 + budgets),
        np.zeros(features),
    )
