"""Repairs against plain enumeration on small districts, and against undoing the drawing on larger ones."""

from __future__ import annotations

import itertools
import math
import threading

import numpy as np
import pytest
from enumeration import best_plan, candidates
from odd_districts import crowded, odd_district, random_rules
from rule_cases import random_plan
from ruled import MOST, Ruled, ruled
from toys import Toy

from optimizer import DEFAULT_RULES, RULES, District, InputError, Plan, StudentsChanged, breaches, is_valid
from optimizer.contradictions import contradictions, ready
from optimizer.repair import repair
from optimizer.repair.mending import TIE
from scenarios.generator import generate

QUICK = {"iterations": 2000}


def changed(drawn: Plan, plan: Plan) -> float:
    """Students whose school differs."""
    return float(plan.district.students[plan.school != drawn.school].sum())


def least_changed(case: Ruled, drawn: Plan) -> float:
    """Of all valid plans, by the checker; inf where there is none, NaN where there are too many to try."""
    rows = candidates(case.model)
    if math.prod(map(len, rows)) > 4 * MOST:
        return math.nan
    plans = (np.array(plan, np.int32) for plan in itertools.product(*rows))
    return min((changed(drawn, Plan(case.district, zone)) for zone in plans if case.valid(zone)), default=math.inf)


@pytest.mark.parametrize("kind", RULES)
def test_it_is_the_nearest_of_all_valid_plans_under_each_rule(kind: str) -> None:
    tried = 0
    for case in ruled([kind], 4):
        drawn = random_plan(case.random, case.district)
        least = least_changed(case, drawn)
        if math.isnan(least) or contradictions(case.district, case.rules):
            continue
        result, tried = repair(drawn, case.rules, **QUICK), tried + 1
        if math.isinf(least):
            assert (result.valid, result.no_plan) == (False, "proved")
            continue
        assert result.valid
        assert case.valid(result.plan.school)
        assert changed(drawn, result.plan) == pytest.approx(least, abs=2 * TIE)
        assert result.bound <= result.objective_value + 1e-9
        assert result.proof is not None
    assert tried > 0


@pytest.mark.parametrize("seed", range(30))
def test_it_is_the_nearest_on_odd_districts(seed: int) -> None:
    random = np.random.default_rng(seed)
    district, rules = odd_district(random), random_rules(random)
    district = crowded(district, random) if seed % 3 == 0 else district
    drawn = random_plan(random, district)
    try:
        model = ready(district, rules).model
    except InputError:
        return
    best = best_plan(model, StudentsChanged(drawn), rules)
    result = repair(drawn, rules, **QUICK)
    assert result.valid == (best is not None)
    if best is not None:
        assert result.objective_value == pytest.approx(best.value, abs=2 * TIE / max(district.students.sum(), 1))


def test_a_valid_drawing_is_its_own_repair() -> None:
    district = generate(60, 4, np.random.default_rng(3))
    drawn = Plan.status_quo(district)
    result = repair(drawn, time_limit=5)
    assert (result.plan.school == drawn.school).all()
    assert (result.objective_value, result.bound, result.status) == (0.0, 0.0, "optimal")


# Zone x has a detached piece, r0c3, which may stay; r0c4 beside it may not join it.
PIECES = Toy(
    """
    x X y x y
    y y Y y y
    """,
    students="9 9 3 5 2  4 4 4 4 4",
)


def test_pieces_that_were_apart_before_may_stay_so(tmp_path) -> None:
    district = PIECES.district(tmp_path)
    school = np.array(district.status_quo)
    school[district.block_ids.index("r0c4")] = district.school_ids.index("x")
    drawn = Plan(district, school)
    wrong = [row for row in breaches(drawn, DEFAULT_RULES) if not row.inherited]
    assert {row.limit for row in wrong} == {"contiguity"}
    result = repair(drawn, **QUICK)
    assert changed(drawn, result.plan) == 2.0
    assert [district.block_ids[i] for i in np.flatnonzero(result.plan.school != school)] == ["r0c4"]
    assert result.proof is not None


def spoilt(district: District, seed: int, blocks: int = 60) -> Plan:
    """Today's zones with blocks in many places given to zones beside their own."""
    random, school = np.random.default_rng(seed), np.array(district.status_quo)
    for block in random.choice(district.blocks, blocks, replace=False):
        zone = np.flatnonzero(district.status_quo == district.status_quo[block])
        others = np.unique(np.concatenate([district.status_quo[district.adjacency.row(b)] for b in zone]))
        if block not in district.root:
            school[block] = random.choice(others)
    return Plan(district, school)


def test_it_changes_no_more_than_undoing_does() -> None:
    district = generate(600, 12, np.random.default_rng(1))
    drawn, today = spoilt(district, 2), Plan.status_quo(district)
    assert not is_valid(breaches(drawn, DEFAULT_RULES))
    result = repair(drawn, time_limit=4, threads=2)
    assert result.valid
    assert 0 < changed(drawn, result.plan) < changed(drawn, today)
    assert 0 < result.bound <= result.objective_value
    near = Plan(district, np.where(np.arange(district.blocks) % 2, drawn.school, result.plan.school))
    again = repair(drawn, known=[near, result.plan], time_limit=1, threads=2)
    assert changed(drawn, again.plan) <= changed(drawn, result.plan)


def test_with_iterations_it_repeats_at_any_number_of_threads() -> None:
    district = generate(150, 6, np.random.default_rng(5))
    drawn = spoilt(district, 1, 20)
    one, two = (repair(drawn, iterations=3000, seed=4, threads=threads) for threads in (1, 2))
    assert (one.plan.school == two.plan.school).all()
    assert (one.bound, one.solver_bound) == (two.bound, two.solver_bound)


def test_it_ends_when_asked_with_the_nearest_plan_known() -> None:
    district = generate(600, 12, np.random.default_rng(1))
    drawn, stop = spoilt(district, 2), threading.Event()
    stop.set()
    result = repair(drawn, stop=stop, time_limit=60)
    assert (result.valid, result.stopped) == (True, True)
    assert changed(drawn, result.plan) <= changed(drawn, Plan.status_quo(district))
    assert result.seconds < 5


def test_it_tells_of_its_progress() -> None:
    district, told = generate(300, 8, np.random.default_rng(1)), []
    repair(spoilt(district, 2, 30), time_limit=2, threads=1, progress=told.append)
    assert told
    assert all(now.objective >= (now.bound or 0.0) - 1e-9 for now in told)
