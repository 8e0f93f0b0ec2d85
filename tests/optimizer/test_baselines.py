"""The nearest-school plan: nearest where seats allow, least students beyond them, and always the same."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from small import small

from optimizer import District, Plan, Size
from optimizer.arrays import Csr
from optimizer.baselines import nearest_school, nearest_within_seats, status_quo
from optimizer.travel import TravelTable

SEEDS = st.integers(0, 10_000)
ANY = Size(tolerance=1e9)


def distances(district: District) -> np.ndarray:
    """(blocks, schools), by asking for one school after the other."""
    columns = [district.travel.to(np.full(district.blocks, j, np.int32)) for j in range(district.schools)]
    return np.column_stack(columns)


def single(district: District) -> District:
    """One student a block, or none: then no block need be split, and the answer is the exact one."""
    one = np.column_stack([(district.students > 0).astype(float), *np.zeros((4, district.blocks))])
    return replace(district, counts=one, capacity=np.round(district.capacity / 5))


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_without_seats_every_block_goes_to_its_nearest_school(seed: int) -> None:
    district = small(np.random.default_rng(seed), rows=3, schools=3)
    district = replace(district, capacity=np.full(district.schools, 1e9))
    plan, table = nearest_school(district), distances(district)
    rooted = np.isin(np.arange(district.blocks), district.root)
    table[:, ~district.has_zone] = np.inf
    chosen = table[np.arange(district.blocks), plan.school]
    assert (chosen[~rooted] == table.min(axis=1)[~rooted]).all()
    assert (plan.school[district.root] == np.arange(district.schools)).all()


def enumerated(district: District, high: np.ndarray) -> tuple[float, float]:
    """(students beyond seats, total travel) of the best of all plans in which the roots stay."""
    table, best = distances(district), (np.inf, np.inf)
    for zones in product(range(district.schools), repeat=district.blocks):
        school = np.array(zones)
        if (school[district.root] == np.arange(district.schools)).all():
            load = np.bincount(school, district.students, district.schools)
            travel = float((district.students * table[np.arange(district.blocks), school]).sum())
            over = round(float(np.maximum(load - high, 0).sum()), 9)  # the same students in another order are no more
            best = min(best, (over, travel))
    return best


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_with_single_students_it_is_the_best_of_all_plans(seed: int) -> None:
    district = single(small(np.random.default_rng(seed)))
    high = Size().band(district)[1]
    over, travel = enumerated(district, high)
    plan = nearest_school(district)
    assert np.maximum(plan.load - high, 0).sum() == pytest.approx(over)
    assert (district.students * plan.travel).sum() == pytest.approx(travel)


@settings(max_examples=15, deadline=None)
@given(SEEDS)
@example(503)
def test_whole_blocks_go_where_the_best_of_all_plans_sends_them_and_no_plan_is_below_the_bound(seed: int) -> None:
    district = small(np.random.default_rng(seed), fractions=bool(seed % 2))
    over, travel = enumerated(district, Size().band(district)[1])
    found, students = nearest_within_seats(district), district.students.sum()
    assert found.value is not None
    assert found.bound is not None
    assert found.over == pytest.approx(over, abs=1e-5)
    assert found.value * students == pytest.approx(travel)
    assert found.bound * students <= travel + 1e-6
    assert found.value - found.bound <= 0.01 * found.value


@settings(max_examples=12, deadline=None)
@given(SEEDS)
def test_seats_are_kept_but_for_a_block_or_two_and_the_same_district_gives_the_same_plan(seed: int) -> None:
    district = small(np.random.default_rng(seed), rows=3, schools=3, fractions=bool(seed % 2))
    high = Size().band(district)[1]
    plan = nearest_school(district)
    assert (plan.school == nearest_school(district).school).all()
    fixed = district.load_now * 0
    np.add.at(fixed, district.status_quo[district.root], district.students[district.root])
    room = np.maximum(high - fixed, 0).sum() - (district.students.sum() - fixed.sum())
    if room >= 0:  # split blocks would fit
        assert (plan.load - np.maximum(high, fixed) <= 2 * district.students.max() + 1e-6).all()


def test_travel_that_is_not_known_is_not_used_and_a_full_school_passes_blocks_on() -> None:
    row = np.column_stack([500.0 * np.arange(4), np.zeros(4)])
    table = np.abs(row[:, :1] - row[[0, 3], 0])
    known = [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (3, 1)]  # block 2 reaches only school 0, but is zoned to 1
    travel = TravelTable(
        Csr.of_pairs(np.array([b for b, _ in known]), np.array([j for _, j in known]), 4),
        np.array([table[pair] for pair in known]),
        "m",
    )
    toy = District(
        name="row",
        block_ids=("a", "b", "c", "d"),
        school_ids=("x", "y"),
        school_names=("X", "Y"),
        groups=(),
        columns=("students",),
        counts=np.full((4, 1), 10.0),
        status_quo=np.array([0, 0, 1, 1]),
        adjacency=Csr.of_pairs(np.array([0, 1, 1, 2, 2, 3]), np.array([1, 0, 2, 1, 3, 2]), 4),
        travel=travel,
        root=np.array([0, 3]),
        capacity=np.array([15.0, np.nan]),
        min_students=np.full(2, np.nan),
        other_students=np.zeros(2),
    )
    assert nearest_school(toy, size=ANY).school.tolist() == [0, 1, 1, 1]
    assert nearest_school(replace(toy, capacity=np.full(2, np.nan)), size=ANY).school.tolist() == [0, 0, 1, 1]
    assert status_quo(toy).school.tolist() == Plan.status_quo(toy).school.tolist() == [0, 0, 1, 1]
