"""The exact solver against plain enumeration, on districts small enough for that, and on the bar it has to reach."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import checker
import enumeration
import numpy as np
import pytest
from enumeration import valid_plans
from small import small
from toys import EXAMPLE, Toy
from tree import DATA

from optimizer import (
    Breach,
    Contiguity,
    Disparity,
    District,
    Mixture,
    Model,
    Moved,
    Objective,
    Plan,
    Rule,
    Size,
    StudentsMoved,
    Travel,
    TravelMean,
    breaches,
    is_valid,
)
from optimizer.arrays import Csr
from optimizer.deadline import Deadline
from optimizer.model import SchoolSum
from optimizer.solvers.exact import Exact, least_excess, solve_exact
from optimizer.solvers.exact.check import holds
from optimizer.solvers.exact.prices import bound_rows, prices_at
from optimizer.solvers.exact.territory import territories
from optimizer.travel import StraightLine

FAR = Travel(floor=5000.0)
BOTH = Mixture(((1.0, Disparity()), (0.3, TravelMean())))
OBJECTIVES: tuple[Objective, ...] = (Disparity(), TravelMean(), StudentsMoved(), BOTH)

# Zone x has a detached piece, r0c3, beside a block of y that only y's own detached piece r1c0 could free.
PIECES = Toy(
    """
    X x y x
    y y y Y
    """,
    groups={"white": "9 7 6 2  8 5 4 1", "black": "1 3 4 8  2 5 6 9"},
    poverty="1 2 4 7  2 4 5 8",
)


@dataclass(frozen=True)
class Share:
    """A rule of this test alone: at most `high` of a school's students are in poverty, or as many as today."""

    kind: ClassVar[str] = "share"
    high: float

    def limits(self, district: District) -> np.ndarray:
        poor = np.bincount(district.status_quo, district.poverty, district.schools)
        whole = np.bincount(district.status_quo, district.students, district.schools)
        return np.maximum(self.high, np.divide(poor, whole, out=np.zeros_like(poor), where=whole > 0))

    def narrow(self, model: Model) -> Model:
        d = model.district
        zero, free = np.zeros(d.schools), np.full(d.schools, -np.inf)
        columns = d.column_index("students_poverty"), d.column_index("students")
        row = SchoolSum("share", *columns, self.limits(d), free, zero, free, zero)
        return replace(model, sums=(*model.sums, row))

    def excess(self, plan: Plan) -> list[Breach]:
        poor, whole = plan.sums(plan.district.poverty), plan.load
        over = poor - self.limits(plan.district) * whole
        return [Breach("share", float(o), 0.0, plan.district.school_ids[j]) for j, o in enumerate(over) if o > 1e-6]

    def attributes(self, district: District) -> tuple[str, ...]:
        return ("students", "students_poverty")


def hold_against_enumeration(district: District, rules: tuple[Rule, ...], objective: Objective) -> list[Exact]:
    """With any excess and with the least: same best value, bounds that meet it, plans that the rules allow."""
    plans, model = valid_plans(district, objective, rules), Model.build(district, rules)
    least, answer = enumeration.least_excess(plans), least_excess(model)
    assert answer.status == ("infeasible" if least is None else "optimal")
    if least is not None:
        assert (answer.value, answer.bound) == pytest.approx((least, least), abs=1e-5)
    results = []
    for held in {None, least}:
        want, anyhow = enumeration.best(plans, np.inf if held is None else held), enumeration.best(plans)
        for start in (None, district.status_quo):
            exact = solve_exact(model, objective, start=start, held_excess=held, gap=1e-5)
            results.append(exact)
            if want is None or anyhow is None:
                assert (exact.status, exact.school, exact.value, exact.bound) == ("infeasible", None, None, None)
                continue
            near = 1e-9 + 1.1e-5 * abs(want)
            assert exact.status == "optimal"
            assert want - 1e-9 <= exact.value <= want + near
            assert want - near <= exact.held_bound <= want + 1e-9
            assert anyhow - near <= exact.bound <= anyhow + 1e-9
            assert is_valid(breaches(Plan(district, exact.school), rules))
    return results


@pytest.mark.parametrize("seed", range(24))
def test_random_districts_match_enumeration(seed: int) -> None:
    random = np.random.default_rng(seed)
    schools, contiguous = 2 + seed % 2, seed % 4 != 3
    rows, columns = ((2, 4), (2, 3), (1, 6), (3, 2))[seed % 4]
    district = small(random, rows=rows, columns=columns, schools=schools, fractions=seed % 3 == 0)
    rules: tuple[Rule, ...] = (
        Travel(floor=float(random.choice([600.0, 1200.0, 5000.0]))),
        Size(tolerance=float(random.choice([0.02, 0.15, 0.4])), strict=seed % 7 == 6),
        *([Contiguity()] if contiguous else []),
        *([Moved(0.3)] if seed % 5 == 4 else []),
        *([Share(0.5)] if seed % 6 == 5 else []),
    )
    hold_against_enumeration(district, rules, OBJECTIVES[seed % 3 if seed % 8 else 3])


