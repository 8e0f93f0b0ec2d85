"""A chunk of annealing: so many proposals at one temperature."""

from __future__ import annotations

import numpy as np

from optimizer.solvers.kernel.best import remember, store_best
from optimizer.solvers.kernel.chance import uniform
from optimizer.solvers.kernel.jit import called, compiled
from optimizer.solvers.kernel.layout import ACCEPTED, CHAIN, CLUSTER, COST, FLIP, PENALTY, TRIED
from optimizer.solvers.kernel.moves import make, propose, weigh
from optimizer.solvers.kernel.recombine import recombine
from optimizer.solvers.kernel.shape import put_back
from optimizer.solvers.kernel.state import rebuild

FLIPS, CHAINS = 0.55, 0.95  # shares of flips, then chains, then clusters (measured: see the docs on the search)


@compiled
def kind_of(draw):
    if draw < FLIPS:
        return FLIP
    return CHAIN if draw < CHAINS else CLUSTER


@compiled
def accepts(st, value, temperature):
    """Metropolis: always downhill, uphill with probability exp(-rise / temperature)."""
    rise = value[COST] + value[PENALTY] - st.total[COST] - st.total[PENALTY]
    if rise <= 0.0:
        return True
    return temperature > 0.0 and uniform(st.random) < np.exp(-rise / temperature)


@called
def run_chunk(inst, st, move, trees, proposals, recombinations, temperature, hard):
    """Make `proposals` proposals and, spread among them, `recombinations`. `hard` holds budgets as limits."""
    rebuild(inst, st)
    remember(inst, st)
    every = proposals // recombinations if recombinations > 0 else proposals + 1
    for t in range(proposals):
        kind = kind_of(uniform(st.random))
        st.moves[kind, TRIED] += 1
        if propose(inst, st, move, kind):
            if weigh(inst, st, move, hard) and accepts(st, move.value, temperature) and make(inst, st, move):
                st.moves[kind, ACCEPTED] += 1
                remember(inst, st)
            elif inst.cell_cost.size > 0:
                put_back(inst, st, move)
        if t % every == every - 1:
            recombine(inst, st, trees, temperature)
            remember(inst, st)
    store_best(st)


@called
def mean_change(inst, st, move, samples):
    """Mean absolute change of cost over random border flips: the unit of temperature."""
    total, found = 0.0, 0
    for _ in range(20 * samples):
        if found == samples:
            break
        if propose(inst, st, move, FLIP):
            change = abs(move.value[COST] - st.total[COST]) if weigh(inst, st, move, False) else 0.0
            if inst.cell_cost.size > 0:
                put_back(inst, st, move)
            if change > 0.0:
                total += change
                found += 1
    return total / found if found > 0 else 0.0
