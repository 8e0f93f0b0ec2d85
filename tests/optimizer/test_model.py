"""The model by itself: which pairs are candidates, what holds together, sums at their limits; and rules that meet."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from enumeration import every_plan
from rule_cases import admits
from toys import Toy

from optimizer import Disparity, Plan, breaches, is_valid, optimize
from optimizer.district import District
from optimizer.errors import InputError
from optimizer.model import ROUNDING, STUDENT_SLACK, Model, SchoolSum
from optimizer.rules import RULES, Close, KeepTogether, RecentlyMoved, Travel, under
from optimizer.travel import StraightLine
from scenarios.asking.options import Options
from scenarios.generator import generate
from scenarios.verify import rules as checks
from scenarios.verify.case import Case

ROW = Toy(
    "X x x y y Y",
    groups={"white": "8 6 4 2 1 3", "black": "2 4 6 8 9 7"},
    poverty="1 3 5 7 8 6",
    extra={
        "estate": ["a", "a", None, None, "c", ""],
        "street": [None, "s", "s", None, "t", "t"],
        "ago": [np.nan, 1.0, 9.0, 1.0, np.nan, np.nan],
    },
)
WIDE = 1e9
ARRAYS = {"Bools", "Csr", "Floats", "Ints", "Offsets"}
MUTABLE = {
    "Deadline",
    "Lane",
    "Mending",
    "Patience",
    "Proved",
    "Run",
    "Tree",
    "Work",
}  # what a search, or a check, is at work on


@pytest.fixture
def row(tmp_path: Path) -> District:
    return ROW.district(tmp_path)


def plans_of(district: District) -> list[Plan]:
    return list(every_plan(district))


@pytest.mark.parametrize("columns", [("estate", "street"), ("street", "estate")])
def test_sets_that_overlap_hold_together_as_one(columns: tuple[str, str], row: District) -> None:
    """r0c0 and r0c1 are an estate, r0c1 and r0c2 a street: all three go to one school. r0c3 goes by itself."""
    rules = tuple(KeepTogether(column) for column in columns)
    model = Model.build(row, rules)
    assert model.together is not None
    units = model.together.tolist()
    assert units[0] == units[1] == units[2] != units[4] == units[5]
    assert sorted({*units}) == [-1, 0, 1]
    assert units[3] == -1
    for plan in plans_of(row):
        assert admits(model, plan.school) == is_valid(breaches(plan, rules))
    for solver in ("exact", "search"):
        found = optimize(row, Disparity(), rules, iterations=2000, threads=1, solver=solver)
        assert found.valid
        assert len(set(found.plan.school[:3].tolist())) == 1


def test_a_block_of_a_closed_school_moves_however_lately_it_did(row: District, tmp_path: Path) -> None:
    """r0c1 moved to X last year, r0c3 to Y: X closes, so that r0c1 has to go, and r0c3 stays."""
    rules = (Travel(floor=WIDE), Close(("x",)), RecentlyMoved("ago", 2))
    district = under(row, rules)
    model = Model.build(district, rules)
    assert [model.pairs.row(i).tolist() for i in range(6)] == [[1]] * 6
    assert breaches(Plan(district, np.ones(6, np.int32)), rules) == []
    assert optimize(row, Disparity(), rules, iterations=100, threads=1).valid
    tables = [{"kind": "close", "schools": ["x"]}, {"kind": "recently_moved", "column": "ago", "years": 2}]
    case = Case.of(row, Options(travel_floor=WIDE, size_tolerance=WIDE), tables, "disparity", "here")
    assert [may.block.tolist() for may in case.candidates] == [[0, 1, 2, 3, 4, 5]]
    # Another school closes: where r0c1 is, it stays.
    toward = (Travel(floor=WIDE), Close(("y",)), RecentlyMoved("ago", 2))
    assert [Model.build(under(row, toward), toward).pairs.row(i).tolist() for i in range(6)] == [[0]] * 6


def test_a_limit_on_moves_does_not_count_whom_a_closed_school_sends_away(row: District) -> None:
    model = Model.build(under(row, (Close(("x",)),)), (Close(("x",)),))
    assert model.free.all()
    assert model.stay.tolist() == [False, False, False, True, True, True]
    both = Model.build(row, (Travel(floor=WIDE),))
    assert both.free.tolist() == both.stay.tolist() == [True, False] * 3 + [False, True] * 3


def test_candidates_are_the_pairs_within_reach_and_no_others() -> None:
    """By a loop over all pairs. And none but those are ever held: a district of a thousand schools has no room for
    all."""
    district, travel = generate(300, 12, np.random.default_rng(2)), Travel(increase=0.3, floor=900.0)
    pairs, reach = Model.build(district, (travel,)).pairs, travel.reach(district)
    assert isinstance(district.travel, StraightLine)
    away = np.hypot(*(district.travel.block_xy[:, None] - district.travel.school_xy).transpose(2, 0, 1))
    wanted = {
        (i, j)
        for i in range(300)
        for j in range(12)
        if away[i, j] <= reach[i] or district.home[i] == j or district.root[j] == i
    }
    assert set(zip(pairs.rows.tolist(), pairs.index.tolist(), strict=True)) == wanted
    assert len(wanted) < 300 * 12 / 3
    large = generate(3000, 300, np.random.default_rng(1))
    Model.build(large, (travel,))
    tracemalloc.start()
    model = Model.build(large, (travel,))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(model.pairs.index) < 3000 * 300 / 40
    assert most < 3000 * 300 * 4  # bytes: one number of 32 bits a pair of all pairs


def test_pairs_out_of_every_reach_are_none_at_any_limit(row: District) -> None:
    assert len(Model.build(row, ()).pairs.index) == 12
    assert len(Model.build(row, (Travel(increase=0.0, floor=0.0),)).pairs.index) == 6


def sums(**changes: Any) -> SchoolSum:
    ends = {name: np.array([0.0, 0.0]) for name in ("low", "hard_low")}
    ends |= {name: np.array([20.0, 30.0]) for name in ("high", "hard_high")}
    return SchoolSum("s", **{"part": 0, "whole": -1, "factor": np.zeros(2), **ends, **changes})


def test_a_sum_is_kept_to_its_slack_and_no_further() -> None:
    for slack in (STUDENT_SLACK, ROUNDING):
        each = sums(slack=slack)
        for off, kept in ((-1.0, True), (0.0, True), (0.9 * slack, True), (1.1 * slack, False), (1.0, False)):
            assert each.keeps(np.array([20.0 + off, 5.0])) == kept
            assert each.keeps(np.array([5.0, -off])) == kept
    assert sums().slack == STUDENT_SLACK == 1e-6


@pytest.mark.parametrize("whole", [-1, 0, 1, 2, 3])
def test_a_sum_is_what_its_loads_add_up_to(whole: int, row: District) -> None:
    """Columns 0 to 3 are all students, white, black and poor ones; any of them may be the whole."""
    each, school = sums(part=3, whole=whole, factor=np.array([0.5, 0.25])), np.array([0, 1, 1, 0, 1, 0])
    value = each.value(row, school)
    for j in (0, 1):
        zone = np.flatnonzero(school == j)
        plain = sum(row.counts[i, 3] - (each.factor[j] * row.counts[i, whole] if whole >= 0 else 0) for i in zone)
        assert value[j] == pytest.approx(plain)
        assert each.load(row, j, zone).sum() == pytest.approx(plain)
    over = sums(high=value - 2.0, low=value - 5.0)
    assert over.excess(row, school) == pytest.approx(sum(np.maximum(over.value(row, school) - value + 2.0, 0)))
    ends = sums(part=3, whole=whole, factor=np.array([0.5, 0.25]), high=value - 2.0, low=value - 5.0)
    assert ends.excess(row, school) == pytest.approx(4.0)
    ends = dataclasses.replace(ends, high=value + 9.0, low=value + np.array([3.0, -1.0]))
    assert ends.excess(row, school) == pytest.approx(3.0)


def test_neighbours_of_one_side_alone_are_named(row: District) -> None:
    near = row.adjacency
    mask = ~((near.rows == 1) & (near.index == 0))
    with pytest.raises(InputError) as error:
        Model.build(dataclasses.replace(row, adjacency=near.keep(mask)), ())
    assert str(error.value) == (
        "adjacency: block 'r0c1' is a neighbour of 'r0c0', and 'r0c0' none of 'r0c1' (1 such pairs). "
        "Give each pair of neighbours both ways round"
    )


def test_the_checker_knows_every_kind_of_rule() -> None:
    """What it does not know it refuses, so that the program would refuse its own certificates."""
    assert set(checks.KINDS) == set(RULES)


def records() -> list[type]:
    """All dataclasses of optimizer, and of the checker."""
    found: dict[str, type] = {}
    for name in ("optimizer", "scenarios.verify"):
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            for own, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
                if kind.__module__ == module.name and dataclasses.is_dataclass(kind):
                    found[f"{module.name}.{own}"] = kind
    return list(found.values())


def test_records_are_frozen_and_those_of_arrays_are_not_compared_by_value() -> None:
    """Two equal arrays have no truth value: a record that holds one is itself and no other."""
    asked = {kind: (kind.__dataclass_params__.frozen, kind.__dataclass_params__.eq) for kind in records()}  # type: ignore[attr-defined]
    assert {kind.__name__ for kind, (still, _) in asked.items() if not still} == MUTABLE
    held = {kind: {str(f.type).partition(" ")[0] for f in dataclasses.fields(kind)} for kind in asked}
    assert [kind for kind, (_, alike) in asked.items() if alike and held[kind] & ARRAYS] == []
