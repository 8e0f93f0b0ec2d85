"""Every number of report.json is what the plain checker works out from the raw folder and plan.csv."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import checker
import checker_report
import numpy as np
import pandas as pd
import pytest
from changed_schools import CASES, SIX, with_spare
from told import plain
from toys import TOWN, Toy

from optimizer import District, Plan
from optimizer.rules import under
from scenarios import read_district
from scenarios.asking.rule_tables import make_rule
from scenarios.asking.settling import settle
from scenarios.folder import write_district
from scenarios.generator import generate
from scenarios.plans.file import plan_csv
from scenarios.report.given import Ask, given_data


def read_zones(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["block_id"]: row["school_id"] for row in csv.DictReader(file)}


def shuffled(district: District, seed: int) -> Plan:
    """Some blocks go to a school that takes blocks, those of closed schools all of them; broken or not."""
    random = np.random.default_rng(seed)
    takes = np.flatnonzero(district.open)
    moves = (district.home < 0) | (random.random(district.blocks) < 0.3)
    return Plan(district, np.where(moves, random.choice(takes, district.blocks), district.home))


def document(folder: Path, rules: list[dict[str, Any]], seed: int, **flags: Any) -> tuple[Any, dict[str, str]]:
    """What report.json holds of a plan under rules, as read back, and the plan as a file has it."""
    district = under(read_district(folder), [make_rule(rule) for rule in rules])
    plan = shuffled(district, seed)
    (folder / "plan.csv").write_text(plan_csv(plan))
    settings = replace(settle(flags, None, {}), rules=tuple(rules))
    found = given_data(plan, "plan", Ask(settings))
    return plain(found), read_zones(folder / "plan.csv")


@pytest.mark.parametrize("name", ["none", *CASES])
@pytest.mark.parametrize("toy", [TOWN, SIX], ids=["town", "six"])
def test_under_every_rule_about_schools(toy: Toy, name: str, tmp_path: Path) -> None:
    toy.write(tmp_path, schools=with_spare(toy))
    rules = CASES.get(name, [])
    found, zones = document(tmp_path, rules, seed=len(name), max_moved=0.2)
    assert checker_report.wrong(found, checker.Folder(tmp_path), zones, rules=rules, limits={"max_moved": 0.2}) == []


BARE = TOWN.but(groups={}, students="\n".join(["3 9 0 4 6"] * 4), poverty=None)
POOR = BARE.but(poverty="\n".join(["1 4 0 4 2"] * 4))


@pytest.mark.parametrize("toy", [BARE, POOR], ids=["bare", "poor"])
@pytest.mark.parametrize("close", [False, True])
def test_without_groups_or_poverty(toy: Toy, close: bool, tmp_path: Path) -> None:
    toy.write(tmp_path)
    rules = [{"kind": "close", "schools": [read_district(tmp_path).school_ids[0]]}] if close else []
    found, zones = document(tmp_path, rules, seed=3)
    assert checker_report.wrong(found, checker.Folder(tmp_path), zones, rules=rules) == []


def test_where_the_travel_file_does_not_hold_every_pair(tmp_path: Path) -> None:
    TOWN.write(tmp_path)
    district, random = read_district(tmp_path), np.random.default_rng(4)
    pairs = [
        (block, school, round(float(random.uniform(1, 30)), 2))
        for block in district.block_ids
        for school in district.school_ids
        if random.random() < 0.8
    ]
    pd.DataFrame(pairs, columns=["block_id", "school_id", "minutes"]).to_csv(tmp_path / "travel.csv", index=False)
    rules = [{"kind": "close", "schools": [district.school_ids[0]]}]
    found, zones = document(tmp_path, rules, seed=5)
    known = {(block, school) for block, school, _ in pairs}
    today = zip(district.block_ids, district.status_quo, strict=True)
    assert any((block, district.school_ids[j]) not in known for block, j in today)
    assert checker_report.wrong(found, checker.Folder(tmp_path), zones, rules=rules) == []


def middle(folder: Path) -> dict[str, float]:
    """A place in the district, in WGS 84."""
    schools = pd.read_csv(folder / "schools.csv")
    return {"lon": float(schools["lon"].mean()), "lat": float(schools["lat"].mean())}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_of_generated_districts_as_optimize_writes_it(seed: int, rezone, tmp_path: Path) -> None:
    folder = tmp_path / "district"
    folder.mkdir()
    write_district(generate(70, 6, np.random.default_rng(seed)), folder)
    ids = read_district(folder).school_ids
    rules: list[dict[str, Any]] = [
        {"kind": "close", "schools": [ids[seed]]},
        {"kind": "open", "school": "NEW", **middle(folder), "capacity": 300},
        {"kind": "seats", "school": ids[4], "capacity": 500, "min_students": 1},
        {"kind": "pair", "schools": [ids[0], ids[5]]},
    ][: seed + 1]
    limits = {"travel_increase": 4.0, "travel_floor": 9000.0, "size_tolerance": 0.9}
    config = tmp_path / "question.toml"
    config.write_text(
        "[options]\niterations = 300\nthreads = 1\n"
        + "".join(f"{key} = {value}\n" for key, value in limits.items())
        + "".join("[[rules]]\n" + "".join(f"{k} = {json.dumps(v)}\n" for k, v in rule.items()) for rule in rules)
    )
    status, printed, err = rezone("optimize", folder, "--config", config, "--out", tmp_path / "out")
    assert status == 0, printed + err
    found = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    zones = read_zones(tmp_path / "out" / "plan.csv")
    assert found["summary"]["moved_share"] > found["summary"]["measures"]["moved_counted"]
    assert checker_report.wrong(found, checker.Folder(folder), zones, rules=rules, limits=limits) == []


def test_the_checker_finds_what_is_wrong_added_or_lost(tmp_path: Path) -> None:
    TOWN.write(tmp_path)
    found, zones = document(tmp_path, [], seed=1)
    raw = checker.Folder(tmp_path)
    found["burden"][0]["farther"] += 0.01
    found["moves"][0]["more"] = 1
    del found["stark"]["plan"][0]
    lines = checker_report.wrong(found, raw, zones)
    assert lines[0].startswith("burden.all.farther is ")
    assert sum(".more is 1.0, which nothing recomputes" in line for line in lines) == 1
    assert any("is not there" in line for line in lines)
