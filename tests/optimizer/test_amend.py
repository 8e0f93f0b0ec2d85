"""Rules that close, open, pair and seat schools, against a plain check that shares no code with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import checker
import checker_schools
import numpy as np
import pytest
from changed_schools import CASES, NEW, SIX, place, with_spare
from hypothesis import given, settings
from hypothesis import strategies as st
from toys import TOWN, Toy

from optimizer import (
    Contiguity,
    Disparity,
    District,
    Moved,
    Plan,
    Size,
    Travel,
    breaches,
    is_valid,
    measure,
)
from optimizer.deadline import Deadline
from optimizer.measures import school_rows
from optimizer.model import Model
from optimizer.rules import Burden, Close, Open, Pair, Rule, Seats, under
from optimizer.rules.travel import FLOOR
from optimizer.solvers.exact import solve_exact
from scenarios import read_district
from scenarios.asking.rule_tables import make_rule
from scenarios.plans.file import plan_csv, plan_under, read_plan

DEFAULTS: tuple[Rule, ...] = (Travel(), Size(), Contiguity())


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> tuple[checker.Folder, District]:
    folder = TOWN.write(tmp_path_factory.mktemp("town") / "town", schools=with_spare(TOWN))
    return checker.Folder(folder), read_district(folder)


@pytest.fixture(scope="module")
def six(tmp_path_factory: pytest.TempPathFactory) -> tuple[checker.Folder, District]:
    folder = SIX.write(tmp_path_factory.mktemp("six") / "six", schools=with_spare(SIX))
    return checker.Folder(folder), read_district(folder)


def rules_of(tables: Sequence[dict[str, Any]]) -> tuple[Rule, ...]:
    return tuple(make_rule(table) for table in tables)


names = pytest.mark.parametrize("name", CASES)


def found(district: District, school: np.ndarray, rules: tuple[Rule, ...]) -> set[tuple[str, str, bool]]:
    """What the program says of a plan, in the checker's words."""
    rows = breaches(Plan(district, school), (*DEFAULTS, Moved(0.3), *rules))
    # A school that takes no block has no root: its pieces break contiguity too, and so they do for the checker.
    return {(r.limit, (r.school if r.limit == "contiguity" else r.block or r.school) or "", r.inherited) for r in rows}


@names
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_every_breach_is_the_checkers(name: str, town: tuple[checker.Folder, District], data: st.DataObject) -> None:
    raw, district = town
    rules = rules_of(CASES[name])
    changed = under(district, rules)
    ids = list(changed.school_ids)
    stays = np.where(changed.home >= 0, changed.home, changed.status_quo)
    some = data.draw(st.lists(st.tuples(st.integers(0, 19), st.sampled_from(ids)), max_size=8))
    school = stays.copy()
    for block, to in some:
        school[block] = ids.index(to)
    zones = {block: ids[j] for block, j in zip(changed.block_ids, school, strict=True)}
    assert found(changed, school, rules) == checker_schools.broken(checked(raw, name), zones, max_moved=0.3)


@names
def test_the_model_holds_every_valid_plan(name: str, six: tuple[checker.Folder, District]) -> None:
    raw, district = six
    rules = (*DEFAULTS, *rules_of(CASES[name]))
    changed = under(district, rules)
    model = Model.build(changed, rules)
    valid = 0
    for school in with_roots(changed):
        zones = {block: changed.school_ids[j] for block, j in zip(changed.block_ids, school, strict=True)}
        rows = checker_schools.broken(checked(raw, name), zones)
        if all(inherited for _, _, inherited in rows):
            valid += 1
            assert (model.pairs.find(np.array(school)) >= 0).all()
            assert is_valid(breaches(Plan(changed, np.array(school)), rules))
    assert valid == len(valid_plans_of(changed, rules))


@cache
def checked(folder: checker.Folder, name: str) -> checker_schools.Changed:
    return checker_schools.Changed(folder, CASES[name])


