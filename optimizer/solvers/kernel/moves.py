"""One proposal: up to SIZE blocks change zone at once. Its cost comes first, contiguity only if it is accepted."""

from __future__ import annotations

import numpy as np

from optimizer.arrays import Floats, Ints, Offsets
from optimizer.solvers.kernel.best import note
from optimizer.solvers.kernel.borders import relist
from optimizer.solvers.kernel.chance import below, uniform
from optimizer.solvers.kernel.contiguity import flip, unflip
from optimizer.solvers.kernel.curves import outer_of
from optimizer.solvers.kernel.handed import FloatTable, handed
from optimizer.solvers.kernel.jit import compiled
from optimizer.solvers.kernel.layout import (
    BENT,
    BLOCKS,
    BORDER,
    CHAIN,
    CLUSTER,
    COST,
    EDGES,
    EXCESS,
    EXCESS_FIRST,
    HELD,
    LINEAR,
    MOVE_COUNTS,
    PENALTY,
    TOGGLED,
    TOTALS,
    ZONES,
)
from optimizer.solvers.kernel.shape import carry_curves, carry_edges, carry_splits
from optimizer.solvers.kernel.state import (
    Instance,
    breaks_hard,
    copy_into,
    excess_of,
    overdraft,
    pair_of,
)

SIZE = 6  # blocks in one move at the most, not counting those that are tied to them
IDLE = 0.85  # share of proposals to move a block without students that are dropped: they bring nothing by themselves
LOOSE = 0.03  # share of proposals that send a block back to the zone that it was detached in
SLACK = 1e-7  # students: below FORMAT.md's allowance, above what rounding does to a running sum


@handed(read_only=False)
class Move:
    """Scratch for the move in hand."""

    block: Ints  # (b,)
    old: Ints
    new: Ints
    zone: Ints  # (2 b,) zones touched
    sums: FloatTable  # (2 b, k) their sums after the move
    inner: FloatTable  # (2 b, v)
    met: Floats  # (v,)
    budget: Floats  # (q,)
    value: Floats  # as State.total, after the move
    count: Offsets


@compiled
def add(inst, st, move, block, old, new):
    """Let the block come along, and all that are tied to it. False where one of them cannot."""
    i = move.count[BLOCKS]
    move.block[i], move.old[i], move.new[i] = block, old, new
    move.count[BLOCKS] = i + 1
    for t in range(inst.tie_start[block], inst.tie_start[block + 1]):
        other = inst.tie_index[t]
        if st.zone[other] == new or holds(move, other):
            continue
        if pair_of(inst, other, new) < 0:
            return False
        i = move.count[BLOCKS]
        move.block[i], move.old[i], move.new[i] = other, st.zone[other], new
        move.count[BLOCKS] = i + 1
    return True


@compiled
def foreign_neighbour(inst, st, block):
    """The zone of a random neighbour in another zone, or -1."""
    if st.foreign[block] == 0:
        return -1
    pick = below(st.random, st.foreign[block])
    for e in range(inst.start[block], inst.start[block + 1]):
        zone = st.zone[inst.index[e]]
        if zone != st.zone[block] and pair_of(inst, block, zone) >= 0:
            if pick == 0:
                return zone
            pick -= 1
    return -1


@compiled
def pick(inst, st):
    """A block and the zone to send it to: a random border block and a zone that it touches; now and then a block that
    was detached under the status quo, and its zone of then: nothing else leads back to a piece that has vanished."""
    if inst.loose.size > 0 and uniform(st.random) < LOOSE:
        block = inst.loose[below(st.random, inst.loose.size)]
        return block, inst.home[block]
    block = st.border[below(st.random, st.count[BORDER])]
    if inst.weightless[block] and uniform(st.random) < IDLE:
        return block, np.int32(-1)
    return block, foreign_neighbour(inst, st, block)


@compiled
def propose(inst, st, move, kind):
    """Fill `move` with one of this kind: a flip, a chain, or a small cluster. False where there is none to make."""
    move.count[BLOCKS] = 0
    if st.count[BORDER] == 0:
        return False
    block, new = pick(inst, st)
    old = st.zone[block]
    if new < 0 or new == old or pair_of(inst, block, new) < 0:
        return False
    if not add(inst, st, move, block, old, new):
        return False
    if kind == CHAIN:
        return extend_chain(inst, st, move, new)
    if kind == CLUSTER:
        return extend_cluster(inst, st, move, block)
    return True


@compiled
def extend_chain(inst, st, move, zone):
    """Send a random border block of `zone` on to a zone that it touches."""
    if st.zone_count[zone] == 0:
        return False
    other = st.zone_border[inst.list_start[zone] + below(st.random, st.zone_count[zone])]
    onward = foreign_neighbour(inst, st, other)
    if pair_of(inst, other, onward) < 0:
        return False
    return not holds(move, other) and add(inst, st, move, other, zone, onward)


@compiled
def extend_cluster(inst, st, move, block):
    """Let random neighbours of the blocks in hand, from the same zone, come along."""
    wanted = 2 + below(st.random, SIZE - 1)
    old, new = move.old[0], move.new[0]
    for _ in range(4 * wanted):
        if move.count[BLOCKS] >= wanted:
            break
        source = move.block[below(st.random, move.count[BLOCKS])]
        width = inst.start[source + 1] - inst.start[source]
        if width == 0:
            continue  # a block without neighbours, on its way back to its zone
        other = inst.index[inst.start[source] + below(st.random, width)]
        if st.zone[other] != old or pair_of(inst, other, new) < 0 or holds(move, other):
            continue
        if not add(inst, st, move, other, old, new):
            return False
    return move.count[BLOCKS] > 1


