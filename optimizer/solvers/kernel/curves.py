"""The curved parts of an objective, and the checks of a zone by itself: from a zone's sums to what they come to.

A part takes features x (k of them in a row), y and z of a zone to `inner` values; these are added over the zones, and
`outer_of` makes the objective of them. See optimizer.objectives.curves for the formulas.
"""

from __future__ import annotations

import numpy as np

from optimizer.solvers.kernel.jit import inlined
from optimizer.solvers.kernel.layout import (
    BAND,
    BEYOND,
    ENTROPY,
    FIRST_INNER,
    LARGEST,
    LEAST,
    MANY,
    NORM,
    OUTSIDE,
    RATE,
    ROUNDNESS,
    SCALE,
    THERE,
    UNEVEN,
    WIDTH,
    WITH_AREA,
    X,
    Y,
    Z,
)

GUIDE = 0.01  # of how far schools lie outside the band: leads the search where no school crosses the edge
EMPTY = 1e-9  # sums below it are rounding


@inlined
def inner_of(inst, sums, out):
    """The inner values of one zone from its sums (k,); nothing where the zone has no students."""
    for p in range(inst.curve_kind.size):
        kind, x, k = inst.curve_kind[p], inst.curve_at[p, X], inst.curve_at[p, MANY]
        v = inst.curve_at[p, FIRST_INNER]
        if kind == NORM:
            whole = sums[inst.curve_at[p, Z]]
            rate = sums[inst.curve_at[p, Y]] / whole if whole > EMPTY else 0.0
            for i in range(k):
                out[v + i] = sums[x + i] * rate
        elif kind == UNEVEN:
            out[v] = 0.0
            for i in range(k):
                out[v] += abs(sums[x + i])
        elif kind == ENTROPY:
            out[v] = 0.0
            whole = sums[inst.curve_at[p, Z]]
            for i in range(k):
                if whole > EMPTY and sums[x + i] > EMPTY:
                    out[v] += sums[x + i] * np.log(sums[x + i] / (whole * inst.curve_weight[v + i]))
        elif kind == BAND:
            whole = sums[inst.curve_at[p, Z]]
            there = whole > EMPTY
            rate = sums[inst.curve_at[p, Y]] / whole if there else 0.0
            beyond = abs(rate - inst.curve_number[p, RATE]) - inst.curve_number[p, WIDTH] if there else 0.0
            out[v + OUTSIDE] = 1.0 if beyond > EMPTY else 0.0
            out[v + THERE] = 1.0 if there else 0.0
            out[v + BEYOND] = max(beyond, 0.0)
        else:
            area, around = sums[inst.curve_at[p, Y]], sums[inst.curve_at[p, Z]]
            out[v + ROUNDNESS] = 4.0 * np.pi * area / (around * around) if area > EMPTY else 0.0
            out[v + WITH_AREA] = 1.0 if area > EMPTY else 0.0


@inlined
def outer_of(inst, met, budget):
    """The curved parts of the objective from the inner values added over the zones; or those that a budget limits.
    budget: its place, -1 for the objective."""
    total = 0.0
    for p in range(inst.curve_kind.size):
        if inst.curve_budget[p] != budget:
            continue
        kind, v, scale = inst.curve_kind[p], inst.curve_at[p, FIRST_INNER], inst.curve_number[p, SCALE]
        if kind == NORM:
            square = 0.0
            for i in range(inst.curve_at[p, MANY]):
                gap = met[v + i] - inst.curve_aim[v + i]
                square += inst.curve_weight[v + i] * gap * gap
            total += scale * np.sqrt(square)
        elif kind in (UNEVEN, ENTROPY):
            total += scale * met[v]
        elif kind == BAND:
            guide = GUIDE if budget < 0 else 0.0
            total += scale * (met[v + OUTSIDE] + guide * met[v + BEYOND]) / max(met[v + THERE], 1.0)
        else:
            total += scale * (1.0 - met[v + ROUNDNESS] / max(met[v + WITH_AREA], 1.0))
    return total


@inlined
def shortfall(inst, c, sums):
    """How far a zone falls short of a check: in students for the largest part of a zone, else of 4 pi area /
    perimeter^2."""
    y = sums[inst.check_at[c, Y]]
    if y <= EMPTY:
        return 0.0
    if inst.check_kind[c] == LARGEST:
        largest = 0.0
        for i in range(inst.check_at[c, MANY]):
            largest = max(largest, sums[inst.check_at[c, X] + i])
        return max(0.0, inst.check_number[c, LEAST] * y - largest)
    around = sums[inst.check_at[c, Z]]
    return max(0.0, inst.check_number[c, LEAST] - 4.0 * np.pi * y / (around * around))
