"""The best plan of a chunk: where it was met, and the log of moves that leads back to it."""

from __future__ import annotations

from optimizer.solvers.kernel.jit import compiled
from optimizer.solvers.kernel.layout import BEST_COST, COST, EXCESS_FIRST, LOGGED, NOT_STORED
from optimizer.solvers.kernel.state import copy_into


@compiled
def note(st, block, old):
    """Write the step into the log; where the log is full, store the best plan that it leads back to, and begin anew."""
    if st.best[NOT_STORED] == 0.0:
        return  # nothing to come back to
    if st.count[LOGGED] == st.log_block.size:
        store_best(st)
        return
    st.log_block[st.count[LOGGED]] = block
    st.log_zone[st.count[LOGGED]] = old
    st.count[LOGGED] += 1


@compiled
def store_best(st):
    """Write the best plan met in this chunk to best_zone."""
    if st.best[NOT_STORED] == 0.0:
        return
    copy_into(st.best_zone, st.zone)
    for t in range(st.count[LOGGED] - 1, -1, -1):
        st.best_zone[st.log_block[t]] = st.log_zone[t]
    st.count[LOGGED] = 0
    st.best[NOT_STORED] = 0.0


@compiled
def within_budget(inst, st):
    for q in range(inst.budget_limit.size):
        if st.budget[q] > inst.budget_limit[q]:
            return False
    return True


@compiled
def remember(inst, st):
    """If the plan in hand is the best so far, note that it is."""
    if st.total[COST] < st.best[BEST_COST] and (inst.setting[EXCESS_FIRST] or within_budget(inst, st)):
        st.best[BEST_COST] = st.total[COST]
        st.best[NOT_STORED] = 1.0
        st.count[LOGGED] = 0
