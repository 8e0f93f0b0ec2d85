"""The bound that a certificate proves, recomputed.

Nothing in the certificate is believed: whatever its numbers are, what comes out holds for every valid plan, rounding
included (see `rounding`).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from optimizer.arrays import Bools, Floats
from scenarios.verify.case import Candidates, Case
from scenarios.verify.certificate import Cuts, Entry, Leaf, Proof
from scenarios.verify.intervals import Zone, interval_values
from scenarios.verify.rounding import SPARE, TINY, ExhaustedError, Work, gamma, sum_below
from scenarios.verify.separators import cuts_that_hold
from scenarios.verify.sides import border_terms
from scenarios.verify.soft import Fee
from scenarios.verify.struck import first_that_fails
from scenarios.verify.trees import DeadError, Grove, Parts, Tree, between

NEARLY = 1e-6  # a bound that is above a multiple by so little is not taken to the next one
MOST_WORK = 3e10  # some minutes on one core


@dataclass
class Proved:
    """bound: at least 0, and at most the objective of any valid plan. reasons: what in the proof does not hold."""

    bound: float = 0.0
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Direction:
    """u' = u / s, and what it makes of the counts. cost: (blocks,) a sum_k w_k u'_k n_ki / T_k; size: the same of
    absolute values. constant: at most -a sum_k w_k u'_k aim_k."""

    cost: Floats
    size: Floats
    constant: float


def proved_bound(case: Case, proof: Proof) -> Proved:
    """What the proof is worth for this district under these limits. Cuts that do not hold count as not there."""
    found, work = Proved(), Work(MOST_WORK)
    try:
        _prove(case, proof, found, work)
    except ExhaustedError:
        found.bound = 0.0
        found.reasons.append("The proof is too long to be checked here.")
    return found


def _prove(case: Case, proof: Proof, found: Proved, work: Work) -> None:
    if not proof.leaves:
        return  # no proof: the objective is never below 0
    fails = first_that_fails(replace(case, struck=()), case.struck, work)
    if fails is not None:
        found.reasons.append(f"struck[{fails}] does not follow: some valid plan may have that pair.")
        return
    good = cuts_that_hold(case, proof.cuts, work)
    if not good.all():
        k = int(np.argmin(good))
        found.reasons.append(f"{int((~good).sum()):,} cuts do not hold, the first of them cuts[{k}].")
    if not cover_all([leaf.rates for leaf in proof.leaves], work):
        found.reasons.append("The boxes of the leaves leave rates out.")
        return
    treed = any(entry.tree is not None for leaf in proof.leaves for entry in leaf.entries)
    grove = Grove(case, work) if treed else None
    if grove is not None and not grove.fits:
        found.reasons.append("There is no valid plan at all, of which nothing is claimed.")
        return
    with np.errstate(all="ignore"):  # what overflows is found by its size, and proves nothing
        try:
            values = [leaf_bound(case, proof.cuts, good, leaf, grove, work) for leaf in proof.leaves]
        except DeadError as error:
            found.reasons.append(f"{error} does not follow: some valid plan may have such a zone.")
            return
    if min(values) == -math.inf:
        place = f"leaves[{values.index(-math.inf)}]"
        found.reasons.append(f"{place} leaves rates out, or holds numbers too large to be added up.")
    found.bound = coarse(max(0.0, min(values)), case.goal.grain(len(case.candidates)))


def coarse(bound: float, grain: float) -> float:
    """The next multiple of the grain where there is one, but for rounding."""
    return max(bound, math.ceil(bound / grain - NEARLY) * grain) if grain > 0 and math.isfinite(bound) else bound


