"""The curve: every point valid and not below its bound, looser never worse; single moves valid by themselves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from enumeration import valid_plans
from small import small

from optimizer.errors import InputError
from optimizer.frontier import frontier, single_moves
from optimizer.objectives import Disparity, TravelMean
from optimizer.plan import Plan
from optimizer.rules import Contiguity, Moved, Size, Travel, breaches, is_valid
from optimizer.rules.travel_mean import MeanTravel
from scenarios.demo import demo_folder
from scenarios.folder import read_district
from scenarios.generator import generate

RULES = (Travel(), Size(), Contiguity())
REZONE = str(Path(sys.executable).with_name("rezone"))


@pytest.mark.parametrize("axis", ["moved", "travel_mean"])
def test_points_are_valid_ordered_and_bounded(axis: str) -> None:
    district = generate(120, 5, np.random.default_rng(3))
    curve = frontier(district, Disparity(), RULES, against=axis, points=6, iterations=20_000, seed=1)
    assert 2 <= len(curve.points) <= 6
    for point in curve.points:
        rules = curve.rules_at(point)
        assert is_valid(breaches(point.plan, rules))
        assert point.bound <= point.value + 1e-9
        cap = [rule for rule in rules if isinstance(rule, Moved | MeanTravel)]
        assert len(cap) == (0 if point.cap is None else 1)
    values = [point.value for point in curve.points]
    assert values == sorted(values, reverse=True)
    assert curve.points[0].value <= curve.today + 1e-9
    for point, after in zip(curve.points, curve.points[1:], strict=False):
        stays = (point.plan.school == district.home) | (point.plan.school == after.plan.school)
        assert point.nested == bool(stays.all())


def test_the_same_seed_gives_the_same_curve() -> None:
    district = generate(80, 4, np.random.default_rng(5))
    one, two = (frontier(district, points=4, iterations=5_000, seed=3, threads=threads) for threads in (1, 2))
    for a, b in zip(one.points, two.points, strict=True):
        assert (a.plan.school == b.plan.school).all()
        assert a.bound == b.bound


def test_a_cap_given_is_the_loosest() -> None:
    district = generate(120, 5, np.random.default_rng(3))
    curve = frontier(district, rules=(*RULES, Moved(0.04)), points=4, iterations=10_000)
    assert curve.points[-1].cap == 0.04
    assert all(point.cap is not None and point.cap <= 0.04 for point in curve.points)
    assert curve.points[-1].plan.moved_share <= 0.04 + 1e-9


def test_bounds_hold_against_all_plans_of_a_small_district() -> None:
    checked = 0
    for seed in range(6):
        district = small(np.random.default_rng(seed))
        rules = (Travel(floor=3000.0), Size(tolerance=0.8), Contiguity())
        curve = frontier(district, Disparity(), rules, points=4, iterations=3_000)
        for point in curve.points:
            valid = valid_plans(district, Disparity(), curve.rules_at(point))
            assert point.bound <= min(tried.value for tried in valid) + 1e-9
            checked += 1
    assert checked > 6


def test_two_points_at_least() -> None:
    with pytest.raises(InputError, match="points: 1 cannot be used"):
        frontier(generate(40, 3, np.random.default_rng(1)), points=1)


def test_single_moves_are_valid_by_themselves_and_ranked() -> None:
    district = read_district(demo_folder())
    moves = single_moves(district)
    assert len(moves) == 20
    assert [m.each for m in moves] == sorted((m.each for m in moves), reverse=True)
    today = Disparity().value(Plan.status_quo(district))
    seen: set[int] = set()
    for move in moves:
        zone = district.status_quo.copy()
        zone[move.blocks] = move.school
        plan = Plan(district, zone)
        assert is_valid(breaches(plan, RULES))
        assert today - Disparity().value(plan) == pytest.approx(move.gain)
        assert move.students == district.students[move.blocks].sum() > 0
        assert not seen & set(move.blocks.tolist())
        seen |= set(move.blocks.tolist())
    assert max(len(m.blocks) for m in moves) > 1


def test_no_single_move_gains_travel_in_a_district_at_its_least() -> None:
    district = small(np.random.default_rng(2))
    best = np.argmin(np.stack([district.travel.to(np.full(district.blocks, j)) for j in range(2)]), axis=0)
    for move in single_moves(district, TravelMean(), (Travel(), Size(tolerance=9.0))):
        assert (best[move.blocks] != district.status_quo[move.blocks]).any()


def test_the_command_leaves_plans_certificates_and_a_table(tmp_path: Path) -> None:
    done = subprocess.run(
        [REZONE, "frontier", demo_folder(), "--out", tmp_path, "--points", "4", "--iterations", "8000"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "none below" in done.stdout
    table = pd.read_csv(tmp_path / "frontier.csv")
    found = json.loads((tmp_path / "frontier.json").read_text())
    assert list(table["plan"]) == ["plans/00.csv", "plans/01.csv", "plans/02.csv", "plans/03.csv"]
    assert {"disparity", "dissimilarity.race", "bound"} <= set(table)
    assert found["points"][-1]["objective_value"] == pytest.approx(table["objective_value"].iloc[-1])
    assert "<svg" in (tmp_path / "frontier.svg").read_text()
    for k in range(4):
        plan, proof = tmp_path / f"plans/{k:02d}.csv", tmp_path / f"certificates/{k:02d}.json"
        verified = subprocess.run(
            [REZONE, "verify", demo_folder(), "--plan", plan, "--certificate", proof], capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert verified.returncode == 0, verified.stdout + verified.stderr
