"""The search on FORMAT.md's example and on a real district, each plan held against the rules' own checks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tree import DATA

from optimizer.arrays import Csr
from optimizer.deadline import Deadline
from optimizer.district import District
from optimizer.model import Model
from optimizer.objectives import Disparity, TravelMean
from optimizer.plan import Plan
from optimizer.rules import Contiguity, Moved, Size, Travel, breaches, is_valid
from optimizer.solvers.search import SearchResult, search
from optimizer.travel import StraightLine


def example() -> District:
    """FORMAT.md: blocks A B C D in a row, schools X at A and Y at D."""
    place = np.array([[0.0, 0], [500, 0], [1000, 0], [1500, 0]])
    white, black, poor = np.array([8, 6, 4, 2.0]), np.array([2, 4, 6, 8.0]), np.array([1, 3, 5, 7.0])
    one, two = np.array([0, 1, 1, 2, 2, 3]), np.array([1, 0, 2, 1, 3, 2])
    return District(
        "example", ("A", "B", "C", "D"), ("X", "Y"), ("X", "Y"), ("white", "black"),
        ("students", "students_white", "students_black", "students_poverty"),
        np.column_stack([white + black, white, black, poor]), np.array([0, 0, 1, 1]), Csr.of_pairs(one, two, 4),
        StraightLine(place, place[[0, 3]]), np.array([0, 3]), np.full(2, np.nan), np.full(2, np.nan), np.zeros(2),
    )  # fmt: skip


def solve(
    district: District, rules: tuple, *, threads: int = 2, seed: int = 1, iterations: int = 40_000
) -> SearchResult:
    objective = Disparity() if district.has_poverty else TravelMean()
    model = Model.build(district, rules)
    deadline, random = Deadline(iterations=iterations), np.random.default_rng(seed)
    return search(model, objective, deadline, random=random, lanes=2, threads=threads)


def test_disparity_of_the_example_to_the_digit() -> None:
    district = example()
    values = [
        Disparity().value(Plan(district, np.array(school))) for school in ([0, 0, 1, 1], [0, 1, 1, 1], [0, 1, 0, 1])
    ]
    assert values == pytest.approx([0.08, 0.06, 0.02], abs=1e-12)


def test_example_is_solved_to_its_optimum() -> None:
    found = solve(example(), (Travel(), Size(tolerance=0.5), Contiguity()))
    assert found.value == pytest.approx(0.06, abs=1e-12)


def test_moves_are_counted_by_kind_and_make_up_the_proposals() -> None:
    district = example()
    for rules in ((Travel(), Size(tolerance=0.5), Contiguity()), (Travel(), Size(tolerance=0.01), Contiguity())):
        found = solve(district, rules)
        tried = {row.kind: row.tried for row in found.moves}
        assert found.iterations == tried["flip"] + tried["chain"] + tried["cluster"]
        assert tried["flip"] > tried["chain"] > tried["cluster"] > 0
        assert all(0 <= row.accepted <= row.tried for row in found.moves)
        assert found.moves == solve(district, rules, threads=1).moves


def test_without_contiguity_the_zones_may_fall_apart() -> None:
    found = solve(example(), (Travel(floor=5000.0), Size(tolerance=0.5)))
    assert found.value == pytest.approx(0.0, abs=1e-12)  # A D against B C: 8 of 20 in poverty at both


def test_breach_names_what_is_cut_off() -> None:
    plan = Plan(example(), np.array([0, 1, 0, 1]))
    rows = breaches(plan, (Contiguity(),))
    assert {(row.limit, row.school, row.block) for row in rows} == {("contiguity", "X", "C"), ("contiguity", "Y", "B")}


@pytest.mark.parametrize("name", ["albemarle_va", "charlottesville_va", "durham_nc", "baltimore_county_sw_md"])
def test_real_districts_improve_within_every_limit(name: str) -> None:
    if not (DATA / name).is_dir():
        pytest.skip(f"the district {name} is not there")
    from scenarios import read_district

    district = read_district(DATA / name)
    rules = (Travel(), Size(), Contiguity(), Moved(0.2))
    found = solve(district, rules, iterations=200_000)
    plan = Plan(district, found.school)
    assert is_valid(breaches(plan, rules))
    objective = Disparity() if district.has_poverty else TravelMean()
    assert found.value == pytest.approx(objective.value(plan), rel=1e-9)
    if not district.has_poverty:
        return  # a school over its seats may have to send children farther
    assert found.value < objective.value(Plan.status_quo(district)) * 0.98
    again = solve(district, rules, iterations=200_000, threads=1)
    assert np.array_equal(again.school, found.school)


def test_missing_folder_is_one_clear_error(tmp_path: Path) -> None:
    from optimizer.errors import InputError
    from scenarios import read_district

    with pytest.raises(InputError, match=r"is not a folder\. Name a folder with district.toml in it"):
        read_district(tmp_path / "nowhere")
    with pytest.raises(InputError, match=r"district.toml: is not there"):
        read_district(tmp_path)
