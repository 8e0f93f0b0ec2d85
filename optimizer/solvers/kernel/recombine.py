"""Recombination: two neighbouring zones become one, a random spanning tree is drawn over it, and it is cut anew."""

from __future__ import annotations

import numpy as np

from optimizer.solvers.kernel.best import note
from optimizer.solvers.kernel.borders import relist
from optimizer.solvers.kernel.chance import uniform
from optimizer.solvers.kernel.contiguity import join_from
from optimizer.solvers.kernel.curves import inner_of, outer_of
from optimizer.solvers.kernel.jit import compiled
from optimizer.solvers.kernel.layout import (
    ACCEPTED,
    BENT,
    CONTIGUOUS,
    COST,
    EXCESS,
    EXCESS_FIRST,
    HELD,
    LINEAR,
    NO_MEMBER,
    ONE,
    OTHER,
    PENALTY,
    RECOMBINATION,
    TOGGLED,
    TRIED,
)
from optimizer.solvers.kernel.moves import SLACK
from optimizer.solvers.kernel.spanning import gather, grow_tree, hang, pick_zones
from optimizer.solvers.kernel.state import breaks_hard, copy_into, excess_of, pair_of


@compiled
def load_steps(inst, st, trees, size, length, first, second):
    """What each step of the path carries, and the cuts that candidates allow: low <= cut <= high.

    A cut after step i gives the steps 0 .. i to the second zone. gain holds what the second zone holds for each cut
    (features), and the linear cost and budgets of both zones' members.
    """
    features = st.sums.shape[1]
    cost_at, budgets_at = features, features + 1
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
        trees.gain[length, cost_at] += inst.pair_cost[to_first] - inst.pair_cost[was]
        trees.gain[at, cost_at] += inst.pair_cost[to_second] - inst.pair_cost[to_first]
        for q in range(st.budget.size):
            trees.gain[length, budgets_at + q] += inst.budget_cost[to_first, q] - inst.budget_cost[was, q]
            trees.gain[at, budgets_at + q] += inst.budget_cost[to_second, q] - inst.budget_cost[to_first, q]
    return low, high


@compiled
def cut_curves(inst, st, trees, first, second):
    """The inner values of both zones, and their totals, after a cut."""
    inner_of(inst, trees.sums[ONE], trees.inner[ONE])
    inner_of(inst, trees.sums[OTHER], trees.inner[OTHER])
    for g in range(st.met.size):
        trees.met[g] = (
            st.met[g] + trees.inner[ONE, g] + trees.inner[OTHER, g] - st.inner[first, g] - st.inner[second, g]
        )


@compiled
def value_cut(inst, st, trees, first, second):
    """Cost with penalty, cost, linear, excess after a cut; cost is inf where a limit forbids it.

    trees.row holds what the cut gives the second zone, and the changes of linear cost and budgets.
    """
    features, row = st.sums.shape[1], trees.row
    cost_at, budgets_at = features, features + 1
    for k in range(features):
        trees.sums[OTHER, k] = trees.base[k] + row[k]
        trees.sums[ONE, k] = st.sums[first, k] + st.sums[second, k] - trees.sums[OTHER, k]
    if breaks_hard(inst, first, trees.sums[ONE]) or breaks_hard(inst, second, trees.sums[OTHER]):
        return np.inf, 0.0, 0.0, 0.0
    excess = st.total[EXCESS] - excess_of(inst, first, st.sums[first]) - excess_of(inst, second, st.sums[second])
    excess += excess_of(inst, first, trees.sums[ONE]) + excess_of(inst, second, trees.sums[OTHER])
    linear = st.total[LINEAR] + row[cost_at]
    if inst.setting[BENT]:
        cut_curves(inst, st, trees, first, second)
    penalty, over = 0.0, 0.0
    for q in range(st.budget.size):
        used = st.budget[q] + row[budgets_at + q]
        if inst.setting[BENT]:
            used += outer_of(inst, trees.met, q) - outer_of(inst, st.met, q)
        if used > inst.budget_limit[q] and used > st.budget[q]:
            return np.inf, 0.0, 0.0, 0.0
        penalty += st.price[q] * used
        over += inst.budget_weight[q] * max(0.0, used - inst.budget_limit[q])
    if inst.setting[EXCESS_FIRST]:
        return excess + over + penalty, excess + over, linear, excess
    if excess > st.best[HELD] + SLACK:
        return np.inf, 0.0, 0.0, 0.0
    if not inst.setting[BENT]:
        cut_curves(inst, st, trees, first, second)
    cost = outer_of(inst, trees.met, -1) + linear
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
    st.moves[RECOMBINATION, TRIED] += 1
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
            st.moves[RECOMBINATION, ACCEPTED] += 1
            take(inst, st, trees, first, second)
            st.total[COST], st.total[LINEAR], st.total[EXCESS] = cost, linear, excess
            st.total[PENALTY] = value - cost
            redraw(inst, st, trees, size, cut, first, second)
    for i in range(size):
        trees.parent[trees.member[i]] = NO_MEMBER


@compiled
def take(inst, st, trees, first, second):
    """Write the sums of the cut in hand into the state."""
    copy_into(st.sums[first], trees.sums[ONE])
    copy_into(st.sums[second], trees.sums[OTHER])
    budgets_at = st.sums.shape[1] + 1
    for q in range(st.budget.size):
        st.budget[q] += trees.row[budgets_at + q]
        if inst.setting[BENT]:
            st.budget[q] += outer_of(inst, trees.met, q) - outer_of(inst, st.met, q)
    if inst.setting[EXCESS_FIRST] == 0 or inst.setting[BENT] != 0:
        copy_into(st.inner[first], trees.inner[ONE])
        copy_into(st.inner[second], trees.inner[OTHER])
        copy_into(st.met, trees.met)


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
