"""`rezone report`: what it takes, what it writes, and what it says where it cannot."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from toys import EXAMPLE, TOWN

from optimizer import optimize
from optimizer.plan import Plan
from scenarios import read_district
from scenarios.answer.summary import summarise_run
from scenarios.asking.options import rules_of
from scenarios.asking.settling import settle
from scenarios.folder.hashes import folder_hashes
from scenarios.plans.file import write_plan
from scenarios.report.browser import find_chromium
from scenarios.report.output import Answer


def run_folder(folder: Path, out: Path) -> Path:
    """What optimize leaves."""
    settings = settle({"iterations": 2000}, None, {})
    result = optimize(read_district(folder), None, rules_of(settings), iterations=2000, threads=1)
    out.mkdir()
    Answer(result, summarise_run(result, settings, 1.0)).write(out, folder_hashes(folder))
    return out


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return TOWN.write(tmp_path / "town")


def moved_plan(folder: Path, out: Path, block: int) -> Path:
    district = read_district(folder)
    zone = district.status_quo.copy()
    zone[block] = (zone[block] + 1) % district.schools
    out.parent.mkdir(parents=True, exist_ok=True)
    write_plan(out, Plan(district, zone))
    return out


def test_a_run_is_reported_from_its_folder_alone(rezone, town: Path, tmp_path: Path) -> None:
    out = run_folder(town, tmp_path / "run")
    status, printed, err = rezone("report", out, "--out", tmp_path / "new" / "r.html", "--language", "zh-Hant")
    assert (status, err) == (0, "")
    assert f"Report: {tmp_path / 'new' / 'r.html'}" in printed
    page = (tmp_path / "new" / "r.html").read_text(encoding="utf-8")
    assert '<html lang="zh-Hant">' in page
    assert "就學區" in page
    assert "請勿公開" in page  # the planner's own says so on top


def test_plans_stand_beside_a_run(rezone, town: Path, tmp_path: Path) -> None:
    out = run_folder(town, tmp_path / "run")
    plan = moved_plan(town, tmp_path / "option b.csv", 1)
    call = ("report", out, plan, "--district", town, "--draws", 10, "--out", tmp_path / "r.html")
    assert rezone(*call)[0] == 0
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "<h3>run</h3>" in page
    assert "<h3>option b</h3>" in page
    assert "10 draws" in page


def test_a_frontier_gives_its_curve(rezone, town: Path, tmp_path: Path) -> None:
    folder = tmp_path / "front"
    for k in range(3):
        moved_plan(town, folder / "plans" / f"{k:02}.csv", k + 1)
    (folder / "frontier.csv").write_text("point\n0\n1\n2\n")
    status, _, err = rezone("report", folder, "--out", tmp_path / "r.html")
    assert status == 2
    assert "does not hold its district. Name the folder of its district with --district" in err
    assert rezone("report", folder, "--district", town, "--out", tmp_path / "r.html")[0] == 0
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert 'id="curve"' in page
    for name in ("00", "01", "02"):
        assert f'<th scope="row">{name}</th>' in page


def test_runs_keep_their_limits_and_bounds(rezone, town: Path, tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    moved_plan(town, folder / "plans" / "abc.csv", 1)
    row = {"run": "abc", "scenario": "<b>modest", "district": "toy", "status": "done", "outcome": "feasible"}
    row |= {
        "rules": "[]",
        "option.max_moved": 0.75,
        "option.travel_increase": 9.0,
        "bound": 0.01,
        "gap": 0.2,
        "seed": 4,
    }
    other = {"run": "def", "scenario": "none", "district": "elsewhere", "status": "done", "rules": "[]"}
    pd.DataFrame([row, other]).to_parquet(folder / "results.parquet")
    assert rezone("report", folder, "--district", town, "--out", tmp_path / "r.html")[0] == 0
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;modest" in page
    assert "--max-moved 0.75" in page
    assert "gets below 1.00 points" in page


def test_maps_addresses_lines_and_years_come_from_files(rezone, town: Path, tmp_path: Path) -> None:
    out = run_folder(town, tmp_path / "run")
    (tmp_path / "a.csv").write_text("address,lon,lat\n1 Elm St,-77.2740,37.9245\n")
    year = {"year": 1, "school_year": "2027-28"}
    (tmp_path / "transition.json").write_text(json.dumps({"years": [year, {"year": 2, "school_year": "2028-29"}]}))
    call = ("report", out, "--out", tmp_path / "r.html", "--addresses", tmp_path / "a.csv", "--maps", tmp_path / "maps")
    assert rezone(*call, "--transition", tmp_path)[0] == 0
    assert "Type an address" in (tmp_path / "r.html").read_text(encoding="utf-8")
    drawn = sorted(path.name for path in (tmp_path / "maps").glob("*.svg"))
    assert drawn == ["rates-0.svg", "rates-1.svg", "zones-0.svg", "zones-1.svg"]
    assert all((tmp_path / "maps" / name).with_suffix(".png").is_file() == bool(find_chromium()) for name in drawn)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--language", "fr"), "--language: 'fr' is not a language here"),
        (("--addresses", "gone.csv"), "gone.csv: is not there"),
        (("--context", "gone.gpkg"), "gone.gpkg: is not there"),
        (("--transition", "gone"), "gone: is not there"),
        (("--out", "."), "--out: '.' is a folder"),
    ],
)
def test_wrong_calls_are_named_and_nothing_is_written(arguments, words, rezone, town: Path, tmp_path: Path) -> None:
    out = run_folder(town, tmp_path / "run")
    where = () if "--out" in arguments else ("--out", tmp_path / "r.html")
    status, _, err = rezone("report", out, *where, *arguments)
    assert status == 2
    assert words in err
    assert not (tmp_path / "r.html").exists()


def test_two_districts_are_not_mixed(rezone, town: Path, tmp_path: Path) -> None:
    other = EXAMPLE.write(tmp_path / "other")
    first, second = run_folder(town, tmp_path / "one"), run_folder(other, tmp_path / "two")
    status, _, err = rezone("report", first, second, "--out", tmp_path / "r.html")
    assert status == 2
    assert "others than those of the first: two" in err
    status, _, err = rezone("report", first, "--district", other, "--out", tmp_path / "r.html")
    assert status == 2
    assert "--district: is not the district of the plan" in err


def test_a_folder_of_something_else_is_named(rezone, tmp_path: Path) -> None:
    (tmp_path / "else").mkdir()
    status, _, err = rezone("report", tmp_path / "else", "--out", tmp_path / "r.html")
    assert status == 2
    assert "holds no report.json, results.parquet or frontier.csv" in err


def test_too_many_plans_are_named(rezone, town: Path, tmp_path: Path) -> None:
    plans = [moved_plan(town, tmp_path / f"{k}.csv", 1) for k in range(9)]
    status, _, err = rezone("report", *plans, "--district", town, "--out", tmp_path / "r.html")
    assert status == 2
    assert "9 plans are too many" in err


def test_no_chromium_is_said(rezone, town: Path, tmp_path: Path, monkeypatch) -> None:
    out = run_folder(town, tmp_path / "run")
    monkeypatch.setenv("PATH", str(tmp_path))
    status, _, err = rezone("report", out, "--out", tmp_path / "r.html", "--pdf")
    assert status == 2
    assert "--pdf: needs Chromium, which is not installed" in err
    assert (tmp_path / "r.html").is_file()


@pytest.mark.skipif(find_chromium() is None, reason="needs Chromium (Debian: apt-get install chromium)")
@pytest.mark.parametrize(("paper", "points"), [("a4", (595, 842)), ("letter", (612, 792))])
def test_the_pdf_has_the_paper_asked_for(paper: str, points, rezone, town: Path, tmp_path: Path) -> None:
    out = run_folder(town, tmp_path / "run")
    assert rezone("report", out, "--out", tmp_path / "r.html", "--pdf", "--paper", paper)[0] == 0
    written = (tmp_path / "r.pdf").read_bytes()
    assert written.startswith(b"%PDF")
    import re

    boxes = re.findall(rb"/MediaBox \[\s*0 0 ([\d.]+) ([\d.]+)", written)
    assert boxes
    assert np.array(boxes, float) == pytest.approx(np.tile(points, (len(boxes), 1)), abs=1.5)


def test_draws_are_not_dropped_in_silence(rezone, town: Path, tmp_path: Path) -> None:
    assert rezone("optimize", town, "--out", tmp_path / "run", "--iterations", 200)[0] == 0
    call = ("report", tmp_path / "run", "--draws", 5, "--out", tmp_path / "r.html")
    status, _, err = rezone(*call)
    assert status == 2
    assert "--draws: is for plan files" in err
    status, _, err = rezone("report", tmp_path / "run" / "plan.csv", "--district", town, *call[2:])
    assert status == 0, err
