"""One leaf of a school's tree: its value at given multipliers, and better multipliers.

r_i = g P_i + min(l a_i, h a_i) + base_i - sum_s mu_s load_si + effect_i + shut_i, a_i = c_i - g n_i, and
V = fee + sum_s mu_s (low_s if mu_s > 0 else high_s) + sum_i min(cap_i, r_i): docs/certificate.md. All but `value` is
about the leaf that is open.
"""

from __future__ import annotations

import math

import numpy as np

from optimizer.bounds.kernel.data import IN, OUT, PRICES, TILT
from optimizer.bounds.kernel.jit import compiled

GROW = 4.0  # each step of a search for a bracket is this much longer than the last
BRACKET, TANGENTS, SECTIONS = 24, 24, 24  # steps at most
GOLDEN = 0.381966
FAR = 1e9  # what a block that is OUT costs: none has that


@compiled
def set_base(sc, wk, block_price, budget_price):
    """base: what the pair costs at the prices, whatever the interval."""
    for i in range(sc.block.size):
        wk.base[i] = sc.cost[i] - block_price[sc.block[i]]
    for q in range(budget_price.size):
        for i in range(sc.block.size):
            wk.base[i] += budget_price[q] * sc.budget[q, i]


@compiled
def open_leaf(sc, wk, k):
    """Lay what leaf k fixes over the scratch."""
    n = wk.node[k]
    for i in range(sc.block.size):
        wk.cap[i] = np.inf if wk.fixed[n, i] == IN else 0.0
        wk.shut[i] = FAR if wk.fixed[n, i] == OUT else 0.0


@compiled
def side(sc, wk, k):
    """The part of V that the limits of the sums give, at the multipliers of leaf k."""
    v = 0.0
    for s in range(sc.low.size):
        mu = wk.price[k, s]
        if mu > 0:
            v += mu * sc.low[s]
        elif mu < 0:
            v += mu * sc.high[s]
    return v


@compiled
def value_with(sc, wk, k, n):
    """V of leaf k, which is open, at the multipliers of leaf n; r is left in wk.r."""
    g, low, high = wk.tilt[n], wk.low[wk.node[k]], wk.high[wk.node[k]]
    r = wk.r
    for i in range(r.size):
        a = sc.curve[i] - g * sc.heads[i]
        r[i] = wk.base[i] + wk.effect[n, i] + wk.shut[i] + g * sc.poor[i] + min(low * a, high * a)
    for s in range(sc.low.size):
        mu = wk.price[n, s]
        if mu != 0:
            for i in range(r.size):
                r[i] -= mu * sc.load[s, i]
    v = side(sc, wk, n) + fee(sc, low, high)
    for i in range(r.size):
        v += min(wk.cap[i], r[i])
    return v


@compiled
def fee(sc, low, high):
    """What a zone costs whose rate lies wholly outside the band."""
    return sc.fee if low > sc.band[1] or high < sc.band[0] else 0.0


@compiled
def value(sc, wk, k):
    """Open leaf k: its V; r is left in wk.r."""
    open_leaf(sc, wk, k)
    return value_with(sc, wk, k, k)


@compiled
def tilt_at(sc, wk, k, g):
    """V without the sides' part, and its slope in g, with everything but g in wk.rest."""
    low, high = wk.low[wk.node[k]], wk.high[wk.node[k]]
    v, slope = 0.0, 0.0
    for i in range(wk.rest.size):
        a = sc.curve[i] - g * sc.heads[i]
        q = low if a > 0 else high
        r = wk.rest[i] + g * sc.poor[i] + q * a
        inside = r < wk.cap[i]
        v += r if inside else wk.cap[i]
        slope += sc.poor[i] - q * sc.heads[i] if inside else 0.0
    return v, slope


