"""One school's zone: which blocks a walk from the root reaches, and which it cannot do without."""

from __future__ import annotations

from optimizer.solvers.kernel.jit import compiled
from optimizer.striking.kernel.data import CONFLICT
from optimizer.striking.kernel.strike import require, strike


@compiled
def needed(g, left, e):
    """Whether the block of a pair that is left has no other."""
    return left.choices[g.block[e]] == 1


@compiled
def walk(g, left, j):
    """From the root of j in depth, over pairs that are left (Tarjan 1972): how many it meets, in found[:met]; of each
    the number of its meeting, from 1, 0 where not met; whence it was met; and the earliest met that it, or what was
    met through it, borders on."""
    root, top, met = g.root[j], 0, 1
    for e in range(g.first[j], g.first[j + 1]):
        left.order[e] = 0
    left.order[root], left.back[root], left.parent[root], left.at[root] = 1, 1, -1, g.start[root]
    left.stack[0] = root
    left.found[0] = root
    while top >= 0:
        e = left.stack[top]
        if left.at[e] == g.start[e + 1]:
            top -= 1
            if top >= 0:
                up = left.parent[e]
                left.back[up] = min(left.back[up], left.back[e])
            continue
        o = g.index[left.at[e]]
        left.at[e] += 1
        if not left.alive[o]:
            continue
        if left.order[o]:
            left.back[e] = min(left.back[e], left.order[o])
            continue
        left.found[met] = o
        met += 1
        left.order[o], left.back[o], left.parent[o], left.at[o] = met, met, e, g.start[o]
        top += 1
        left.stack[top] = o
    return met


@compiled
def parts(left, e, root):
    """Whether the block from which e was met keeps e from the root."""
    up = left.parent[e]
    return up >= 0 and up != root and left.back[e] >= left.order[up]


@compiled
def joined(g, left, j):
    """Strike the pairs that no walk from the root of j joins to it; require what keeps a block that j must have from
    the root."""
    root, met = g.root[j], walk(g, left, j)
    for k in range(met):
        e = left.found[k]
        left.below[e] = 1 if needed(g, left, e) and not g.loose[e] else 0
    for k in range(met - 1, 0, -1):
        e = left.found[k]
        up = left.parent[e]
        left.below[up] += left.below[e]
        if left.below[e] > 0 and parts(left, e, root) and not needed(g, left, up) and not left.count[CONFLICT]:
            require(g, left, up)
    for e in range(g.first[j], g.first[j + 1]):
        if left.alive[e] and not left.order[e] and not g.loose[e] and not left.count[CONFLICT]:
            strike(g, left, e)
