"""Blocks of several parts: no zone holds together through one, for any solver, bound or check."""

from __future__ import annotations

import numpy as np
import pytest
from enumeration import best, valid_plans
from small import in_parts, small
from test_exact import OBJECTIVES, hold_against_enumeration

from optimizer import (
    Contiguity,
    Disparity,
    District,
    Model,
    Moved,
    Plan,
    Rule,
    Size,
    Travel,
    optimize,
)
from optimizer.bounds.bound import Bounder
from optimizer.explain import explain
from optimizer.measures import measure
from optimizer.rules import Shape


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


@pytest.mark.parametrize("seed", range(12))
def test_the_exact_solver_finds_the_best_plan(seed: int) -> None:
    district, random = district_of(seed)
    hold_against_enumeration(district, rules_of(seed, random), OBJECTIVES[seed % len(OBJECTIVES)])


@pytest.mark.parametrize("seed", range(40))
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
    bounder.run(steps=30)
    assert bounder.finish().bound <= least + 1e-9


@pytest.mark.parametrize("seed", range(10))
def test_explain_says_there_is_a_plan_where_there_is_one(seed: int) -> None:
    district = district_of(seed + 200)[0]
    rules = (Travel(floor=5000.0), Size(tolerance=0.05, strict=True), Contiguity())
    told = explain(district, rules, time_limit=5.0, threads=1)
    assert told.feasible == bool(valid_plans(district, Disparity(), rules))
