"""Blocks of several parts: no zone holds together through one, for any solver, bound or check."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import checker
import numpy as np
import pytest
import shapely
from enumeration import best, valid_plans
from questions import random_district
from ruled import scattered
from small import in_parts, small
from test_exact import OBJECTIVES, hold_against_enumeration
from toys import SIDE, Toy

from optimizer import (
    Contiguity,
    Disparity,
    District,
    InputError,
    Model,
    Moved,
    Plan,
    Rule,
    Size,
    Travel,
    TravelMean,
    breaches,
    optimize,
)
from optimizer.baselines import least_travel
from optimizer.bounds.bound import Bounder
from optimizer.contradictions import ready
from optimizer.deadline import Deadline
from optimizer.explain import explain
from optimizer.measures import measure
from optimizer.parts import parts_of
from optimizer.rules import Close, KeepTogether, Shape
from scenarios import read_district
from scenarios.plans.file import read_plan


def district_of(seed: int) -> tuple[District, np.random.Generator]:
    """8 or 9 blocks of 12 parts, 2 or 3 schools."""
    random = np.random.default_rng(seed)
    whole = small(random, rows=3, columns=4, schools=2 + seed % 2, fractions=seed % 3 == 0)
    return in_parts(random, whole, 3 + seed % 2), random


def rules_of(seed: int, random: np.random.Generator) -> tuple[Rule, ...]:
    rules: list[Rule] = [
        Travel(floor=float(random.choice([900.0, 5000.0]))),
        Size(tolerance=float(random.choice([0.15, 0.5])), strict=seed % 5 == 4),
        Contiguity(),
    ]
    if seed % 4 == 1:
        rules.append(Moved(0.4))
    if seed % 4 == 2:
        rules.append(Shape(measure="cut_edges", limit=9.0))
    return tuple(rules)


def pieces(district: District, school: np.ndarray) -> list[set[int]]:
    """The connected pieces of all zones, as sets of parts, in plain loops."""
    parts = district.parts
    assert parts is not None
    left, found = set(range(len(parts.block))), []
    while left:
        piece, queue = set(), [min(left)]
        while queue:
            here = queue.pop()
            piece.add(here)
            queue += [
                o
                for o in parts.adjacency.row(here).tolist()
                if o not in piece and school[parts.block[o]] == school[parts.block[here]]
            ]
        left -= piece
        found.append(piece)
    return found


def away(district: District, school: np.ndarray) -> list[set[int]]:
    first = {int(b): int(np.flatnonzero(district.parts.block == b)[0]) for b in district.root}  # type: ignore[union-attr]
    roots = {first[int(b)] for j, b in enumerate(district.root) if school[b] == j}
    return [piece for piece in pieces(district, school) if not piece & roots]


def holds(district: District, school: np.ndarray) -> bool:
    """FORMAT.md's contiguity, by parts."""
    loose = {p for piece in away(district, district.status_quo) for p in piece}
    block = district.parts.block  # type: ignore[union-attr]
    fine = all(
        p in loose and school[block[p]] == district.status_quo[block[p]]
        for piece in away(district, school)
        for p in piece
    )
    return fine and all(school[b] == j for j, b in enumerate(district.root))


@pytest.mark.parametrize("seed", range(4))
def test_the_rule_and_the_measure_go_by_parts(seed: int) -> None:
    district, random = district_of(seed)
    for _ in range(60):
        school = np.where(
            random.random(district.blocks) < 0.3,
            random.integers(0, district.schools, district.blocks),
            district.status_quo,
        )
        plan = Plan(district, school)
        assert (not Contiguity().excess(plan)) == holds(district, school)
        assert measure(plan)["detached_pieces"] == len(away(district, school))


@pytest.mark.parametrize("seed", range(10))
def test_the_exact_solver_finds_the_best_plan(seed: int) -> None:
    district, random = district_of(seed)
    hold_against_enumeration(district, rules_of(seed, random), OBJECTIVES[seed % len(OBJECTIVES)])


@pytest.mark.parametrize("seed", range(20))
def test_search_and_bound_keep_to_the_parts(seed: int) -> None:
    district, random = district_of(seed + 100)
    rules = rules_of(seed, random)
    plans = valid_plans(district, Disparity(), rules)
    result = optimize(district, Disparity(), rules, iterations=4000, seed=seed, solver="search")
    if not plans:
        assert not result.valid
        return
    assert holds(district, result.plan.school)
    least = best(plans)
    assert least is not None
    if result.valid:
        assert result.objective_value >= least - 1e-9
        assert result.certificate is not None
        assert result.certificate.bound <= least + 1e-9
    model = Model.build(district, rules)
    bounder = Bounder(model, Disparity(), np.array(min(plans, key=lambda p: p.value).school, np.int32), least)
    bounder.run(Deadline(iterations=30))
    assert bounder.finish().bound <= least + 1e-9


@pytest.mark.parametrize("seed", range(1, 17, 2))
def test_a_start_is_found_where_a_school_is_closed(seed: int) -> None:
    """Blocks in parts, and sets kept together, that cannot stay begin where all of them touch the zone."""
    district, random = district_of(seed + 300)
    sets = random.integers(0, district.blocks - 2, district.blocks).astype(str)
    district = replace(district, attributes={"estate": sets})
    rules: list[Rule] = [Travel(floor=5000.0), Size(tolerance=5.0), Contiguity(), Close(("s1",))]
    rules += [KeepTogether(column="estate")] if seed % 4 == 1 else []
    try:
        result = optimize(district, Disparity(), rules, iterations=3000, seed=seed, proving=0.0)
    except InputError:
        return  # a set that no school can take
    plans = valid_plans(result.plan.district, Disparity(), tuple(rules))
    assert result.valid == bool(plans)
    assert not result.valid or result.objective_value >= min(plan.value for plan in plans) - 1e-9