def test_random_districts_have_what_makes_trouble() -> None:
    districts = [
        small(np.random.default_rng(seed), schools=2 + seed % 2, fractions=seed % 3 == 0) for seed in range(24)
    ]
    assert any(d.detached.any() for d in districts)
    assert any((d.students == 0).any() for d in districts)
    models = [Model.build(d, (Size(),)) for d in districts]
    assert any(s.excess(m.district, m.district.status_quo) > 0 for m in models for s in m.sums)


@pytest.mark.parametrize("objective", OBJECTIVES, ids=lambda o: o.name)
def test_zones_with_detached_pieces_match_enumeration(objective: Objective, tmp_path: Path) -> None:
    district = PIECES.district(tmp_path)
    assert district.detached.sum() == 1
    rules = (FAR, Size(tolerance=0.6), Contiguity())
    for exact in hold_against_enumeration(district, rules, objective):
        plan = dict(zip(district.block_ids, (district.school_ids[j] for j in exact.school), strict=True))
        assert not checker.broken(checker.Folder(tmp_path), plan, travel_floor=5000.0, size_tolerance=0.6)


@pytest.mark.parametrize("seats", [{}, {"x": 20}, {"x": 18.5, "y": 35}], ids=["tolerance", "over", "fraction"])
def test_example_with_seats_matches_enumeration(seats: dict[str, float], tmp_path: Path) -> None:
    district = EXAMPLE.but(seats=seats, least={"x": 5.5}).district(tmp_path)
    for contiguity in ((Contiguity(),), ()):
        hold_against_enumeration(district, (FAR, Size(tolerance=0.5), *contiguity), Disparity())


def test_example_is_proved_to_the_digit(tmp_path: Path) -> None:
    model = Model.build(EXAMPLE.district(tmp_path), (FAR, Size(tolerance=0.5), Contiguity()))
    exact = solve_exact(model, Disparity())
    assert exact.value == pytest.approx(0.06, abs=1e-12)
    assert exact.bound == pytest.approx(0.06, abs=1e-7)


def test_no_valid_plan_is_proved(tmp_path: Path) -> None:
    district = EXAMPLE.but(seats={"x": 15, "y": 15}).district(tmp_path)
    model = Model.build(district, (FAR, Size(strict=True), Contiguity()))
    for objective in OBJECTIVES:
        exact = solve_exact(model, objective)
        assert (exact.status, exact.school, exact.value, exact.bound) == ("infeasible", None, None, None)
    assert least_excess(model).status == "infeasible"


def test_one_school_has_one_plan(tmp_path: Path) -> None:
    toy = Toy("X x x", groups={"white": "4 3 2", "black": "1 2 3"}, poverty="1 1 2")
    exact = solve_exact(Model.build(toy.district(tmp_path), (FAR, Size(), Contiguity())), Disparity())
    assert (exact.status, exact.value, list(exact.school)) == ("optimal", pytest.approx(0.0, abs=1e-12), [0, 0, 0])


def test_holds_agrees_with_the_rules() -> None:
    rules = (Travel(floor=1200.0), Size(tolerance=0.4), Contiguity(), Moved(0.6))
    seen = set()
    for seed in range(150):
        random = np.random.default_rng(seed)
        district = small(random, rows=2, columns=3, schools=2, fractions=seed % 2 == 0)
        swap = random.random(district.blocks) < 0.2
        school = np.where(swap, 1 - district.status_quo, district.status_quo).astype(np.int32)
        valid = is_valid(breaches(Plan(district, school), rules))
        assert holds(Model.build(district, rules), school) == valid
        seen.add(valid)
    assert seen == {True, False}


@pytest.mark.parametrize("seed", range(6))
def test_bounds_of_a_school_are_below_all_its_zones(seed: int) -> None:
    random = np.random.default_rng(seed)
    district = small(random, rows=2, columns=4, schools=2, fractions=seed % 2 == 0)
    rules = (FAR, Size(tolerance=0.5), Contiguity())
    model = Model.build(district, rules)
    compiled = Disparity().compile(model)
    prices = prices_at(model, compiled, district.status_quo)
    noise = random.normal(0, 0.02, district.blocks)
    prices = replace(prices, block=prices.block + noise, linear=prices.linear - noise[model.pairs.rows])
    plans = valid_plans(district, Disparity(), rules)
    for territory in territories(model):
        bounds = bound_rows(territory, prices, np.inf)
        for plan in plans:
            zone = np.flatnonzero(np.array(plan.school) == territory.school)
            inside = np.isin(territory.blocks, zone)
            whole, poor = prices.whole[zone].sum(), prices.poor[zone].sum()
            cost = prices.curve[zone].sum() * (poor / whole if whole > 0 else 0.0)
            cost += prices.linear[territory.pair[inside]].sum()
            assert bounds.least <= cost + 1e-12
            assert (bounds.start + bounds.row @ inside).min() <= cost + 1e-12


