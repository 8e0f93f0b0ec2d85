"""Prices of blocks, and what they prove: a lower bound on the objective of any plan, school by school.

The disparity is a norm, so that for every direction u with sum_r w_r u_r^2 = 1 it is at least
sum_r w_r u_r (E_r - rate) = const + sum_j C_j P_j / N_j, where C_j sums c_i = sum_r w_r u_r n_ri / N_r over the zone.
For any prices, the price of every block plus, at each school, the least of C P / N + sum (pair cost - price) over the
zones it may have, is then a lower bound; and a zone that is dearer than the least by more than what is left between
the bound and a known plan is in no better plan.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.model import Model
from optimizer.objectives.base import Compiled
from optimizer.objectives.curves import Exposures
from optimizer.solvers.exact.territory import Territory

FIRST, SPLIT = 8, 3  # intervals of the poverty rate, and pieces that those worth it are split into
ROUNDS, FAN, SHRINK = 10, 7, 0.6  # of the search for an interval's multipliers


@dataclass(frozen=True, eq=False)
class Prices:
    """curve: (blocks,) c_i, with the objective's scale. const: as above. block: (blocks,) prices. linear: (pairs,) the
    pair's cost less the block's price. slope: (schools,) C / N of the plan's zones, where multipliers start."""

    curve: Floats
    const: float
    block: Floats
    linear: Floats
    slope: Floats
    whole: Floats
    poor: Floats

    @property
    def base(self) -> float:
        """What a bound adds to the least costs of the schools."""
        return self.const + float(self.block.sum())

    @property
    def hair(self) -> float:
        """More than rounding can do to a sum of prices and costs."""
        return 1e-10 * (abs(self.const) + float(np.abs(self.block).sum()) + 1e-9)


def prices_at(model: Model, compiled: Compiled, school: Ints) -> Prices:
    """Prices from one plan: what each block costs at the margin where the plan has it."""
    exposures = compiled.exposures
    if exposures is None:
        raise ValueError("prices are for objectives with a curved part")
    schools = model.district.schools
    whole, poor = exposures.heads, exposures.poverty
    tilt = exposures.scale * exposures.weight * _direction(exposures, school, schools)
    curve = exposures.counts @ (tilt / exposures.total)
    sums = [np.bincount(school, values, schools) for values in (curve, poor, whole)]
    slope, rate = (np.divide(v, sums[2], out=np.zeros(schools), where=sums[2] > 0) for v in sums[:2])
    at = model.pairs.find(school)
    block = rate[school] * curve + slope[school] * (poor - rate[school] * whole) + compiled.pair_cost[at]
    linear = compiled.pair_cost - block[model.pairs.rows]
    return Prices(curve, -float((exposures.aim * tilt).sum()), block, linear, slope, whole, poor)


def met(exposures: Exposures, school: Ints, schools: int) -> Floats:
    """(groups,) each group's exposure."""
    zones = np.column_stack([np.bincount(school, n, schools) for n in exposures.counts.T])
    poor, whole = (np.bincount(school, n, schools) for n in (exposures.poverty, exposures.heads))
    rate = np.divide(poor, whole, out=np.zeros(schools), where=whole > 0)
    return np.asarray(rate @ zones / exposures.total)


def _direction(exposures: Exposures, school: Ints, schools: int) -> Floats:
    """(groups,) u of the plan; nothing where its exposures are even, which is a valid direction too."""
    away = met(exposures, school, schools) - exposures.aim
    norm = float(np.sqrt((exposures.weight * away**2).sum()))
    # Longer than it is by a hair, so that rounding cannot make the direction too long.
    return away / (norm * (1 + 1e-12)) if norm > 1e-12 else np.zeros_like(away)


@dataclass(frozen=True, eq=False)
class Bounds:
    """Linear rows below the cost of any zone of one territory. row: (k, n); start: (k,); one of them holds for each
    zone: cost >= start + row @ x. least: nothing is cheaper."""

    row: Floats
    start: Floats
    least: float


