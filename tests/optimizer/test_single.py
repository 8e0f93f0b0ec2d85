"""The best single moves against every move that there is, tried one after the other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from rule_cases import KINDS, random_folder, random_plan, random_rule
from small import in_parts, small

from optimizer import Contiguity, District, Moved, Objective, Plan, Rule, Size, Travel, best_moves, make_objective
from optimizer.errors import InputError
from optimizer.model import STUDENT_SLACK, Model
from optimizer.objectives.gains import gains
from optimizer.rules import breaches, is_valid, under
from optimizer.single import LEAST, border_moves
from scenarios import read_district
from scenarios.asking.rule_tables import make_rule

OBJECTIVES = (
    *("disparity", "disparity_equal", "gap.white.black", "variance_ratio.white", "segregation_poverty"),
    *("dissimilarity.race", "theil_h.race", "outside_band", "travel_mean", "moved", "cut_edges"),
)
ALWAYS: tuple[Rule, ...] = (Travel(increase=1.0), Size(tolerance=0.5), Contiguity())


def moved(plan: Plan, block: int, school: int) -> Plan:
    zone = plan.school.copy()
    zone[block] = school
    return Plan(plan.district, zone)


def amounts(plan: Plan, rules: tuple[Rule, ...]) -> dict[Any, float]:
    rows = [row for row in breaches(plan, rules) if not row.inherited]
    return {(row.kind, row.rule, row.limit, row.school, row.block): row.amount for row in rows}


def all_moves(plan: Plan, objective: Objective, rules: tuple[Rule, ...]) -> dict[tuple[int, int], tuple[float, bool]]:
    """By block and school, the gain of every move to a neighbour's school that breaks nothing further. Where the plan
    is invalid as it is, only schools that the block may go to: a root that is astray must not go astray otherwise."""
    before, value, found = amounts(plan, rules), objective.value(plan), {}
    pairs = Model.build(plan.district, rules).pairs
    for block in range(plan.district.blocks):
        for school in {int(plan.school[near]) for near in plan.district.adjacency.row(block)} - {plan.school[block]}:
            after = moved(plan, block, school)
            now, gain = amounts(after, rules), value - objective.value(after)
            lost = bool(before) and school not in pairs.row(block)
            worse = lost or any(amount > before.get(key, 0.0) + STUDENT_SLACK for key, amount in now.items())
            if LEAST < gain < np.inf and not worse:
                found[block, int(school)] = gain, not now
    return found


def check(plan: Plan, objective: Objective, rules: tuple[Rule, ...]) -> int:
    expected = all_moves(plan, objective, rules)
    found = best_moves(plan, objective, rules, count=1000)
    assert {(move.block, move.school): move.valid for move in found} == {k: v[1] for k, v in expected.items()}
    for move in found:
        assert move.gain == pytest.approx(expected[move.block, move.school][0], abs=1e-15)
        assert move.students == plan.district.students[move.block]
    assert [move.gain for move in found] == sorted((move.gain for move in found), reverse=True)
    return len(found)


def random_plans(random: np.random.Generator, district: District, rules: tuple[Rule, ...], count: int) -> list[Plan]:
    """Some at random, mostly invalid; and some found by valid moves from today's zones."""
    plans, model = [random_plan(random, district) for _ in range(count)], Model.build(district, rules)
    now = Plan.status_quo(district)
    for _ in range(count):
        block, to = border_moves(model, now.school, np.ones(district.blocks, bool))
        for k in random.permutation(len(block)):
            after = moved(now, int(block[k]), int(to[k]))
            if is_valid(breaches(after, rules)):
                now = after
                break
        plans.append(now)
    return plans


@pytest.mark.parametrize("kind", KINDS)
def test_they_are_the_best_of_all_single_moves_under_every_kind_of_rule(kind: str, tmp_path_factory) -> None:
    seen = 0
    for seed in range(4):
        random = np.random.default_rng([seed, KINDS.index(kind)])
        district = read_district(random_folder(random, tmp_path_factory.mktemp("single") / "d"))
        rules = (*(ALWAYS if seed % 2 else ()), make_rule(random_rule(random, kind, district)))
        objective = make_objective({"disparity": 1.0, "travel_mean": 0.2}, district)
        try:
            for plan in random_plans(random, under(district, rules), rules, 2):
                seen += check(plan, objective, rules)
        except InputError:  # rules that contradict each other
            continue
    assert seen > 0


@pytest.mark.parametrize("name", OBJECTIVES)
def test_they_are_the_best_for_every_objective(name: str) -> None:
    seen = 0
    for seed in (0, 3, 6, 7):
        random = np.random.default_rng(seed)
        district = small(random, rows=3, columns=4, schools=3, fractions=seed % 2 == 0)
        district = in_parts(random, district, 2) if seed % 4 == 3 else district
        rules = (Size(tolerance=0.6), Contiguity(), Moved(0.5))
        for plan in random_plans(random, district, rules, 2):
            seen += check(plan, make_objective(name, district), rules)
    assert seen > 0


@pytest.mark.parametrize("name", OBJECTIVES)
def test_gains_are_the_differences_of_values(name: str) -> None:
    random = np.random.default_rng(4)
    district = small(random, rows=4, columns=5, schools=4)
    model, objective = Model.build(district, ()), make_objective(name, district)
    plan = Plan(district, random.integers(0, 3, district.blocks))  # the last school has no block
    block, to = (part.ravel().astype(np.int32) for part in np.meshgrid(np.arange(district.blocks), np.arange(4)))
    block, to = block[to != plan.school[block]], to[to != plan.school[block]]
    found = gains(model, objective.compile(model), plan.school, block, to)
    exact = [objective.value(plan) - objective.value(moved(plan, b, j)) for b, j in zip(block, to, strict=True)]
    assert found == pytest.approx(exact, abs=1e-12)


def test_only_blocks_of_the_area_move_and_none_that_is_locked() -> None:
    random = np.random.default_rng(1)
    district = small(random, rows=4, columns=6, schools=3)
    plan, rules = Plan(district, random.integers(0, 3, district.blocks)), ()
    every = best_moves(plan, None, rules, count=1000)
    area, locked = random.random(district.blocks) < 0.6, random.random(district.blocks) < 0.3
    found = best_moves(plan, None, rules, count=1000, area=area, locked=locked)
    kept = [(move.block, move.school) for move in every if area[move.block] and not locked[move.block]]
    assert [(move.block, move.school) for move in found] == kept
    assert 0 < len(found) < len(every)
