"""Contiguity by dual ascent: cuts x_t <= sum of x over C, C between t and the root among a school's candidates."""

from __future__ import annotations

import numpy as np

from optimizer.bounds.kernel.data import FULL, STAMP
from optimizer.bounds.kernel.jit import compiled
from optimizer.bounds.kernel.pool import separator_of, shift, store
from optimizer.striking.kernel.data import UNCUT

NEW = 0.1  # weight of the newest zone in the averaged violation of a cut


@compiled
def raise_cuts(sc, wk, k, least):
    """One round: each group of blocks that the root does not reach through r <= 0 pays for a way to it, as far as its
    own gain goes. Changes r, and the leaf's weights. The gain in V."""
    gain = 0.0
    began = wk.count[STAMP]
    for i in range(wk.r.size):
        wants = (wk.r[i] < -least or wk.cap[i] == np.inf) and sc.kind[i] & UNCUT == 0
        if wants and wk.seen[i] <= began and not wk.count[FULL]:
            gain += raise_one(sc, wk, k, i, least)
    return gain


@compiled
def raise_one(sc, wk, k, seed, least):
    """Raise the cuts of the blocks joined to `seed` by what keeps the root from them all. The gain in V."""
    inside = grow(sc, wk, seed, least)
    for w in range(abs(inside)):
        wk.seen[wk.queue[w]] = wk.count[STAMP]
    if inside < 0:
        return 0.0
    size = separate(sc, wk, inside)
    sort(wk.found, size)
    room = np.inf
    for c in range(size):
        room = min(room, wk.r[wk.found[c]])
    sep = -1
    gain = 0.0
    for w in range(inside):
        t = wk.queue[w]
        y = room if wk.cap[t] == np.inf else min(-wk.r[t], room)
        if sc.kind[t] & UNCUT or not (y > least) or y == np.inf:
            continue
        if sep < 0:
            sep = separator_of(wk, wk.found, size)
        if not store(wk, k, t, sep, y):
            break
        gain += y
        room -= y
        shift(wk, k, t, sep, y)
        if not (room > least):
            break
    return gain


@compiled
def grow(sc, wk, seed, least):
    """Blocks joined to `seed` through r <= least or IN, marked with the stamp: how many, negative if the root is
    among them. They lie in queue[:size]; the blocks next to them are marked -stamp."""
    wk.count[STAMP] += 1
    stamp = wk.count[STAMP]
    wk.queue[0] = seed
    wk.mark[seed] = stamp
    head, tail = 0, 1
    joined = False
    while head < tail:
        i = wk.queue[head]
        head += 1
        for e in range(sc.start[i], sc.start[i + 1]):
            o = sc.index[e]
            if wk.mark[o] == stamp or wk.mark[o] == -stamp:
                continue
            if wk.r[o] <= least or wk.cap[o] == np.inf:
                wk.mark[o] = stamp
                wk.queue[tail] = o
                tail += 1
                if o == sc.root:
                    joined = True
            else:
                wk.mark[o] = -stamp
    return -tail if joined else tail


@compiled
def separate(sc, wk, inside):
    """Of the blocks marked -stamp, those that a walk from the root reaches first: they lie in found[:size]."""
    stamp = wk.count[STAMP]
    wk.count[STAMP] += 1
    walked = wk.count[STAMP]
    size = 0
    head, tail = inside, inside + 1
    wk.queue[inside] = sc.root
    wk.mark[sc.root] = walked
    while head < tail:
        i = wk.queue[head]
        head += 1
        for e in range(sc.start[i], sc.start[i + 1]):
            o = sc.index[e]
            if wk.mark[o] == walked:
                continue
            if wk.mark[o] == -stamp:
                wk.found[size] = o
                size += 1
                wk.mark[o] = walked
                continue
            wk.mark[o] = walked
            wk.queue[tail] = o
            tail += 1
    return size


@compiled
def sort(found, size):
    for a in range(1, size):
        x = found[a]
        b = a - 1
        while b >= 0 and found[b] > x:
            found[b + 1] = found[b]
            b -= 1
        found[b + 1] = x


@compiled
def lower_cuts(sc, wk, k, least):
    """Lower the weight of each cut as far as V does not suffer, and drop cuts without weight. Changes r."""
    kept = 0
    for e in range(wk.length[k]):
        y, cut = wk.weight[k, e], wk.cut[k, e]
        down = surplus(sc, wk, cut, y)
        if y - down <= least:
            down = y
        if down > 0:
            shift(wk, k, wk.cut_block[cut], wk.cut_separator[cut], -down)
        if y > down:
            wk.weight[k, kept] = y - down
            wk.excess[k, kept] = wk.excess[k, e]
            wk.cut[k, kept] = cut
            kept += 1
    wk.length[k] = kept


@compiled
def surplus(sc, wk, cut, y):
    """How much of y, the weight of a cut, does no good: its block no longer needs it, or it costs the separator more
    than it brings."""
    t, sep = wk.cut_block[cut], wk.cut_separator[cut]
    down = 0.0 if wk.cap[t] == np.inf else min(y, max(wk.r[t], 0.0))
    below, deep = 0, np.inf
    for c in range(wk.start[sep], wk.start[sep + 1]):
        r = wk.r[wk.member[c]] + down
        if r < 0:
            below += 1
            deep = min(deep, -r)
    return down + min(y - down, deep) if below >= 2 else down


@compiled
def drift(sc, wk, k, step, chosen):
    """Move the weights of leaf k along the averaged violation of their cuts by the zone `chosen` (m,): what
    raising and lowering them one by one cannot do. Changes r."""
    for e in range(wk.length[k]):
        t, sep = wk.cut_block[wk.cut[k, e]], wk.cut_separator[wk.cut[k, e]]
        over = chosen[t]
        for c in range(wk.start[sep], wk.start[sep + 1]):
            over -= chosen[wk.member[c]]
        wk.excess[k, e] = (1 - NEW) * wk.excess[k, e] + NEW * over
        change = max(step * (sc.heads[t] + 1.0) * wk.excess[k, e], -wk.weight[k, e])
        wk.weight[k, e] += change
        shift(wk, k, t, sep, change)
