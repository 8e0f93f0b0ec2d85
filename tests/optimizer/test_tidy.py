"""Blocks without students do not change zone for nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from optimizer import Contiguity, Disparity, District, Model, Moved, Plan, Size, Travel, breaches, is_valid, optimize
from optimizer.objectives import CutEdges, Objective
from optimizer.solvers.contract import contract
from optimizer.solvers.tidy import tidied
from scenarios import read_district, write_district
from scenarios.demo import demo_folder
from scenarios.generator import generate

RULES = (Travel(), Size(), Contiguity())


@pytest.fixture(scope="module")
def district(tmp_path_factory) -> District:
    folder: Path = tmp_path_factory.mktemp("tidy")
    write_district(generate(150, 6, np.random.default_rng(3)), folder)
    return read_district(folder)


def wandered(district: District, seed: int) -> Plan:
    """A valid plan after many random single moves of border blocks, those without students among them."""
    random, plan = np.random.default_rng(seed), Plan.status_quo(district)
    for _ in range(250):
        block = int(random.integers(district.blocks))
        near = [int(k) for k in district.adjacency.row(block) if plan.school[k] != plan.school[block]]
        if near:
            school = plan.school.copy()
            school[block] = plan.school[near[0]]
            trial = Plan(district, school)
            plan = trial if is_valid(breaches(trial, RULES)) else plan
    return plan


@pytest.mark.parametrize("objective", [Disparity(), CutEdges()], ids=lambda one: one.name)
@pytest.mark.parametrize("seed", [1, 2])
def test_no_empty_block_is_left_that_could_go_home(objective: Objective, seed: int, district: District) -> None:
    plan, empty = wandered(district, seed), district.counts.max(axis=1) == 0
    model = Model.build(district, RULES)
    found = tidied(contract(model, objective.compile(model)), plan.school, 1e9)
    assert found is not None
    tidy = Plan(district, found[0])
    assert is_valid(breaches(tidy, RULES))
    assert objective.value(tidy) == pytest.approx(found[1], abs=1e-12)
    assert objective.value(tidy) <= objective.value(plan) + 1e-12
    assert (tidy.school == plan.school)[~empty].all()
    assert (tidy.moved & empty).sum() < (plan.moved & empty).sum()
    for block in np.flatnonzero(tidy.moved & empty):
        school = tidy.school.copy()
        school[block] = district.status_quo[block]
        back = Plan(district, school)
        assert not is_valid(breaches(back, RULES)) or objective.value(back) > objective.value(tidy) + 1e-12


@pytest.mark.parametrize("solver", ["search", "auto"])
def test_where_nobody_may_move_no_block_moves(solver: str, district: District) -> None:
    for one in (district, read_district(demo_folder())):
        found = optimize(one, Disparity(), (*RULES, Moved(0.0)), iterations=4000, solver=solver, threads=1)
        assert not found.plan.moved.any()
