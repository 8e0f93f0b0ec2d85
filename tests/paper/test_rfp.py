"""The tables that requests for proposals ask for, against plain sums; the checklist says what is missing and why."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from toys import TOWN, Toy
from typer.testing import CliRunner

from optimizer import InputError
from optimizer.measures.projection import projected
from optimizer.plan import Plan
from scenarios.cli.main import app
from scenarios.generator import generate
from scenarios.plans.file import write_plan
from scenarios.rfp import Asked, read_growth, write_rfp
from scenarios.rfp.tables import count_tables

GRADED = TOWN.but(
    extra={
        "students_grade_k": [4.0] * 20,
        "students_grade_1": [float(k % 5) for k in range(20)],
        "ward": ["north"] * 10 + ["south"] * 10,
    }
)
FLAT = np.zeros((3, 5))


def plans_of(toy: Toy, folder: Path) -> dict[str, Plan]:
    district = toy.district(folder / "d")
    school = district.status_quo.copy()
    school[[district.block_ids.index("r0c2"), district.block_ids.index("r1c2")]] = 1
    return {"option": Plan(district, school)}


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype={"school_id": str, "grade": str})


def test_tables_against_plain_sums(tmp_path: Path) -> None:
    plans = plans_of(GRADED, tmp_path)
    plan = plans["option"]
    district = plan.district
    (tmp_path / "o").mkdir()
    write_rfp(tmp_path / "o", plans, Asked(FLAT, neighbourhood="ward"))
    grades, race = read(tmp_path / "o/pupils_by_grade.csv"), read(tmp_path / "o/race_and_poverty.csv")
    for j, school in enumerate(district.school_ids):
        mine = plan.school == j
        one = grades[(grades.plan == "option") & (grades.school_id == school)].iloc[0]
        assert one.grade_1 == district.column("students_grade_1")[mine].sum()
        two = race[(race.plan == "option") & (race.school_id == school)].iloc[0]
        assert two.students_black == district.column("students_black")[mine].sum()
        poor, whole = district.poverty[mine].sum(), district.exposed[mine].sum()
        assert two.share_poverty == pytest.approx(poor / whole)
    moved = read(tmp_path / "o/moved_by_grade.csv").set_index("grade")
    assert moved.students_moved["1"] == district.column("students_grade_1")[plan.moved].sum()
    places = read(tmp_path / "o/neighbourhoods.csv").set_index("neighbourhood")
    north = {district.school_ids[plan.school[b]] for b in range(20) if district.attributes["ward"][b] == "north"}
    assert set(places["schools, option"]["north"].split("; ")) == north
    assert places["split, option"]["north"] == (len(north) > 1)


def test_each_block_grows_as_its_zone_of_today(tmp_path: Path) -> None:
    plan = plans_of(GRADED, tmp_path)["option"]
    district = plan.district
    (tmp_path / "g.csv").write_text("school_id,year,rate\nx,1,0.1\nx,2,-0.5\nz,2,0.2\n")
    growth = read_growth(tmp_path / "g.csv", district.school_ids, 2)
    factor = {"x": 1.1 * 0.5, "y": 1.0, "z": 1.2}
    ends = np.zeros(3)
    for b in range(district.blocks):
        ends[plan.school[b]] += district.students[b] * factor[district.school_ids[district.status_quo[b]]]
    assert projected(plan, growth)[2] == pytest.approx(ends)
    table = count_tables({"status quo": Plan.status_quo(district), "option": plan}, growth)["projections"]
    for row in table[table.plan == "option"].itertuples():
        if row.seats is not None and not np.isnan(row.seats):
            full = row.share_of_seats
            assert row.flag == ("under 90 %" if full < 0.9 else "over 110 %" if full > 1.1 else "")


def test_growth_files_that_cannot_be_used_say_why(tmp_path: Path) -> None:
    path = tmp_path / "g.csv"
    path.write_text("school_id,year,rate\nx,1,0.1\nx,1,0.2\n")
    with pytest.raises(InputError, match=r"column 'year': a school and year stand more than once: row 2"):
        read_growth(path, ["x"], 5)
    path.write_text("school_id,year,rate\nx,7,0.1\n")
    with pytest.raises(InputError, match=r"the year is none of the projection: row 1\. Give whole years from 1 to 5"):
        read_growth(path, ["x"], 5)
    path.write_text("school_id,year,rate\nx,1,2\n")
    with pytest.raises(InputError, match=r"would more than double a zone: row 1\. .* 0\.02 for 2 %"):
        read_growth(path, ["x"], 5)


def test_the_checklist_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "o").mkdir()
    lines = {line.asked: line for line in write_rfp(tmp_path / "o", plans_of(TOWN, tmp_path), Asked(FLAT))}
    assert lines["Pupils by grade at each school"].there == "no"
    assert "students_grade_<g>" in lines["Pupils by grade at each school"].where
    assert lines["Three to seven options side by side"].where.endswith("requests ask for 3 to 7")
    assert "An assumption" in lines["Projections over 5 years"].where
    assert "--addresses" in lines["Street lists"].where
    assert lines["Families not identifiable"].there == "no"
    assert not (tmp_path / "o/pupils_by_grade.csv").exists()
    assert (tmp_path / "o/checklist.txt").read_text(encoding="utf-8").startswith("[ ] Pupils by grade")


@pytest.mark.parametrize(
    ("changes", "there", "where"),
    [
        ({}, "yes", "race_and_poverty.csv"),
        ({"poverty": None, "groups": {}}, "no", "the district gives no groups and no poverty"),
        ({"groups": {}}, "partly", "race_and_poverty.csv: the district gives no groups"),
    ],
)
def test_race_and_poverty_are_ticked_where_they_are_given(changes, there: str, where: str, tmp_path: Path) -> None:
    toy = TOWN.but(students=" ".join(["10"] * 20), seats={}, **changes) if changes else TOWN
    (tmp_path / "o").mkdir()
    lines = {line.asked: line for line in write_rfp(tmp_path / "o", plans_of(toy, tmp_path), Asked(FLAT))}
    assert lines["Race and poverty at each school"].there == there
    assert lines["Race and poverty at each school"].where == where
    assert (lines["Utilisation outside 90 to 110 %, flagged"].there == "yes") is (not changes)


def test_the_public_form_has_no_small_count(tmp_path: Path) -> None:
    district = generate(80, 4, np.random.default_rng(3))
    random, school = np.random.default_rng(0), district.status_quo.copy()
    for block in random.permutation(district.blocks)[:30]:
        school[block] = school[district.adjacency.row(int(block))[0]]
    plans = {"option": Plan(district, school)}
    (tmp_path / "o").mkdir()
    write_rfp(tmp_path / "o", plans, Asked(np.zeros((4, 5)), public=True))
    told = 0
    for name in ("pupils_by_grade", "race_and_poverty"):
        table = read(tmp_path / "o" / f"{name}.csv")
        counts = table[[c for c in table.columns if c.startswith(("students", "grade_"))]].to_numpy(float)
        assert (counts[np.isfinite(counts)] >= 10).all()
        assert np.isnan(counts).any()
        told += int(np.isfinite(counts).sum())
    assert told > 20
    # Moves out of a plan: zone totals of the two plans must not give a moved grade under ten away by themselves.
    moved = read(tmp_path / "o/moved_by_grade.csv")
    known = moved.students_moved.dropna()
    assert ((known >= 10) | (known == 0)).all()


def test_the_command(tmp_path: Path) -> None:
    plan = plans_of(GRADED, tmp_path)["option"]
    write_plan(tmp_path / "p.csv", plan)
    (tmp_path / "a.csv").write_text('address,lon,lat\n"=1 Elm St",-77.27,37.92\n')
    call = ["rfp", str(tmp_path / "d"), str(tmp_path / "p.csv"), "--out", str(tmp_path / "o"), "--street", "ward"]
    found = CliRunner().invoke(app, [*call, "--addresses", str(tmp_path / "a.csv")])
    assert found.exit_code == 0, found.output
    assert "[x] Street lists: streets.csv" in found.stdout
    assert (tmp_path / "o/rfp.xlsx").exists()
    with pytest.raises(InputError, match=r"--neighbourhood: the blocks have no column 'wrd' \(did you mean 'ward'\?\)"):
        CliRunner().invoke(app, [*call, "--neighbourhood", "wrd"], catch_exceptions=False)
