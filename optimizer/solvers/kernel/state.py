"""What the compiled search reads (Instance) and the one thing that it changes (State)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from optimizer.arrays import Bools, Floats, Ints, Offsets
from optimizer.solvers.kernel.curves import inner_of, outer_of, shortfall
from optimizer.solvers.kernel.jit import compiled, inlined

# Places in State.total.
COST, LINEAR, EXCESS, PENALTY = 0, 1, 2, 3
# Places in State.count.
BORDER, LOGGED, STAMP, TOGGLED, TRIED, ACCEPTED = 0, 1, 2, 3, 4, 5
# Places in Instance.setting: what is on; PERIMETER is a feature, or -1.
CONTIGUOUS, EXCESS_FIRST, EDGES, PERIMETER = 0, 1, 2, 3


class Instance(NamedTuple):
    """One model, as arrays. n blocks, m schools, k features, r sums, q budgets, p curved parts with v inner values, c
    checks of zones, s layers of splits, e pairs, a entries of neighbours."""

    start: Offsets  # (n + 1,) neighbours
    index: Ints  # type: ignore[assignment]
    pair_start: Offsets  # (n + 1,) schools that each block may go to
    pair_school: Ints
    pair_cost: Floats  # (e,) the objective's cost of each pair
    budget_cost: Floats  # (e, q)
    budget_limit: Floats  # (q,)
    budget_weight: Floats  # (q,) of what lies beyond the limit, as excess, while that comes first
    edge_cost: Floats  # (a,) of each pair of neighbours in different zones; empty without EDGES, as the next two
    edge_budget: Floats  # (a, q)
    edge_shared: Floats  # (a,) the border that they share
    pair_cell: Ints  # (e, s) the set of blocks and the school of a pair, by the place of its count; -1 for none
    cell_cost: Floats  # (s,) of each further school that a set is spread over
    base: Floats  # (1,) added to the cost
    feature: Floats  # (n, k) what zones add up
    part: Ints  # (r,) features of the sums; whole is -1 where there is none
    whole: Ints
    factor: Floats  # (r, m), as are the four that follow
    low: Floats
    high: Floats
    hard_low: Floats
    hard_high: Floats
    curve_kind: Ints  # (p,) the curved parts, as kernel.curves has them
    curve_at: Ints  # (p, 6)
    curve_number: Floats  # (p, 3)
    curve_weight: Floats  # (v,)
    curve_aim: Floats  # (v,)
    check_kind: Ints  # (c,) the checks of zones, as kernel.curves has them
    check_at: Ints  # (c, 4)
    check_number: Floats  # (c, 2)
    check_slack: Floats  # (c,) how far short a zone may fall
    root: Ints  # (m,)
    detached: Bools  # (n,) where nobody moves
    loose: Ints  # the blocks of `detached`, ascending: they may always go back to their zone
    home: Ints  # (n,) the school of a block that does not move, -1 where it is closed
    weightless: Bools  # (n,) without students of any kind
    tie_start: Offsets  # (n + 1,) blocks that move together with each block; all 0 without any
    tie_index: Ints
    setting: Ints  # which parts are on
    list_start: Offsets  # (m + 1,) room for each zone's border blocks


class State(NamedTuple):
    """Where one start of the search stands."""

    zone: Ints  # (n,)
    joined: Bools  # (n,) in the piece of its zone that holds the root
    sums: Floats  # (m, k) features by zone
    inner: Floats  # (m, v) inner values of the curved parts by zone
    met: Floats  # (v,) inner, added over the zones
    cells: Ints  # how many blocks each set of a split has at each school
    budget: Floats  # (q,) used
    price: Floats  # (q,) multiplier of each budget
    total: Floats  # cost, linear part, excess, penalty
    count: Offsets  # type: ignore[assignment]
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
    best: Floats  # best cost; 1 if the best plan was met in this chunk and is not stored yet; excess held
    best_zone: Ints


@inlined
def rotate(x, k):
    return (x << np.uint64(k)) | (x >> np.uint64(64 - k))


@inlined
def uniform(random):
    """A float in [0, 1), by xoshiro256++ (Blackman and Vigna 2019)."""
    result = rotate(random[0] + random[3], 23) + random[0]
    t = random[1] << np.uint64(17)
    random[2] ^= random[0]
    random[3] ^= random[1]
    random[1] ^= random[2]
    random[0] ^= random[3]
    random[2] ^= t
    random[3] = rotate(random[3], 45)
    return (result >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@inlined
def below(random, n):
    """An integer in 0 .. n - 1."""
    return min(int(uniform(random) * n), n - 1)


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
            total += inst.check_number[c, 1] * shortfall(inst, c, sums)
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


@inlined
def list_border(inst, st, block):
    """Put the block on the border lists, or take it off, as its `foreign` says."""
    zone = st.zone[block]
    if st.foreign[block] > 0 and st.place[block] < 0:
        st.place[block] = st.count[BORDER]
        st.border[st.count[BORDER]] = block
        st.count[BORDER] += 1
        st.zone_place[block] = st.zone_count[zone]
        st.zone_border[inst.list_start[zone] + st.zone_count[zone]] = block
        st.zone_count[zone] += 1
    elif st.foreign[block] == 0 and st.place[block] >= 0:
        unlist_border(inst, st, block, zone)


@inlined
def unlist_border(inst, st, block, zone):
    """Take a block off the border lists of all zones and of `zone`."""
    st.count[BORDER] -= 1
    last = st.border[st.count[BORDER]]
    st.border[st.place[block]] = last
    st.place[last] = st.place[block]
    st.place[block] = -1
    st.zone_count[zone] -= 1
    last = st.zone_border[inst.list_start[zone] + st.zone_count[zone]]
    st.zone_border[inst.list_start[zone] + st.zone_place[block]] = last
    st.zone_place[last] = st.zone_place[block]
    st.zone_place[block] = -1


@inlined
def relist(inst, st, block, old):
    """Keep the border lists right after `block` has gone from zone `old` to the zone it now has."""
    if st.place[block] >= 0:
        unlist_border(inst, st, block, old)
    new = st.zone[block]
    foreign = 0
    for e in range(inst.start[block], inst.start[block + 1]):
        other = inst.index[e]
        zone = st.zone[other]
        if zone != new and pair_of(inst, block, zone) >= 0:
            foreign += 1
        if inst.pair_start[other + 1] - inst.pair_start[other] > 1:
            if zone != old and pair_of(inst, other, old) >= 0:
                st.foreign[other] -= 1
            if zone != new and pair_of(inst, other, new) >= 0:
                st.foreign[other] += 1
            list_border(inst, st, other)
    st.foreign[block] = foreign
    list_border(inst, st, block)


@compiled
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
    set_cost(inst, st)


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
        st.total[COST] = outer_of(inst, st.met) + st.total[LINEAR]


@compiled
def rebuild_borders(inst, st):
    """Compute `joined` and the border lists afresh from `zone`."""
    st.joined[:] = False
    for j in range(inst.root.size):
        if inst.root[j] >= 0 and st.zone[inst.root[j]] == j:
            join_from(inst, st, inst.root[j])
    st.count[TOGGLED] = 0
    st.count[BORDER] = 0
    st.zone_count[:] = 0
    st.place[:] = -1
    st.zone_place[:] = -1
    for b in range(st.zone.size):
        st.foreign[b] = 0
        for e in range(inst.start[b], inst.start[b + 1]):
            zone = st.zone[inst.index[e]]
            if zone != st.zone[b] and pair_of(inst, b, zone) >= 0:
                st.foreign[b] += 1
        list_border(inst, st, b)


@inlined
def join_from(inst, st, block):
    """Mark the block as joined to its root, and all of its zone that it now touches."""
    zone = st.zone[block]
    st.joined[block] = True
    st.toggled[st.count[TOGGLED]] = block
    st.count[TOGGLED] += 1
    st.queue[0] = block
    head, tail = 0, 1
    while head < tail:
        b = st.queue[head]
        head += 1
        for e in range(inst.start[b], inst.start[b + 1]):
            other = inst.index[e]
            if st.zone[other] == zone and not st.joined[other]:
                st.joined[other] = True
                st.toggled[st.count[TOGGLED]] = other
                st.count[TOGGLED] += 1
                st.queue[tail] = other
                tail += 1
