"""Taking a pair away, and putting it back."""

from __future__ import annotations

from optimizer.solvers.kernel.jit import compiled
from optimizer.striking.kernel.data import CONFLICT, HEAD, TAIL, TRAIL

HAIR = 1e-9  # what rounding may add to a sum, as a share of what is summed


@compiled
def wait(left, j):
    """Have school j looked at again."""
    if not left.waits[j]:
        left.waits[j] = 1
        left.queue[left.count[TAIL]] = j
        left.count[TAIL] = (left.count[TAIL] + 1) % left.queue.size


@compiled
def strike(g, left, e):
    """Take a pair away. A conflict is noted where the block has none left."""
    if not left.alive[e]:
        return
    b = g.block[e]
    left.alive[e] = 0
    left.trail[left.count[TRAIL]] = e
    left.count[TRAIL] += 1
    left.choices[b] -= 1
    wait(left, g.school[e])
    left.stale[g.school[e]] = 1
    if left.choices[b] == 0:
        left.count[CONFLICT] = 1
        return
    if left.choices[b] == 1:
        for k in range(g.own[b], g.own[b + 1]):
            if left.alive[g.entry[k]]:
                wait(left, g.school[g.entry[k]])
                left.stale[g.school[g.entry[k]]] = 1


@compiled
def require(g, left, e):
    """Strike all other pairs of the block."""
    b = g.block[e]
    for k in range(g.own[b], g.own[b + 1]):
        if g.entry[k] != e and not left.count[CONFLICT]:
            strike(g, left, g.entry[k])


@compiled
def put_back(g, left, mark):
    """Undo all that was struck since the trail was `mark` long."""
    while left.count[TRAIL] > mark:
        left.count[TRAIL] -= 1
        e = left.trail[left.count[TRAIL]]
        b = g.block[e]
        left.alive[e] = 1
        left.choices[b] += 1
    while left.count[HEAD] != left.count[TAIL]:
        left.waits[left.queue[left.count[HEAD]]] = 0
        left.count[HEAD] = (left.count[HEAD] + 1) % left.queue.size
    left.count[CONFLICT] = 0
