"""Recombination: two neighbouring zones become one, a random spanning tree is drawn over it, and it is cut anew."""

from __future__ import annotations

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.solvers.kernel.best import note
from optimizer.solvers.kernel.borders import relist
from optimizer.solvers.kernel.chance import below, uniform
from optimizer.solvers.kernel.contiguity import join_from
from optimizer.solvers.kernel.curves import inner_of, outer_of
from optimizer.solvers.kernel.handed import FloatTable, handed
from optimizer.solvers.kernel.jit import compiled
from optimizer.solvers.kernel.moves import SLACK
from optimizer.solvers.kernel.state import (
    BORDER,
    CONTIGUOUS,
    COST,
    EXCESS,
    EXCESS_FIRST,
    LINEAR,
    PENALTY,
    TOGGLED,
    breaks_hard,
    copy_into,
    excess_of,
    pair_of,
)


@handed(read_only=False)
class Trees:
    """Scratch for recombination."""

    member: Ints  # (n,) blocks of both root pieces
    parent: Ints  # (n,) in the spanning tree, towards the root of the first zone; -2 outside, -1 not in the tree yet
    step: Ints  # (n,) where the block hangs on the path between the roots; -1 not known yet
    path: Ints  # (n,)
    gain: FloatTable  # (n + 1, k + 1 + q) features, linear cost and budgets of what hangs on each step
    sums: FloatTable  # (2, k)
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
    trees.parent[root] = -1
    head, tail = 0, 1
    while head < tail:
        b = trees.member[head]
        head += 1
        for e in range(inst.start[b], inst.start[b + 1]):
            other = inst.index[e]
            zone = st.zone[other]
            if trees.parent[other] == -2 and st.joined[other] and (zone == first or zone == second):
                trees.parent[other] = -1
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
            if trees.parent[other] != -2:
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


@compiled
def load_steps(inst, st, trees, size, length, first, second):
    """What each step of the path carries, and the cuts that candidates allow: low <= cut <= high.

    A cut after step i gives the steps 0 .. i to the second zone. gain holds what the second zone holds for each cut
    (features), and the linear cost and budgets of both zones' members.
    """
    features, budgets = st.sums.shape[1], st.budget.size
    trees.gain[: length + 1] = 0.0
    low, high = 0, length - 2
    for i in range(size):
        b = trees.member[i]
        at = trees.step[b]
        in_first, in_second = pair_of(inst, b, first), pair_of(inst, b, second)
        if in_second < 0:
            high = min(high, at - 1)
        if in_first < 0:
            low = max(low, at)
        if in_first < 0 and in_second < 0:
            return 1, 0
        for k in range(features):
            trees.gain[at, k] += inst.feature[b, k]
        was = in_first if st.zone[b] == first else in_second
        to_first = in_first if in_first >= 0 else was
        to_second = in_second if in_second >= 0 else was
        # With no cut at all every block is in the first zone: row `length` collects that, step by step the rest.
        trees.gain[length, features] += inst.pair_cost[to_first] - inst.pair_cost[was]
        trees.gain[at, features] += inst.pair_cost[to_second] - inst.pair_cost[to_first]
        for q in range(budgets):
            trees.gain[length, features + 1 + q] += inst.budget_cost[to_first, q] - inst.budget_cost[was, q]
            trees.gain[at, features + 1 + q] += inst.budget_cost[to_second, q] - inst.budget_cost[to_first, q]
    return low, high


@compiled
def value_cut(inst, st, trees, first, second):
    """Cost with penalty, cost, linear, excess after a cut; cost is inf where a limit forbids it.

    trees.row holds what the cut gives the second zone, and the changes of linear cost and budgets.
    """
    features, row = st.sums.shape[1], trees.row
    for k in range(features):
        trees.sums[1, k] = trees.base[k] + row[k]
        trees.sums[0, k] = st.sums[first, k] + st.sums[second, k] - trees.sums[1, k]
    if breaks_hard(inst, first, trees.sums[0]) or breaks_hard(inst, second, trees.sums[1]):
        return np.inf, 0.0, 0.0, 0.0
    excess = st.total[EXCESS] - excess_of(inst, first, st.sums[first]) - excess_of(inst, second, st.sums[second])
    excess += excess_of(inst, first, trees.sums[0]) + excess_of(inst, second, trees.sums[1])
    linear = st.total[LINEAR] + row[features]
    penalty, over = 0.0, 0.0
    for q in range(st.budget.size):
        used = st.budget[q] + row[features + 1 + q]
        if used > inst.budget_limit[q] and used > st.budget[q]:
            return np.inf, 0.0, 0.0, 0.0
        penalty += st.price[q] * used
        over += inst.budget_weight[q] * max(0.0, used - inst.budget_limit[q])
    if inst.setting[EXCESS_FIRST]:
        return excess + over + penalty, excess + over, linear, excess
    if excess > st.best[2] + SLACK:
        return np.inf, 0.0, 0.0, 0.0
    inner_of(inst, trees.sums[0], trees.inner[0])
    inner_of(inst, trees.sums[1], trees.inner[1])
    for g in range(st.met.size):
        trees.met[g] = st.met[g] + trees.inner[0, g] + trees.inner[1, g] - st.inner[first, g] - st.inner[second, g]
    cost = outer_of(inst, trees.met) + linear
    return cost + penalty, cost, linear, excess


