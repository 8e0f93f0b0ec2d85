"""The bound that a certificate proves, recomputed.

Nothing in the certificate is believed: whatever its numbers are, what comes out holds for every valid plan, rounding
included (see `rounding`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from optimizer.arrays import Bools, Floats
from scenarios.verify.boxes import Box, cover_all, widened
from scenarios.verify.candidates import Candidates, candidates
from scenarios.verify.case import Case
from scenarios.verify.certificate import Cuts, Entry, Leaf, Proof
from scenarios.verify.intervals import Zone, interval_values
from scenarios.verify.rounding import SPARE, TINY, ExhaustedError, Work, gamma, sum_below
from scenarios.verify.separators import cuts_that_hold

MOST_WORK = 3e10  # some minutes on one core


@dataclass
class Proved:
    """bound: at least 0, and at most the objective of any valid plan. reasons: what in the proof does not hold."""

    bound: float = 0.0
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Direction:
    """u' = u / s, and what it makes of the counts. cost: (blocks,) a/N sum_r u'_r n_ri; size: the same of absolute
    values. constant: at most -a p sum_r w_r u'_r."""

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
    schools = candidates(case)
    good = cuts_that_hold(case, schools, proof.cuts, work)
    if not good.all():
        k = int(np.argmin(good))
        found.reasons.append(f"{int((~good).sum()):,} cuts do not hold, the first of them cuts[{k}].")
    if not cover_all([leaf.rates for leaf in proof.leaves], work):
        found.reasons.append("The boxes of the leaves leave rates out.")
        return
    with np.errstate(all="ignore"):  # what overflows is found by its size, and proves nothing
        values = [leaf_bound(case, schools, proof.cuts, good, leaf, work) for leaf in proof.leaves]
    if min(values) == -math.inf:
        place = f"leaves[{values.index(-math.inf)}]"
        found.reasons.append(f"{place} leaves rates out, or holds numbers too large to be added up.")
    found.bound = max(0.0, min(values))


def leaf_bound(case: Case, schools: Sequence[Candidates], cuts: Cuts, good: Bools, leaf: Leaf, work: Work) -> float:
    """At most the objective of every valid plan whose rates lie in the leaf's box."""
    direction, box = direction_terms(case, leaf.direction), widened(leaf.rates)
    terms = [direction.constant, sum_below(leaf.prices.tolist())]
    for price, budget in zip(leaf.budget_prices.tolist(), case.budgets, strict=True):
        terms.append(-math.nextafter(price * budget.limit, math.inf) if price > 0 else 0.0)
    for may, entry in zip(schools, leaf.entries, strict=True):
        zone = zone_terms(case, may, direction, leaf)
        edges = edges_that_cover(zone, entry, box)
        if edges is None:
            return -math.inf
        lowest = float(interval_values(zone, entry, edges, cuts, good, work).min())
        terms.append(lowest if math.isfinite(lowest) else -math.inf)
    return sum_below(terms)


def direction_terms(case: Case, u: Floats) -> Direction:
    """Scaled so that sum_r w_r u'_r^2 <= 1 for certain: first by the largest entry, so that no square overflows."""
    exposed, a = case.goal.exposed, case.goal.curved
    total = math.fsum(exposed.whole.tolist())
    if a == 0 or len(u) == 0:
        return Direction(np.zeros(case.district.blocks), np.zeros(case.district.blocks), 0.0)
    weight = np.array([math.fsum(group.tolist()) / total for group in exposed.groups.T])
    u = np.where(weight > 0, u, 0.0)
    u = u / (float(np.abs(u).max()) or 1.0)
    square = math.fsum((weight * u * u).tolist())
    u = u / (math.sqrt(square) * (1 + 1e-12)) if square > TINY else np.zeros(len(u))
    p = math.fsum(exposed.poor.tolist()) / total
    shift, size = a * p * math.fsum((weight * u).tolist()), a * p * math.fsum((weight * np.abs(u)).tolist())
    constant = sum_below([-shift, -gamma(len(u) + 40) * size * SPARE])
    return Direction(a / total * (exposed.groups @ u), a / total * (exposed.groups @ np.abs(u)), constant)


def zone_terms(case: Case, may: Candidates, direction: Direction, leaf: Leaf) -> Zone:
    """The numbers of one school's candidates under a leaf's prices."""
    i, goal, exposed = may.block, case.goal, case.goal.exposed
    elsewhere = case.today[i] != may.school
    base = goal.weights.get("travel_mean", 0.0) * goal.shares_reached[i] * may.travel
    base += goal.weights.get("moved", 0.0) * goal.shares[i] * elsewhere
    for price, budget in zip(leaf.budget_prices.tolist(), case.budgets, strict=True):
        base += price * budget.moving[i] * elsewhere
    return Zone(
        block=i,
        forced=may.forced,
        poor=exposed.poor[i],
        whole=exposed.whole[i],
        students=case.students[i],
        cost=direction.cost[i],
        cost_size=direction.size[i],
        base=base - leaf.prices[i],
        base_size=base + np.abs(leaf.prices[i]),
        limits=case.sizes.hard(may.school, strict=case.options.strict),
        steps=exposed.groups.shape[1] + len(case.budgets) + 40,
    )


def edges_that_cover(zone: Zone, entry: Entry, box: Box) -> Floats | None:
    """The interval edges, if they leave out none of the rates that the school's zone can have in the box: else None.

    A last edge that misses the highest rate by rounding alone is moved beyond it, which makes no bound larger. A zone
    without students is under the value of every interval, so that it asks for none of its own.
    """
    low, high = box.get(entry.school, (-math.inf, math.inf))
    some = zone.whole > 0
    top = float((zone.poor[some] / zone.whole[some]).max()) if some.any() else 0.0
    edges = entry.edges.copy()
    if top * (1 - 1e-12) <= edges[-1] < top * (1 + 1e-12):
        edges[-1] = top * (1 + 1e-12)
    return edges if edges[0] <= max(low, 0.0) and edges[-1] >= min(high, top * (1 + 1e-12)) else None
