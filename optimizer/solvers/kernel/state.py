"""What the compiled search reads (Instance) and the one thing that it changes (State). kernel.layout has the places."""

from __future__ import annotations

import numpy as np

from optimizer.arrays import Bools, Floats, Ints, Offsets
from optimizer.solvers.kernel.curves import inner_of, outer_of, shortfall
from optimizer.solvers.kernel.handed import CountTable, FloatTable, IntTable, handed
from optimizer.solvers.kernel.jit import called, compiled, inlined
from optimizer.solvers.kernel.layout import BENT, COST, EDGES, EXCESS, EXCESS_FIRST, LINEAR, PENALTY, PERIMETER, WEIGHT


@handed(read_only=True)
class Instance:
    """One model, as arrays. n blocks, m schools, k features, r sums, q budgets, p curved parts with v inner values, c
    checks of zones, s layers of splits, e pairs, a entries of neighbours."""

    start: Offsets  # (n + 1,) neighbours
    index: Ints
    pair_start: Offsets  # (n + 1,) schools that each block may go to
    pair_school: Ints
    pair_cost: Floats  # (e,) the objective's cost of each pair
    budget_cost: FloatTable  # (e, q)
    budget_limit: Floats  # (q,)
    budget_step: Floats  # (q,) what a move changes of a budget on curved parts, about; 0 for the others
    budget_weight: Floats  # (q,) of what lies beyond the limit, as excess, while that comes first
    edge_cost: Floats  # (a,) of each pair of neighbours in different zones; empty without EDGES, as the next two
    edge_budget: FloatTable  # (a, q)
    edge_shared: Floats  # (a,) the border that they share
    pair_cell: IntTable  # (e, s) the set of blocks and the school of a pair, by the place of its count; -1 for none
    cell_cost: Floats  # (s,) of each further school that a set is spread over
    base: Floats  # (1,) added to the cost
    feature: FloatTable  # (n, k) what zones add up
    part: Ints  # (r,) features of the sums; whole is -1 where there is none
    whole: Ints
    factor: FloatTable  # (r, m), as are the four that follow
    low: FloatTable
    high: FloatTable
    hard_low: FloatTable
    hard_high: FloatTable
    curve_kind: Ints  # (p,) the curved parts
    curve_budget: Ints  # (p,) the budget that the part counts in, -1 for the objective
    curve_at: IntTable  # (p, 5)
    curve_number: FloatTable  # (p, 3)
    curve_weight: Floats  # (v,)
    curve_aim: Floats  # (v,)
    check_kind: Ints  # (c,) the checks of zones
    check_at: IntTable  # (c, 4)
    check_number: FloatTable  # (c, 2)
    check_slack: Floats  # (c,) how far short a zone may fall
    root: Ints  # (m,)
    detached: Bools  # (n,) where nobody moves
    loose: Ints  # the blocks of `detached`, ascending: they may always go back to their zone
    home: Ints  # (n,) the school of a block that does not move, -1 where it is closed
    weightless: Bools  # (n,) without students of any kind
    tie_start: Offsets  # (n + 1,) blocks that move together with each block; all 0 without any
    tie_index: Ints
    setting: Ints
    list_start: Offsets  # (m + 1,) room for each zone's border blocks


@handed(read_only=False)
class State:
    """Where one start of the search stands."""

    zone: Ints  # (n,)
    joined: Bools  # (n,) in the piece of its zone that holds the root
    sums: FloatTable  # (m, k) features by zone
    inner: FloatTable  # (m, v) inner values of the curved parts by zone
    met: Floats  # (v,) inner, added over the zones
    cells: Ints  # how many blocks each set of a split has at each school
    budget: Floats  # (q,) used
    price: Floats  # (q,) multiplier of each budget
    total: Floats
    count: Offsets
    moves: CountTable  # by kind: tried, accepted
    foreign: Ints  # (n,) neighbours in other zones
    border: Ints  # (n,) blocks with any, in no order; `place` says where each stands, -1 if it does not
    place: Ints
    zone_border: Ints  # the same by zone, in the rooms of list_start
    zone_place: Ints
    zone_count: Ints
    mark: Offsets  # (n,) scratch
    queue: Ints  # (n,) scratch
    toggled: Ints  # blocks whose `joined` the move in hand has changed
    log_block: Ints  # moves since the best plan, to come back to it
    log_zone: Ints
    random: np.ndarray[tuple[int], np.dtype[np.uint64]]  # (4,) xoshiro256++
    best: Floats
    best_zone: Ints