@pytest.mark.parametrize("seed", range(6))
def test_explain_says_there_is_a_plan_where_there_is_one(seed: int) -> None:
    district = district_of(seed + 200)[0]
    rules = (Travel(floor=5000.0), Size(tolerance=0.05, strict=True), Contiguity())
    told = explain(district, rules, time_limit=5.0, threads=1)
    assert told.feasible == bool(valid_plans(district, Disparity(), rules))


@pytest.mark.parametrize("seed", range(6))
def test_the_plan_of_least_travel_keeps_to_the_parts(seed: int) -> None:
    district = district_of(seed + 500)[0]
    rules = (Travel(floor=5000.0), Size(tolerance=0.5), Contiguity())
    plans = valid_plans(district, TravelMean(), rules)
    found, least = least_travel(ready(district, rules), rules, seed=seed), best(plans)
    assert (found.plan is None) == (least is None)
    if found.plan is not None and least is not None and found.bound is not None:
        assert holds(district, found.plan.school)
        assert found.bound - 1e-6 <= least <= TravelMean().value(found.plan) + 1e-9


@pytest.mark.parametrize("seed", range(8))
def test_folders_are_read_as_the_checker_reads_them(seed: int, tmp_path: Path) -> None:
    import geopandas as gpd

    random = np.random.default_rng(seed)
    folder = random_district(random, tmp_path)
    scattered(gpd.read_parquet(folder / "blocks.parquet"), random).to_parquet(folder / "blocks.parquet")
    raw, district = checker.Folder(folder), read_district(folder)
    ids, names = district.block_ids, district.school_ids
    assert district.parts is not None
    assert {b: {ids[o] for o in district.adjacency.row(i)} for i, b in enumerate(ids)} == raw.neighbours
    assert {ids[i] for i in np.flatnonzero(district.detached)} == raw.adrift()
    rules = (Travel(), Size(), Contiguity())
    for _ in range(30):
        school = np.where(random.random(len(ids)) < 0.4, random.integers(0, len(names), len(ids)), district.status_quo)
        plan, zones = Plan(district, school), {b: names[j] for b, j in zip(ids, school, strict=True)}
        said = {row.school for row in breaches(plan, rules) if row.limit == "contiguity"}
        assert said == {where for what, where, _ in checker.broken(raw, zones) if what == "contiguity"}
        mine, theirs = measure(plan), checker.measures(raw, zones)
        assert [mine[name] for name in ("detached_pieces", "cut_edges")] == [
            theirs[name] for name in ("detached_pieces", "cut_edges")
        ]


# The far part of r0c0 lies beside y's r1c4 and r2c4, which without it nothing joins to x.
FAR = Toy(
    """
    x x x y y
    x X x y y
    x x x Y y
    """,
    groups={"white": "9 8 7 3 2  9 7 5 2 1  6 5 4 3 2", "black": "1 2 3 7 8  1 3 5 8 9  4 5 6 7 8"},
    poverty="1 1 2 6 7  1 2 4 7 8  3 4 5 6 7",
)


def test_no_exclave_is_drawn_and_the_certificate_is_proved(rezone, tmp_path: Path) -> None:
    frame = FAR.blocks()
    far = shapely.affinity.translate(frame.geometry[9], SIDE)  # east of r1c4
    frame.loc[0, "geometry"] = shapely.union(frame.geometry[0], far)
    folder = FAR.write(tmp_path / "d", blocks=frame)
    status, out, _ = rezone("check", folder)
    assert status == 0
    assert "1 block in parts that stand apart (no zone holds together through it; " in out
    assert "): r0c0 (2 parts, 2,000 m apart)" in out
    found = tmp_path / "o"
    limits = ("--size-tolerance", 0.6, "--travel-increase", 9)
    assert rezone("optimize", folder, "--out", found, "--iterations", 4000, *limits)[0] == 0
    raw, district = checker.Folder(folder), read_district(folder)
    plan = read_plan(found / "plan.csv", district)
    zones = {b: district.school_ids[j] for b, j in zip(district.block_ids, plan.school, strict=True)}
    assert not checker.broken(raw, zones, size_tolerance=0.6, travel_increase=9)
    summary = json.loads((found / "summary.json").read_text())
    assert summary["measures"]["detached_pieces"] <= 1  # the far part alone, as today
    assert plan.moved.any()
    assert rezone("verify", folder, "--plan", found / "plan.csv", "--certificate", found / "certificate.json")[0] == 0


def test_neighbours_that_the_folder_names_hold_for_the_block_as_one(tmp_path: Path) -> None:
    frame = FAR.blocks()
    frame.loc[0, "geometry"] = shapely.union(frame.geometry[0], shapely.affinity.translate(frame.geometry[9], SIDE))
    folder = FAR.write(tmp_path, blocks=frame)
    pairs = "\n".join(["block_id,neighbour_id", "r0c0,r0c1", "r0c0,r1c4"])
    (folder / "adjacency.csv").write_text(pairs)
    district = read_district(folder)
    assert district.parts is None
    assert district.adjacency.row(0).tolist() == [1, 9]


def test_parts_that_touch_along_a_border_are_one(tmp_path: Path) -> None:
    left, right = shapely.box(0, 0, 250, 500), shapely.box(250.03, 0, 500, 500)
    corner = shapely.box(500, 500, 700, 700)
    shapes = np.array([shapely.union_all([left, right]), shapely.union_all([left, corner])])
    assert parts_of(shapes[:1])[1] is None
    both = parts_of(np.array([shapely.affinity.translate(shapes[0], 0, -501), shapely.union_all([right, corner])]))[1]
    assert both is not None
    assert both.block.tolist() == [0, 1, 1]
