"""The least value of one school at given prices: all intervals at their multipliers, then the smallest made better."""

from __future__ import annotations

from optimizer.bounds.kernel.cuts import drift, lower_cuts, raise_cuts
from optimizer.bounds.kernel.data import FULL, INTERVALS, NO_INTERVAL, PRICES, STAMP, TILT
from optimizer.bounds.kernel.interval import climb, polish, set_base, value, value_with
from optimizer.bounds.kernel.jit import called, compiled
from optimizer.solvers.kernel.handed import handed


@handed(read_only=True)
class Effort:
    """How hard `price` tries. Values are in the objective's unit."""

    width: float  # intervals are not halved below it
    improvements: int  # intervals made better, at most
    sweeps: int  # over the multipliers of an interval
    rounds: int  # of new cuts
    polish: bool  # whether to search for the multipliers of sums and rate together
    borrow: bool  # whether to try the multipliers of the neighbouring intervals first
    tolerance: float  # a gain that is not worth a step
    least: float  # what counts as 0 in cuts
    reach: float  # the multipliers of sums and rate go no farther
    step: float  # of the cuts' weights along the averaged violation of their cuts; 0 for none


@compiled
def improve(sc, wk, k, effort):
    """Better multipliers for one interval: its V, which does not go down."""
    first = TILT if sc.curved else PRICES
    for _ in range(effort.sweeps):
        for dim in range(PRICES + sc.low.size - 1, first - 1, -1):
            climb(sc, wk, k, dim, effort.tolerance, effort.reach)
    if effort.polish and sc.curved:
        for s in range(sc.shares):
            polish(sc, wk, k, s, effort.tolerance, effort.reach)
    v = value(sc, wk, k)
    if effort.rounds == 0 or sc.root < 0:
        return v
    lower_cuts(sc, wk, k, effort.least)
    for _ in range(effort.rounds):
        gain = raise_cuts(sc, wk, k, effort.least)
        if not (gain > effort.tolerance) or wk.count[FULL]:
            break
    return value(sc, wk, k)


@compiled
def borrow(sc, wk, k):
    """Take the multipliers and cuts of a neighbouring interval where they serve interval k better than its own."""
    best, source = wk.value[k], -1
    for n in range(wk.count[INTERVALS]):
        if wk.low[n] == wk.high[k] or wk.high[n] == wk.low[k]:
            v = value_with(sc, wk, k, n)
            if v > best:
                best, source = v, n
    if source >= 0:
        copy_multipliers(sc, wk, source, k)
        wk.value[k] = best


@compiled
def copy_multipliers(sc, wk, source, target):
    wk.tilt[target] = wk.tilt[source]
    wk.stride[target, TILT] = wk.stride[source, TILT]
    for s in range(sc.low.size):
        wk.price[target, s] = wk.price[source, s]
        wk.stride[target, PRICES + s] = wk.stride[source, PRICES + s]
    wk.length[target] = wk.length[source]
    for e in range(wk.length[source]):
        wk.cut[target, e] = wk.cut[source, e]
        wk.weight[target, e] = wk.weight[source, e]
        wk.excess[target, e] = wk.excess[source, e]
    for i in range(wk.base.size):
        wk.effect[target, i] = wk.effect[source, i]


@compiled
def split(sc, wk, k):
    """Halve interval k; the new half inherits multipliers and cuts."""
    n = wk.count[INTERVALS]
    middle = 0.5 * (wk.low[k] + wk.high[k])
    wk.low[n], wk.high[n] = middle, wk.high[k]
    wk.high[k] = middle
    wk.done[k] = 0
    wk.done[n] = 0
    copy_multipliers(sc, wk, k, n)
    wk.count[INTERVALS] = n + 1
    wk.value[k] = value(sc, wk, k)
    wk.value[n] = value(sc, wk, n)
    return n


@compiled
def smallest(wk):
    k = 0
    for other in range(1, wk.count[INTERVALS]):
        if wk.value[other] < wk.value[k]:
            k = other
    return k


@called
def price(sc, wk, block_price, budget_price, effort, chosen):
    """V of the school. chosen (m,): the blocks of the smallest interval's zone, 0 or 1."""
    set_base(sc, wk, block_price, budget_price)
    wk.count[STAMP] += 1
    wk.count[FULL] = 0
    began = wk.count[STAMP]
    for k in range(wk.count[INTERVALS]):
        wk.value[k] = value(sc, wk, k)
    left = effort.improvements
    crowded = 0
    while True:
        k = smallest(wk)
        if wk.done[k] < began:
            if left <= 0:
                break
            left -= 1
            if effort.borrow:
                borrow(sc, wk, k)
            wk.value[k] = improve(sc, wk, k, effort)
            wk.done[k] = wk.count[STAMP]
        elif wk.high[k] - wk.low[k] > effort.width:
            if wk.count[INTERVALS] == wk.low.size:
                crowded = NO_INTERVAL
                break
            split(sc, wk, k)
        else:
            break
    wk.count[FULL] |= crowded
    v = value(sc, wk, k)
    for i in range(chosen.size):
        chosen[i] = 1.0 if wk.r[i] < sc.cap[i] else 0.0
    if effort.step > 0:
        drift(sc, wk, k, effort.step, chosen)
    return v
