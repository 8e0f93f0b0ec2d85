"""Where the cuts of one school are kept: each separator once, each cut once, weights by interval."""

from __future__ import annotations

import numpy as np

from optimizer.bounds.kernel.data import CUTS, FULL, MEMBERS, NO_CUT, NO_LIST, SEPARATORS
from optimizer.bounds.kernel.jit import called, compiled


@compiled
def mix(x):
    """A hash of an integer (the finaliser of splitmix64)."""
    z = np.uint64(x) + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.int64((z ^ (z >> np.uint64(31))) >> np.uint64(1))


@compiled
def separator_of(wk, found, size):
    """The place of the separator found[:size], stored if it is new; -1 where there is no room."""
    key = np.int64(size)
    for c in range(size):
        key += mix(found[c])
    wide = wk.slot.size - 1
    at = key & wide
    while wk.slot[at] >= 0:
        sep = wk.slot[at]
        if wk.separator_key[sep] == key and same(wk, sep, found, size):
            return sep
        at = (at + 1) & wide
    sep = wk.count[SEPARATORS]
    if sep + 2 > wk.start.size or wk.count[MEMBERS] + size > wk.member.size or 2 * (sep + 1) > wk.slot.size:
        return -1
    wk.slot[at] = sep
    wk.separator_key[sep] = key
    base = wk.count[MEMBERS]
    for c in range(size):
        wk.member[base + c] = found[c]
    wk.count[MEMBERS] += size
    wk.start[sep + 1] = base + size
    wk.count[SEPARATORS] += 1
    return sep


@compiled
def same(wk, sep, found, size):
    """Whether a stored separator holds these very blocks."""
    base = wk.start[sep]
    if wk.start[sep + 1] - base != size:
        return False
    alike = 0
    for c in range(size):
        alike += 1 if wk.member[base + c] == found[c] else 0
    return alike == size


@compiled
def cut_of(wk, block, sep):
    """The place of the cut of `block` by a separator, stored if it is new; -1 where there is no room."""
    wide = wk.cut_slot.size - 1
    at = mix(sep * 1_000_003 + block) & wide
    while wk.cut_slot[at] >= 0:
        cut = wk.cut_slot[at]
        if wk.cut_block[cut] == block and wk.cut_separator[cut] == sep:
            return cut
        at = (at + 1) & wide
    cut = wk.count[CUTS]
    if cut >= wk.cut_block.size or 2 * (cut + 1) > wk.cut_slot.size:
        return -1
    wk.cut_slot[at] = cut
    wk.cut_block[cut] = block
    wk.cut_separator[cut] = sep
    wk.count[CUTS] += 1
    return cut


@compiled
def add_weight(wk, k, cut, y):
    """Add y to the weight of a cut in interval k. False where there is no room."""
    for e in range(wk.length[k]):
        if wk.cut[k, e] == cut:
            wk.weight[k, e] += y
            return True
    e = wk.length[k]
    if e >= wk.cut.shape[1]:
        return False
    wk.cut[k, e] = cut
    wk.weight[k, e] = y
    wk.excess[k, e] = 0.0
    wk.length[k] = e + 1
    return True


@compiled
def store(wk, k, t, sep, y):
    """Add y to the weight of the cut of t by a separator. False, and a note in count[FULL], where there is no room."""
    cut = -1 if sep < 0 else cut_of(wk, t, sep)
    if cut < 0:
        wk.count[FULL] |= NO_CUT
        return False
    if not add_weight(wk, k, cut, y):
        wk.count[FULL] |= NO_LIST
        return False
    return True


@compiled
def shift(wk, k, t, sep, y):
    """What y more of a cut does to r."""
    wk.effect[k, t] += y
    wk.r[t] += y
    for c in range(wk.start[sep], wk.start[sep + 1]):
        wk.effect[k, wk.member[c]] -= y
        wk.r[wk.member[c]] -= y


@called
def index_cuts(wk):
    """Fill the empty hash tables from the separators and cuts that are stored."""
    wide = wk.slot.size - 1
    for sep in range(wk.count[SEPARATORS]):
        key = wk.start[sep + 1] - wk.start[sep]
        for c in range(wk.start[sep], wk.start[sep + 1]):
            key += mix(wk.member[c])
        wk.separator_key[sep] = key
        at = key & wide
        while wk.slot[at] >= 0:
            at = (at + 1) & wide
        wk.slot[at] = sep
    wide = wk.cut_slot.size - 1
    for cut in range(wk.count[CUTS]):
        at = mix(wk.cut_separator[cut] * 1_000_003 + wk.cut_block[cut]) & wide
        while wk.cut_slot[at] >= 0:
            at = (at + 1) & wide
        wk.cut_slot[at] = cut
