"""Every kind of thing that a Model may hold, alone and all at once: what the compiled search keeps up move by move is
what is recomputed from the plan, and its plans keep what they must."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from small import SIDE, small

from optimizer.bounds.problem import Problem
from optimizer.deadline import Deadline
from optimizer.model import Borders, Compact, Largest, Model, Splits
from optimizer.objectives import CutEdges, Disparity, Mixture, Objective, StudentsMoved, make_objective
from optimizer.objectives.base import Compiled, weighted
from optimizer.objectives.curves import Roundness, roundness
from optimizer.plan import Plan
from optimizer.rules import Contiguity, Size, Travel, breaches, is_valid
from optimizer.solvers.chain import Chain, Scratch, unit_of
from optimizer.solvers.contract import contract
from optimizer.solvers.instance import instance_of
from optimizer.solvers.kernel.layout import COST
from optimizer.solvers.kernel.state import rebuild
from optimizer.solvers.search import search
from optimizer.solvers.start import start_of

NAMES = (
    "disparity", "disparity_equal", "gap.white.black", "variance_ratio.black", "segregation_poverty",
    "dissimilarity.race", "theil_h.race", "outside_band", "travel_mean", "moved", "cut_edges",
)  # fmt: skip
RULES = (Travel(floor=3000.0), Size(tolerance=0.6), Contiguity())


def district_of(seed: int, **size: int) -> Any:
    random = np.random.default_rng(seed)
    return small(random, **{"rows": 6, "columns": 8, "schools": 4, **size}), random


def squares(model: Model) -> dict[str, Any]:
    n, entries = model.district.blocks, len(model.district.adjacency.index)
    return {"area": np.full(n, SIDE**2), "around": np.full(n, 4 * SIDE), "shared": np.full(entries, SIDE)}


def with_everything(model: Model, random: np.random.Generator) -> Model:
    n, entries = model.district.blocks, len(model.district.adjacency.index)
    part = random.integers(-1, 5, n).astype(np.int32)
    return replace(
        model,
        borders=(Borders("cut", np.ones(entries), cost=1e-3), Borders("limit", np.ones(entries), limit=entries / 2)),
        splits=(Splits("split", part, 1e-2), Splits("other", random.integers(0, 9, n).astype(np.int32), 1e-3)),
        largest=(Largest("feeder", random.random((n, 3)), np.ones(n), 0.1),),
        compact=(Compact("shape", **squares(model), low=0.01, cost=0.1),),
    )


def extra_cost(model: Model, school: Any) -> float:
    """What rules add to the objective, in plain loops."""
    adjacency, total = model.district.adjacency, 0.0
    for b in model.borders:
        ends = zip(adjacency.rows, adjacency.index, b.weight, strict=True)
        total += b.cost * sum(weight for i, o, weight in ends if school[i] != school[o]) / 2
    for split in model.splits:
        sets = split.part.reshape(len(school), -1)
        for part in set(sets[sets >= 0].tolist()):
            total += split.cost * (len(set(school[(sets == part).any(axis=1)].tolist())) - 1)
    for row in model.compact:
        total += row.cost * (1 - roundness(school, row.area, row.around, adjacency, row.shared).mean())
    return total


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("everything", [False, True], ids=["plain", "everything"])
def test_running_sums_are_what_is_recomputed(name: str, everything: bool) -> None:
    for seed in range(4):
        district, random = district_of(seed)
        model = Model.build(district, RULES)
        model = with_everything(model, random) if everything else model
        objective = make_objective(name, district)
        compiled = objective.compile(model)
        inst = instance_of(model, compiled, district.status_quo, excess_first=False)
        chain = Chain(inst, district.status_quo, random, unit=unit_of(inst, district.status_quo, random), held=1e9)
        for share in (0.0, 0.5):
            chain.run(Scratch.of(inst), 4000, share)
        zone = np.array(chain.st.zone)
        guide = 0.01 if name == "outside_band" else 0.0  # leads the search, and is no part of the objective
        value = objective.value(Plan(district, zone)) + extra_cost(model, zone)
        kept = {field: np.array(getattr(chain.st, field)) for field in ("sums", "met", "cells", "budget")}
        assert chain.st.total[COST] == pytest.approx(value, abs=guide + 1e-9)
        rebuild(inst, chain.st)
        for field, array in kept.items():
            assert getattr(chain.st, field) == pytest.approx(array, abs=1e-7), field
        assert (zone != district.status_quo).any()


def test_values_are_those_of_the_measures() -> None:
    from optimizer.measures import measure

    district, random = district_of(5)
    plan = Plan(district, random.integers(0, 4, district.blocks))
    found = measure(plan)
    pairs = {
        "segregation_poverty": found["dissimilarity.poverty"],
        "outside_band": 1 - found["within_band"],
        "moved": found["moved_share"],
        "gap.white.black": abs(found["exposure_to_poverty.white"] - found["exposure_to_poverty.black"]),
    }
    same = ("dissimilarity.race", "theil_h.race", "variance_ratio.black", "travel_mean", "cut_edges", "disparity")
    pairs |= {name: found[name] for name in same}
    for name, value in pairs.items():
        assert make_objective(name, district).value(plan) == pytest.approx(value, abs=1e-12), name


def test_a_mixture_of_curves_is_the_sum_of_its_parts() -> None:
    district, _ = district_of(6)
    mixture = make_objective({"disparity": 1, "dissimilarity.race": 0.5, "cut_edges": 0.1}, district)
    assert isinstance(mixture, Mixture)
    plan = Plan.status_quo(district)
    assert mixture.value(plan) == pytest.approx(1.6)
    model = Model.build(district, RULES)
    assert mixture.compile(model).value(model, plan) == pytest.approx(1.6)
    assert Problem.of(model, mixture.compile(model)).parts.beyond == ()


def solved(model: Model, objective: Objective, iterations: int = 30_000) -> Plan:
    found = search(
        model, objective, Deadline(iterations=iterations), random=np.random.default_rng(1), lanes=1, threads=1
    )
    return Plan(model.district, found.school)


def test_units_go_to_one_school_whatever_their_shape() -> None:
    """Sets of neighbours, sets in several pieces, and sets that today's zones split."""
    checked = 0
    for seed in range(12):
        district, random = district_of(seed, rows=5, columns=6, schools=3)
        unit = np.full(district.blocks, -1)
        free = np.setdiff1d(np.arange(district.blocks), district.root)
        for k in range(4):
            first = random.choice(free)
            near = [first, *district.adjacency.row(int(first))] if k % 2 else random.choice(free, 2, replace=False)
            unit[[b for b in near if b in free and unit[b] < 0]] = k
        model = Model.build(district, RULES).keep_together(unit)
        start = start_of(contract(model, Disparity().compile(model)))
        plan = solved(model, Disparity(), 5000)
        if len(start.stuck):
            continue
        checked += 1
        for k in range(4):
            assert len(set(plan.school[unit == k].tolist())) <= 1
        assert not Contiguity().excess(plan)
        if not Size(tolerance=0.6).excess(plan):
            assert is_valid(breaches(plan, RULES))
    assert checked >= 6