def with_roots(district: District) -> Iterator[tuple[int, ...]]:
    """Every plan in which the roots have their schools: no other is valid."""
    of_root = {int(root): j for j, root in enumerate(district.root) if root >= 0}
    schools = range(district.schools)
    return product(*([of_root[i]] if i in of_root else schools for i in range(district.blocks)))


def valid_plans_of(district: District, rules: tuple[Rule, ...]) -> list[tuple[int, ...]]:
    """By the rules' own check alone."""
    return [school for school in with_roots(district) if is_valid(breaches(Plan(district, np.array(school)), rules))]


@pytest.mark.parametrize("name", ["close", "open", "pair", "swap"])
def test_the_exact_solver_finds_the_best_of_them(name: str, six: tuple[checker.Folder, District]) -> None:
    rules = (Travel(), Size(tolerance=0.6), Contiguity(), *rules_of(CASES[name]))
    changed = under(six[1], rules)
    model = Model.build(changed, rules)
    values = [Disparity().value(Plan(changed, np.array(school))) for school in valid_plans_of(changed, rules)]
    answer = solve_exact(model, Disparity(), deadline=Deadline(iterations=5.0))
    assert answer.value == (pytest.approx(min(values), abs=1e-9) if values else None)
    assert (answer.status == "infeasible") == (not values)


@names
def test_applied_twice_or_in_another_order_it_is_the_same(name: str, town: tuple[checker.Folder, District]) -> None:
    rules = rules_of(CASES[name])
    once = under(town[1], rules)
    assert under(once, rules) is once
    assert once.original is town[1]
    other = under(town[1], rules[::-1])
    for part in ("status_quo", "root", "capacity", "min_students", "other_students", "successor", "travel_current"):
        assert np.array_equal(getattr(once, part), getattr(other, part), equal_nan=True)
    assert once.school_ids == other.school_ids == tuple(sorted(once.school_ids))
    assert measure(Plan.status_quo(once.original)) == measure(Plan.status_quo(town[1]))
    assert under(town[1], DEFAULTS) is town[1]


def test_a_new_school_takes_its_place_among_the_ids(town: tuple[checker.Folder, District]) -> None:
    district = town[1]
    changed = under(district, rules_of([NEW]))
    at = changed.school_ids.index("m")
    assert changed.school_names[at] == "New"
    old = [j for j in range(changed.schools) if j != at]
    assert [changed.school_ids[j] for j in old] == list(district.school_ids)
    assert np.array_equal(np.array(old)[district.status_quo], changed.status_quo)
    assert np.array_equal(changed.travel.to(changed.status_quo), district.travel.to(district.status_quo))
    assert changed.block_ids[changed.root[at]] == "r0c2"
    assert (changed.capacity[at], changed.min_students[at]) == (60, 5)
    middle = np.hypot(500 * 0.1, 500 * 0.2)  # from the middle of r0c2 to the school
    assert changed.travel.to(np.full(20, at))[2] == pytest.approx(middle, abs=1e-6)


def test_a_new_root_is_the_nearest_block_that_is_no_other_root(town: tuple[checker.Folder, District]) -> None:
    at_x = {"kind": "open", "school": "q", **place(0.1, 0)}
    free = under(town[1], rules_of([at_x]))
    assert free.block_ids[free.root[free.school_ids.index("q")]] == "r1c0"  # r0c0 holds the point, and is x's root
    gone = under(town[1], rules_of([at_x, {"kind": "close", "schools": ["x"]}]))
    assert gone.block_ids[gone.root[gone.school_ids.index("q")]] == "r0c0"
    assert gone.root[gone.school_ids.index("x")] == -1


def test_blocks_of_a_closed_school_go_where_the_nearest_school_left_says(six: tuple[checker.Folder, District]) -> None:
    changed = under(six[1], [Close(("y",))])
    left = [j for j in range(changed.schools) if changed.open[j]]
    lost = np.flatnonzero(changed.home < 0)
    assert [changed.block_ids[i] for i in lost] == ["r0c1", "r0c2"]
    for block in lost:
        nearest = min(changed.travel.to(np.full(6, j))[block] for j in left)
        assert changed.travel_current[block] == nearest
        assert Travel().limit(changed)[block] == max(1.5 * nearest, FLOOR["m"])
    moved = Plan(changed, np.where(changed.home < 0, changed.school_ids.index("x"), changed.status_quo))
    assert moved.moved_share > 0
    assert moved.moved_counted == 0
    assert not Moved(0.0).excess(moved)


