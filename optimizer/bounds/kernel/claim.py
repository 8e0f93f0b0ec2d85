"""What a proof's numbers prove, summed in the order written, less a bound of the rounding errors."""

from __future__ import annotations

from optimizer.arrays import Bools, Floats, Ints, Offsets
from optimizer.bounds.kernel.jit import called_strict, strict
from optimizer.solvers.kernel.handed import FloatTable, handed

ROUNDING = 2.0**-53


@handed(read_only=True)
class Proof:
    """The multipliers of one school in k intervals, as they are written down; x cuts."""

    edges: Floats  # (k + 1,)
    tilt: Floats  # (k,)
    price: FloatTable  # (k, s)
    start: Offsets  # (k + 1,) the cuts of each interval
    cut: Ints
    weight: Floats
    cut_block: Ints  # (x,) local places, as are the members
    member_start: Offsets  # (x + 1,)
    member: Ints


@handed(read_only=False)
class Merged:
    """Intervals joined where one set of multipliers serves them all. Each is from edge `first` to edge `last` of the
    proof that was, with the multipliers of its interval `source`, with or without their cuts."""

    first: Ints
    last: Ints
    source: Ints
    with_cuts: Bools


@handed(read_only=False)
class Scratch:
    """Room for one school of m blocks. size: magnitudes of the terms of curve; read only."""

    size: Floats
    r: Floats
    magnitude: Floats


@called_strict
def prove(sc, proof, room, block_price, budget_price, with_cuts, least):
    """least (k,): a number that V of each interval is not below."""
    for k in range(proof.tilt.size):
        low, high = proof.edges[k], proof.edges[k + 1]
        least[k] = floor_of(sc, proof, room, block_price, budget_price, k, low, high, with_cuts)


@called_strict
def merge(sc, proof, room, block_price, budget_price, goal, out):
    """Join neighbouring intervals as long as V stays at `goal`, rather without cuts. The number of those left."""
    count = 0
    k = 0
    while k < proof.tilt.size:
        low = proof.edges[k]
        source = k
        cuts = floor_of(sc, proof, room, block_price, budget_price, k, low, proof.edges[k + 1], False) < goal
        last = k + 1
        while last < proof.tilt.size:
            high = proof.edges[last + 1]
            if floor_of(sc, proof, room, block_price, budget_price, source, low, high, cuts) < goal:
                # The new end's own multipliers may serve all of it, but not at the price of cuts that were not needed.
                if floor_of(sc, proof, room, block_price, budget_price, last, low, high, cuts) < goal:
                    break
                source = last
            last += 1
        out.first[count], out.last[count] = k, last
        out.source[count], out.with_cuts[count] = source, cuts
        count += 1
        k = last
    return count


@strict
def floor_of(sc, proof, room, block_price, budget_price, k, low, high, with_cuts):
    """A number that V of the interval from low to high, at the multipliers of interval k, is not below."""
    v, wide = weigh(sc, proof, room, block_price, budget_price, k, low, high, with_cuts)
    cuts = proof.start[k + 1] - proof.start[k] if with_cuts else 0
    operations = 40 + room.r.size + 2 * (sc.low.size + budget_price.size + cuts)
    return v - 2.0 * operations * ROUNDING * wide


@strict
def weigh(sc, proof, room, block_price, budget_price, k, low, high, with_cuts):
    """V by the formula of docs/certificate.md, and the sum of the magnitudes of all terms."""
    g, r, magnitude = proof.tilt[k], room.r, room.magnitude
    for i in range(r.size):
        a = sc.curve[i] - g * sc.heads[i]
        price = block_price[sc.block[i]]
        r[i] = g * sc.poor[i] + min(low * a, high * a) + sc.cost[i] - price
        magnitude[i] = abs(g) * (sc.poor[i] + high * sc.heads[i]) + high * room.size[i] + abs(sc.cost[i]) + abs(price)
    for q in range(budget_price.size):
        for i in range(r.size):
            r[i] += budget_price[q] * sc.budget[q, i]
            magnitude[i] += abs(budget_price[q] * sc.budget[q, i])
    v = sc.fee if low > sc.band[1] or high < sc.band[0] else 0.0
    wide = v
    for s in range(sc.low.size):
        mu = proof.price[k, s]
        if mu != 0:
            v += mu * (sc.low[s] if mu > 0 else sc.high[s])
            wide += abs(mu * (sc.low[s] if mu > 0 else sc.high[s]))
            for i in range(r.size):
                r[i] -= mu * sc.load[s, i]
                magnitude[i] += abs(mu * sc.load[s, i])
    if with_cuts:
        apply_cuts(proof, k, r, magnitude)
    for i in range(r.size):
        v += min(sc.cap[i], r[i])
        wide += magnitude[i]
    return v, wide


@strict
def apply_cuts(proof, k, r, magnitude):
    for e in range(proof.start[k], proof.start[k + 1]):
        cut, y = proof.cut[e], proof.weight[e]
        r[proof.cut_block[cut]] += y
        magnitude[proof.cut_block[cut]] += y
        for c in range(proof.member_start[cut], proof.member_start[cut + 1]):
            r[proof.member[c]] -= y
            magnitude[proof.member[c]] += y
