"""Blocks without students go back to their zone of today where that costs nothing."""

from __future__ import annotations

from optimizer.solvers.kernel.jit import called
from optimizer.solvers.kernel.layout import BLOCKS, COST, EXCESS
from optimizer.solvers.kernel.moves import add, make, weigh
from optimizer.solvers.kernel.shape import put_back
from optimizer.solvers.kernel.state import pair_of, rebuild

PASSES = 8  # one block's way back may open that of another


@called
def send_home(inst, st, move):
    """Send back each block that has no students and is away from home, if its zones hold together without it, and
    neither cost nor excess grows."""
    rebuild(inst, st)
    for _ in range(PASSES):
        went = False
        for b in range(st.zone.size):
            home = inst.home[b]
            if not inst.weightless[b] or home < 0 or st.zone[b] == home or pair_of(inst, b, home) < 0:
                continue
            move.count[BLOCKS] = 0
            if not add(inst, st, move, b, st.zone[b], home):
                continue
            free = weigh(inst, st, move, True)
            free = free and move.value[COST] <= st.total[COST] and move.value[EXCESS] <= st.total[EXCESS]
            if free and make(inst, st, move):
                went = True
            elif inst.cell_cost.size > 0:
                put_back(inst, st, move)
        if not went:
            return