@pytest.mark.parametrize("name", ["close", "close two", "pair", "pair all"])
@pytest.mark.parametrize("of", ["moved", "travel"])
def test_a_burden_of_travel_is_against_todays_school_closed_or_not(
    name: str, of: Any, town: tuple[checker.Folder, District]
) -> None:
    raw, district = town
    changed = under(district, rules_of(CASES[name]))
    it, random = checker_schools.Changed(raw, CASES[name]), np.random.default_rng(3)
    for _ in range(20):
        school = np.where(random.random(20) < 0.3, random.choice(np.flatnonzero(changed.open), 20), changed.home)
        school = np.where(school < 0, np.flatnonzero(changed.open)[0], school).astype(np.int32)
        plan = {b: changed.school_ids[j] for b, j in zip(changed.block_ids, school, strict=True)}
        asked = {b: raw.travel(b, plan[b]) - raw.travel(b, raw.zone[b]) for b in raw.blocks}
        if of == "moved":
            asked = {b: float(it.counts_as_moved(b, plan[b])) for b in raw.blocks}
        burdens = [sum(g[b] * asked[b] for b in g) / sum(g.values()) for g in raw.group.values()]
        rows = Burden(of, difference=0.0).excess(Plan(changed, school))
        assert sum(row.amount for row in rows) == pytest.approx(max(burdens) - min(burdens), abs=1e-6)


@names
def test_figures_of_today_are_of_the_district_before_any_rule(name: str, town: tuple[checker.Folder, District]) -> None:
    district, changed = town[1], under(town[1], rules_of(CASES[name]))
    today = Plan.today(changed)
    assert measure(today) == measure(Plan.status_quo(district))
    assert np.array_equal(changed.travel_today, district.travel_today)
    rows = {row.school_id: row for row in school_rows(today)}
    assert all(rows[row.school_id] == row for row in school_rows(Plan.status_quo(district)))
    new = [row for school, row in rows.items() if school not in district.school_ids]
    assert [(row.blocks, row.capacity) for row in new] == [(0, None)] * len(new)
    assert under(today.district, rules_of(CASES[name])).school_ids == changed.school_ids
    again = replace(changed, counts=2 * changed.counts)  # draws, and tables for the public, change counts alone
    assert Plan.today(again).load.sum() == 2 * today.load.sum()


def test_seats_of_a_pair_are_those_of_all(six: tuple[checker.Folder, District]) -> None:
    changed = under(six[1], [Pair(("z", "y")), Seats("y", 50)])
    z, y = changed.school_ids.index("z"), changed.school_ids.index("y")
    assert (changed.capacity[z], changed.other_students[z]) == (30 + 50, 3)
    assert np.isnan(changed.min_students[z])  # only y gives one
    assert changed.successor[y] == z
    assert changed.root[y] == -1
    stays = Plan(changed, changed.home)
    assert not stays.counted_moved.any()
    assert is_valid(breaches(stays, (*DEFAULTS, Moved(0.0), Pair(("z", "y")))))
    listed = breaches(Plan.status_quo(changed), (Pair(("z", "y")),))
    assert {(row.limit, row.block, row.school) for row in listed} == {("pair", "r0c1", "y"), ("pair", "r0c2", "y")}


