"""One school's multipliers as they are written: rounded, few leaves, and what they prove."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Bools, Floats, Ints, Offsets
from optimizer.bounds.kernel.claim import Merged, Proof, Scratch, merge, prove
from optimizer.bounds.kernel.data import DEAD, LEAF, LEAVES, NODES, RATE, School, Work

APART = 2e-9  # prices of shares are written this much lower, so that rounding breaks no sum of theirs
DIGITS = 10  # significant digits of the numbers in a certificate


def rounded(values: Floats) -> Floats:
    """To DIGITS significant digits, and to multiples of 1e-22."""
    size = np.abs(values)
    place = np.floor(np.log10(np.where(size > 0, size, 1.0)))
    scale = 10.0 ** np.minimum(DIGITS - 1 - place, 22)
    return np.asarray(np.round(values * scale) / scale)


@dataclass(frozen=True, eq=False)
class Tree:
    """A school's tree as it is written, node by node, the first child and all below it before the second. split: (n,)
    as in Work; middle: (n,). low, high: (leaves,) the rates of each leaf."""

    split: Ints
    middle: Floats
    low: Floats
    high: Floats


def proof_of(
    school: School, size: Floats, work: Work, prices: Floats, budget_prices: Floats, slack: float
) -> tuple[Tree, Proof, float]:
    """The proof of one school at rounded prices, and the number that its V is not below.

    size: (candidates,) magnitudes of the terms of school.curve. Parts of the tree are joined, and cuts left out,
    wherever that does not lower the least V by more than `slack`: it keeps the file small.
    """
    k, n = int(work.count[LEAVES]), int(work.count[NODES])
    proof = _written(school, work, np.arange(k), work.node[:k], np.ones(k, bool), 0.2 * slack)
    room = Scratch(size, np.zeros(len(size)), np.zeros(len(size)))
    with_cuts, without = np.zeros(k), np.zeros(k)
    prove(school, work, proof, room, prices, budget_prices, True, with_cuts)
    prove(school, work, proof, room, prices, budget_prices, False, without)
    goal = float(np.maximum(with_cuts, without).min()) - 0.8 * slack
    out = Merged(np.full(n, -1, np.int32), np.zeros(n, bool))
    merge(school, work, proof, room, prices, budget_prices, goal, out)
    kept = _in_order(work, out.source)
    split = np.where(out.source[kept] >= 0, LEAF, work.split[kept]).astype(np.int32)
    node = kept[split == LEAF]
    middle = np.where(split == RATE, work.middle[kept], np.nan)
    tree = Tree(split, middle, work.low[node], work.high[node])
    proof = _written(school, work, out.source[node], node, out.with_cuts[node], 0.2 * slack)
    least = np.zeros(len(node))
    prove(school, work, proof, room, prices, budget_prices, True, least)
    return tree, proof, float(least.min())


def _in_order(work: Work, source: Ints) -> Ints:
    """The nodes that are written. source: (nodes,) at least 0 where what is below the node is not."""
    waiting, found = [0], []
    while waiting:
        n = waiting.pop()
        found.append(n)
        if source[n] < 0 and work.split[n] != DEAD:
            waiting += [int(work.child[n]) + 1, int(work.child[n])]
    return np.array(found, np.int32)


def _written(school: School, work: Work, order: Ints | Offsets, node: Ints, with_cuts: Bools, slack: float) -> Proof:
    """The multipliers of the leaves `order` of the work, rounded, for these nodes; the lightest cuts, up to `slack` in
    all, are left out."""
    lengths = np.where(with_cuts, work.length[order], 0)
    weight = np.where(np.arange(work.cut.shape[1]) < lengths[:, None], work.weight[order], 0.0)
    light = np.sort(weight, axis=1)
    cumulated = np.cumsum(light, axis=1)
    limit = np.where(cumulated <= slack, light, 0.0).max(axis=1, initial=0.0)
    used = weight > limit[:, None]
    lengths = used.sum(axis=1)
    names, cut = np.unique(work.cut[order][used], return_inverse=True)
    separator = work.cut_separator[names]
    first, last = work.start[separator], work.start[separator + 1]
    return Proof(
        np.ascontiguousarray(node),
        rounded(work.tilt[order]),
        _prices(school, work.price[order]),
        _starts(lengths),
        cut.astype(np.int32),
        rounded(work.weight[order][used]),
        work.cut_block[names],
        _starts(last - first),
        _ranges(work.member, first, last),
    )


def _prices(school: School, price: Floats) -> Floats:
    """The sums' prices, rounded."""
    shares = price[:, school.shares :]
    shares -= APART * (school.unit + np.abs(shares).max(axis=1, keepdims=True, initial=0.0))
    return rounded(price)


def _starts(lengths: Offsets) -> Offsets:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def _ranges(values: Ints, first: Offsets, last: Offsets) -> Ints:
    """values[first[k] : last[k]], one after the other."""
    starts = _starts(last - first)
    at = np.arange(starts[-1]) + np.repeat(first - starts[:-1], last - first)
    return values[at]