@inlined
def copy_into(target, source):
    for i in range(target.size):
        target[i] = source[i]


@inlined
def pair_of(inst, block, school):
    """The pair's position, or -1 where the block may not go to the school."""
    for e in range(inst.pair_start[block], inst.pair_start[block + 1]):
        if inst.pair_school[e] == school:
            return e
    return -1


@inlined
def sum_of(inst, r, school, sums):
    value = sums[inst.part[r]]
    if inst.whole[r] >= 0:
        value -= inst.factor[r, school] * sums[inst.whole[r]]
    return value


@inlined
def excess_of(inst, school, sums):
    """What lies beyond low and high at one school."""
    total = 0.0
    for r in range(inst.part.size):
        value = sum_of(inst, r, school, sums)
        total += max(0.0, value - inst.high[r, school]) + max(0.0, inst.low[r, school] - value)
    if inst.setting[EXCESS_FIRST]:
        for c in range(inst.check_kind.size):
            total += inst.check_number[c, WEIGHT] * shortfall(inst, c, sums)
    return total


@inlined
def overdraft(inst, budget):
    """What budgets are used beyond their limits, weighed as excess."""
    total = 0.0
    for q in range(inst.budget_limit.size):
        total += inst.budget_weight[q] * max(0.0, budget[q] - inst.budget_limit[q])
    return total


@inlined
def breaks_hard(inst, school, sums):
    """Whether the zone's sums lie beyond what no plan may go beyond."""
    for r in range(inst.part.size):
        value = sum_of(inst, r, school, sums)
        if value > inst.hard_high[r, school] or value < inst.hard_low[r, school]:
            return True
    for c in range(inst.check_kind.size):
        if shortfall(inst, c, sums) > inst.check_slack[c]:
            return True
    return False


@called
def rebuild(inst, st):
    """Compute every running sum afresh from `zone`, against drift and at the start."""
    n, m = st.zone.size, inst.root.size
    st.sums[:] = 0.0
    st.budget[:] = 0.0
    st.cells[:] = 0
    linear = inst.base[0]
    for b in range(n):
        zone = st.zone[b]
        for k in range(inst.feature.shape[1]):
            st.sums[zone, k] += inst.feature[b, k]
        e = pair_of(inst, b, zone)
        linear += inst.pair_cost[e]
        for q in range(inst.budget_limit.size):
            st.budget[q] += inst.budget_cost[e, q]
        for s in range(inst.cell_cost.size):
            cell = inst.pair_cell[e, s]
            if cell >= 0:
                linear += inst.cell_cost[s] if st.cells[cell] == 0 else 0.0
                st.cells[cell] += 1
    if inst.setting[EDGES]:
        linear += rebuild_edges(inst, st)
    st.met[:] = 0.0
    excess = 0.0
    for j in range(m):
        inner_of(inst, st.sums[j], st.inner[j])
        for v in range(st.met.size):
            st.met[v] += st.inner[j, v]
        excess += excess_of(inst, j, st.sums[j])
    st.total[LINEAR] = linear
    st.total[EXCESS] = excess
    add_curves(inst, st)
    set_cost(inst, st)


@compiled
def add_curves(inst, st):
    """What curved parts use of the budgets that limit them."""
    if inst.setting[BENT]:
        for q in range(inst.budget_limit.size):
            st.budget[q] += outer_of(inst, st.met, q)


@compiled
def rebuild_edges(inst, st):
    """The cost of all borders; adds what they use of the budgets, and takes shared borders off the perimeters."""
    cost = 0.0
    perimeter = inst.setting[PERIMETER]
    for b in range(st.zone.size):
        for e in range(inst.start[b], inst.start[b + 1]):
            if st.zone[inst.index[e]] == st.zone[b]:
                if perimeter >= 0:
                    st.sums[st.zone[b], perimeter] -= inst.edge_shared[e]
                continue
            # Each pair of neighbours is met twice.
            cost += 0.5 * inst.edge_cost[e]
            for q in range(inst.budget_limit.size):
                st.budget[q] += 0.5 * inst.edge_budget[e, q]
    return cost


@compiled
def set_cost(inst, st):
    st.total[PENALTY] = 0.0
    for q in range(inst.budget_limit.size):
        st.total[PENALTY] += st.price[q] * st.budget[q]
    if inst.setting[EXCESS_FIRST]:
        st.total[COST] = st.total[EXCESS] + overdraft(inst, st.budget)
    else:
        st.total[COST] = outer_of(inst, st.met, -1) + st.total[LINEAR]
