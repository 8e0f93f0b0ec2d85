"""Ways out of a conflict: one kind of limit gives way, all others are kept, and a plan shows that it is enough."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from optimizer.arrays import Floats, Ints
from optimizer.district import District
from optimizer.explain.cpsat import WHOLE, least_cost, least_over, whole_students
from optimizer.explain.farther import farther
from optimizer.explain.limits import Limit
from optimizer.explain.oracle import Oracle
from optimizer.explain.relaxed import relax
from optimizer.explain.relieve import best_known, better
from optimizer.explain.work import Verdict
from optimizer.plan import Plan
from optimizer.rules import Contiguity, Moved, Rule, Travel, breaches, is_valid
from optimizer.solvers.exact.check import cut_off

DIGITS = 1e4  # shares and multipliers are given to so many parts, rounded up


@dataclass(frozen=True, eq=False)
class WayOut:
    """relax: the limit that gives way. amount: students in all (seats, minimum), or the new share or increase. where:
    (school, students) each. blocks: those that need it. sufficient: False: not enough alone; None: not settled. least:
    proved that less is not enough. plan: valid once the limits give way so. students: whom it concerns."""

    relax: str
    amount: float | None = None
    where: tuple[tuple[int, float], ...] = ()
    blocks: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    sufficient: bool | None = None
    least: bool = False
    plan: Plan | None = None
    students: float = np.inf


def ways_out(oracle: Oracle, names: tuple[str, ...], share: float) -> tuple[WayOut, ...]:
    """One for each kind of limit named, the fewest students concerned first."""
    made = [_way(oracle, name, share / (len(names) - k)) for k, name in enumerate(names)]
    return tuple(sorted(made, key=lambda way: (not way.sufficient, way.sufficient is False, way.students)))


def _way(oracle: Oracle, name: str, share: float) -> WayOut:
    soft = tuple(limit for limit in oracle.case.limits if limit.name == name)
    rest = frozenset(oracle.case.limits) - frozenset(soft)
    if any(core <= rest for core in oracle.refuted) or oracle.clash(rest) is not None:
        return WayOut(name, sufficient=False)
    rule = oracle.case.rule(soft[0])
    if name in ("capacity", "min_students"):
        return _seats(oracle, soft, share)
    if isinstance(rule, Travel) and len(soft) == 1:
        return _travel(oracle, soft[0], rule, share)
    if isinstance(rule, Moved) and len(soft) == 1:
        return _moved(oracle, soft[0], rule, share)
    return _without(oracle, name, soft, share)


def _seats(oracle: Oracle, soft: tuple[Limit, ...], share: float) -> WayOut:
    """The fewest whole students in all by which seats must grow, or minimum sizes shrink."""
    case, work = oracle.case, oracle.work
    rest = frozenset(case.limits) - frozenset(soft)
    floor = float(np.ceil(relax(case, case.limits, soft, work.seconds_of(0.3)).broken - WHOLE))
    found = best_known(oracle, case, rest, soft, whole=True)
    if found.school is None or found.value > floor:
        start = oracle.nearest(rest).school if found.school is None else found.school
        new = least_over(case, case.model(rest), soft, start, work, share, whole=True)
        found = better(oracle, found, new, floor)
    else:
        found = replace(found, bound=floor)
    if found.school is None:
        return WayOut(soft[0].name, sufficient=False if found.none else None)
    extra = whole_students(case.amounts(soft, found.school))
    where = tuple((limit.school, float(more)) for limit, more in zip(soft, extra, strict=True) if more > 0)
    district = _resized(oracle, soft, extra)
    plan, total = Plan(district, found.school), float(extra.sum())
    return WayOut(
        soft[0].name, total, where, sufficient=_holds(plan, case.rules), least=total <= found.bound, plan=plan,
        students=total,
    )  # fmt: skip


def _resized(oracle: Oracle, soft: tuple[Limit, ...], extra: Floats) -> District:
    """The district with so many more seats, or so much smaller minimum sizes."""
    district, size = oracle.case.district, oracle.case.whole.sums[soft[0].at]
    capacity, least = district.capacity.copy(), district.min_students.copy()
    for limit, more in zip(soft, extra, strict=True):
        j = limit.school
        if more > 0 and limit.kind == "high":
            capacity[j] = size.hard_high[j] + more + district.other_students[j]
        elif more > 0:
            least[j] = max(0.0, size.hard_low[j] - more)
    return replace(district, capacity=capacity, min_students=least)


def _moved(oracle: Oracle, limit: Limit, rule: Moved, share: float) -> WayOut:
    """The smallest share of students that must be allowed to move, as the rule counts them."""
    case = oracle.case
    model, students = case.model(set(case.limits) - {limit}), rule.students(case.district)
    total = float(students.sum())
    cost = np.where(model.free, 0.0, students[model.pairs.rows])
    found = _cheapest(oracle, frozenset(case.limits) - {limit}, cost, share)
    if found.school is None:
        return WayOut(limit.name, sufficient=False if found.none else None)
    amount = min(1.0, _up(found.value / total))
    rules = _with(case.rules, rule, replace(rule, share=amount))
    plan = Plan(case.district, found.school)
    return WayOut(
        limit.name, amount, blocks=_indices(plan.counted_moved), sufficient=_holds(plan, rules),
        least=found.value <= found.bound + 1e-3, plan=plan, students=found.value - rule.share * total,
    )  # fmt: skip


def _travel(oracle: Oracle, limit: Limit, rule: Travel, share: float) -> WayOut:
    """The smallest increase, and then the fewest blocks that need it."""
    found = farther(oracle, rule, share)
    if found.school is None:
        return WayOut(limit.name, sufficient=False if found.none else None)
    district = oracle.case.district
    plan, amount = Plan(district, found.school), _up(found.increase)
    beyond = plan.moved & (plan.travel > rule.reach(district))
    rules = _with(oracle.case.rules, rule, replace(rule, increase=amount))
    return WayOut(
        limit.name, amount, blocks=_indices(beyond), sufficient=_holds(plan, rules), least=found.least, plan=plan,
        students=float(district.students[beyond].sum()),
    )  # fmt: skip


def _without(oracle: Oracle, name: str, soft: tuple[Limit, ...], share: float) -> WayOut:
    """Leave these limits out altogether; with contiguity, the blocks cut off are those that need it."""
    case = oracle.case
    rest = frozenset(case.limits) - frozenset(soft)
    found = _cheapest(oracle, rest, (~case.model(rest).stay).astype(np.float64), share)
    if found.school is None:
        return WayOut(name, sufficient=False if found.none else None)
    plan, gone = Plan(case.district, found.school), [case.rule(limit) for limit in soft]
    rules = tuple(rule for rule in case.rules if rule not in gone)
    blocks = plan.moved
    if any(isinstance(rule, Contiguity) for rule in gone):
        root = case.district.root[case.district.root >= 0]
        blocks = cut_off(case.whole, plan.school)
        blocks[root] |= plan.moved[root]
    students = float(case.district.students[blocks].sum())
    return WayOut(name, blocks=_indices(blocks), sufficient=_holds(plan, rules), plan=plan, students=students)


def _cheapest(oracle: Oracle, rest: frozenset[Limit], cost: Floats, share: float) -> Verdict:
    """The plan of least cost that keeps `rest`."""
    model, start = oracle.case.model(rest), oracle.nearest(rest).school
    found = least_cost(model, cost, start, oracle.work, share)
    known = oracle.plan(rest)
    if found.school is None and known is not None and not found.none:
        at = model.pairs.find(known.school)
        return Verdict(known.school, float(cost[at].sum()), found.bound)
    if found.school is not None:
        oracle.know(found.school)
    return found


def _holds(plan: Plan, rules: tuple[Rule, ...]) -> bool | None:
    """Whether the rules' own check lets the plan pass; None, not False, where it does not: another plan may."""
    return True if is_valid(breaches(plan, rules)) else None


def _with(rules: tuple[Rule, ...], old: Rule, new: Rule) -> tuple[Rule, ...]:
    return tuple(new if rule is old else rule for rule in rules)


def _indices(mask: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Ints:
    return np.flatnonzero(mask).astype(np.int32)


def _up(value: float) -> float:
    """Rounded up, so that it suffices."""
    return float(np.ceil(value * DIGITS - 1e-6) / DIGITS)
