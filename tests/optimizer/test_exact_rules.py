"""The exact solver with every kind of rule and objective, alone and together, against plain enumeration."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import enumeration
import numpy as np
import pytest
import shapely
from enumeration import Tried, valid_plans
from ortools.sat.python import cp_model
from small import SIDE, small

from optimizer import Contiguity, District, Model, Objective, Plan, Rule, Size, Travel, breaches, is_valid
from optimizer.deadline import Deadline
from optimizer.district import Geography
from optimizer.objectives import OBJECTIVES, make_objective
from optimizer.rules import (
    Burden,
    Close,
    Feeder,
    KeepTogether,
    MeanTravel,
    Riders,
    Shape,
    under,
)
from optimizer.solvers.exact import Exact, knows, least_excess, solve_exact, way_of
from optimizer.solvers.exact.check import holds
from optimizer.solvers.exact.cuts import separators
from optimizer.solvers.exact.encoding import Encoding
from optimizer.solvers.exact.territory import over_least

FAR, NAMES = Travel(floor=5000.0), (*OBJECTIVES, "gap.white.black", "variance_ratio.black")
MIXTURES: tuple[dict[str, float], ...] = (
    {"disparity": 1.0, "cut_edges": 0.3},
    {"disparity": 1.0, "disparity_equal": 0.5, "travel_mean": 0.1},
    {"outside_band": 1.0, "theil_h.race": 0.3, "moved": 0.2},
    {"segregation_poverty": 1.0, "cut_edges": 0.2},
)
RULES: dict[str, Rule] = {
    "together": KeepTogether("hood"),
    "splits": KeepTogether("street", cost=0.11),
    "feeder": Feeder("middle", low=0.6),
    "feeder_cost": Feeder("middle", cost=0.05),
    "cut_edges": Shape("cut_edges", limit=4),
    "cut_edges_cost": Shape("cut_edges", cost=0.03),
    "round": Shape("polsby_popper", limit=0.45),
    "round_cost": Shape("polsby_popper", cost=0.3),
    "burden": Burden("moved", 0.2),
    "burden_travel": Burden("travel", 150.0),
    "travel_mean": MeanTravel(700.0),
    "riders": Riders(600.0, 0.4),
}


def shaped(random: np.random.Generator, **size: Any) -> District:
    """A small district with shapes and labels, mostly without seats, so that there are plans to choose from."""
    district = small(random, **size)
    n, columns = district.blocks, size["columns"]
    corner = [(SIDE * (i % columns), -SIDE * (i // columns)) for i in range(n)]
    boxes = np.array([shapely.box(x, y, x + SIDE, y + SIDE) for x, y in corner], object)
    hood = np.where(random.random(n) < 0.6, None, random.integers(0, 2, n).astype(object))
    hood[0] = 0
    labels = {"street": random.integers(0, 4, n), "middle": random.integers(0, 2, n)}
    if random.random() < 0.7:
        nothing = np.full(district.schools, np.nan)
        district = replace(district, capacity=nothing, min_students=nothing)
    attributes = {"hood": hood, **{name: label.astype(object) for name, label in labels.items()}}
    return replace(district, attributes=attributes, geography=Geography("EPSG:32618", boxes, np.zeros((2, 2))))


def charge(plan: Plan, rules: tuple[Rule, ...]) -> float:
    """What the rules cost, by their words."""
    district, out = plan.district, 0.0
    for rule in rules:
        cost = getattr(rule, "cost", None) or 0.0
        if isinstance(rule, KeepTogether | Feeder) and cost:
            label = district.attributes[rule.column]
            used = {(value, int(j)) for value, j in zip(label, plan.school, strict=True) if value is not None}
            out += cost * (len(used) - len({value for value, _ in used}))
        elif isinstance(rule, Shape) and cost and rule.measure == "cut_edges":
            near = [(i, int(j)) for i in range(district.blocks) for j in district.adjacency.row(i) if j > i]
            out += cost * sum(plan.school[i] != plan.school[j] for i, j in near)
        elif isinstance(rule, Shape) and cost:
            shapes = district.geography.polygon
            zones = [shapely.union_all(shapes[plan.school == j]) for j in np.unique(plan.school)]
            out += cost * (1 - np.mean([4 * np.pi * zone.area / zone.length**2 for zone in zones]))
    return out


def hold_against_enumeration(district: District, rules: tuple[Rule, ...], spec: Any) -> list[Exact]:
    """With any excess and with the least: the least of objective and costs, bounds of the objective alone."""
    district = under(district, rules)
    objective, model = make_objective(spec, district), Model.build(district, rules)
    plans = valid_plans(district, objective, rules)
    whole = [replace(plan, value=plan.value + charge(Plan(district, np.array(plan.school)), rules)) for plan in plans]
    least, answer = enumeration.least_excess(plans), least_excess(model)
    assert answer.status == ("infeasible" if least is None else "optimal")
    assert least is None or (answer.value, answer.bound) == pytest.approx((least, least), abs=1e-5)
    assert knows(model, objective.compile(model))
    found = []
    for held in {None, least}:
        exact = solve_exact(model, objective, held_excess=held, gap=1e-5)
        found.append(exact)
        if least is None:
            assert (exact.status, exact.school, exact.value, exact.bound) == ("infeasible", None, None, None)
        else:
            _agrees(exact, (plans, whole), np.inf if held is None else held, objective)
            assert is_valid(breaches(Plan(district, exact.school), rules))
            cost = exact.value + charge(Plan(district, exact.school), rules)
            want = enumeration.best(whole, np.inf if held is None else held)
            assert cost == pytest.approx(want, rel=1.2e-5, abs=1e-8)
    return found


def _agrees(exact: Exact, plans: tuple[list[Tried], list[Tried]], held: float, objective: Objective) -> None:
    alone, anyhow = enumeration.best(plans[0], held), enumeration.best(plans[0])
    near = 1e-8 + 1.5e-5 * abs(enumeration.best(plans[1], held))
    assert exact.status == "optimal"
    assert alone - near <= exact.held_bound <= alone + 1e-9
    assert anyhow - near <= exact.bound <= anyhow + 1e-9


def case(seed: int) -> tuple[District, tuple[Rule, ...]]:
    random = np.random.default_rng(seed)
    schools = 2 + seed % 2
    rows, columns = ((2, 3), (1, 6), (3, 2))[seed % 3] if schools == 3 else ((2, 4), (2, 3), (4, 2))[seed % 3]
    district = shaped(random, rows=rows, columns=columns, schools=schools, fractions=seed % 4 == 0)
    sized = (Size(tolerance=0.5),) if seed % 5 else ()
    return district, (FAR, *sized, *([Contiguity()] if seed % 4 != 3 else []))


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("spec", [*NAMES, *MIXTURES], ids=str)
def test_each_objective(spec: Any, seed: int) -> None:
    hold_against_enumeration(*case(NAMES.index(spec) + 20 * seed if isinstance(spec, str) else seed), spec)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("spec", ["disparity", "travel_mean", "outside_band"])
@pytest.mark.parametrize("name", RULES)
def test_each_rule(name: str, spec: str, seed: int) -> None:
    district, rules = case(list(RULES).index(name) + 12 * seed)
    hold_against_enumeration(district, (*rules, RULES[name]), spec)


@pytest.mark.parametrize("seed", range(24))
def test_rules_together(seed: int) -> None:
    district, rules = case(100 + seed)
    random = np.random.default_rng(seed)
    extra = [RULES[name] for name in random.choice(list(RULES), 3, replace=False)]
    closed = [Close(("s2",))] if district.schools == 3 and seed % 3 == 0 else []
    spec = ([*NAMES, *MIXTURES])[seed % (len(NAMES) + len(MIXTURES))]
    hold_against_enumeration(district, (*rules, *extra, *closed), spec)


@pytest.mark.parametrize("seed", range(12))
def test_a_cut_leaves_every_valid_plan_of_borders_shapes_and_ties(seed: int) -> None:
    district, rules = case(200 + seed)
    names = ("together", "feeder", "cut_edges", "round")
    rules = (*rules, *(RULES[name] for k, name in enumerate(names) if seed % 4 == k or seed >= 8))
    model = Model.build(district, rules)
    valid = {plan.school for plan in valid_plans(district, make_objective("moved", district), rules)}
    encoding, solver, seen = Encoding(model), cp_model.CpSolver(), set()
    solver.parameters.num_workers = 1
    solver.parameters.presolve_inclusion_work_limit = 0
    while solver.solve(encoding.cp) != cp_model.INFEASIBLE:
        plan = encoding.plan(solver)
        if encoding.separate(plan):
            assert tuple(map(int, plan)) not in valid
            continue
        assert not list(separators(model, plan))
        assert holds(model, plan) == (tuple(map(int, plan)) in valid)
        seen |= {tuple(map(int, plan))} & valid
        encoding.forbid(plan)
    assert seen == valid


@pytest.mark.parametrize("seed", range(6))
def test_budgets_over_their_least_allow_the_same_plans(seed: int) -> None:
    district, rules = case(300 + seed)
    model = Model.build(district, (*rules, RULES["burden"], RULES["burden_travel"]))
    lean, random = over_least(model), np.random.default_rng(seed)
    assert min(budget.cost.min() for budget in model.budgets) < 0
    for budget, shifted in zip(model.budgets, lean.budgets, strict=True):
        assert shifted.cost.min() >= 0
        for _ in range(20):
            at = model.pairs.start[:-1] + random.integers(0, np.diff(model.pairs.start))
            left, right = budget.limit - budget.cost[at].sum(), shifted.limit - shifted.cost[at].sum()
            assert left == pytest.approx(right, abs=1e-6)


def test_ways() -> None:
    district, rules = case(1)
    shape = (*rules, RULES["cut_edges"])
    for spec, extra, way in (
        ("disparity", rules, "curve"),
        ("cut_edges", shape, "linear"),
        ("disparity", shape, "zones"),
        ("theil_h.race", rules, "zones"),
        ("travel_mean", (*rules, RULES["round_cost"]), "zones"),
    ):
        model = Model.build(district, extra)
        assert way_of(model, make_objective(spec, district).compile(model)) == way


@pytest.mark.parametrize("spec", ["theil_h.race", {"disparity": 1.0, "cut_edges": 0.3}], ids=str)
def test_zones_of_larger_districts_repeat_and_stop(spec: Any) -> None:
    from scenarios.generator import generate

    model = Model.build(generate(40, 4, np.random.default_rng(7)), (Travel(), Size(), Contiguity()))
    objective = make_objective(spec, model.district)
    whole = solve_exact(model, objective, deadline=Deadline(seconds=60), threads=2)
    assert whole.status == "optimal"
    assert is_valid(breaches(Plan(model.district, whole.school), (Travel(), Size(), Contiguity())))
    for units in (0.0, 0.001, 0.02, 0.1):
        one, two = (
            solve_exact(model, objective, deadline=Deadline(iterations=units), threads=threads) for threads in (1, 2)
        )
        assert (one.value, one.bound, one.status, one.units) == (two.value, two.bound, two.status, two.units)
        assert one.bound is None or one.bound <= whole.value * (1 + 1e-9)
        assert one.value is None or one.value >= whole.value * (1 - 2e-6)


def test_zones_and_curve_agree_on_a_larger_district() -> None:
    from scenarios.generator import generate

    district = generate(30, 4, np.random.default_rng(3))
    rules = (Travel(), Size(), Contiguity())
    objective = make_objective("disparity", district)
    curve, zones = (
        solve_exact(
            Model.build(district, (*rules, *extra)),
            objective,
            held_excess=0.0,
            deadline=Deadline(seconds=60),
            threads=2,
        )
        for extra in ((), (Shape("cut_edges", limit=1000),))
    )
    assert (curve.status, zones.status) == ("optimal", "optimal")
    assert zones.value == pytest.approx(curve.value, rel=2e-6)
