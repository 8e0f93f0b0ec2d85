"""V of one school, interval by interval: docs/certificate.md, "The proof"."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from optimizer.arrays import Bools, Floats, Ints
from scenarios.verify.certificate import Cuts, Entry
from scenarios.verify.rounding import HUGE, SPARE, TINY, Work, gamma
from scenarios.verify.soft import Fee
from scenarios.verify.trees import FREE, OUT, Parts

AT_ONCE = 2**17  # numbers in one array: a few of them fit into a cache


@dataclass(frozen=True, eq=False)
class Zone:
    """What one school's candidates bring, (candidates,) each.

    cost: c_i, the part of the objective that goes with the zone's rate. base: what goes with the block alone.
    cost_size, base_size: sums of the absolute values of the terms of each. loads: for each sum of the zone, soft ones
    last, what the candidates add to it; load_sizes: the total of the absolute values of their terms; limits: what the
    sum lies between. fee: what a zone with students costs by its rate alone. steps: at least the operations that any
    term goes through before it is added up over the blocks.
    """

    block: Ints
    forced: Bools
    poor: Floats
    whole: Floats
    cost: Floats
    cost_size: Floats
    base: Floats
    base_size: Floats
    loads: list[Floats]
    load_sizes: list[float]
    limits: list[tuple[float, float]]
    fee: Fee
    steps: int


def interval_values(zone: Zone, entry: Entry, parts: Parts, cuts: Cuts, good: Bools, work: Work) -> Floats:
    """(intervals,) numbers that are at most the true V for certain; -inf where sums may overflow, inf where no valid
    plan has such a zone."""
    size, intervals = len(zone.block), len(entry.tilt)
    prices, effect, used = _cuts_used(zone, entry, cuts, good)
    values = np.empty(intervals)
    step = max(1, AT_ONCE // size)
    for first in range(0, intervals, step):
        part = slice(first, min(first + step, intervals))
        work.spend(10 * size * (part.stop - part.start) + 100)
        values[part] = _free_sums(zone, parts, entry, part, prices[part] @ effect)
    ends = np.maximum(np.abs(parts.low), np.abs(parts.high))
    moved = prices @ np.asarray(abs(effect).sum(axis=1)).ravel()
    values += zone.fee.of_intervals(parts.low, parts.high)
    found = values + _sum_terms(zone, entry) - _most_error(zone, entry, ends, moved, used)
    return np.where(parts.none, np.inf, found)


def _free_sums(zone: Zone, parts: Parts, entry: Entry, part: slice, priced: csr_matrix) -> Floats:
    """For the intervals of `part`: the sum over the candidates of min(0, r_i), of r_i where the block is in, without
    those that are out."""
    low, high, fixed = parts.low[part][:, None], parts.high[part][:, None], parts.fixed[part]
    tilt = entry.tilt[part][:, None]
    rest = zone.cost - tilt * zone.whole
    r = np.minimum(low * rest, high * rest)
    r += tilt * zone.poor
    r += zone.base
    for load, price in zip(zone.loads, entry.sum_prices, strict=True):
        if price[part].any():
            r -= price[part][:, None] * load
    if priced.nnz:
        r += priced.toarray()
    np.minimum(r, 0.0, out=r, where=fixed == FREE)
    return r.sum(axis=1, where=fixed != OUT)


def _sum_terms(zone: Zone, entry: Entry) -> Floats:
    """mu * low where mu > 0, mu * high where it is negative, over the sums; 0 where mu is 0, even if there is no
    limit."""
    total = np.zeros(len(entry.tilt))
    for (low, high), mu in zip(zone.limits, entry.sum_prices, strict=True):
        total += np.where(mu > 0, mu * low, np.where(mu < 0, mu * high, 0.0))
    return total


def _cuts_used(zone: Zone, entry: Entry, cuts: Cuts, good: Bools) -> tuple[csr_matrix, csr_matrix, Ints]:
    """prices: (intervals, cuts used) y. effect: (cuts used, candidates) +1 at the cut's block, -1 on its separator. And
    (intervals,) how many cuts each interval uses. Cuts that do not hold are left out."""
    there = good[entry.cut]
    interval, cut, y = entry.interval[there], entry.cut[there], entry.price[there]
    which, column = np.unique(cut, return_inverse=True)
    prices = csr_matrix((y, (interval, column)), (len(entry.tilt), len(which)))
    parts = [np.append(cuts.separator(k), cuts.block[k]) for k in which]
    row = np.repeat(np.arange(len(which)), [len(part) for part in parts])
    block = np.concatenate([np.zeros(0, np.int32), *parts])
    at = np.minimum(np.searchsorted(zone.block, block), len(zone.block) - 1)
    sign = np.where(block == cuts.block[which][row], 1.0, -1.0) if len(which) else np.zeros(0)
    inside = zone.block[at] == block  # blocks that may not go to the school weigh nothing there
    effect = csr_matrix((sign[inside], (row[inside], at[inside])), (len(which), len(zone.block)))
    return prices, effect, np.bincount(interval, minlength=len(entry.tilt)).astype(np.int32)


def _most_error(zone: Zone, entry: Entry, ends: Floats, moved: Floats, used: Ints) -> Floats:
    """(intervals,) twice what rounding may have done: plans that keep a limit by rounding alone are covered too.

    moved: (intervals,) the sum of the absolute values of what the cuts add.
    """
    tilt = np.abs(entry.tilt)
    sizes = tilt * zone.poor.sum() + ends * (zone.cost_size.sum() + tilt * zone.whole.sum()) + zone.base_size.sum()
    for size, limits, mu in zip(zone.load_sizes, zone.limits, entry.sum_prices, strict=True):
        sizes += np.abs(mu) * (size + sum(abs(limit) for limit in limits if np.isfinite(limit)) + 1.0)
    sizes = (sizes + moved + zone.fee.amount) * SPARE
    steps = len(zone.block) + zone.steps + used
    error = 2 * gamma(steps) * sizes + TINY
    return np.where(sizes < HUGE, error, np.inf)
