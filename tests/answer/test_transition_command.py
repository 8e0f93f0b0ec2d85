"""`rezone transition`: its files, its page, the limits that it flags, and its errors."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from test_transition import GRADED, SHAPE
from toys import TOWN, Toy

from optimizer import Plan, measure
from optimizer.transition import Policy
from scenarios import read_district
from scenarios.asking.settling import settle
from scenarios.plans.file import write_plan
from scenarios.transition import Ask, document, render, years_table
from scenarios.transition.words import school_year

HOSTILE = '=cmd|"<script>alert(1)</script>'


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


@pytest.fixture
def job(tmp_path: Path) -> tuple[Path, Path]:
    """A district folder and a plan that moves B."""
    folder, plan = GRADED.write(tmp_path / "district"), tmp_path / "plan.csv"
    write_plan(plan, Plan(read_district(folder), [0, 1, 1, 1]))
    return folder, plan


@pytest.mark.parametrize(
    ("flags", "text"),
    [
        ("--grandfather 7 --phase-in all-at-once", "--grandfather: '7' is not a grade here. Grades are: K, 1, 2"),
        ("--grandfather 5x", "--grandfather: '5x' is not a grade (did you mean '5'?). "
         "Grades are PK, TK, K and 1 to 12"),
        ("--grandfather K", "--grandfather: grade K enters school in the first year: it has no school to stay at. "
         "Name grades from 1, 2"),
        ("--grades 5-K", "--grades: '5-K' runs backwards. Write the lower grade first, as in K-5"),
        ("--grades K,K", "--grades: a grade stands more than once: K. Give each grade once"),
        ("--phase-in entrant", "--phase-in: 'entrant' is no way (did you mean 'entrants'?). "
         "Give entrants or all-at-once"),
        ("--siblings 1.5", "--siblings: 1.5 is not a share. Give a number from 0 to 1"),
        ("--sibling-rate nan", "--sibling-rate: nan is not a share. Give a number from 0 to 1"),
        ("--max-moved 2", "--max-moved: 2.0 cannot be used: it must be a number of 1 or less. "
         "Give a share from 0 to 1, such as 0.1 for 10 %"),
    ],
)  # fmt: skip
def test_bad_flags(flags: str, text: str, rezone, job, tmp_path: Path) -> None:
    status, printed, err = rezone("transition", *job, "--out", tmp_path / "out", *flags.split())
    assert (status, printed, err) == (2, "", f"error: {text}\n")
    assert not (tmp_path / "out").exists()


def test_a_plan_with_unknown_ids(rezone, job, tmp_path: Path) -> None:
    folder, plan = job
    plan.write_text(plan.read_text().replace("r0c1,y", "r0c9,q"))
    status, _, err = rezone("transition", folder, plan, "--out", tmp_path / "out")
    assert status == 2
    assert "plan.csv, column 'block_id'" in err
    assert "r0c9" in err
    assert "plan.csv, column 'school_id'" in err
    assert not (tmp_path / "out").exists()


def test_the_command_writes_everything_and_the_files_agree(rezone, job, tmp_path: Path) -> None:
    out = tmp_path / "new" / "out"
    status, printed, err = rezone("transition", *job, "--out", out, "--start-year", 2029, "--size-tolerance", 0.5)
    assert (status, err) == (0, "")
    assert sorted(path.name for path in out.iterdir()) == [
        "manifest.json", "transition.csv", "transition.html", "transition.json", "years.csv"
    ]  # fmt: skip
    found = json.loads((out / "transition.json").read_text(encoding="utf-8"))
    assert found["summary"] in printed
    assert found["summary"].startswith("The plan is reached in year 3 (2031-32)")
    assert all(sentence in printed for sentence in found["assumptions"])
    wanted = measure(Plan(read_district(job[0]), [0, 1, 1, 1]))
    last = found["years"][-1]["measures"]
    assert last == {name: value for name, value in wanted.items() if name not in SHAPE}
    rows = table(out / "years.csv")
    assert [row["school_year"] for row in rows] == ["2028-29", "2029-30", "2030-31", "2031-32"]
    assert [float(row["at_plan_school"]) for row in rows] == pytest.approx([0.75, 0.8, 0.875, 1.0])
    assert float(rows[-1]["disparity"]) == wanted["disparity"]
    assert float(rows[-1]["exposure.white.black"]) == wanted["exposure.white.black"]
    schools = table(out / "transition.csv")
    assert [(row["year"], row["school_id"], float(row["students"])) for row in schools[2:4]] == [
        ("1", "x", 18.0), ("1", "y", 22.0)
    ]  # fmt: skip
    assert float(schools[2]["poverty_rate"]) == pytest.approx(3.4 / 18)
    assert float(schools[3]["moved_in"]) == 2.0


def test_years_over_the_seats_are_flagged(tmp_path: Path) -> None:
    toy = GRADED.but(seats={"x": 30, "y": 24}, other={"y": 1})
    plan = Plan(toy.district(tmp_path), [0, 1, 1, 1])
    found = document(plan, Ask(Policy()), settle({"size_tolerance": 0.5}, None, {}))
    y = [year.schools[1] for year in found.years]
    assert [row.over_capacity for row in y] == pytest.approx([0, 0, 2, 7])
    assert [row.utilisation for row in y] == pytest.approx([21 / 24, 23 / 24, 26 / 24, 31 / 24])
    assert [year.valid for year in found.years] == [True, True, False, False]
    assert found.summary.endswith("A limit of size or share is broken more than today in years 2, 3.")
    assert not found.plan_valid
    assert years_table(found)["schools_over_capacity"].tolist() == [0, 0, 1, 1]


def test_schools_are_called_by_their_names_and_seats_are_said_of_who_gives_them(rezone, job, tmp_path: Path) -> None:
    for seats, over, marked in (
        ({}, "over largest size", "Marked: over what the limit of size allows."),
        ({"x": 30, "y": 24}, "over seats", "Marked: over its seats, or over what the limit of size allows where seats"),
    ):
        folder, out = GRADED.but(seats=seats).write(tmp_path / over), tmp_path / "out"
        status, printed, _ = rezone("transition", folder, job[1], "--out", out, "--size-tolerance", 0.01)
        page = (out / "transition.html").read_text(encoding="utf-8")
        assert status == 0
        assert over in printed
        assert "school School Y (y)" in printed
        assert f"Schools over their {over.removeprefix('over ')}<" in page
        assert marked in page
        assert '<td class="text">School Y (y)</td>' in page


def test_a_breach_of_today_may_stay_but_not_when_strict(tmp_path: Path) -> None:
    plan = Plan(GRADED.but(seats={"x": 19, "y": 90}).district(tmp_path), [0, 1, 1, 1])
    for strict, valid in ((None, [True] * 4), (True, [False, True, True, True])):
        found = document(plan, Ask(Policy()), settle({"size_tolerance": 0.5, "strict": strict}, None, {}))
        assert [year.valid for year in found.years] == valid


def test_a_plan_that_moves_nobody_is_reached_today(rezone, job, tmp_path: Path) -> None:
    write_plan(job[1], Plan.status_quo(read_district(job[0])))
    status, printed, _ = rezone("transition", *job, "--out", tmp_path / "out")
    assert status == 0
    assert "The plan moves no students: it is today's zones." in printed


@pytest.mark.parametrize(
    "toy", [Toy("X x y Y", students="9 5 4 3"), Toy("X x y Y", students="9 5 4 3", poverty="1 1 1 1")]
)
def test_without_groups_or_poverty(toy: Toy, rezone, tmp_path: Path) -> None:
    folder, plan = toy.write(tmp_path / "district"), tmp_path / "plan.csv"
    write_plan(plan, Plan(read_district(folder), [0, 1, 1, 1]))
    status, printed, _ = rezone("transition", folder, plan, "--out", tmp_path / "out")
    assert status == 0
    assert "reached in year 6" in printed
    assert "by race" not in printed
    page = (tmp_path / "out" / "transition.html").read_text(encoding="utf-8")
    assert ("Disparity" in page) == (toy.poverty is not None)


def test_names_are_text_on_the_page_and_no_formula_in_tables(rezone, tmp_path: Path) -> None:
    schools = TOWN.schools()
    schools["name"] = HOSTILE
    folder = TOWN.write(tmp_path / "district", schools=schools)
    head = (folder / "district.toml").read_text()
    (folder / "district.toml").write_text(head.replace('"toy"', json.dumps(HOSTILE)))
    district = read_district(folder)
    plan = Plan(district, np.where(np.arange(district.blocks) == 2, 1, district.status_quo))
    write_plan(tmp_path / "plan.csv", plan)
    out = tmp_path / "out"
    assert rezone("transition", folder, tmp_path / "plan.csv", "--out", out)[0] == 0
    page = (out / "transition.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert not re.search(r"https?://|src=|@import|url\(", page)
    assert "prefers-color-scheme: dark" in page
    rows = table(out / "transition.csv")
    assert {row["name"] for row in rows} == {"'" + HOSTILE}


def test_the_page_shows_race_wherever_it_shows_poverty(tmp_path: Path) -> None:
    plan = Plan(GRADED.district(tmp_path), [0, 1, 1, 1])
    page = render(document(plan, Ask(Policy()), settle({}, None, {})))
    assert page.count('<svg class="drawing" role="img"') >= 2
    for text in (
        "Disparity of exposure to poverty",
        "Dissimilarity by race",
        "Black, met by White",
        "reached in year 3",
    ):
        assert text in page


@pytest.mark.parametrize(("start", "year", "text"), [(2026, 1, "2026-27"), (2026, 0, "2025-26"), (1999, 1, "1999-00")])
def test_school_years(start: int, year: int, text: str) -> None:
    assert school_year(start, year) == text
    assert school_year(None, year) is None


def test_a_rule_that_closes_a_school(tmp_path: Path) -> None:
    district = GRADED.district(tmp_path)
    config = tmp_path / "options.toml"
    config.write_text('[[rules]]\nkind = "close"\nschools = ["x"]\n')
    found = document(Plan(district, [1, 1, 1, 1]), Ask(Policy()), settle({}, config, {}))
    assert found.reached_in == 1
    today, first = found.years
    real = measure(Plan.status_quo(district))
    assert today.measures == {name: pytest.approx(real[name]) for name in today.measures}
    assert first.measures["travel_mean"] > today.measures["travel_mean"]
    assert (first.measures["moved_share"], first.measures["moved_counted"]) == (0.5, 0)
    assert any("all students of School X (x) leave in year 1" in sentence for sentence in found.assumptions)
