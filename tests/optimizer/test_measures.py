"""Measures against FORMAT.md's example, the independent checker, a published library, and their own laws."""

from __future__ import annotations

from pathlib import Path

import checker
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from toys import EXAMPLE, TOWN, Toy
from tree import DATA

from optimizer.arrays import Csr
from optimizer.district import District
from optimizer.measures import gaps, group_rows, measure, racial_exposure, school_rows
from optimizer.measures.change import farther
from optimizer.measures.segregation import dissimilarity, gini, theil_h
from optimizer.plan import Plan
from optimizer.travel import StraightLine
from scenarios import read_district

BARE = Toy("X x y Y", students="10 5 0 3")
POOR = BARE.but(poverty="3 1 0 3")


def agrees(folder: Path, district: District, school: np.ndarray) -> None:
    """Every measure of the plan is what the checker finds."""
    raw = checker.Folder(folder)
    plan = {b: district.school_ids[j] for b, j in zip(district.block_ids, school, strict=True)}
    wanted, found = checker.measures(raw, plan), measure(Plan(district, school))
    for name, value in wanted.items():
        assert found[name] == (value if value is None else pytest.approx(value, rel=1e-9, abs=1e-9)), name
    missing = set(found) - set(wanted)
    assert all(found[name] is None for name in missing), missing


def test_example_of_the_format_to_the_digit(tmp_path: Path) -> None:
    district = EXAMPLE.district(tmp_path)
    today = measure(Plan.status_quo(district))
    wanted = {
        "exposure_to_poverty.white": 0.32,
        "exposure_to_poverty.black": 0.48,
        "variance": 0.0064,
        "disparity": 0.08,
        "exposure.white.black": 0.42,
    }
    assert {name: today[name] for name in wanted} == pytest.approx(wanted, abs=1e-12)
    assert today["dissimilarity.poverty"] == pytest.approx(0.416667, abs=5e-7)
    moved = measure(Plan(district, np.array([0, 1, 1, 1])))
    wanted = {
        "exposure_to_poverty.white": 0.34,
        "exposure_to_poverty.black": 0.46,
        "variance": 0.0036,
        "disparity": 0.06,
        "exposure.white.black": 0.44,
        "dissimilarity.poverty": 0.3125,
    }
    assert {name: moved[name] for name in wanted} == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize("toy", [EXAMPLE, TOWN, BARE, POOR], ids=["example", "town", "bare", "poor"])
def test_checker_agrees_on_toys(toy: Toy, tmp_path: Path) -> None:
    district = toy.district(tmp_path)
    random = np.random.default_rng(5)
    agrees(tmp_path, district, district.status_quo)
    for _ in range(10):
        agrees(tmp_path, district, random.integers(0, district.schools, district.blocks))


