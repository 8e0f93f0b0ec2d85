"""Prices read from a certificate: docs/proof.md derives every figure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.arrays import Floats, Ints, Offsets, frozen
from optimizer.bounds.bound import Duals
from optimizer.bounds.certificate import Certificate
from optimizer.bounds.plain import plain
from optimizer.bounds.problem import Problem
from optimizer.contradictions import ready
from optimizer.model import STUDENT_SLACK, Model
from optimizer.plan import Plan
from optimizer.prices.estimates import Prices
from optimizer.prices.looser import FARTHER, POINT, SEAT, capped, looser
from optimizer.prices.zones import Zone, costs, proved, zones_of
from optimizer.result import Result
from optimizer.striking import without


def read(result: Result, certificate: Certificate, plan: Plan) -> Prices:
    """Of a result with this certificate, against the schools of a plan."""
    whole = ready(result.plan.district, result.rules).model
    model = without(whole, certificate.struck)
    plan = plan.over(model.district)
    problem = Problem.of(model, result.objective.compile(model))
    if not all(proof.by_rates for proof in certificate.leaves[0].schools):
        certificate = _plain(result, model, certificate)
    zones = zones_of(problem, certificate)
    sum_ = proved(problem, certificate, zones)
    # The bound may lie above what the terms add up to: 0, or the next whole number.
    raised = np.maximum(_raised(model, zones) + min(sum_ - certificate.bound, 0.0), 0.0)
    if len(certificate.struck):  # with a seat more, a struck pair may be some plan's
        certificate = _plain(result, replace(whole, struck=np.zeros((0, 2), np.int32)), certificate)
        problem = Problem.of(whole, result.objective.compile(whole))
        zones = zones_of(problem, certificate)
    staying, going, rival = _around(model, raised, plan.school)
    return Prices(
        result,
        plan,
        model,
        frozen(raised),
        frozen(staying),
        frozen(going),
        frozen(rival),
        frozen(_seats(whole, zones)),
        _moved(result, whole, certificate),
        _travel(result, whole, zones, plan, certificate),
        certificate.bound,
    )


def _plain(result: Result, model: Model, certificate: Certificate) -> Certificate:
    leaf = certificate.leaves[0]
    prices = Duals(leaf.prices, leaf.budget_prices)
    return plain(model, result.objective, result.plan.school, result.objective_value, prices)


def _raised(model: Model, zones: list[Zone]) -> Floats:
    """(pairs,) by how much the bound rises where the block is at that school, and so at no other. inf for pairs that no
    valid plan has."""
    come, leave = np.full(len(model.pairs.index), np.inf), np.zeros(len(model.pairs.index))
    for zone in zones:
        value = zone.value[:, None]
        inside = (value + np.maximum(zone.r, 0.0)).min(axis=0) - zone.least
        outside = (value - np.minimum(zone.r, 0.0)).min(axis=0) - zone.least
        come[zone.pair] = np.where(zone.forced, 0.0, inside)
        leave[zone.pair] = np.where(zone.forced, 0.0, outside)
    rows = model.pairs.rows
    return np.asarray(come + np.bincount(rows, leave, model.district.blocks)[rows] - leave)


def _around(model: Model, raised: Floats, school: Ints) -> tuple[Floats, Floats, Ints]:
    """staying, going and rival of Prices."""
    pairs, blocks = model.pairs, model.district.blocks
    at = pairs.find(school)
    staying = np.where(at >= 0, raised[at], np.inf)
    others = raised.copy()
    others[at[at >= 0]] = np.inf
    order = np.lexsort((others, pairs.rows))
    first, some = pairs.start[:-1], np.diff(pairs.start) > 0
    best = np.full(blocks, -1, np.int64)
    best[some] = order[first[some]]
    going = np.where(some, others[best], np.inf)
    return staying, going, np.where(np.isfinite(going), pairs.index[best], -1).astype(np.int32)


def _seats(model: Model, zones: list[Zone]) -> Floats:
    """(schools,) a seat more loosens nothing where today's zone is over its seats, and may stay so."""
    worth = np.zeros(model.district.schools)
    at = next((s for s, row in enumerate(model.sums) if row.name == "size"), None)
    if at is None:
        return worth
    size = model.sums[at]
    for zone in zones:
        if size.hard_high[zone.school] <= size.high[zone.school] + STUDENT_SLACK:
            looser = zone.value + SEAT * np.minimum(zone.proof.size_price[:, at], 0.0)
            worth[zone.school] = zone.least - float(looser.min())
    return worth


def _moved(result: Result, model: Model, certificate: Certificate) -> float | None:
    rule = capped(result.rules)
    if rule is None:
        return None
    at = next(q for q, budget in enumerate(model.budgets) if budget.name == rule.name)
    students = float(rule.students(model.district).sum())
    return float(certificate.leaves[0].budget_prices[at]) * POINT * students


def _travel(result: Result, model: Model, zones: list[Zone], plan: Plan, certificate: Certificate) -> float | None:
    """Pairs beyond the limit come in where they cost less than nothing in the interval of V_j. Cuts do not know these
    pairs: with contiguity those alone come in whose block borders on the plan's zone."""
    rules = looser(model.district, result.rules, "travel")
    if rules is None:
        return None
    leaf, wide = certificate.leaves[0], ready(model.district, rules).model
    problem = Problem.of(wide, result.objective.compile(wide))
    problem.aim(leaf.direction)
    part = dict(zip(problem.entries.schools.tolist(), problem.part, strict=True))
    key, total = _beside(plan), 0.0
    for zone in zones:
        wider = part[zone.school]
        new = model.pairs.places(wider.block, np.full(len(wider.block), zone.school)) < 0
        if model.contiguity is not None:
            new &= np.isin(wider.block.astype(np.int64) * plan.district.schools + zone.school, key)
        r = costs(wider, zone.proof, leaf.prices, leaf.budget_prices)[int(zone.value.argmin())]
        total -= float(np.minimum(r[new], 0.0).sum())
    return total / FARTHER[model.district.travel.unit]


def _beside(plan: Plan) -> Offsets:
    """Blocks and the schools of their neighbours, as one number each."""
    adjacency, wide = plan.district.adjacency, plan.district.schools
    return np.unique(adjacency.rows.astype(np.int64) * wide + plan.school[adjacency.index])
