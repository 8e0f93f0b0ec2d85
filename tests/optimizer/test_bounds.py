"""The bound against enumeration, its certificate against the formulas of docs/certificate.md in plain loops."""

from __future__ import annotations

import json
import math
import threading
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from enumeration import best_plan, valid_plans
from odd_districts import crowded, odd_district, random_objective, random_rules, zones_of
from plain_bound import TINY, bounded, interval_values, plain_value

from optimizer.bounds.bound import Bounder
from optimizer.bounds.certificate import Certificate, SchoolProof
from optimizer.bounds.claim import certify
from optimizer.bounds.kernel.data import LEAVES, RATE
from optimizer.bounds.kernel.price import Effort, price
from optimizer.bounds.problem import Problem
from optimizer.bounds.work import enlarged, fresh
from optimizer.deadline import Deadline
from optimizer.district import District
from optimizer.model import Model
from optimizer.objectives import (
    Disparity,
    Objective,
    StudentsMoved,
    TravelMean,
)
from optimizer.plan import Plan
from optimizer.rules import DEFAULT_RULES, Moved, Rule
from optimizer.striking import all_left, ground_of, struck


@pytest.mark.parametrize("seed", range(60))
def test_bound_is_below_every_valid_plan(seed: int) -> None:
    random = np.random.default_rng(seed)
    district, rules = odd_district(random), random_rules(random)
    district = crowded(district, random) if seed % 3 == 2 else district
    objective = random_objective(random, district)
    model = Model.build(district, rules)
    found = best_plan(model, objective, rules)
    if found is None:
        return
    school = np.array(found.school) if random.random() < 0.7 else district.status_quo
    bounder, certificate = bounded(model, objective, school, found.value)
    assert certificate.bound <= plain_value(bounder.problem.model, objective, certificate) + TINY
    assert certificate.bound >= bounder.best - 0.02 * abs(bounder.value - bounder.best) - 1e-7 * max(1, bounder.value)


@pytest.mark.parametrize("seed", range(40))
def test_each_school_at_random_prices(seed: int) -> None:
    """No zone of a school costs less than what is proved for the interval of its rate, and for all."""
    random = np.random.default_rng(1000 + seed)
    district, rules = odd_district(random), random_rules(random)
    objective = random_objective(random, district)
    model = Model.build(district, rules)
    problem = Problem.of(model, objective.compile(model))
    prices, budget_prices = random_prices(problem, random)
    direction = random.normal(size=0 if problem.exposures is None else len(problem.exposures.weight))
    problem.aim(direction)
    works, zone = [], np.zeros(len(problem.entries.pair))
    ground = ground_of(model, problem.entries)
    left = all_left(ground)
    for at, part in enumerate(problem.part):
        work = fresh(part, 2 ** int(random.integers(0, 4)) if part.curved else 1, 0.0, 1e-3)
        for _ in range(6):
            effort = random_effort(random, curved=part.curved)
            chosen = zone[problem.entries.of_school(at)]
            price(part, work, ground, left, at, prices, budget_prices, effort, chosen)
            work = enlarged(work, 256)
        works.append(work)
    certificate = certify(problem, works, direction, prices, budget_prices)
    (leaf,) = certificate.leaves
    for at, proof in enumerate(leaf.schools):
        check_school(problem, works[at], certificate, proof)


def random_effort(random: np.random.Generator, *, curved: bool, tries: int = 0) -> Effort:
    return Effort(
        width=0.02 if curved else 1.0,
        tries=tries,
        improvements=int(random.integers(1, 40)),
        sweeps=2,
        rounds=2,
        polish=bool(random.random() < 0.5),
        borrow=bool(random.random() < 0.5),
        tolerance=1e-9,
        least=1e-12,
        reach=100.0,
        step=float(random.choice([0.0, 1e-4])),
    )


def random_prices(problem: Problem, random: np.random.Generator) -> tuple[Any, Any]:
    size = 0.1 / max(float(problem.heads.sum()), 1.0)
    prices = random.normal(size=len(problem.heads)) * size * (problem.heads + 3) * random.choice([0.3, 1, 5])
    if problem.exposures is None:
        prices = prices * 1e3
    return prices, random.exponential(size=len(problem.limit)) * size