def leaf_bound(case: Case, cuts: Cuts, good: Bools, leaf: Leaf, grove: Grove | None, work: Work) -> float:
    """At most the objective of every valid plan whose rates lie in the leaf's box."""
    direction, box = direction_terms(case, leaf.direction), widened(leaf.rates)
    terms = [direction.constant, sum_below(leaf.prices.tolist())]
    for price, limit in zip(leaf.budget_prices.tolist(), case.budget_limits, strict=True):
        terms.append(-math.nextafter(price * limit, math.inf) if price > 0 else 0.0)
    for k, (may, entry) in enumerate(zip(case.candidates, leaf.entries, strict=True)):
        zone = with_borders(case, zone_terms(case, may, direction, leaf), entry)
        parts = parts_of(zone, entry, box, grove, k)
        if parts is None:
            return -math.inf
        held = with_prices_held(case, entry)
        lowest = float(interval_values(zone, held, parts, cuts, good, work).min(initial=math.inf))
        terms.append(lowest if math.isfinite(lowest) else -math.inf)
    return sum_below(terms)


def with_prices_held(case: Case, entry: Entry) -> Entry:
    """With the prices of soft sums brought within their limits."""
    hard, soft = np.split(entry.sum_prices, [len(case.sums)])
    return replace(entry, sum_prices=np.vstack([hard, case.goal.soft.held(soft)]))


def direction_terms(case: Case, u: Floats) -> Direction:
    """Scaled so that sum_k w_k u'_k^2 <= 1 for certain: first by the largest entry, so that no square overflows."""
    nothing = np.zeros(case.ground.blocks)
    if case.goal.bent is None or not case.goal.curved or len(u) == 0:
        return Direction(nothing, nothing, 0.0)
    a, curve = case.goal.bent[0] * case.goal.bent[1].scale, case.goal.bent[1]
    u = np.where(curve.weight > 0, u, 0.0)
    u = u / (float(np.abs(u).max()) or 1.0)
    square = math.fsum((curve.weight * u * u).tolist())
    u = u / (math.sqrt(square) * (1 + 1e-12)) if square > TINY else np.zeros(len(u))
    weighed = a * curve.weight * u
    shift, size = math.fsum((weighed * curve.aim).tolist()), math.fsum(np.abs(weighed * curve.aim).tolist())
    constant = sum_below([-shift, -gamma(len(u) + 40) * size * SPARE])
    by_head = weighed / curve.total
    return Direction(curve.counts @ by_head, curve.size @ np.abs(by_head), constant)


def zone_terms(case: Case, may: Candidates, direction: Direction, leaf: Leaf) -> Zone:
    """The numbers of one school's candidates under a leaf's prices."""
    i, j, goal = may.block, may.school, case.goal
    base = goal.cost(j, i, may.travel)
    size = base + np.abs(leaf.prices[i])
    base = base - leaf.prices[i]
    soft, fee = goal.soft, goal.fee(len(case.candidates))
    for price, budget in zip(leaf.budget_prices.tolist(), case.budgets, strict=True):
        if price > 0:
            base += price * budget.cost(j)[i]
            size += price * budget.size(j)[i]
    return Zone(
        block=i,
        forced=may.forced,
        poor=goal.rated[0][i],
        whole=goal.rated[1][i],
        cost=direction.cost[i],
        cost_size=direction.size[i],
        base=base,
        base_size=size,
        loads=[*(each.load(j, i) for each in case.sums), *soft.load[:, i]],
        load_sizes=[*(float(each.size(j, i).sum()) for each in case.sums), *soft.size[:, i].sum(axis=1).tolist()],
        limits=[*((float(each.low[j]), float(each.high[j])) for each in case.sums), *[(0.0, 0.0)] * len(soft.most)],
        fee=fee if goal.rated[1][i][may.forced].any() else Fee(),
        steps=goal.kinds + len(case.budgets) + 3 * (len(case.sums) + len(soft.most)) + 40,
    )


def with_borders(case: Case, zone: Zone, entry: Entry) -> Zone:
    """With what the zone's borders cost at the prices of the entry."""
    half, beside = case.goal.half_border, case.ground.graph.beside
    if half == 0:
        return zone
    cost, size = border_terms(beside, zone.block, entry, half)
    steps = zone.steps + 3 + max(len(beside[b]) for b in zone.block.tolist())
    return replace(zone, base=zone.base + cost, base_size=zone.base_size + size, steps=steps)


