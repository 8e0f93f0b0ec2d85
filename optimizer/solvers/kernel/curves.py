"""The curved parts of an objective, and the checks of a zone by itself: from a zone's sums to what they come to.

A part takes features x (k of them in a row), y and z of a zone to `inner` values; these are added over the zones, and
`outer_of` makes the objective of them. curve_at: first x, k, y, z, first inner value, how many. curve_number: scale and
two more. See optimizer.objectives.curves for the formulas.
"""

from __future__ import annotations

import numpy as np

from optimizer.solvers.kernel.jit import inlined

# Kinds of curved parts.
NORM, UNEVEN, ENTROPY, BAND, ROUND = 0, 1, 2, 3, 4
# Kinds of checks.
LARGEST, COMPACT = 0, 1
INNER = (0, 1, 1, 3, 2)  # inner values of each kind; of NORM, k
GUIDE = 0.01  # of how far schools lie outside the band: leads the search where no school crosses the edge
EMPTY = 1e-9  # sums below it are rounding


@inlined
def inner_of(inst, sums, out):
    """The inner values of one zone from its sums (k,); nothing where the zone has no students."""
    for p in range(inst.curve_kind.size):
        kind, x, k = inst.curve_kind[p], inst.curve_at[p, 0], inst.curve_at[p, 1]
        v = inst.curve_at[p, 4]
        if kind == NORM:
            whole = sums[inst.curve_at[p, 3]]
            rate = sums[inst.curve_at[p, 2]] / whole if whole > EMPTY else 0.0
            for i in range(k):
                out[v + i] = sums[x + i] * rate
        elif kind == UNEVEN:
            out[v] = 0.0
            for i in range(k):
                out[v] += abs(sums[x + i])
        elif kind == ENTROPY:
            out[v] = 0.0
            whole = sums[inst.curve_at[p, 3]]
            for i in range(k):
                if whole > EMPTY and sums[x + i] > EMPTY:
                    out[v] += sums[x + i] * np.log(sums[x + i] / (whole * inst.curve_weight[v + i]))
        elif kind == BAND:
            whole = sums[inst.curve_at[p, 3]]
            there = whole > EMPTY
            rate = sums[inst.curve_at[p, 2]] / whole if there else 0.0
            beyond = abs(rate - inst.curve_number[p, 1]) - inst.curve_number[p, 2] if there else 0.0
            out[v] = 1.0 if beyond > EMPTY else 0.0
            out[v + 1] = 1.0 if there else 0.0
            out[v + 2] = max(beyond, 0.0)
        else:
            area, around = sums[inst.curve_at[p, 2]], sums[inst.curve_at[p, 3]]
            out[v] = 4.0 * np.pi * area / (around * around) if area > EMPTY else 0.0
            out[v + 1] = 1.0 if area > EMPTY else 0.0


@inlined
def outer_of(inst, met):
    """The curved parts of the objective from the inner values added over the zones."""
    total = 0.0
    for p in range(inst.curve_kind.size):
        kind, v, scale = inst.curve_kind[p], inst.curve_at[p, 4], inst.curve_number[p, 0]
        if kind == NORM:
            square = 0.0
            for i in range(inst.curve_at[p, 1]):
                gap = met[v + i] - inst.curve_aim[v + i]
                square += inst.curve_weight[v + i] * gap * gap
            total += scale * np.sqrt(square)
        elif kind in (UNEVEN, ENTROPY):
            total += scale * met[v]
        elif kind == BAND:
            total += scale * (met[v] + GUIDE * met[v + 2]) / max(met[v + 1], 1.0)
        else:
            total += scale * (1.0 - met[v] / max(met[v + 1], 1.0))
    return total


@inlined
def shortfall(inst, c, sums):
    """How far a zone falls short of a check: in students for the largest part of a zone, else of 4 pi area /
    perimeter^2. check_at: first x, k, y, z; check_number: the least value, and what a unit weighs as excess."""
    y = sums[inst.check_at[c, 2]]
    if y <= EMPTY:
        return 0.0
    if inst.check_kind[c] == LARGEST:
        largest = 0.0
        for i in range(inst.check_at[c, 1]):
            largest = max(largest, sums[inst.check_at[c, 0] + i])
        return max(0.0, inst.check_number[c, 0] * y - largest)
    around = sums[inst.check_at[c, 3]]
    return max(0.0, inst.check_number[c, 0] - 4.0 * np.pi * y / (around * around))