@compiled
def price_at(sc, wk, s, mu):
    """V without the other sides' part, and its slope in mu_s, with everything but mu_s in wk.rest. At 0 the slope is
    that of the side that rises, 0 if none does."""
    v, load = 0.0, 0.0
    for i in range(wk.rest.size):
        r = wk.rest[i] - mu * sc.load[s, i]
        inside = r < wk.cap[i]
        v += r if inside else wk.cap[i]
        load += sc.load[s, i] if inside else 0.0
    if mu > 0:
        return v + mu * sc.low[s], sc.low[s] - load
    if mu < 0:
        return v + mu * sc.high[s], sc.high[s] - load
    if load < sc.low[s]:
        return v, sc.low[s] - load
    return v, min(sc.high[s] - load, 0.0)


@compiled
def share_at(sc, wk, k, s, mu):
    """`price_at` where the sum is a group of an entropy: what its price gains, all groups' prices lose alike."""
    down, slope_down = lowered(sc, wk, k, s, mu)
    v, slope = 0.0, 0.0
    for i in range(wk.rest.size):
        r = wk.rest[i] - mu * sc.load[s, i] + down * sc.heads_shared[i]
        inside = r < wk.cap[i]
        v += r if inside else wk.cap[i]
        slope += slope_down * sc.heads_shared[i] - sc.load[s, i] if inside else 0.0
    return v, slope


@compiled
def lowered(sc, wk, k, s, mu):
    """By how much the prices of all groups must go down for that of s to be mu, and the slope of that in mu."""
    total, own = 0.0, 0.0
    for t in range(sc.shares, sc.low.size):
        part = sc.share[t - sc.shares] * math.exp((mu if t == s else wk.price[k, t]) / sc.unit)
        total += part
        if t == s:
            own = part
    return sc.unit * math.log(total), own / total


@compiled
def set_rest(sc, wk, k, dim):
    """rest: r without the part of multiplier `dim`."""
    g, low, high = wk.tilt[k], wk.low[wk.node[k]], wk.high[wk.node[k]]
    for i in range(wk.rest.size):
        wk.rest[i] = wk.base[i] + wk.effect[k, i] + wk.shut[i]
    if dim != TILT:
        for i in range(wk.rest.size):
            a = sc.curve[i] - g * sc.heads[i]
            wk.rest[i] += g * sc.poor[i] + min(low * a, high * a)
    for s in range(sc.low.size):
        mu = wk.price[k, s]
        if mu != 0 and dim != PRICES + s:
            for i in range(wk.rest.size):
                wk.rest[i] -= mu * sc.load[s, i]


@compiled
def at(sc, wk, k, dim, x):
    if dim == TILT:
        return tilt_at(sc, wk, k, x)
    if dim - PRICES >= sc.shares:
        return share_at(sc, wk, k, dim - PRICES, x)
    return price_at(sc, wk, dim - PRICES, x)


@compiled
def climb(sc, wk, k, dim, tolerance, reach):
    """Bring one multiplier to where V is greatest: walk uphill until the slope turns, then intersect tangents."""
    set_rest(sc, wk, k, dim)
    first = wk.tilt[k] if dim == TILT else wk.price[k, dim - PRICES]
    v, slope = at(sc, wk, k, dim, first)
    if slope == 0:
        return
    x, v, slope, y, v_y, slope_y = walk(sc, wk, k, dim, first, v, slope, reach_of(sc, dim, reach))
    best = meet(sc, wk, k, dim, x, v, slope, y, v_y, slope_y, tolerance)
    if dim == TILT:
        wk.tilt[k] = best
    else:
        set_price(sc, wk, k, dim - PRICES, best)
    went = abs(best - first)
    wk.stride[k, dim] = max(0.5 * went, 0.1 * wk.stride[k, dim]) if went > 0 else 0.3 * wk.stride[k, dim]


@compiled
def reach_of(sc, dim, reach):
    """How far the multiplier may go: soft sums have reaches of their own."""
    return reach if dim == TILT or sc.most[dim - PRICES] == np.inf else sc.most[dim - PRICES]


