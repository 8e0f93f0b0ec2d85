"""What a proof's numbers prove, summed in the order written, less a bound of the rounding errors."""

from __future__ import annotations

from optimizer.arrays import Bools, Floats, Ints, Offsets
from optimizer.bounds.kernel.data import DEAD, IN, LEAF, NODES, OUT
from optimizer.bounds.kernel.jit import called_strict, strict
from optimizer.solvers.kernel.handed import FloatTable, handed

ROUNDING = 2.0**-53


@handed(read_only=True)
class Proof:
    """The multipliers of k leaves of one school's tree, as they are written down; x cuts."""

    node: Ints  # (k,) of each leaf, in Work
    tilt: Floats  # (k,)
    price: FloatTable  # (k, s)
    start: Offsets  # (k + 1,) the cuts of each leaf
    cut: Ints
    weight: Floats
    cut_block: Ints  # (x,) local places, as are the members
    member_start: Offsets  # (x + 1,)
    member: Ints


@handed(read_only=False)
class Merged:
    """Which nodes of a tree need not be split, since one set of multipliers serves all of each. source: (n,) the leaf
    of the proof that was which has them; -1 where none. with_cuts: (n,) with or without their cuts."""

    source: Ints
    with_cuts: Bools


@handed(read_only=False)
class Scratch:
    """Room for one school of m blocks. size: magnitudes of the terms of curve; read only."""

    size: Floats
    r: Floats
    magnitude: Floats


@called_strict
def prove(sc, wk, proof, room, block_price, budget_price, with_cuts, least):
    """least (k,): a number that V of each leaf is not below."""
    for k in range(proof.tilt.size):
        least[k] = floor_of(sc, wk, proof, room, block_price, budget_price, k, proof.node[k], with_cuts)


@called_strict
def merge(sc, wk, proof, room, block_price, budget_price, goal, out):
    """Leave the tree unsplit wherever V stays at `goal`, rather without cuts."""
    for k in range(proof.tilt.size):
        n = proof.node[k]
        out.source[n] = k
        out.with_cuts[n] = floor_of(sc, wk, proof, room, block_price, budget_price, k, n, False) < goal
    for n in range(wk.count[NODES] - 1, -1, -1):  # children lie behind their node
        if wk.split[n] == LEAF or wk.split[n] == DEAD:
            continue
        first, second = wk.child[n], wk.child[n] + 1
        if not (settled(wk, out, first) and settled(wk, out, second)):
            continue
        # Not at the price of cuts that neither part needed.
        cuts = out.with_cuts[first] or out.with_cuts[second]
        for c in range(2):
            k = out.source[first + c]
            if k >= 0 and out.source[n] < 0:
                for uses in range(2 if cuts else 1):
                    if floor_of(sc, wk, proof, room, block_price, budget_price, k, n, uses == 1) >= goal:
                        out.source[n], out.with_cuts[n] = k, uses == 1
                        break


@strict
def settled(wk, out, n):
    """Whether node n is not split."""
    return wk.split[n] == DEAD or out.source[n] >= 0


@strict
def floor_of(sc, wk, proof, room, block_price, budget_price, k, n, with_cuts):
    """A number that V of node n, at the multipliers of leaf k, is not below."""
    v, wide = weigh(sc, wk, proof, room, block_price, budget_price, k, n, with_cuts)
    cuts = proof.start[k + 1] - proof.start[k] if with_cuts else 0
    operations = 40 + room.r.size + 2 * (sc.low.size + budget_price.size + cuts)
    return v - 2.0 * operations * ROUNDING * wide


@strict
def weigh(sc, wk, proof, room, block_price, budget_price, k, n, with_cuts):
    """V by the formula of docs/certificate.md, and the sum of the magnitudes of all terms."""
    g, low, high, r, magnitude = proof.tilt[k], wk.low[n], wk.high[n], room.r, room.magnitude
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
        if wk.fixed[n, i] != OUT:
            v += r[i] if wk.fixed[n, i] == IN else min(0.0, r[i])
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