def bound_rows(territory: Territory, prices: Prices, threshold: float) -> Bounds:
    """Rows over intervals of the zone's poverty rate, those alone that leave zones of cost <= threshold."""
    whole = prices.whole[territory.blocks]
    rate = prices.poor[territory.blocks][whole > 0] / whole[whole > 0]
    edge = np.linspace(rate.min(initial=1.0), max(rate.max(initial=0.0), rate.min(initial=1.0)), FIRST + 1)
    first = _tuned(territory, prices, edge[:-1], edge[1:])
    coarse = _least(territory, first)
    worth = np.flatnonzero(coarse <= threshold)
    rest = float(coarse[coarse > threshold].min(initial=np.inf))
    if len(worth) == 0:
        return Bounds(first[0][:0], first[1][:0], rest)
    cut = [np.linspace(edge[k], edge[k + 1], SPLIT + 1) for k in worth]
    low, high = np.concatenate([c[:-1] for c in cut]), np.concatenate([c[1:] for c in cut])
    row, start = _tuned(territory, prices, low, high)
    fine = _least(territory, (row, start))
    left = fine <= threshold
    return Bounds(row[left], start[left], min(float(fine.min()), rest))


def _least(territory: Territory, rows: tuple[Floats, Floats]) -> Floats:
    """(...,) the least of start + row @ x over all x with the forced blocks."""
    row, start = rows
    forced = territory.forced
    return np.asarray(start + row[..., forced].sum(-1) + np.minimum(row[..., ~forced], 0).sum(-1))


def _tuned(territory: Territory, prices: Prices, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """(k, n) rows and (k,) starts for the intervals [low, high], with good multipliers.

    With the rate between low and high, C P / N >= sum_i g P_i + min(low a_i, high a_i), a_i = c_i - g N_i, for any g;
    hard rows come in with multipliers >= 0. Each multiplier in turn is searched on a fan of values that narrows: the
    least cost is concave in them, so that this ends near the best.
    """
    k, h = len(low), len(territory.limit)
    blocks = territory.blocks
    curve, whole = prices.curve[blocks], prices.whole[blocks]
    poor, linear = prices.poor[blocks], prices.linear[territory.pair]

    def rows(at: Floats) -> tuple[Floats, Floats]:
        g = at[0][..., None]
        a = curve - g * whole
        row = g * poor + np.minimum(low[:, None] * a, high[:, None] * a) + linear
        row = row + np.einsum("h...,hn->...n", at[1:], territory.rows)
        return row, -np.einsum("h...,h->...", at[1:], territory.limit)

    at = np.zeros((1 + h, k))
    at[0] = prices.slope[territory.school]
    step = _first_steps(territory, curve, whole, linear)
    best = _least(territory, rows(at))
    for _ in range(ROUNDS):
        for m in range(1 + h):
            fan = np.repeat(at[:, None], FAN, axis=1)
            fan[m] += step[m] * np.linspace(-1, 1, FAN)[:, None]
            if m > 0:
                fan[m] = np.maximum(fan[m], 0)
            value = _least(territory, rows(fan))
            pick = value.argmax(axis=0), np.arange(k)
            better = value[pick] > best
            at[m] = np.where(better, fan[m][pick], at[m])
            best = np.where(better, value[pick], best)
        step *= SHRINK
    return rows(at)


def _first_steps(territory: Territory, curve: Floats, whole: Floats, linear: Floats) -> Floats:
    """(1 + h,) how far to look for each multiplier at first: where single blocks change sides."""
    ratio = np.divide(np.abs(curve), whole, out=np.zeros_like(curve), where=whole > 0)
    size = np.array([np.median(row[row > 0]) if (row > 0).any() else 1.0 for row in np.abs(territory.rows)])
    return np.concatenate([[ratio.max(initial=0.0)], np.abs(linear).max(initial=0.0) / size])