@compiled
def set_price(sc, wk, k, s, mu):
    down = lowered(sc, wk, k, s, mu)[0] if s >= sc.shares else 0.0
    wk.price[k, s] = mu
    for t in range(sc.shares, sc.low.size):
        wk.price[k, t] -= down


@compiled
def walk(sc, wk, k, dim, x, v, slope, reach):
    """Uphill in growing steps: the last two points, with their values and slopes. The slope turns between them, unless
    the walk has come to its reach: no zone has such a rate or size, V has no greatest value, and this is enough."""
    y, v_y, slope_y = x, v, slope
    step = wk.stride[k, dim]
    for _ in range(BRACKET):
        y = min(x + step, reach) if slope > 0 else max(x - step, -reach)
        if dim != TILT and x * y < 0:
            y = 0.0  # V may have its kink here
        v_y, slope_y = at(sc, wk, k, dim, y)
        if slope_y * slope <= 0 or y == x:
            break
        x, v, slope = y, v_y, slope_y
        step *= GROW
    return x, v, slope, y, v_y, slope_y


@compiled
def meet(sc, wk, k, dim, x, v, slope, y, v_y, slope_y, tolerance):
    """The best point found between x and y by intersecting tangents."""
    best, most = (x, v) if v >= v_y else (y, v_y)
    for _ in range(TANGENTS):
        if slope * slope_y >= 0:
            break
        middle = (v_y - v + slope * x - slope_y * y) / (slope - slope_y)
        if not (v + slope * (middle - x) - most > tolerance):
            break
        v_middle, slope_middle = at(sc, wk, k, dim, middle)
        if v_middle > most:
            best, most = middle, v_middle
        if slope_middle * slope > 0:
            x, v, slope = middle, v_middle, slope_middle
        else:
            y, v_y, slope_y = middle, v_middle, slope_middle
    return best


@compiled
def polish(sc, wk, k, s, tolerance, reach):
    """Bring mu_s and g together to where V is greatest, by golden section on mu_s: one after the other they can stand
    still on a ridge."""
    best_x, best_g, best = wk.price[k, s], wk.tilt[k], value_with(sc, wk, k, k)
    step = max(wk.stride[k, PRICES + s], 0.02 * abs(best_x))
    low, high = best_x - step, best_x + step
    for _ in range(BRACKET):
        # The bracket is moved until its ends are below its middle.
        v_low, v_high = ridge(sc, wk, k, s, low, tolerance, reach), ridge(sc, wk, k, s, high, tolerance, reach)
        if max(v_low, v_high) <= best:
            break
        best_x = low if v_low > v_high else high
        best = ridge(sc, wk, k, s, best_x, tolerance, reach)
        best_g = wk.tilt[k]
        step *= 2.0
        low, high = best_x - step, best_x + step
    for _ in range(SECTIONS):
        left = best_x - low > high - best_x
        x = best_x - GOLDEN * (best_x - low) if left else best_x + GOLDEN * (high - best_x)
        v = ridge(sc, wk, k, s, x, tolerance, reach)
        if v > best:
            low, high = (low, best_x) if left else (best_x, high)
            best_x, best_g, best = x, wk.tilt[k], v
        elif left:
            low = x
        else:
            high = x
    wk.price[k, s], wk.tilt[k] = best_x, best_g
    return value_with(sc, wk, k, k)


@compiled
def ridge(sc, wk, k, s, mu, tolerance, reach):
    """V with mu_s as given and the best g for it."""
    if (
        abs(mu) > reach_of(sc, PRICES + s, reach)
        or (mu > 0 and sc.low[s] == -np.inf)
        or (mu < 0 and sc.high[s] == np.inf)
    ):
        return -np.inf
    wk.price[k, s] = mu
    climb(sc, wk, k, TILT, tolerance, reach)
    return value_with(sc, wk, k, k)
