"""What a move does to borders between zones, to sets of blocks that are better kept together, and to curved parts."""

from __future__ import annotations

from optimizer.solvers.kernel.curves import inner_of
from optimizer.solvers.kernel.jit import compiled, inlined
from optimizer.solvers.kernel.layout import BLOCKS, LINEAR, PERIMETER, ZONES
from optimizer.solvers.kernel.state import pair_of


@compiled
def carry_edges(inst, st, move):
    """Borders' costs and budgets, and perimeters, after the move; its sums of zones are there already."""
    perimeter = inst.setting[PERIMETER]
    for i in range(move.count[BLOCKS]):
        block, old, new = move.block[i], move.old[i], move.new[i]
        for e in range(inst.start[block], inst.start[block + 1]):
            zone = zone_then(st, move, inst.index[e], i)
            change = (1.0 if zone != new else 0.0) - (1.0 if zone != old else 0.0)
            if change == 0.0:
                continue
            move.value[LINEAR] += inst.edge_cost[e] * change
            for q in range(move.budget.size):
                move.budget[q] += inst.edge_budget[e, q] * change
            if perimeter >= 0:
                move.sums[place_of(move, zone), perimeter] += 2.0 * inst.edge_shared[e] * change


@inlined
def zone_then(st, move, block, i):
    """The zone of a block once the first i blocks of the move have gone."""
    for u in range(i):
        if move.block[u] == block:
            return move.new[u]
    return st.zone[block]


@inlined
def place_of(move, zone):
    """Where the move keeps the sums of a zone that it touches."""
    for z in range(move.count[ZONES]):
        if move.zone[z] == zone:
            return z
    return 0


@compiled
def carry_splits(inst, st, move):
    """Count the sets of blocks at the schools after the move, at once in the state: `put_back` undoes it."""
    for i in range(move.count[BLOCKS]):
        was, now = pair_of(inst, move.block[i], move.old[i]), pair_of(inst, move.block[i], move.new[i])
        for s in range(inst.cell_cost.size):
            cell = inst.pair_cell[was, s]
            if cell < 0:
                continue
            st.cells[cell] -= 1
            if st.cells[cell] == 0:
                move.value[LINEAR] -= inst.cell_cost[s]
            cell = inst.pair_cell[now, s]
            if st.cells[cell] == 0:
                move.value[LINEAR] += inst.cell_cost[s]
            st.cells[cell] += 1


@compiled
def put_back(inst, st, move):
    """After a move that was weighed and not made: the sets as they are."""
    for i in range(move.count[BLOCKS]):
        was, now = pair_of(inst, move.block[i], move.old[i]), pair_of(inst, move.block[i], move.new[i])
        for s in range(inst.cell_cost.size):
            if inst.pair_cell[was, s] >= 0:
                st.cells[inst.pair_cell[now, s]] -= 1
                st.cells[inst.pair_cell[was, s]] += 1


@compiled
def carry_curves(inst, st, move):
    """The inner values of the zones touched, and their totals, after the move."""
    for g in range(st.met.size):
        move.met[g] = st.met[g]
    for z in range(move.count[ZONES]):
        inner_of(inst, move.sums[z], move.inner[z])
        for g in range(st.met.size):
            move.met[g] += move.inner[z, g] - st.inner[move.zone[z], g]