@compiled
def best_cut(inst, st, trees, size, length, first, second):
    """The cheapest cut that every limit allows, -1 where there is none."""
    low, high = load_steps(inst, st, trees, size, length, first, second)
    features = st.sums.shape[1]
    for k in range(features):
        trees.base[k] = st.sums[second, k]
    for i in range(size):
        b = trees.member[i]
        if st.zone[b] == second:
            for k in range(features):
                trees.base[k] -= inst.feature[b, k]
    best, at = np.inf, -1
    begin_row(trees, length, features)
    for cut in range(high + 1):
        add_step(trees, cut)
        if cut < low:
            continue
        value = value_cut(inst, st, trees, first, second)[0]
        if value < best:
            best, at = value, cut
    return at


@compiled
def begin_row(trees, length, features):
    for k in range(trees.row.size):
        trees.row[k] = trees.gain[length, k] if k >= features else 0.0


@compiled
def add_step(trees, step):
    for k in range(trees.row.size):
        trees.row[k] += trees.gain[step, k]


@compiled
def recombine(inst, st, trees, temperature):
    """Draw two neighbouring zones anew, at the best cut of a random tree; accepted as a move is."""
    if inst.setting[CONTIGUOUS] == 0:
        return
    first, second = pick_zones(inst, st)
    if first < 0:
        return
    size = gather(inst, st, trees, first, second)
    grow_tree(inst, st, trees, size)
    length = hang(st, trees, size, inst.root[second])
    cut = best_cut(inst, st, trees, size, length, first, second)
    if cut >= 0:
        begin_row(trees, length, st.sums.shape[1])
        for step in range(cut + 1):
            add_step(trees, step)
        value, cost, linear, excess = value_cut(inst, st, trees, first, second)
        rise = value - st.total[COST] - st.total[PENALTY]
        if rise <= 0.0 or (temperature > 0.0 and uniform(st.random) < np.exp(-rise / temperature)):
            take(inst, st, trees, first, second)
            st.total[COST], st.total[LINEAR], st.total[EXCESS] = cost, linear, excess
            st.total[PENALTY] = value - cost
            redraw(inst, st, trees, size, cut, first, second)
    for i in range(size):
        trees.parent[trees.member[i]] = -2


@compiled
def take(inst, st, trees, first, second):
    """Write the sums of the cut in hand into the state."""
    copy_into(st.sums[first], trees.sums[0])
    copy_into(st.sums[second], trees.sums[1])
    if not inst.setting[EXCESS_FIRST]:
        copy_into(st.inner[first], trees.inner[0])
        copy_into(st.inner[second], trees.inner[1])
        copy_into(st.met, trees.met)
    for q in range(st.budget.size):
        st.budget[q] += trees.row[st.sums.shape[1] + 1 + q]


@compiled
def redraw(inst, st, trees, size, cut, first, second):
    """Make the cut: zones, border lists, and the detached pieces that the new root pieces touch."""
    for i in range(size):
        b = trees.member[i]
        new = second if trees.step[b] <= cut else first
        old = st.zone[b]
        if new != old:
            st.zone[b] = new
            relist(inst, st, b, old)
            note(st, b, old)
    for i in range(size):
        b = trees.member[i]
        for e in range(inst.start[b], inst.start[b + 1]):
            other = inst.index[e]
            if st.zone[other] == st.zone[b] and not st.joined[other]:
                st.count[TOGGLED] = 0
                join_from(inst, st, other)


def empty_trees(blocks: int, groups: int, features: int, budgets: int) -> Trees:
    """Scratch for an instance of that size."""
    return Trees(
        np.zeros(blocks, np.int32),
        np.full(blocks, -2, np.int32),
        np.zeros(blocks, np.int32),
        np.zeros(blocks, np.int32),
        np.zeros((blocks + 1, features + 1 + budgets)),
        np.zeros((2, features)),
        np.zeros((2, groups)),
        np.zeros(groups),
        np.zeros(features + 1 + budgets),
        np.zeros(features),
    )