@compiled
def holds(move, block):
    for i in range(move.count[BLOCKS]):
        if move.block[i] == block:
            return True
    return False


@compiled
def slot(st, move, zone):
    """Where `move` keeps the zone's sums; copied from the state at first use."""
    for z in range(move.count[ZONES]):
        if move.zone[z] == zone:
            return z
    z = move.count[ZONES]
    move.zone[z] = zone
    for k in range(st.sums.shape[1]):
        move.sums[z, k] = st.sums[zone, k]
    move.count[ZONES] = z + 1
    return z


@compiled
def carry(inst, st, move):
    """The sums of the zones touched, the linear part and the budgets after the move."""
    move.count[ZONES] = 0
    move.value[LINEAR] = st.total[LINEAR]
    for q in range(move.budget.size):
        move.budget[q] = st.budget[q]
    for i in range(move.count[BLOCKS]):
        block = move.block[i]
        a, b = slot(st, move, move.old[i]), slot(st, move, move.new[i])
        for k in range(st.sums.shape[1]):
            move.sums[a, k] -= inst.feature[block, k]
            move.sums[b, k] += inst.feature[block, k]
        was, now = pair_of(inst, block, move.old[i]), pair_of(inst, block, move.new[i])
        move.value[LINEAR] += inst.pair_cost[now] - inst.pair_cost[was]
        for q in range(move.budget.size):
            move.budget[q] += inst.budget_cost[now, q] - inst.budget_cost[was, q]
    if inst.setting[EDGES]:
        carry_edges(inst, st, move)
    if inst.cell_cost.size > 0:
        carry_splits(inst, st, move)


@compiled
def weigh(inst, st, move, hard):
    """Fill in the value of the move's outcome; False where a limit forbids it."""
    carry(inst, st, move)
    if inst.setting[BENT]:
        carry_curves(inst, st, move)
        for q in range(move.budget.size):
            move.budget[q] += outer_of(inst, move.met, q) - outer_of(inst, st.met, q)
    penalty = 0.0
    for q in range(move.budget.size):
        if hard and move.budget[q] > inst.budget_limit[q] and move.budget[q] > st.budget[q]:
            return False
        penalty += st.price[q] * move.budget[q]
    move.value[PENALTY] = penalty
    excess = st.total[EXCESS]
    for z in range(move.count[ZONES]):
        zone = move.zone[z]
        if breaks_hard(inst, zone, move.sums[z]):
            return False
        excess += excess_of(inst, zone, move.sums[z]) - excess_of(inst, zone, st.sums[zone])
    move.value[EXCESS] = excess
    if inst.setting[EXCESS_FIRST]:
        move.value[COST] = excess + overdraft(inst, move.budget)
        return True
    if excess > st.best[HELD] + SLACK and excess > st.total[EXCESS]:
        return False
    if not inst.setting[BENT]:
        carry_curves(inst, st, move)
    move.value[COST] = outer_of(inst, move.met, -1) + move.value[LINEAR]
    return True


@compiled
def make(inst, st, move):
    """Make the move if every zone stays legal; True if made."""
    st.count[TOGGLED] = 0
    for i in range(move.count[BLOCKS]):
        if not flip(inst, st, move.block[i], move.new[i]):
            for u in range(i - 1, -1, -1):
                unflip(st, move.block[u], move.old[u], 0)
            return False
    settle(inst, st, move)
    curved = inst.setting[EXCESS_FIRST] == 0 or inst.setting[BENT] != 0
    for z in range(move.count[ZONES]):
        zone = move.zone[z]
        for k in range(st.sums.shape[1]):
            st.sums[zone, k] = move.sums[z, k]
        if curved:
            for g in range(st.met.size):
                st.inner[zone, g] = move.inner[z, g]
    if curved:
        copy_into(st.met, move.met)
    copy_into(st.budget, move.budget)
    copy_into(st.total, move.value)
    return True


@compiled
def settle(inst, st, move):
    """Bring the border lists in step, block by block, and note the way back."""
    for i in range(move.count[BLOCKS]):
        st.zone[move.block[i]] = move.old[i]
    for i in range(move.count[BLOCKS]):
        st.zone[move.block[i]] = move.new[i]
        relist(inst, st, move.block[i], move.old[i])
        note(st, move.block[i], move.old[i])


def most_blocks(inst: Instance) -> int:
    """Blocks in one move at the most."""
    return SIZE * (1 + int(np.diff(inst.tie_start).max(initial=0)))


def empty_move(inst: Instance) -> Move:
    """Scratch for moves of an instance."""
    groups, features, budgets = len(inst.curve_weight), inst.feature.shape[1], len(inst.budget_limit)
    most = most_blocks(inst)
    return Move(
        np.zeros(most, np.int32),
        np.zeros(most, np.int32),
        np.zeros(most, np.int32),
        np.zeros(2 * most, np.int32),
        np.zeros((2 * most, features)),
        np.zeros((2 * most, groups)),
        np.zeros(groups),
        np.zeros(budgets),
        np.zeros(TOTALS),
        np.zeros(MOVE_COUNTS, np.int64),
    )
