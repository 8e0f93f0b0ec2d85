"""The order of blocks in memory: a Hilbert curve, which changes where blocks are kept and nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from toys import TOWN

from optimizer.deadline import Deadline
from optimizer.model import Model
from optimizer.objectives import Disparity
from optimizer.plan import Plan
from optimizer.rules import Contiguity, Moved, Size, Travel, breaches, is_valid
from optimizer.solvers import order
from optimizer.solvers.search import search


def test_the_curve_goes_from_neighbour_to_neighbour() -> None:
    grid = np.array([(x, y) for x in range(8) for y in range(8)], float)
    met = grid[order.hilbert_order(grid)]
    assert len({tuple(point) for point in met}) == 64
    assert np.array_equal(np.abs(np.diff(met, axis=0)).sum(axis=1), np.ones(63))


def test_places_that_coincide_keep_their_order() -> None:
    assert order.hilbert_order(np.zeros((5, 2))).tolist() == [0, 1, 2, 3, 4]


def test_a_search_in_another_order_gives_plans_of_the_district(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order, "LARGE", 1)
    district = TOWN.district(tmp_path)
    rules = (Travel(), Size(), Contiguity(), Moved(0.3))
    assert order.memory_order(district).tolist() != list(range(district.blocks))
    random = np.random.default_rng(2)
    found = search(
        Model.build(district, rules), Disparity(), Deadline(iterations=20_000), random=random, lanes=2, threads=2
    )
    plan = Plan(district, found.school)
    assert is_valid(breaches(plan, rules))
    assert found.value == pytest.approx(Disparity().value(plan), rel=1e-9)
    assert found.value < Disparity().value(Plan.status_quo(district))
