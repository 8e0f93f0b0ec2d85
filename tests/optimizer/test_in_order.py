"""Objectives in their order, and objectives under a limit, against plain enumeration."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from enumeration import valid_plans
from small import small

from optimizer import (
    AtMost,
    Changed,
    Contiguity,
    District,
    InputError,
    Moved,
    Plan,
    Result,
    Rule,
    Size,
    StudentsChanged,
    Travel,
    make_objective,
    optimize,
)
from optimizer.objectives import OBJECTIVES

NAMES = (*OBJECTIVES, "gap.white.black", "variance_ratio.black")
RULES: tuple[Rule, ...] = (Travel(floor=5000.0), Size(), Contiguity())
SLACKS: tuple[Any, ...] = (0.0, 0.05, 0.3, {"absolute": 0.01}, {"absolute": 0.1})


def drawn(seed: int) -> tuple[District, tuple[str, ...], list[Any]]:
    """A district of eight blocks, two or three objectives, and a slack for all but the last."""
    random = np.random.default_rng(seed)
    district = small(random)
    names = tuple(map(str, random.choice(NAMES, int(random.integers(2, 4)), replace=False)))
    return district, names, [SLACKS[int(random.integers(len(SLACKS)))] for _ in names[1:]]


def steps(district: District, names: tuple[str, ...], result: Result) -> list[tuple[float, float]]:
    """By enumeration, of each step: the best value among plans of least excess that keep the limits before it, and the
    least of any that keep them. Limits are those that the result names."""
    plans, found = valid_plans(district, make_objective(names[0], district), RULES), []
    for name, step in zip(names, result.order, strict=True):
        objective = make_objective(name, district)
        plans = [replace(one, value=objective.value(Plan(district, np.array(one.school)))) for one in plans]
        least = min(one.excess for one in plans)
        found.append((min(one.value for one in plans if one.excess <= least + 1e-6), min(one.value for one in plans)))
        limit = np.inf if step.limit is None else step.limit
        plans = [one for one in plans if one.value <= limit + 1e-9]
    assert tuple(result.plan.school.tolist()) in {one.school for one in plans}
    return found


@pytest.mark.parametrize("seed", [seed for seed in range(26) if seed != 19])
def test_each_step_is_the_best_within_the_limits_before_it(seed: int) -> None:
    district, names, slack = drawn(seed)
    if not valid_plans(district, make_objective(names[0], district), RULES):
        pytest.skip("no plan is valid")
    result = optimize(district, names, RULES, slack=slack, iterations=2000, threads=1)
    assert [step.objective.name for step in result.order] == list(names)
    for step, (best, least) in zip(result.order, steps(district, names, result), strict=True):
        assert step.value == pytest.approx(best, rel=2e-6, abs=3e-9)
        assert step.bound is not None
        assert step.bound <= least + 1e-9
        assert step.limit is None or step.plan_value <= step.limit + 1e-6
    assert (result.objective.name, result.objective_value) == (names[-1], result.order[-1].value)
    assert result.bound == result.order[-1].bound


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("solver", ["search", "exact"])
def test_an_objective_stays_under_its_limit(name: str, solver: Any) -> None:
    """Halfway between what is possible and today."""
    district = small(np.random.default_rng(5))
    objective = make_objective(name, district)
    goal = make_objective("travel_mean" if name != "travel_mean" else "disparity", district)
    plans = valid_plans(district, objective, RULES)
    best = min(plans, key=lambda one: one.value)
    limit = (best.value + objective.value(Plan.today(district))) / 2
    rules = (*RULES, AtMost(name, limit))
    start = Plan(district, np.array(best.school))
    result = optimize(district, goal, rules, iterations=3000, threads=1, solver=solver, start=start)
    assert result.valid
    assert objective.value(result.plan) <= limit + 1e-6
    wanted = min(one.value for one in valid_plans(district, goal, rules))
    assert result.bound is not None
    assert result.bound <= wanted + 1e-9
    if solver == "exact":
        assert result.objective_value == pytest.approx(wanted, rel=2e-6)


def test_the_same_plan_at_any_number_of_threads() -> None:
    district = small(np.random.default_rng(3), rows=4, columns=6, schools=3)
    made = [
        optimize(
            district,
            ("disparity", "travel_mean", "cut_edges"),
            RULES,
            slack=[0.1, 0.05],
            iterations=3000,
            threads=threads,
            solver="search",
        )
        for threads in (1, 3)
    ]
    assert made[0].plan.school.tolist() == made[1].plan.school.tolist()
    assert [(s.value, s.bound) for s in made[0].order] == [(s.value, s.bound) for s in made[1].order]


def test_what_the_limits_become() -> None:
    """`max_moved` stays the last rule, `changed` is held by its own rule, and slack is what the list says."""
    district = small(np.random.default_rng(8))
    goals = [StudentsChanged(Plan.today(district)), "travel_mean"]
    result = optimize(district, goals, (*RULES, Moved(0.9)), slack=[{"absolute": 0.2}], iterations=500, threads=1)
    changed, moved = result.rules[-2:]
    assert isinstance(changed, Changed)
    assert changed.share == pytest.approx(0.2)
    assert moved == Moved(0.9)
    first, last = result.order
    assert (first.value, first.limit, last.limit, last.rule) == (0.0, pytest.approx(0.2), None, None)
    assert (first.bound, result.objective.name) == (0.0, "travel_mean")


@pytest.mark.parametrize(
    ("objectives", "slack", "problem"),
    [
        (["travel_mean", "disparity"], [], "has 0 entries for 2 objectives"),
        (["travel_mean", "disparity"], [0.1, 0.1], "has 2 entries for 2 objectives"),
        (["travel_mean", "disparity"], [-0.1], "-0.1 cannot be used"),
        (["travel_mean", "disparity"], [{"abs": 1}], "{ abs = 1 } is no slack"),
        (["travel_mean", "disparity"], [True], "True is no slack"),
        (["travel_mean", "disparity"], 0.02, "0.02 is no list"),
        (["travel_mean", "travel_mean"], [0.02], "'travel_mean' stands twice in the list"),
        (["travel_mean"], [], "a list of 1 is no order"),
        (["travel_mean", "disparty"], [0.02], "'disparty' is not known (did you mean 'disparity'?)"),
        ("disparity", [0.02], "goes with a list of objectives, and there is one"),
    ],
)
def test_what_is_no_order(objectives: Any, slack: Any, problem: str) -> None:
    district = small(np.random.default_rng(8))
    with pytest.raises(InputError) as error:
        optimize(district, objectives, RULES, slack=slack, iterations=100)
    assert problem in str(error.value)


@pytest.mark.parametrize(
    ("of", "limit", "problem"),
    [
        ("changed", 0.1, "'changed' is held against a plan"),
        ("travel_men", 100, "'travel_men' is not known"),
        (7, 100, "7 is not an objective's name"),
        ("travel_mean", -1, "-1 cannot be used"),
    ],
)
def test_what_is_no_limit_on_an_objective(of: Any, limit: float, problem: str) -> None:
    with pytest.raises(InputError) as error:
        AtMost(of, limit)
    assert problem in str(error.value)


def test_without_a_valid_plan_there_are_no_values() -> None:
    district = small(np.random.default_rng(8))
    rules = (*RULES, AtMost("travel_mean", 1.0))
    result = optimize(district, ("travel_mean", "disparity"), rules, slack=[0.1], iterations=300, threads=1)
    assert not result.valid
    assert [(step.value, step.limit) for step in result.order] == [(None, None), (None, None)]
    assert result.objective.name == "disparity"