def test_joining_a_pair_asks_for_travel_to_every_school_of_it(tmp_path: Path) -> None:
    toy = Toy("X x y Y z z z Z", students="5 5 5 5 5 5 5 5", groups={}, seats=dict.fromkeys("xyz", 100))
    changed = under(read_district(toy.write(tmp_path / "row")), [Pair(("y", "x"))])
    y, block = changed.school_ids.index("y"), 4  # 500 m from y, 2,000 m from x; today 1,500 m
    model = Model.build(changed, (Travel(increase=0.0, floor=1999.0),))
    assert y not in model.pairs.row(block)
    school = changed.home.copy()
    school[block] = y
    (row,) = breaches(Plan(changed, school), (Travel(increase=0.0, floor=1999.0),))
    assert (row.limit, row.block, row.amount) == ("travel_increase", "r0c4", pytest.approx(1.0))
    assert y in Model.build(changed, (Travel(increase=0.0, floor=2000.0),)).pairs.row(block)


def test_an_opened_schools_least_size_is_hard(six: tuple[checker.Folder, District]) -> None:
    rules = (*DEFAULTS, Open("v", min_students=20))
    changed = under(six[1], rules)
    v = changed.school_ids.index("v")
    size = Model.build(changed, rules).sums[0]
    assert (size.low[v], size.hard_low[v], size.high[v]) == (20, 20, 25)
    school = changed.home.copy()
    school[changed.root[v]] = v
    rows = [row for row in breaches(Plan(changed, school), rules) if row.limit == "min_students"]
    assert [(row.school, row.inherited, row.amount) for row in rows if row.school == "v"] == [("v", False, 9.0)]


def test_plans_are_read_and_written_by_id(six: tuple[checker.Folder, District], tmp_path: Path) -> None:
    rules = rules_of(CASES["open"])
    changed = under(six[1], rules)
    plan = plan_under(Plan.status_quo(six[1]), rules)
    assert plan.district.school_ids == changed.school_ids
    assert plan_csv(plan) == plan_csv(Plan.status_quo(six[1]))
    school = changed.status_quo.copy()
    school[changed.root[changed.school_ids.index("m")]] = changed.school_ids.index("m")
    (tmp_path / "plan.csv").write_text(plan_csv(Plan(changed, school)), encoding="utf-8")
    assert "r1c2,m\n" in (tmp_path / "plan.csv").read_text(encoding="utf-8")
    assert np.array_equal(read_plan(tmp_path / "plan.csv", changed).school, school)


def test_a_search_closes_a_school(town: tuple[checker.Folder, District]) -> None:
    pytest.importorskip("optimizer.solvers.start", reason="the search cannot start from other zones than today's yet")
    from optimizer import optimize

    raw, district = town
    tables = [{"kind": "close", "schools": ["x"]}, {"kind": "seats", "school": "y", "capacity": 120}]
    rules = (Travel(), Size(tolerance=0.6), Contiguity(), *rules_of(tables))
    result = optimize(district, Disparity(), rules, iterations=20_000, seed=3, threads=1, solver="search")
    zones = {b: result.plan.district.school_ids[j] for b, j in zip(district.block_ids, result.plan.school, strict=True)}
    rows = checker_schools.broken(checker_schools.Changed(raw, tables), zones, tolerance=0.6)
    assert result.valid == all(inherited for _, _, inherited in rows)
    assert result.valid
    assert "x" not in zones.values()


@pytest.mark.parametrize("name", ["open", "pair", "swap"])
def test_a_search_keeps_what_rules_make_of_the_schools(name: str, six: tuple[checker.Folder, District]) -> None:
    pytest.importorskip("optimizer.solvers.start", reason="the search cannot start from other zones than today's yet")
    from optimizer import optimize

    rules = (Travel(), Size(tolerance=0.6), Contiguity(), *rules_of(CASES[name]))
    changed = under(six[1], rules)
    values = [Disparity().value(Plan(changed, np.array(school))) for school in valid_plans_of(changed, rules)]
    result = optimize(six[1], Disparity(), rules, iterations=20_000, seed=3, threads=1, solver="search")
    zones = {b: result.plan.district.school_ids[j] for b, j in zip(six[1].block_ids, result.plan.school, strict=True)}
    rows = checker_schools.broken(checked(six[0], name), zones, tolerance=0.6)
    assert result.valid == all(inherited for _, _, inherited in rows) == bool(values)
    assert not values or result.objective_value >= min(values) - 1e-9
