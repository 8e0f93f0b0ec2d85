"""A search that starts from a plan, and plans that are held near one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from rule_cases import place
from small import in_parts, small
from toys import EXAMPLE

from optimizer import (
    Changed,
    Close,
    Contiguity,
    Disparity,
    District,
    InputError,
    KeepTogether,
    Mixture,
    Moved,
    Open,
    Plan,
    Rule,
    Size,
    StudentsChanged,
    StudentsMoved,
    Travel,
    breaches,
    is_valid,
    make_objective,
    optimize,
)
from optimizer.model import Model
from optimizer.plan import NamedPlan
from optimizer.solvers.contract import contract
from optimizer.solvers.start import start_of

FREE: tuple[Rule, ...] = (Travel(floor=9000.0), Size(tolerance=3.0), Contiguity())
EFFORT = {"iterations": 300, "threads": 1, "proving": 0.0, "solver": "search"}


def districts(count: int) -> list[District]:
    """Of every shape: whole, in parts, with sets of blocks that some rule keeps together."""
    found = []
    for seed in range(count):
        random = np.random.default_rng(seed)
        district = small(random, rows=4, columns=5, schools=3)
        district = in_parts(random, district, 2) if seed % 3 == 1 else district
        estate = random.choice(np.array(["a", "b", None, None, None], object), district.blocks)
        found.append(replace(district, attributes={"estate": estate}))
    return found


def any_plan(random: np.random.Generator, district: District) -> Plan:
    """Blocks anywhere: zones in pieces, over seats, at schools out of reach."""
    moved = random.random(district.blocks) < random.choice([0.0, 0.2, 0.9])
    return Plan(district, np.where(moved, random.integers(0, district.schools, district.blocks), district.status_quo))


def rules_for(seed: int) -> tuple[Rule, ...]:
    more: tuple[tuple[Rule, ...], ...] = (
        (),
        (KeepTogether("estate"),),
        (Close(("s1",)),),
        (Moved(0.3),),
    )
    return (*FREE, *more[seed % len(more)])


@pytest.mark.parametrize("seed", range(24))
def test_the_result_is_valid_wherever_it_starts_and_never_worse_than_a_valid_start(seed: int) -> None:
    district, rules = districts(24)[seed], rules_for(seed)
    random = np.random.default_rng([seed, 1])
    try:
        plain = optimize(district, Disparity(), rules, **EFFORT)
    except InputError:
        pytest.skip("the rules contradict each other here")
    if not plain.valid:
        pytest.skip("no valid plan was found here")
    for start in (plain.plan, Plan.status_quo(district), any_plan(random, district)):
        found = optimize(district, Disparity(), rules, start=start, **EFFORT)
        again = optimize(district, Disparity(), rules, start=start, **EFFORT | {"threads": 2})
        assert np.array_equal(found.plan.school, again.plan.school)
        own = breaches(Plan(plain.plan.district, start.school), rules)
        today = breaches(Plan.status_quo(plain.plan.district), rules)
        assert found.valid or not (is_valid(own) or is_valid(today))
        if is_valid(own) and not own and not found.broken:
            assert found.objective_value <= Disparity().value(start) + 1e-12


@pytest.mark.parametrize("seed", range(12))
def test_a_search_begins_at_what_is_legal_of_the_plan(seed: int) -> None:
    district, rules = districts(12)[seed], (*FREE, *((KeepTogether("estate"),) if seed % 2 else ()))
    try:
        model = Model.build(district, rules)
        contraction = contract(model, Disparity().compile(model))
    except InputError:
        pytest.skip("the rules contradict each other here")
    random = np.random.default_rng([seed, 2])
    if len(start_of(contraction).stuck):
        pytest.skip("no zones are legal here")
    for _ in range(10):
        wanted = any_plan(random, district).school
        start = start_of(contraction, wanted)
        assert not len(start.stuck)
        plan = Plan(district, contraction.expand(start.zone))
        assert not {row.limit for row in breaches(plan, rules)} & {"travel_increase", "contiguity", "keep_together"}
        own = {row.limit for row in breaches(Plan(district, wanted), rules)}
        if not own - {"capacity", "min_students", "size_tolerance"}:
            assert start.given
            assert np.array_equal(plan.school, wanted)


def test_a_valid_plan_is_where_its_search_begins() -> None:
    district = small(np.random.default_rng(3), rows=4, columns=5, schools=3)
    found = optimize(district, Disparity(), FREE, iterations=3000, threads=1, proving=0.0)
    model = Model.build(found.plan.district, FREE)
    start = start_of(contract(model, Disparity().compile(model)), found.plan.school)
    assert np.array_equal(start.zone, found.plan.school)


def test_a_plan_whose_school_is_opened_elsewhere_in_the_list(tmp_path) -> None:
    district = EXAMPLE.district(tmp_path)
    rule = Open(school="a", **place(np.random.default_rng(0), district), capacity=100.0)
    found = optimize(district, Disparity(), (Size(tolerance=3.0), rule), start=Plan.status_quo(district), **EFFORT)
    assert found.plan.district.school_ids == ("a", "x", "y")


def test_a_start_of_another_district_is_refused(tmp_path) -> None:
    district = EXAMPLE.district(tmp_path)
    other = small(np.random.default_rng(0))
    with pytest.raises(
        InputError, match="start, column 'plan': is of another district: 8 of its 8 blocks are not here"
    ):
        optimize(district, Disparity(), FREE, start=Plan.status_quo(other), **EFFORT)


def test_changed_counts_against_the_given_plan() -> None:
    district = small(np.random.default_rng(5), rows=3, columns=4, schools=2)
    random = np.random.default_rng(1)
    today = Plan.status_quo(district)
    for _ in range(20):
        plan, near = any_plan(random, district), any_plan(random, district)
        share = float(district.students[plan.school != near.school].sum() / district.students.sum())
        assert StudentsChanged(near).value(plan) == pytest.approx(share)
        assert StudentsChanged(today).value(plan) == pytest.approx(StudentsMoved().value(plan))
        broken = Changed(near, 0.2).excess(plan)
        assert [row.amount for row in broken] == ([pytest.approx(share - 0.2)] if share > 0.2 + 1e-9 else [])
    names = {block: district.school_ids[j] for block, j in zip(district.block_ids, near.school, strict=True)}
    assert Changed(names, 0.2) == Changed(near, 0.2) == Changed(NamedPlan.of(near), 0.2)
    assert StudentsChanged(names) == StudentsChanged(near)


def test_the_search_stays_near_a_plan() -> None:
    district = small(np.random.default_rng(8), rows=4, columns=6, schools=3)
    near = optimize(district, Disparity(), (*FREE, Moved(0.5)), iterations=2000, threads=1, proving=0.0).plan
    rules = (*FREE, Changed(near, 0.15))
    found = optimize(district, Disparity(), rules, start=near, iterations=3000, threads=1)
    assert found.valid
    assert StudentsChanged(near).value(found.plan) <= 0.15 + 1e-9
    assert found.bound is not None
    assert found.bound <= found.objective_value
    back = optimize(district, StudentsChanged(near), FREE, start=any_plan(np.random.default_rng(0), district),
                    iterations=3000, threads=1)  # fmt: skip
    assert back.objective_value == 0.0


def test_changed_in_a_mixture_and_by_name() -> None:
    district = small(np.random.default_rng(9), rows=3, columns=5, schools=2)
    near = any_plan(np.random.default_rng(4), district)
    made = make_objective({"disparity": 1.0, "changed": 0.5}, district, NamedPlan.of(near))
    assert isinstance(made, Mixture)
    assert made.parts[1][1] == StudentsChanged(near)
    with pytest.raises(InputError, match="'changed' is held against a plan, and none is given"):
        make_objective("changed", district)


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_what_is_no_share(share: float) -> None:
    with pytest.raises(InputError, match="is not a share"):
        Changed({"a": "x"}, share)


def test_a_plan_of_another_district_is_refused_with_how_many_blocks_do_not_fit() -> None:
    here, there = small(np.random.default_rng(0)), small(np.random.default_rng(1), rows=3, columns=4)
    near = Plan.status_quo(there)
    text = "is of another district: 4 of its 12 blocks are not here, and it lacks 0 of the 8 that are: b10, b11"
    with pytest.raises(InputError, match=text):
        breaches(Plan.status_quo(here), (Changed(near, 0.1),))
    with pytest.raises(InputError, match=text):
        StudentsChanged(near).value(Plan.status_quo(here))
    with pytest.raises(InputError, match="is no plan"):
        Changed("plan.csv", 0.1)