@pytest.mark.parametrize("name", ["albemarle_va", "durham_nc", "charlottesville_va", "baltimore_county_sw_md"])
def test_checker_agrees_on_real_districts(name: str) -> None:
    if not (DATA / name).is_dir():
        pytest.skip(f"the district {name} is not there")
    district = read_district(DATA / name)
    school = district.status_quo.copy()
    moved = np.random.default_rng(1).integers(0, district.blocks, district.blocks // 10)
    school[moved] = np.random.default_rng(2).integers(0, district.schools, len(moved))
    agrees(DATA / name, district, school)


def test_indices_agree_with_the_segregation_library(tmp_path: Path) -> None:
    segregation = pytest.importorskip("segregation.singlegroup")
    multigroup = pytest.importorskip("segregation.multigroup")
    plan = Plan.status_quo(TOWN.district(tmp_path))
    zones = plan.sums(plan.district.group_counts)
    frame = pd.DataFrame({"white": zones[:, 0], "black": zones[:, 1], "all": zones.sum(axis=1)})
    found = measure(plan)
    assert found["dissimilarity.black"] == pytest.approx(segregation.Dissim(frame, "black", "all").statistic)
    assert found["gini.black"] == pytest.approx(segregation.Gini(frame, "black", "all").statistic)
    assert found["theil_h.black"] == pytest.approx(segregation.Entropy(frame, "black", "all").statistic)
    assert found["isolation.black"] == pytest.approx(segregation.Isolation(frame, "black", "all").statistic)
    assert found["variance_ratio.black"] == pytest.approx(segregation.CorrelationR(frame, "black", "all").statistic)
    both = ["white", "black"]
    assert found["dissimilarity.race"] == pytest.approx(multigroup.MultiDissim(frame, both).statistic)
    assert found["theil_h.race"] == pytest.approx(multigroup.MultiInfoTheory(frame, both).statistic)
    assert found["gini.race"] == pytest.approx(multigroup.MultiGini(frame, both).statistic)


def district_of(groups: np.ndarray, poverty: np.ndarray, schools: int) -> District:
    """Blocks in a row with these counts."""
    n, k = groups.shape
    names = tuple(f"g{i}" for i in range(k))
    place = np.column_stack([np.arange(n) * 100.0, np.zeros(n)])
    return District(
        "row", tuple(f"b{i:03}" for i in range(n)), tuple(f"s{j}" for j in range(schools)),
        ("",) * schools, names, ("students", *(f"students_{g}" for g in names), "students_poverty"),
        np.column_stack([groups.sum(axis=1), groups, poverty]), np.arange(n) % schools,
        Csr.of_pairs(np.arange(n - 1), np.arange(1, n), n), StraightLine(place, place[:schools]),
        np.arange(schools), np.full(schools, np.nan), np.full(schools, np.nan), np.zeros(schools),
    )  # fmt: skip


COUNTS = hnp.arrays(float, st.tuples(st.integers(4, 12), st.integers(1, 4)), elements=st.integers(0, 30).map(float))


@settings(max_examples=60, deadline=None)
@given(COUNTS, st.integers(0, 2**32 - 1))
def test_laws_that_hold_for_every_plan(groups: np.ndarray, seed: int) -> None:
    random = np.random.default_rng(seed)
    poverty = np.floor(groups.sum(axis=1) * random.random(len(groups)))
    district = district_of(groups, poverty, 3)
    plan = Plan(district, random.integers(0, 3, len(groups)))
    found = measure(plan)
    assert all(value is None or np.isfinite(value) for value in found.values())
    total = groups.sum()
    if total == 0:
        assert found["disparity"] is None
        return
    weight = groups.sum(axis=0) / total
    met = [found[f"exposure_to_poverty.{g}"] or 0.0 for g in district.groups]
    assert float(weight @ met) == pytest.approx(poverty.sum() / total)  # sum of w_r E_r = p, for every plan
    for row in racial_exposure(plan).values():
        shares = [value for value in row.values() if value is not None]
        assert not shares or sum(shares) == pytest.approx(1)
    for name, value in found.items():
        if value is not None and name.split(".")[0] in (
            "dissimilarity",
            "gini",
            "theil_h",
            "variance_ratio",
            "isolation",
        ):
            assert -1e-9 <= value <= 1 + 1e-9, name
    order = random.permutation(3)
    renamed = measure(Plan(district, order[plan.school]))
    for name in ("disparity", "gini.race", "theil_h.race", "within_band", "dissimilarity.poverty"):
        assert renamed[name] == pytest.approx(found[name])


def test_relabelling_groups_changes_only_names() -> None:
    random = np.random.default_rng(3)
    groups = random.integers(0, 20, (10, 3)).astype(float)
    poverty = np.floor(groups.sum(axis=1) / 3)
    school = random.integers(0, 3, 10)
    one = measure(Plan(district_of(groups, poverty, 3), school))
    other = measure(Plan(district_of(groups[:, [2, 0, 1]], poverty, 3), school))
    assert one["disparity"] == pytest.approx(other["disparity"])
    assert one["gini.race"] == pytest.approx(other["gini.race"])
    assert one["exposure_to_poverty.g2"] == pytest.approx(other["exposure_to_poverty.g0"])


def test_even_schools_are_zero_and_separate_schools_are_one() -> None:
    even, apart = np.array([[5.0, 10.0], [20.0, 40.0]]), np.array([[7.0, 0.0], [0.0, 9.0], [0.0, 0.0]])
    for index in (dissimilarity, gini, theil_h):
        assert index(even) == pytest.approx(0, abs=1e-12)
        assert index(apart) == pytest.approx(1)
        assert np.isnan(index(apart[:1]))


def test_a_group_without_students_is_null_not_nan(tmp_path: Path) -> None:
    toy = EXAMPLE.but(groups={"white": "8 6 4 2", "black": "2 4 6 8", "asian": "0 0 0 0"})
    district = toy.district(tmp_path)
    found = measure(Plan.status_quo(district))
    assert found["exposure_to_poverty.asian"] is None
    assert found["exposure.white.asian"] is None
    assert found["dissimilarity.asian"] is None
    assert found["disparity"] == pytest.approx(0.08)
    agrees(tmp_path, district, district.status_quo)


def test_band_is_inclusive_and_names_high_and_low_schools(tmp_path: Path) -> None:
    toy = Toy("X Y Z", groups={"a": "100 100 100"}, poverty="45 30 15")
    plan = Plan.status_quo(toy.district(tmp_path))  # the district's rate is 0.3
    assert [row.band for row in school_rows(plan)] == ["within", "within", "within"]
    toy = Toy("X Y Z", groups={"a": "100 100 100"}, poverty="46 30 14")
    plan = Plan.status_quo(toy.district(tmp_path / "b"))
    assert [row.band for row in school_rows(plan)] == ["high", "within", "low"]
    everyone = group_rows(plan)[0]
    assert (everyone.within_band, everyone.high_band, everyone.low_band) == pytest.approx((1 / 3, 1 / 3, 1 / 3))


def test_gaps_are_differences_of_exposure(tmp_path: Path) -> None:
    assert gaps(Plan.status_quo(EXAMPLE.district(tmp_path))) == {("white", "black"): pytest.approx(-0.16)}


def test_utilisation_counts_other_students_and_only_given_seats(tmp_path: Path) -> None:
    toy = EXAMPLE.but(seats={"x": 40}, other={"x": 10, "y": 500})
    assert measure(Plan.status_quo(toy.district(tmp_path)))["utilisation_max"] == pytest.approx(30 / 40)


@pytest.mark.parametrize(("longer", "grows"), [(-1.0, False), (0.0, False), (9e-7, False), (2e-6, True), (9.0, True)])
def test_travel_grows_beyond_the_allowance_alone(longer: float, grows: bool, tmp_path: Path) -> None:
    """r0c1 goes to Y; who stays travels no farther; where travel is not known, nothing is said."""
    folder = EXAMPLE.write(tmp_path)
    rows = [("r0c0", "x", 2.0), ("r0c1", "x", 5.0), ("r0c1", "y", 5.0 + longer), ("r0c2", "y", 3.0), ("r0c3", "x", 1.0)]
    pd.DataFrame(rows, columns=["block_id", "school_id", "minutes"]).to_csv(folder / "travel.csv", index=False)
    plan = Plan(read_district(folder), np.array([0, 1, 1, 0]))
    assert farther(plan).tolist() == [False, grows, False, False]
