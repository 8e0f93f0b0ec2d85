"""A leaf of a school's tree split where its two parts gain most: by the rate, or by whether a block is in the zone.

What a block in or out of the zone means for others is what striking.kernel follows up, over all schools. A part that no
valid plan has is no leaf, and what is left of the other is known for nothing.
"""

from __future__ import annotations

import numpy as np

from optimizer.bounds.kernel.data import DEAD, FREE, FULL, IN, LEAF, LEAVES, NO_LEAF, NODES, OUT, PRICES, RATE, TILT
from optimizer.bounds.kernel.interval import climb, open_leaf, value, value_with
from optimizer.bounds.kernel.jit import compiled
from optimizer.striking.kernel.data import CONFLICT, TRAIL
from optimizer.striking.kernel.probe import settle
from optimizer.striking.kernel.strike import put_back, require, strike

PATIENCE = 64  # looks at schools, for what follows from one block
NARROW = 1e-9  # what a rate is rounded by, outwards


@compiled
def branch(sc, wk, g, left, at, k, effort):
    """Split leaf k, whose value is known. Whether anything was done: not where nothing is left to split, nor where
    there is no room, which count[FULL] then notes. at: the school's place in g."""
    n, spare, fresh = wk.node[k], wk.count[LEAVES], wk.count[NODES]
    if spare + 1 > wk.node.size - 1 or fresh + 2 > wk.split.size:
        wk.count[FULL] |= NO_LEAF
        return False
    wide = sc.curved and wk.high[n] - wk.low[n] > effort.width
    found = choose(sc, wk, k, effort.tries)
    if found == 0:
        if wide:
            halve(sc, wk, k, n, fresh)
            grow(sc, wk, k, n, fresh, RATE, False, False, effort)
        return wide
    if not enter(g, left, wk, n, at):
        put_back(g, left, 0)
        if wk.count[LEAVES] == 1:
            return False  # where there is no valid plan at all, nothing is claimed
        wk.split[n] = DEAD
        drop(sc, wk, k)
        return True
    best = best_split(sc, wk, g, left, at, k, found, wide, effort)
    no_in, no_out = False, False
    if best == RATE:
        halve(sc, wk, k, n, fresh)
    else:
        no_in, no_out = suppose(sc, wk, g, left, at, n, fresh, best)
    put_back(g, left, 0)
    if no_in and no_out and wk.count[LEAVES] == 1:
        return False
    grow(sc, wk, k, n, fresh, best, no_in, no_out, effort)
    return True


@compiled
def best_split(sc, wk, g, left, at, k, found, wide, effort):
    """The block of those in found[:found], or RATE, whose two parts gain most."""
    n, spare, fresh = wk.node[k], wk.count[LEAVES], wk.count[NODES]
    best, most = RATE, -1.0
    if wide:
        halve(sc, wk, k, n, fresh)
        most = gain(sc, wk, k, spare, fresh, False, False, effort)
    for c in range(found):
        no_in, no_out = suppose(sc, wk, g, left, at, n, fresh, wk.found[c])
        more = gain(sc, wk, k, spare, fresh, no_in, no_out, effort)
        if more > most:
            best, most = wk.found[c], more
    return best


@compiled
def choose(sc, wk, k, tries):
    """Blocks that leaf k leaves open and that a small change of the multipliers brings in or out, most students first
    among such: how many, in found."""
    value(sc, wk, k)
    size = 0
    for i in range(sc.block.size):
        if tries == 0 or wk.cap[i] > 0 or wk.shut[i] > 0:
            continue
        wk.rest[i] = abs(wk.r[i]) / (sc.heads[i] * sc.heads[i] + 1e-9)
        if size < tries:
            c = size
            size += 1
        elif wk.rest[i] < wk.rest[wk.found[size - 1]]:
            c = size - 1
        else:
            continue
        while c > 0 and wk.rest[wk.found[c - 1]] > wk.rest[i]:
            wk.found[c] = wk.found[c - 1]
            c -= 1
        wk.found[c] = i
    return size


@compiled
def enter(g, left, wk, n, at):
    """Suppose what node n holds. Whether some valid plan may have it."""
    for i in range(g.first[at + 1] - g.first[at]):
        if left.count[CONFLICT]:
            break
        if wk.fixed[n, i] == OUT:
            strike(g, left, g.first[at] + i)
        elif wk.fixed[n, i] == IN:
            require(g, left, g.first[at] + i)
    return settle(g, left, PATIENCE)


@compiled
def suppose(sc, wk, g, left, at, n, fresh, i):
    """Lay down what follows where block i is in, as node `fresh`, and where it is out, as the next. Whether nothing is
    left of each."""
    mark, e = left.count[TRAIL], g.first[at] + i
    require(g, left, e)
    no_in = not follow(sc, wk, g, left, at, n, fresh)
    put_back(g, left, mark)
    strike(g, left, e)
    no_out = not follow(sc, wk, g, left, at, n, fresh + 1)
    put_back(g, left, mark)
    return no_in, no_out


