"""What follows from what is struck, to a fixpoint; and which pairs no valid plan has, by supposing each."""

from __future__ import annotations

from optimizer.solvers.kernel.jit import called, compiled
from optimizer.striking.kernel.data import CONFLICT, HEAD, LOOKS, TAIL, TRAIL
from optimizer.striking.kernel.strike import HAIR, put_back, require, strike, wait
from optimizer.striking.kernel.walk import joined, needed, parts, walk


@compiled
def loads(g, left, j):
    """What the blocks that j must have, and those that it may have, leave of its limits."""
    for s in range(g.low.shape[0]):
        must, most = 0.0, 0.0
        for e in range(g.first[j], g.first[j + 1]):
            if left.alive[e]:
                most += g.load[s, e]
                must += g.load[s, e] if needed(g, left, e) else 0.0
        hair = HAIR * most
        low, high = g.low[s, j] - hair, g.high[s, j] + hair
        if must > high or most < low:
            left.count[CONFLICT] = 1
        elif most > high or must < low:
            weigh(g, left, j, s, high - must, most - low)


@compiled
def weigh(g, left, j, s, room, spare):
    """Of the pairs that are open at j, strike those that load more than `room`, and require those that load more than
    `spare`."""
    for e in range(g.first[j], g.first[j + 1]):
        if not left.alive[e] or needed(g, left, e) or left.count[CONFLICT]:
            continue
        if g.load[s, e] > room:
            strike(g, left, e)
        elif g.load[s, e] > spare:
            require(g, left, e)


@compiled
def settle(g, left, patience):
    """All that follows, by so many looks at schools. Whether it ends without a conflict."""
    while not left.count[CONFLICT]:
        if left.count[HEAD] == left.count[TAIL]:
            break
        if patience == 0:
            return True
        patience -= 1
        j = left.queue[left.count[HEAD]]
        left.count[HEAD] = (left.count[HEAD] + 1) % left.queue.size
        left.waits[j] = 0
        left.count[LOOKS] += g.first[j + 1] - g.first[j]
        if g.root[j] >= 0:
            joined(g, left, j)
        if not left.count[CONFLICT]:
            loads(g, left, j)
    return not left.count[CONFLICT]


@called
def begin(g, left):
    """What follows from the candidates alone. False where there is no valid plan: then nothing is struck."""
    for j in range(g.first.size - 1):
        wait(left, j)
    if settle(g, left, -1):
        return True
    put_back(g, left, 0)
    return False


@compiled
def survey(g, left, j):
    """What `idle` asks of school j, as things stand."""
    left.stale[j] = 0
    for e in range(g.first[j], g.first[j + 1]):
        left.apart[e], left.behind[e] = 0, 0
    if g.root[j] >= 0:
        met = walk(g, left, j)
        for k in range(1, met):
            e = left.found[k]
            up = left.parent[e]
            left.behind[e] = left.behind[up]
            if parts(left, e, g.root[j]):
                left.apart[up] = 1
                if not needed(g, left, up):
                    left.behind[e] = 1
    for s in range(g.low.shape[0]):
        must, most, lump = 0.0, 0.0, 0.0
        for e in range(g.first[j], g.first[j + 1]):
            if left.alive[e]:
                most += g.load[s, e]
                if needed(g, left, e):
                    must += g.load[s, e]
                else:
                    lump = max(lump, g.load[s, e])
        left.must[s, j], left.most[s, j], left.lump[s, j] = must, most, lump


@compiled
def idle(g, left, e):
    """Whether nothing can follow from requiring pair e, by what `survey` knows of its schools."""
    b = g.block[e]
    for k in range(g.own[b], g.own[b + 1]):
        o = g.entry[k]
        j = g.school[o]
        if not left.alive[o]:
            continue
        if left.stale[j]:
            survey(g, left, j)
        if (o == e and left.behind[e] and not g.loose[e]) or (o != e and left.apart[o]):
            return False
        for s in range(g.low.shape[0]):
            load, lump = g.load[s, o], left.lump[s, j]
            if o == e and left.must[s, j] + load + lump > g.high[s, j]:
                return False
            if o != e and left.most[s, j] - load - lump < g.low[s, j]:
                return False
    return True


@called
def suppose(g, left, e, patience):
    """What follows from pair e. Whether it ends without a conflict."""
    require(g, left, e)
    wait(left, g.school[e])
    return settle(g, left, patience)


@compiled
def dead(g, left, e, patience):
    """Whether no valid plan has pair e. All is put back."""
    if idle(g, left, e):
        return False
    mark = left.count[TRAIL]
    for j in range(left.stale.size):
        left.was[j] = left.stale[j]
    alive = suppose(g, left, e, patience)
    put_back(g, left, mark)
    for j in range(left.stale.size):
        left.stale[j] = left.was[j]
    return not alive


@called
def probe(g, left, patience, effort):
    """Suppose each pair in turn, and strike those that no valid plan has, with what follows. patience: looks at schools
    until a pair is left in peace. effort: pairs looked at in all, since the beginning. The number struck; -1 where
    there is no valid plan."""
    before = left.count[TRAIL]
    for e in range(g.block.size):
        if left.count[LOOKS] > effort:
            break
        if left.alive[e] and left.choices[g.block[e]] > 1 and dead(g, left, e, patience):
            strike(g, left, e)
            if not settle(g, left, -1):
                return -1
    return left.count[TRAIL] - before
