"""Zones are words of 64 bits in the exact solver: districts that fill the last bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from toys import Toy

from optimizer import Contiguity, Disparity, Objective, Plan, Size, Travel, optimize
from optimizer.objectives import SegregationPoverty

BLOCKS = 64


def toy_of(zones: list[list[str]], seed: int = 1) -> Toy:
    """Two groups and a poverty that rises from left to right."""
    draw, shape = np.random.default_rng(seed), np.array(zones).shape
    white, black = draw.integers(1, 12, shape), draw.integers(1, 12, shape)
    poor = draw.binomial(white + black, np.linspace(0.1, 0.8, shape[1]))
    lines = ["\n".join(" ".join(map(str, row)) for row in table) for table in (zones, white, black, poor)]
    return Toy(lines[0], groups={"white": lines[1], "black": lines[2]}, poverty=lines[3])


@pytest.mark.parametrize("objective", [Disparity(), SegregationPoverty()], ids=lambda objective: objective.name)
def test_a_territory_that_fills_a_word_matches_all_its_plans(objective: Objective, tmp_path: Path) -> None:
    """Two schools at the ends of one row: a plan is the place where the row is cut."""
    half = BLOCKS // 2 - 1
    district = toy_of([["X", *["x"] * half, *["y"] * half, "Y"]]).district(tmp_path)
    order = np.array([district.block_ids.index(f"r0c{c}") for c in range(BLOCKS)])
    values = []
    for cut in range(1, BLOCKS):
        school = np.empty(BLOCKS, np.int32)
        school[order] = np.arange(BLOCKS) >= cut
        values.append(objective.value(Plan(district, school)))
    rules = [Travel(floor=1e6), Contiguity()]
    found = optimize(district, objective, rules, solver="exact", threads=1, time_limit=30)
    assert found.objective_value == pytest.approx(min(values), rel=1e-9)
    assert found.status == "optimal"


def test_as_many_free_blocks_as_a_word_holds(tmp_path: Path) -> None:
    """Two schools at each end, each near all free blocks but those beside the others: the 64th free block was once lost
    to a signed word."""
    rows = [[first, *[first.lower()] * 16, *[last.lower()] * 16, last] for first, last in ("XY", "ZW")]
    district = toy_of(rows).district(tmp_path)
    rules = [Travel(floor=15_600.0), Size(tolerance=0.1), Contiguity()]
    found = optimize(district, Disparity(), rules, solver="exact", threads=1, iterations=20_000)
    assert found.valid
    assert found.solver_bound is not None
    assert found.bound <= found.solver_bound <= found.objective_value


def test_ties_at_nothing_end_at_once(tmp_path: Path) -> None:
    """Where every plan is as even as can be, not all of them are looked at."""
    zones = [["X", *["x"] * 4, "Y"], *[[*["x"] * 3, *["y"] * 3]] * 4]
    toy = toy_of(zones)
    district = toy.but(poverty="\n".join(" ".join(["0"] * 6) for _ in zones)).district(tmp_path)
    rules = [Travel(floor=1e6), Size(tolerance=1.0), Contiguity()]
    found = optimize(district, Disparity(), rules, solver="exact", threads=1, iterations=1000)
    assert (found.objective_value, found.status) == (0.0, "optimal")
