"""The smallest wider travel limit that is enough, and the fewest blocks that need it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.explain.cpsat import least_cost
from optimizer.explain.limits import Case
from optimizer.explain.oracle import Oracle
from optimizer.plan import Plan
from optimizer.rules import Travel

STEPS = (0.1, 0.25, 0.5, 0.6, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0)  # increases tried, coarsely
HAIR = 1e-9


@dataclass(frozen=True, eq=False)
class Farther:
    """school: a plan that keeps the limits with this increase. least: proved that no smaller one does. none: proved
    that none tried is wide enough."""

    school: Ints | None
    increase: float = np.inf
    least: bool = False
    none: bool = False


def farther(oracle: Oracle, rule: Travel, share: float) -> Farther:
    """Try wider and wider, then narrow down between the last that was not enough and the first that was."""
    best, low, proved = None, rule.increase, True
    for step in (step for step in STEPS if step > rule.increase):
        plan, settled = _try(oracle, rule, step, share / 4)
        proved = proved and settled
        if plan is not None:
            best = plan
            break
        low = step
    if best is None:
        return Farther(None, none=proved)
    high = _needed(best, rule)
    steps = _thresholds(oracle.case, rule, low, high)
    while len(steps):
        middle = len(steps) // 2
        plan, settled = _try(oracle, rule, float(steps[middle]), share / 6)
        proved = proved and settled
        if plan is None:
            steps = steps[middle + 1 :]
        else:
            best, high = plan, _needed(plan, rule)
            steps = steps[:middle][steps[:middle] < high - HAIR]
    return Farther(_fewest(oracle, rule, high, best, share / 2), high, proved)


def _wider(oracle: Oracle, rule: Travel, increase: float) -> Oracle:
    """The same question with a wider travel limit."""
    rules = tuple(replace(r, increase=increase) if r is rule else r for r in oracle.case.rules)
    return Oracle(Case(oracle.case.district, rules), oracle.work)


def _try(oracle: Oracle, rule: Travel, increase: float, share: float) -> tuple[Plan | None, bool]:
    """A plan under the increase, and whether the answer is sure."""
    wider = _wider(oracle, rule, increase)
    limits = wider.case.limits
    known = next((plan for plan, _ in oracle.plans if frozenset(limits) <= wider.case.kept_by(plan)), None)
    if known is not None:
        return known, True
    answer = wider.keeps(limits, share)
    return wider.plan(limits), answer is not None


def _needed(plan: Plan, rule: Travel) -> float:
    """The least increase that the plan's moves ask for."""
    district = plan.district
    beyond = plan.moved & (plan.travel > rule.reach(district))
    return max(rule.increase, float((plan.travel[beyond] / district.travel_current[beyond] - 1).max(initial=-1.0)))


def _thresholds(case: Case, rule: Travel, low: float, high: float) -> Floats:
    """Increases between the two at which a further pair comes within the limit."""
    district = case.district
    reach = np.maximum((1 + high) * district.travel_current, rule.limit(district))
    pairs = district.travel.within(np.where(np.isfinite(reach), reach, -np.inf), district.has_zone)
    travel, now = district.travel.of(pairs), district.travel_current[pairs.rows]
    far = (travel > rule.reach(district)[pairs.rows]) & (now > 0)
    needed = np.unique(travel[far] / now[far] - 1)
    return needed[(needed > low + HAIR) & (needed < high - HAIR)] + HAIR


def _fewest(oracle: Oracle, rule: Travel, increase: float, plan: Plan, share: float) -> Ints:
    """Of the plans under this increase, one in which the fewest blocks need it, and then near today's zones."""
    wider = _wider(oracle, rule, increase + HAIR)
    model = wider.case.whole
    beyond = (model.district.travel.of(model.pairs) > rule.reach(model.district)[model.pairs.rows]) & ~model.stay
    cost = np.where(beyond, model.district.blocks + 2.0, np.where(model.stay, 0.0, 1.0))
    found = least_cost(model, cost, plan.school, oracle.work, share)
    return plan.school if found.school is None else found.school