def check_school(problem: Problem, work: Any, certificate: Certificate, proof: SchoolProof) -> None:
    model, compiled = problem.model, problem.compiled
    (leaf,) = certificate.leaves
    e = compiled.exposures
    curve = problem.curve(leaf.direction)
    by_head = np.zeros(0)
    if e is not None:
        norm = math.sqrt(float((e.weight * leaf.direction**2).sum()))
        by_head = e.scale * e.weight * leaf.direction / norm / e.total if norm > 0 else np.zeros(len(e.weight))
    values = np.array(interval_values(model, compiled, certificate, proof, by_head))
    place = {int(model.pairs.rows[p]): p for p in np.flatnonzero(model.pairs.index == proof.school)}
    for zone in zones_of(model, proof.school):
        heads, poor = problem.heads[zone].sum(), problem.poor[zone].sum()
        rate = poor / heads if heads > 0 else 0.0
        cost = rate * curve[zone].sum() if e is not None else 0.0
        for i in zone:
            cost += compiled.pair_cost[place[i]] - leaf.prices[i]
            cost += sum(x * b.cost[place[i]] for x, b in zip(leaf.budget_prices, model.budgets, strict=True))
        assert cost >= values.min() - TINY
        inside = (proof.low <= rate + 1e-13) & (proof.high >= rate - 1e-13) if heads > 0 else values > 1
        for k in np.flatnonzero(inside):
            away = np.abs(np.append(proof.low, proof.high[-1]) - rate).min()
            if away > 1e-12:
                assert cost >= values[k] - TINY
        node = work.node[: work.count[LEAVES]]
        in_work = (work.low[node] < rate - 1e-12) & (work.high[node] > rate + 1e-12)
        for k in np.flatnonzero(in_work) if heads > 0 and e is not None else ():
            assert cost >= work.value[k] - 1e-9


@pytest.mark.parametrize("seed", range(40))
def test_each_leaf_of_each_tree_at_random_prices(seed: int) -> None:
    """Each zone of a valid plan lies in a leaf of its school's tree, and costs no less than the leaf's value."""
    random = np.random.default_rng(2000 + seed)
    district, rules = odd_district(random), random_rules(random)
    district = crowded(district, random) if seed % 3 == 2 else district
    objective = random_objective(random, district)
    model = struck(Model.build(district, rules))
    plans = [np.array(tried.school) for tried in valid_plans(district, objective, rules)]
    if not plans:
        return
    problem = Problem.of(model, objective.compile(model))
    if problem.compiled.border_cost is not None or len(problem.parts.most) or problem.parts.fee:
        return  # these are costs of zones that the sum below leaves out
    prices, budget_prices = random_prices(problem, random)
    direction = random.normal(size=0 if problem.exposures is None else len(problem.exposures.weight))
    problem.aim(direction)
    ground, curve = ground_of(model, problem.entries), problem.curve(direction)
    left = all_left(ground)
    for at, part in enumerate(problem.part):
        work = fresh(part, 2 if part.curved else 1, 0.0, 1e-3)
        for _ in range(6):
            effort = random_effort(random, curved=part.curved, tries=3)
            price(part, work, ground, left, at, prices, budget_prices, effort, np.zeros(len(part.block)))
            work = enlarged(work, 256)
        j = int(problem.entries.schools[at])
        row = dict(zip(work.node[: work.count[LEAVES]].tolist(), range(int(work.count[LEAVES])), strict=True))
        for zone in {tuple(np.flatnonzero(plan == j)) for plan in plans}:
            inside = np.isin(part.block, zone)
            heads, poor = part.heads[inside].sum(), part.poor[inside].sum()
            rate = poor / heads if heads > 0 else 0.0
            cost = rate * curve[part.block][inside].sum() + (part.cost - prices[part.block])[inside].sum()
            cost += (budget_prices @ part.budget)[inside].sum()
            n = 0
            while n not in row:
                assert work.split[n] >= 0 or work.split[n] == RATE  # not DEAD
                first = rate <= work.middle[n] if work.split[n] == RATE else inside[work.split[n]]
                n = int(work.child[n]) + (not first)
            assert cost >= work.value[row[n]] - 1e-9 * max(1.0, abs(cost))


def town(seed: int = 3, blocks: int = 260, schools: int = 6) -> District:
    from scenarios.generator import generate

    return generate(blocks, schools, np.random.default_rng(seed))