@compiled
def follow(sc, wk, g, left, at, n, to):
    """Lay down what is left of node n under what is supposed, as node `to`. Whether anything is."""
    if not settle(g, left, PATIENCE):
        return False
    for i in range(sc.block.size):
        e = g.first[at] + i
        wk.fixed[to, i] = OUT if not left.alive[e] else IN if left.choices[g.block[e]] == 1 else FREE
    wk.low[to], wk.high[to] = wk.low[n], wk.high[n]
    return narrow(sc, wk, to)


@compiled
def narrow(sc, wk, n):
    """Bring the rates of node n to those that zones of its blocks can have. Whether there are any."""
    poor, heads = 0.0, 0.0
    for i in range(sc.block.size):
        if wk.fixed[n, i] == IN:
            poor += sc.poor[i]
            heads += sc.heads[i]
    if not sc.curved or heads <= 0:
        return True
    p, h = poor, heads
    for c in range(sc.rates.size - 1, -1, -1):
        i = sc.rates[c]
        if wk.fixed[n, i] == FREE:
            if sc.poor[i] * h <= p * sc.heads[i]:
                break
            p += sc.poor[i]
            h += sc.heads[i]
    wk.high[n] = min(wk.high[n], p / h * (1 + NARROW) + NARROW)
    p, h = poor, heads
    for c in range(sc.rates.size):
        i = sc.rates[c]
        if wk.fixed[n, i] == FREE:
            if sc.poor[i] * h >= p * sc.heads[i]:
                break
            p += sc.poor[i]
            h += sc.heads[i]
    wk.low[n] = max(wk.low[n], p / h * (1 - NARROW) - NARROW)
    return wk.low[n] <= wk.high[n]


@compiled
def halve(sc, wk, k, n, fresh):
    """Lay down the two halves of node n by its rates, as nodes `fresh` and the next."""
    middle = np.floor(0.5e9 * (wk.low[n] + wk.high[n]) + 0.5) / 1e9  # few digits, to be written down
    wk.middle[n] = middle
    for i in range(sc.block.size):
        wk.fixed[fresh, i] = wk.fixed[n, i]
        wk.fixed[fresh + 1, i] = wk.fixed[n, i]
    wk.low[fresh], wk.high[fresh] = wk.low[n], middle
    wk.low[fresh + 1], wk.high[fresh + 1] = middle, wk.high[n]


@compiled
def gain(sc, wk, k, spare, fresh, no_first, no_second, effort):
    """What a split of leaf k is worth: the product of what its two parts, nodes `fresh` and the next, gain."""
    before = wk.value[k]
    most = np.inf if no_first or no_second else 1.0
    for c in range(2):
        if no_second if c else no_first:
            continue
        more = tune(sc, wk, k, spare, fresh + c, effort) - before
        most *= max(more, 1e-3 * effort.tolerance)
    return most


@compiled
def tune(sc, wk, k, to, n, effort):
    """The value of node n as leaf `to`, from the multipliers of leaf k."""
    if to != k:
        copy_multipliers(sc, wk, k, to)
    wk.node[to] = n
    open_leaf(sc, wk, to)
    for dim in range(PRICES + sc.low.size - 1, (TILT if sc.curved else PRICES) - 1, -1):
        climb(sc, wk, to, dim, effort.tolerance, effort.reach)
    return value_with(sc, wk, to, to)


@compiled
def copy_multipliers(sc, wk, source, target):
    wk.tilt[target] = wk.tilt[source]
    wk.stride[target, TILT] = wk.stride[source, TILT]
    for s in range(sc.low.size):
        wk.price[target, s] = wk.price[source, s]
        wk.stride[target, PRICES + s] = wk.stride[source, PRICES + s]
    wk.length[target] = wk.length[source]
    for e in range(wk.length[source]):
        wk.cut[target, e] = wk.cut[source, e]
        wk.weight[target, e] = wk.weight[source, e]
        wk.excess[target, e] = wk.excess[source, e]
    for i in range(wk.base.size):
        wk.effect[target, i] = wk.effect[source, i]


@compiled
def grow(sc, wk, k, n, fresh, kind, no_first, no_second, effort):
    """Put two children, which are laid down, below node n, whose leaf is k."""
    wk.split[n], wk.child[n] = kind, fresh
    wk.count[NODES] = fresh + 2
    wk.split[fresh] = DEAD if no_first else LEAF
    wk.split[fresh + 1] = DEAD if no_second else LEAF
    if no_first and no_second:
        drop(sc, wk, k)
        return
    if not no_first and not no_second:
        to = wk.count[LEAVES]
        wk.count[LEAVES] = to + 1
        wk.value[to] = tune(sc, wk, k, to, fresh + 1, effort)
        wk.done[to] = 0
    stays = fresh + 1 if no_first else fresh
    wk.value[k] = tune(sc, wk, k, k, stays, effort)
    wk.done[k] = 0


@compiled
def drop(sc, wk, k):
    """Give the row of leaf k, which no valid plan has, to the last one."""
    last = wk.count[LEAVES] - 1
    wk.count[LEAVES] = last
    if k != last:
        wk.node[k], wk.value[k], wk.done[k] = wk.node[last], wk.value[last], wk.done[last]
        copy_multipliers(sc, wk, last, k)