@pytest.mark.parametrize(("blocks", "schools", "seed"), [(30, 4, 3), (40, 2, 4), (40, 3, 8), (40, 4, 7)])
def test_generated_districts_are_proved(blocks: int, schools: int, seed: int) -> None:
    from optimizer.solvers.search import search
    from scenarios.generator import generate

    district = generate(blocks, schools, np.random.default_rng(seed))
    rules = (Travel(), Size(), Contiguity())
    model = Model.build(district, rules)
    found = search(model, Disparity(), Deadline(iterations=20_000), random=np.random.default_rng(1), lanes=1, threads=1)
    exact = solve_exact(
        model, Disparity(), start=found.school, held_excess=found.excess, deadline=Deadline(seconds=10), threads=2
    )
    assert exact.status == "optimal"
    assert exact.seconds < 5
    assert exact.value <= found.value + 1e-9
    assert exact.bound <= exact.held_bound <= exact.value
    assert exact.held_bound >= exact.value * 0.999
    plan = Plan(district, exact.school)
    assert is_valid(breaches(plan, rules))
    assert exact.value == pytest.approx(Disparity().value(plan), rel=1e-12)


def test_real_district_is_proved() -> None:
    if not (DATA / "charlottesville_va").is_dir():
        pytest.skip("the district charlottesville_va is not there")
    from scenarios import read_district

    model = Model.build(read_district(DATA / "charlottesville_va"), (Travel(), Size(), Contiguity()))
    exact = solve_exact(model, Disparity(), deadline=Deadline(seconds=20), threads=2)
    assert exact.status == "optimal"
    assert exact.value == pytest.approx(0.0222774, abs=1e-7)


@pytest.fixture(scope="module")
def wide() -> Model:
    """A district that takes a moment, with room to stop on the way."""
    from scenarios.generator import generate

    return Model.build(generate(40, 4, np.random.default_rng(7)), (Travel(), Size(), Contiguity()))


@pytest.mark.parametrize("objective", [Disparity(), TravelMean()], ids=lambda o: o.name)
def test_units_of_work_repeat_at_any_thread_count(wide: Model, objective: Objective) -> None:
    for units in (0.02, 0.2):
        one, two = (
            solve_exact(wide, objective, deadline=Deadline(iterations=units), threads=threads) for threads in (1, 2)
        )
        assert np.array_equal(one.school, two.school)
        assert (one.value, one.bound, one.status, one.units) == (two.value, two.bound, two.status, two.units)


def test_stopped_runs_give_weaker_bounds_never_wrong_ones(wide: Model) -> None:
    whole = solve_exact(wide, Disparity(), threads=2)
    assert whole.status == "optimal"
    start = wide.district.status_quo
    for units in (0.0, 0.001, 0.01, 0.05):
        part = solve_exact(wide, Disparity(), start=start, deadline=Deadline(iterations=units))
        assert part.bound <= whole.value <= part.value
    stop = threading.Event()
    stop.set()
    for objective in (Disparity(), TravelMean()):
        part = solve_exact(wide, objective, start=start, deadline=Deadline(stop=stop))
        assert part.status == "feasible"
        assert np.array_equal(part.school, start)
        assert np.array_equal(solve_exact(wide, objective, deadline=Deadline(stop=stop)).school, start)


def test_watch_is_told_from_the_calling_thread(wide: Model) -> None:
    told = []
    exact = solve_exact(
        wide, Disparity(), threads=2, watch=lambda *news: told.append((*news, threading.current_thread()))
    )
    assert {thread for *_, thread in told} == {threading.current_thread()}
    assert all(bound <= exact.value <= value + 1e-12 for value, bound, _ in told)


def test_districts_beyond_a_word_keep_their_start() -> None:
    n = 140
    place = np.column_stack([np.arange(n) * 100.0, np.zeros(n)])
    one, two = np.arange(n - 1), np.arange(1, n)
    counts = np.column_stack([np.full(n, 4.0), np.arange(n) % 4.0])
    nothing = np.full(2, np.nan)
    district = District(
        "long", tuple(map(str, range(n))), ("x", "y"), ("X", "Y"), (), ("students", "students_poverty"), counts,
        np.arange(n) * 2 // n, Csr.of_pairs(np.r_[one, two], np.r_[two, one], n),
        StraightLine(place, place[[0, n - 1]]), np.array([0, n - 1]), nothing, nothing, np.zeros(2),
    )  # fmt: skip
    model = Model.build(district, (Travel(floor=20_000.0), Size(), Contiguity()))
    exact = solve_exact(model, Disparity(), start=district.status_quo)
    assert (exact.status, exact.bound) == ("feasible", None)