def test_contracted_values_are_those_of_the_blocks() -> None:
    for seed in range(6):
        district, random = district_of(seed)
        unit = random.integers(-1, 12, district.blocks)
        model = with_everything(Model.build(district, RULES).keep_together(unit), random)
        parts = [make_objective(name, district).compile(model) for name in NAMES]
        compiled = weighted([(1.0, part) for part in parts])
        shape = Roundness("shape", **{**squares(model), "adjacency": district.adjacency})
        compiled = Compiled(compiled.pair_cost, (*compiled.curves, shape), compiled.border_cost)
        small_one = contract(model, compiled)
        reach = [small_one.model.pairs.row(b) for b in range(small_one.model.district.blocks)]
        if any(len(row) == 0 for row in reach):
            continue
        zone = np.array([random.choice(row) for row in reach])
        school = small_one.expand(zone)
        inner = small_one.compiled.value(small_one.model, Plan(small_one.model.district, zone))
        assert inner == pytest.approx(compiled.value(model, Plan(district, school)), abs=1e-9)
        assert extra_cost(small_one.model, zone) == pytest.approx(extra_cost(model, school), abs=1e-9)


def test_limits_of_shape_borders_and_feeders_hold_where_they_can() -> None:
    district, random = district_of(3)
    model = Model.build(district, RULES)
    adjacency = district.adjacency
    now = Plan.status_quo(district)
    cut = int(CutEdges().value(now))
    entries = len(adjacency.index)
    bounded = replace(model, borders=(Borders("cut_edges", np.ones(entries), limit=cut - 2),))
    assert CutEdges().value(solved(bounded, Disparity())) <= cut - 2
    low = 0.35
    shape = squares(model)
    compact = solved(replace(model, compact=(Compact("shape", **shape, low=low),)), Disparity())
    values = roundness(compact.school, shape["area"], shape["around"], adjacency, shape["shared"])
    before = roundness(now.school, shape["area"], shape["around"], adjacency, shape["shared"])
    assert before.min() < low <= values.min() + 1e-9
    part = np.eye(2)[random.integers(0, 2, district.blocks)] * district.students[:, None]
    feeder = solved(replace(model, largest=(Largest("feeder", part, district.students, 0.6),)), Disparity())
    sums = feeder.sums(part)
    assert (sums.max(axis=1) >= 0.6 * feeder.load - 1e-9).all()


def test_split_costs_keep_sets_together() -> None:
    district, _ = district_of(8)
    part = (np.arange(district.blocks) % 8 // 2).astype(np.int32)

    def splits(plan: Plan) -> int:
        return sum(len(set(plan.school[part == k].tolist())) - 1 for k in range(4))

    model = Model.build(district, RULES)
    plain = solved(model, StudentsMoved())
    kept = solved(replace(model, splits=(Splits("split", part, 10.0),)), StudentsMoved())
    assert splits(kept) < splits(plain)
