"""The least value of one school at given prices: all leaves at their multipliers, then the smallest made better."""

from __future__ import annotations

from optimizer.bounds.kernel.branch import branch, copy_multipliers
from optimizer.bounds.kernel.cuts import drift, lower_cuts, raise_cuts
from optimizer.bounds.kernel.data import FULL, LEAVES, NO_LEAF, PRICES, STAMP, TILT
from optimizer.bounds.kernel.interval import climb, polish, set_base, value, value_with
from optimizer.bounds.kernel.jit import called, compiled
from optimizer.solvers.kernel.handed import handed


@handed(read_only=True)
class Effort:
    """How hard `price` tries. Values are in the objective's unit."""

    width: float  # ranges of rates are not halved below it
    tries: int  # blocks by which a leaf may be split that are tried; 0: by the rate alone
    improvements: int  # leaves made better, at most
    sweeps: int  # over the multipliers of a leaf
    rounds: int  # of new cuts
    polish: bool  # whether to search for the multipliers of sums and rate together
    borrow: bool  # whether to try the multipliers of leaves with the neighbouring rates first
    tolerance: float  # a gain that is not worth a step
    least: float  # what counts as 0 in cuts
    reach: float  # the multipliers of sums and rate go no farther
    step: float  # of the cuts' weights along the averaged violation of their cuts; 0 for none


@compiled
def improve(sc, wk, k, effort):
    """Better multipliers for one leaf, which is open: its V, which does not go down."""
    first = TILT if sc.curved else PRICES
    for _ in range(effort.sweeps):
        for dim in range(PRICES + sc.low.size - 1, first - 1, -1):
            climb(sc, wk, k, dim, effort.tolerance, effort.reach)
    if effort.polish and sc.curved:
        for s in range(sc.shares):
            polish(sc, wk, k, s, effort.tolerance, effort.reach)
    v = value_with(sc, wk, k, k)
    if effort.rounds == 0 or sc.root < 0:
        return v
    lower_cuts(sc, wk, k, effort.least)
    for _ in range(effort.rounds):
        gain = raise_cuts(sc, wk, k, effort.least)
        if not (gain > effort.tolerance) or wk.count[FULL]:
            break
    return value_with(sc, wk, k, k)


@compiled
def borrow(sc, wk, k):
    """Take the multipliers and cuts of a leaf with the neighbouring rates where they serve leaf k, which is open,
    better than its own."""
    best, source = wk.value[k], -1
    low, high = wk.low[wk.node[k]], wk.high[wk.node[k]]
    for n in range(wk.count[LEAVES]):
        if wk.low[wk.node[n]] == high or wk.high[wk.node[n]] == low:
            v = value_with(sc, wk, k, n)
            if v > best:
                best, source = v, n
    if source >= 0:
        copy_multipliers(sc, wk, source, k)
        wk.value[k] = best


@compiled
def smallest(wk):
    k = 0
    for other in range(1, wk.count[LEAVES]):
        if wk.value[other] < wk.value[k]:
            k = other
    return k


@called
def price(sc, wk, g, left, at, block_price, budget_price, effort, chosen):
    """V of the school, whose place in g is `at`. chosen (m,): the blocks of the smallest leaf's zone, 0 or 1."""
    set_base(sc, wk, block_price, budget_price)
    wk.count[STAMP] += 1
    wk.count[FULL] = 0
    began = wk.count[STAMP]
    for k in range(wk.count[LEAVES]):
        wk.value[k] = value(sc, wk, k)
    turns = effort.improvements
    crowded = 0
    while True:
        k = smallest(wk)
        if wk.done[k] < began:
            if turns <= 0:
                break
            turns -= 1
            value(sc, wk, k)
            if effort.borrow:
                borrow(sc, wk, k)
            wk.value[k] = improve(sc, wk, k, effort)
            wk.done[k] = wk.count[STAMP]
        elif not branch(sc, wk, g, left, at, k, effort):
            crowded = wk.count[FULL] & NO_LEAF
            break
    wk.count[FULL] |= crowded
    v = value(sc, wk, k)
    for i in range(chosen.size):
        chosen[i] = 1.0 if wk.r[i] < wk.cap[i] else 0.0
    if effort.step > 0:
        drift(sc, wk, k, effort.step, chosen)
    return v
