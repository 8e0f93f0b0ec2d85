"""Plans that use a school which a rule opened are read again by what knows only the district's folder."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyproj
import pytest
from toys import CRS, LEFT, SIDE, TOP, TOWN

from scenarios.folder import read_district
from scenarios.plans.file import read_plan, with_opened

LON, LAT = pyproj.Transformer.from_crs(CRS, 4326, always_xy=True).transform(LEFT + 2.5 * SIDE, TOP - 2.5 * SIDE)
RULE = f"open school=new lon={LON} lat={LAT} capacity=90 min_students=20"


@pytest.fixture
def runs(rezone, tmp_path: Path) -> Path:
    """The town `d`, and two runs of it: `plain`, and `opened` with a school more."""
    TOWN.write(tmp_path / "d")
    for name, rules in (("plain", ()), ("opened", ("--rule", RULE))):
        limits = ("--travel-increase", 9, "--size-tolerance", 3, "--iterations", 3000)
        status, _, err = rezone("optimize", tmp_path / "d", "--out", tmp_path / name, *limits, *rules)
        assert status == 0, err
    assert "new" in set(pd.read_csv(tmp_path / "opened" / "plan.csv")["school_id"])
    return tmp_path


def test_compare_counts_students_that_go_to_an_opened_school(runs: Path, rezone) -> None:
    out = runs / "compared"
    status, _, err = rezone("compare", runs / "plain", runs / "opened", "--district", runs / "d", "--out", out)
    assert status == 0, err
    opened = pd.read_csv(runs / "opened" / "plan.csv").set_index("block_id")["school_id"]
    plain = pd.read_csv(runs / "plain" / "plan.csv").set_index("block_id")["school_id"]
    town = read_district(runs / "d")
    apart = [opened[block] != plain[block] for block in town.block_ids]
    pairs = pd.read_csv(out / "differences.csv").set_index(["plan", "other"])
    assert pairs.loc[("plain", "opened"), "students"] == pytest.approx(town.students[apart].sum())


@pytest.mark.parametrize("command", ["export", "publish"])
def test_a_run_that_opened_a_school_is_that_of_its_district(command: str, runs: Path, rezone) -> None:
    status, _, err = rezone(command, runs / "opened", "--district", runs / "d", "--out", runs / "out")
    assert status == 0, err


def test_schools_are_opened_once_whoever_asks(runs: Path) -> None:
    town = read_district(runs / "d")
    rule = {"kind": "open", "school": "new", "lon": LON, "lat": LAT}
    more = with_opened(town, [{"kind": "moved", "share": 0.1}, rule, {**rule, "lon": LON + 0.01}])
    assert sorted(more.school_ids) == sorted((*town.school_ids, "new"))
    assert read_plan(runs / "opened" / "plan.csv", more).school.max() < more.schools
    assert with_opened(town, []) is town