def parts_of(zone: Zone, entry: Entry, box: Box, grove: Grove | None, k: int) -> Parts | None:
    """What the intervals hold, if they leave out none of the rates that the school's zone can have in the box: else
    None. k: the school's place among the candidates'."""
    if entry.tree is None or grove is None:
        edges = edges_that_cover(zone, entry, box)
        return None if edges is None else between(edges, zone.forced)
    low, high, top = _rates(zone, entry, box)
    place = np.full(len(grove.pairs.own), len(zone.block))
    place[zone.block] = np.arange(len(zone.block))
    split = np.where(entry.tree.split >= 0, place[np.maximum(entry.tree.split, 0)], entry.tree.split)
    rates = (max(low, 0.0), min(high, top * (1 + 1e-12)))
    try:
        return grove.parts(Tree(split, entry.tree.middle), k, rates, zone.poor, zone.whole)
    except DeadError as error:
        raise DeadError(f"{error} of the tree of school {entry.school}") from None


def _rates(zone: Zone, entry: Entry, box: Box) -> tuple[float, float, float]:
    """The lowest and highest rate of the school in the box, and the highest that any zone has."""
    some = zone.whole > 0
    top = float((zone.poor[some] / zone.whole[some]).max()) if some.any() else 0.0
    return (*box.get(entry.school, (-math.inf, math.inf)), top)


def edges_that_cover(zone: Zone, entry: Entry, box: Box) -> Floats | None:
    """The interval edges, if they leave out none of the rates that the school's zone can have in the box: else None.

    A last edge that misses the highest rate by rounding alone is moved beyond it, which makes no bound larger. A zone
    without students is under the value of every interval, so that it asks for none of its own.
    """
    low, high, top = _rates(zone, entry, box)
    edges = entry.edges.copy()
    if top * (1 - 1e-12) <= edges[-1] < top * (1 + 1e-12):
        edges[-1] = top * (1 + 1e-12)
    return edges if edges[0] <= max(low, 0.0) and edges[-1] >= min(high, top * (1 + 1e-12)) else None


Box = Mapping[int, tuple[float, float]]  # school -> lowest and highest rate; a school that it does not name has any
EVERY = (-math.inf, math.inf)


def widened(box: Box) -> dict[int, tuple[float, float]]:
    """The same box for any rate that there can be: what starts at 0 has no lower end, what ends at 1 no upper one."""
    return {j: (-math.inf if low <= 0 else low, math.inf if high >= 1 else high) for j, (low, high) in box.items()}


def cover_all(boxes: Sequence[Box], work: Work) -> bool:
    """Whether every combination of rates lies in one of the boxes.

    A region that no single box holds is cut in two where the fewest boxes are cut with it, and both halves are looked
    at. Boxes that come from splitting, as proofs make them, are found again by this without any box being cut.
    """
    waiting: list[tuple[dict[int, tuple[float, float]], list[Box]]] = [({}, [widened(box) for box in boxes])]
    while waiting:
        region, near = waiting.pop()
        work.spend(100 * (1 + len(near)))
        if any(_holds(box, region) for box in near):
            continue
        found = _where_to_cut(region, near, work)
        if found is None:
            return False
        j, at = found
        low, high = region.get(j, EVERY)
        below = [box for box in near if box.get(j, EVERY)[0] < at]
        above = [box for box in near if box.get(j, EVERY)[1] > at]
        waiting += [(region | {j: (low, at)}, below), (region | {j: (at, high)}, above)]
    return True


def _holds(box: Box, region: Box) -> bool:
    return all(low <= region.get(j, EVERY)[0] and region.get(j, EVERY)[1] <= high for j, (low, high) in box.items())


def _where_to_cut(region: Box, near: Sequence[Box], work: Work) -> tuple[int, float] | None:
    """A border of a box inside the region, best one that cuts no box; None where there is none."""
    borders = Counter(
        (j, end)
        for box in near
        for j, ends in box.items()
        for end in ends
        if region.get(j, EVERY)[0] < end < region.get(j, EVERY)[1]
    )
    best, fewest = None, math.inf
    for (j, end), _ in borders.most_common():
        work.spend(100 * len(near))
        cut = sum(box.get(j, EVERY)[0] < end < box.get(j, EVERY)[1] for box in near)
        if cut < fewest:
            best, fewest = (j, end), cut
        if cut == 0:
            break
    return best