def bounder_of(district: District, rules: tuple[Rule, ...] = DEFAULT_RULES, **options: Any) -> Bounder:
    """From today's zones."""
    objective = options.pop("objective", Disparity())
    value = objective.value(Plan.status_quo(district))
    return Bounder(Model.build(district, rules), objective, district.status_quo, value, **options)


def test_same_steps_same_certificate_at_any_number_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optimizer.bounds.bound.SMALL", 0)
    documents = []
    for threads in (1, 2, 5):
        bounder = bounder_of(town(), (*DEFAULT_RULES, Moved(0.1)), threads=threads)
        bounder.run(Deadline(iterations=40))
        documents.append(bounder.finish().document())
    assert documents[0] == documents[1] == documents[2]


def test_a_real_size_proof_holds_in_plain_arithmetic() -> None:
    district = town(blocks=120, schools=5)
    bounder = bounder_of(district, (*DEFAULT_RULES, Moved(0.1)), trees=False)
    bounder.run(Deadline(iterations=300))
    certificate = bounder.finish()
    assert 0 < certificate.bound < bounder.value
    proved = plain_value(bounder.problem.model, Disparity(), certificate)
    # Below by what a checker may round otherwise: without that allowance it might refuse its own certificate.
    assert certificate.bound <= proved * (1 - 0.99e-9)
    assert proved <= certificate.bound * (1 + 1e-6)
    assert len(certificate.cuts.block) > 0


def test_a_cap_on_students_moved_is_used() -> None:
    bounds = []
    for share in (0.0, 0.05, 1.0):
        bounder = bounder_of(town(), (*DEFAULT_RULES, Moved(share)))
        bounder.run(Deadline(iterations=400))
        bounds.append(bounder.finish().bound)
    assert bounds[0] > bounds[1] > bounds[2] > 0
    assert bounds[0] == pytest.approx(bounder.value, rel=0.02)


def test_a_run_can_be_stopped_and_asked_at_any_time() -> None:
    bounder, stop, seen = bounder_of(town()), threading.Event(), []

    def watch(best: float, steps: int) -> None:
        seen.append((best, steps))
        if steps == 30:
            stop.set()

    bounder.run(Deadline(stop=stop), watch)
    assert [steps for _, steps in seen] == list(range(1, 31))
    assert [best for best, _ in seen] == sorted(best for best, _ in seen)
    first = bounder.certificate()
    assert first is bounder.certificate()
    began = time.monotonic()
    bounder.run(Deadline(seconds=0.3))
    assert time.monotonic() - began < 1
    assert bounder.finish(Deadline(seconds=5)).bound >= first.bound


def test_a_better_plan_is_taken_and_nothing_proved_is_lost() -> None:
    district = town()
    bounder = bounder_of(district)
    bounder.run(Deadline(iterations=100))
    first = bounder.certificate().bound
    plan = district.status_quo.copy()
    plan[district.root[1]] = 0  # any plan with another direction will do
    plan[plan == 2] = 1
    bounder.update(plan, bounder.value * 0.99)
    assert bounder.certificate().bound >= first
    bounder.run(Deadline(iterations=100))
    assert bounder.finish().bound >= first


def without_students(district: District, where: Any) -> District:
    counts = district.counts.copy()
    counts[where] = 0.0
    return replace(district, counts=counts)


@pytest.mark.parametrize(
    "district",
    [
        pytest.param(town(0, 60, 1), id="one school"),
        pytest.param(town(0, 1, 1), id="one block"),
        pytest.param(without_students(town(0, 60, 3), slice(None)), id="no students"),
        pytest.param(without_students(town(0, 60, 3), town(0, 60, 3).status_quo == 1), id="a school without students"),
        pytest.param(
            replace(town(0, 60, 3), root=np.array([20, 30, -1]), status_quo=np.minimum(town(0, 60, 3).status_quo, 1)),
            id="a school without a zone",
        ),
    ],
)
@pytest.mark.parametrize("objective", [Disparity(), TravelMean(), StudentsMoved()])
def test_odd_districts_have_a_bound(district: District, objective: Objective) -> None:
    bounder = bounder_of(district, objective=objective)
    bounder.run(Deadline(iterations=20))
    certificate = bounder.finish()
    json.dumps(certificate.document(), allow_nan=False)
    assert 0 <= certificate.bound <= bounder.value + TINY
