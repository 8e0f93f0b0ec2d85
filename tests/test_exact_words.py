"""Zones are words of 64 bits in the exact solver: districts that fill the last bit, against all their plans."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from toys import Toy

from optimizer import Contiguity, Disparity, Objective, Plan, Travel, optimize
from optimizer.objectives import SegregationPoverty

BLOCKS = 64


def row_of_blocks(seed: int) -> Toy:
    """Two schools at the ends of one row: a plan is the place where the row is cut."""
    draw = np.random.default_rng(seed)
    zones = ["X", *["x"] * (BLOCKS // 2 - 1), *["y"] * (BLOCKS // 2 - 1), "Y"]
    white, black = draw.integers(1, 12, BLOCKS), draw.integers(1, 12, BLOCKS)
    poor = draw.binomial(white + black, np.linspace(0.1, 0.8, BLOCKS))
    groups = {"white": " ".join(map(str, white)), "black": " ".join(map(str, black))}
    return Toy(" ".join(zones), groups=groups, poverty=" ".join(map(str, poor)))


@pytest.mark.parametrize("objective", [Disparity(), SegregationPoverty()], ids=lambda objective: objective.name)
def test_the_last_bit_of_a_word_is_not_lost(objective: Objective, tmp_path: Path) -> None:
    district = row_of_blocks(1).district(tmp_path)
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
