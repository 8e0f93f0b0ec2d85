"""The race-neutral twin: no count by race can change its plan; and the baselines that every run carries."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from optimizer.district import District
from optimizer.measures import measure
from optimizer.neutral import race_neutral
from optimizer.objectives import make_objective
from optimizer.optimize import optimize
from optimizer.plan import Plan
from optimizer.rules import RULES, Contiguity, Size, Travel
from scenarios.demo import demo_folder
from scenarios.folder import read_district
from scenarios.generator import generate
from scenarios.plans.file import read_plan

REZONE = str(Path(sys.executable).with_name("rezone"))
LIMITS = (Travel(), Size(), Contiguity())


def recoloured(district: District, random: np.random.Generator) -> District:
    """The same children, with groups dealt out anew within each block."""
    index = [district.columns.index(f"students_{group}") for group in district.groups]
    counts = district.counts.copy()
    whole = counts[:, index].sum(axis=1)
    counts[:, index] = whole[:, None] * random.dirichlet(np.ones(len(index)), district.blocks)
    return replace(district, counts=counts)


def solved(district: District, spec: object, rules: tuple) -> np.ndarray:
    twin = race_neutral(district, make_objective(spec, district), rules)
    return optimize(twin.district, twin.objective, twin.rules, iterations=8000, proving=0.0).plan.school


@pytest.mark.parametrize(
    "spec", ["disparity", "dissimilarity.race", {"gap": 1, "of": ["white", "black"], "moved": 0.1}]
)
def test_no_count_by_race_changes_the_twins_plan(spec: object) -> None:
    district = generate(80, 4, np.random.default_rng(4))
    rules = (*LIMITS, RULES["burden"](of="moved", difference=0.1), RULES["share"](of="poverty", high=0.9))
    other = recoloured(district, np.random.default_rng(9))
    assert (solved(district, spec, rules) == solved(other, spec, rules)).all()


def test_objectives_of_race_become_those_of_poverty() -> None:
    district = generate(40, 3, np.random.default_rng(4))
    group = district.groups[0]
    names = {
        "disparity": "disparity",
        f"gap.{group}.{district.groups[1]}": "disparity",
        "theil_h.race": "segregation_poverty",
        f"variance_ratio.{group}": "segregation_poverty",
        "travel_mean": "travel_mean",
    }
    for spec, name in names.items():
        assert race_neutral(district, make_objective(spec, district), ()).objective.name == name


def test_rules_that_name_a_group_are_left_out() -> None:
    district = generate(40, 3, np.random.default_rng(4))
    of_group = RULES["share"](of=district.groups[0], high=0.5)
    by_column = RULES["moved"](share=0.2, of=f"students_{district.groups[0]}")
    kept = RULES["share"](of="poverty", high=0.9)
    twin = race_neutral(district, make_objective(None, district), (of_group, by_column, kept))
    assert twin.rules == (kept,)
    assert twin.left_out == (of_group, by_column)
    assert not any(f"students_{g}" in twin.district.columns for g in district.groups)


def test_the_command_sets_the_twin_and_the_baselines_beside_the_plan(tmp_path: Path) -> None:
    call = [REZONE, "optimize", demo_folder(), "--out", tmp_path, "--iterations", "20000", "--race-neutral"]
    done = subprocess.run(call, capture_output=True, text=True, check=True)
    found = json.loads((tmp_path / "summary.json").read_text())
    district = read_district(demo_folder())
    twin = found["race_neutral"]
    assert twin["attributes"]["objective"] == ["students_poverty"]
    assert twin["attributes"]["limits"] == ["students"]
    assert "students_black" in twin["attributes"]["reporting"]
    assert "students_black" in found["attributes"]["objective"]
    plan = read_plan(tmp_path / "race_neutral/plan.csv", district)
    assert twin["measures"] == measure(plan)
    assert "race-neutral twin" in done.stdout
    beside = found["baselines"]
    assert beside["least_travel"]["valid"]
    now = measure(Plan.status_quo(district))["travel_mean"]
    assert beside["least_travel"]["measures"]["travel_mean"] < now
    assert beside["nearest_school"]["measures"]["travel_mean"] < now
