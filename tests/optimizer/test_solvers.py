"""One contract for every solver: seeded, in its time, leaves its input alone, and its plan passes the checker."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import checker
import numpy as np
import pytest
from toys import EXAMPLE, TOWN, Toy

from optimizer.arrays import Ints
from optimizer.deadline import Deadline
from optimizer.district import District
from optimizer.model import Model
from optimizer.objectives import Disparity, Objective, TravelMean
from optimizer.plan import Plan
from optimizer.rules import Contiguity, Moved, Rule, Size, Travel, breaches, is_valid
from optimizer.solvers.exact import solve_exact
from optimizer.solvers.search import search

LIMITS = {"size_tolerance": 0.5, "max_moved": 0.4}
RULES: tuple[Rule, ...] = (Travel(), Size(tolerance=0.5), Contiguity(), Moved(0.4))
Solver = Callable[[Model, Objective, int, int], tuple[Ints, float]]


def by_search(model: Model, objective: Objective, seed: int, threads: int) -> tuple[Ints, float]:
    random, deadline = np.random.default_rng(seed), Deadline(iterations=20_000)
    found = search(model, objective, deadline, random=random, lanes=2, threads=threads)
    assert found.iterations <= 2 * 20_000
    return found.school, found.value


def exactly(model: Model, objective: Objective, seed: int, threads: int) -> tuple[Ints, float]:
    found = solve_exact(
        model, objective, held_excess=0.0, deadline=Deadline(iterations=5.0), threads=threads, seed=seed
    )
    assert found.status == "optimal"
    assert found.school is not None
    assert found.value is not None
    assert found.held_bound <= found.value + 1e-12
    return found.school, found.value


@pytest.mark.parametrize("solver", [by_search, exactly])
@pytest.mark.parametrize("objective", [Disparity(), TravelMean()], ids=lambda o: o.name)
@pytest.mark.parametrize("toy", [EXAMPLE, TOWN.but(seats={}, least={}, other={})], ids=["example", "town"])
def test_contract(toy: Toy, objective: Objective, solver: Solver, tmp_path: Path) -> None:
    district = toy.district(tmp_path)
    before = _content(district)
    model = Model.build(district, RULES)
    school, value = solver(model, objective, 7, 2)
    assert np.array_equal(school, solver(model, objective, 7, 1)[0])
    assert _content(district) == before
    plan = Plan(district, school)
    assert value == pytest.approx(objective.value(plan), rel=1e-9, abs=1e-12)
    assert is_valid(breaches(plan, RULES))
    zones = {block: district.school_ids[j] for block, j in zip(district.block_ids, school, strict=True)}
    assert checker.broken(checker.Folder(tmp_path), zones, **LIMITS) == set()
    assert value <= objective.value(Plan.status_quo(district)) + 1e-12


def test_a_search_that_is_stopped_gives_what_it_has(tmp_path: Path) -> None:
    model, stop = Model.build(TOWN.district(tmp_path), RULES), threading.Event()
    stop.set()
    random = np.random.default_rng(1)
    found = search(model, Disparity(), Deadline(seconds=60, stop=stop), random=random, lanes=2, threads=2)
    assert np.array_equal(found.school, model.district.status_quo)
    assert found.value == pytest.approx(Disparity().value(Plan.status_quo(model.district)))


def _content(district: District) -> tuple[bytes, ...]:
    arrays = (district.counts, district.status_quo, district.adjacency.index, district.root, district.capacity)
    return tuple(array.tobytes() for array in arrays)
