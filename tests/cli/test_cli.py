"""The commands as people run them: what they write, print and answer."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import checker
import numpy as np
import pytest
import typer
from toys import EXAMPLE, TOWN

from scenarios import read_district
from scenarios.demo import demo_folder
from scenarios.plans.file import read_plan

WRITTEN = [
    "certificate.json",
    "district.parquet",
    "plan.csv",
    "plan.gpkg",
    "report.html",
    "report.json",
    "summary.json",
]
KEYS = [
    *(
        "format",
        "district",
        "objective",
        "objective_value",
        "objective_value_status_quo",
        "disparity",
        "disparity_status_quo",
    ),
    *("variance", "variance_status_quo", "exposure", "exposure_status_quo", "racial_exposure"),
    *("racial_exposure_status_quo", "measures", "measures_status_quo", "moved_share", "mean_travel_change", "valid"),
    "valid_status_quo",
    *(
        "broken_limits",
        "bound",
        "bound_relaxes",
        "solver_bound",
        "gap",
        "status",
        "no_plan",
        "proof",
        "limits",
        "rules",
    ),
    *("attributes_used", "attributes", "seed", "iterations", "stopped", "seconds", "version", "baselines", "files"),
]


def test_optimize_writes_a_valid_plan_its_measures_and_its_report(rezone, tmp_path: Path) -> None:
    folder, out = TOWN.write(tmp_path / "town"), tmp_path / "new" / "out"
    status, printed, err = rezone("optimize", folder, "--out", out, "--iterations", 20_000, "--seed", 3)
    assert status == 0, err
    assert sorted(p.name for p in out.iterdir()) == WRITTEN
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert list(summary) == KEYS
    raw, district = checker.Folder(folder), read_district(folder)
    plan = read_plan(out / "plan.csv", district)
    zones = {b: district.school_ids[j] for b, j in zip(district.block_ids, plan.school, strict=True)}
    broken = checker.broken(raw, zones)
    assert all(inherited for _, _, inherited in broken)
    assert summary["valid"] is True
    assert len(summary["broken_limits"]) == len(broken)
    for name, value in checker.measures(raw, zones).items():
        assert summary["measures"][name] == pytest.approx(value), name
    assert summary["objective_value"] == summary["disparity"] < summary["disparity_status_quo"]
    assert (summary["status"], summary["bound"] <= summary["objective_value"]) == ("optimal", True)
    assert summary["attributes_used"] == ["students_white", "students_black", "students_poverty", "students"]
    assert "disparity of exposure to poverty" in printed
    assert "dissimilarity by race" in printed
    assert f"Report: {out / 'report.html'}" in printed


def test_same_seed_and_iterations_same_files_at_any_thread_count(rezone, tmp_path: Path) -> None:
    plans, summaries = [], []
    for threads in (1, 2):
        out = tmp_path / str(threads)
        job = (
            "optimize",
            demo_folder(),
            "--out",
            out,
            "--iterations",
            30_000,
            "--threads",
            threads,
            "--max-moved",
            0.1,
        )
        assert rezone(*job)[0] == 0
        plans.append((out / "plan.csv").read_bytes())
        summary = json.loads((out / "summary.json").read_text(encoding="utf-8")) | {"seconds": 0}
        summaries.append(summary | {"files": summary["files"]["plan.csv"]})
    assert plans[0] == plans[1]
    assert summaries[0] == summaries[1]
    assert summaries[0]["moved_share"] <= 0.1 + 1e-9
    assert b"\r" not in plans[0]
    assert plans[0].startswith(b"block_id,school_id\nB001,")


def test_no_valid_plan_leaves_the_summary_alone(rezone, tmp_path: Path) -> None:
    folder = EXAMPLE.but(seats={"x": 5, "y": 5}).write(tmp_path / "d")
    status, printed, _ = rezone("optimize", folder, "--out", tmp_path / "out", "--strict", "--iterations", 1000)
    assert status == 1
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["summary.json"]
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert list(summary) == KEYS
    assert (summary["valid"], summary["status"], summary["measures"]) == (False, "infeasible", None)
    assert {row["limit"] for row in summary["broken_limits"]} == {"capacity"}
    assert "There is no valid plan within these limits. That is proved." in printed
    assert summary["no_plan"] == "proved"


def test_a_district_of_one_school_is_answered(rezone, tmp_path: Path) -> None:
    folder = EXAMPLE.but(zones="X x x x").write(tmp_path / "d")
    assert rezone("optimize", folder, "--out", tmp_path / "out", "--time-limit", 1)[0] == 0
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert (summary["disparity"], summary["moved_share"]) == (pytest.approx(0, abs=1e-12), 0.0)


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--size-tolerance", "-1"), "--size-tolerance: -1.0 cannot be used"),
        (("--max-moved", "3"), "Give a share from 0 to 1"),
        (("--travel-increase", "nan"), "--travel-increase: nan cannot be used"),
        (("--time-limit", "0"), "Give a number of seconds above 0"),
        (("--objective", "disparty"), "'disparty' is not known (did you mean 'disparity'?)"),
        (("--solver", "magic"), "Give auto, search or exact"),
        (("--iterations", "0"), "Give a whole number from 1 to 9223372036854775807"),
    ],
)
def test_wrong_options_are_named_and_nothing_is_written(flags, words, rezone, tmp_path: Path) -> None:
    folder = EXAMPLE.write(tmp_path / "d")
    status, printed, err = rezone("optimize", folder, "--out", tmp_path / "out", *flags)
    assert (status, printed) == (2, "")
    assert words in err
    assert err.startswith("error: ")
    assert not (tmp_path / "out").exists()


def test_text_for_a_number_is_a_usage_error(rezone, tmp_path: Path) -> None:
    status, _, err = rezone("optimize", EXAMPLE.write(tmp_path / "d"), "--out", tmp_path / "o", "--max-moved", "ten")
    assert status == 2
    assert "--max-moved" in err


def test_output_that_cannot_be_written(rezone, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")
    status, _, err = rezone("optimize", EXAMPLE.write(tmp_path / "d"), "--out", tmp_path / "file", "--iterations", 100)
    assert status == 3
    assert "is a file, not a folder. Name a folder that can be written to" in err
    assert (tmp_path / "file").read_text() == "kept"


def test_flag_beats_config_beats_district_beats_default(rezone, tmp_path: Path) -> None:
    folder = EXAMPLE.but(head="[limits]\nsize_tolerance = 0.3\nmax_moved = 0.9\ntravel_increase = 0.1\n").write(
        tmp_path / "d"
    )
    config = tmp_path / "options.toml"
    config.write_text(
        '[options]\nmax_moved = 0.8\ntravel_increase = 0.2\n[[rules]]\nkind = "moved"\nof = "black"\nshare = 0.7\n'
    )
    job = (
        "optimize",
        folder,
        "--out",
        tmp_path / "out",
        "--config",
        config,
        "--travel-increase",
        0.4,
        "--iterations",
        100,
    )
    assert rezone(*job)[0] == 0
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    limits = summary["limits"]
    assert limits == {
        "travel_increase": 0.4, "travel_floor": 1000.0, "size_tolerance": 0.3, "max_moved": 0.8, "contiguity": True,
        "strict": False, "default_minimum": "today_or_seats",
    }  # fmt: skip
    assert summary["rules"] == [{"kind": "moved", "of": "black", "share": 0.7}]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "[options]\nsize_tolerence = 0.1",
            "column 'size_tolerence': the key is not known (did you mean 'size_tolerance'?)",
        ),
        ("[option]\nseed = 1", "column 'option': the key is not known (did you mean 'options'?)"),
        ('[[rules]]\nkind = "lok"', "'lok' is not a kind of rule here (did you mean 'lock'?)"),
        ('[[rules]]\nkind = "moved"\nshares = 1', "column 'shares': the key is not known (did you mean 'share'?)"),
        ('[[rules]]\nkind = "moved"\nshare = 2', "2.0 is not a share"),
        ("seed = ", "cannot be read as TOML"),
    ],
)
def test_config_files_that_are_wrong(text: str, words: str, rezone, tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text(text)
    folder = EXAMPLE.write(tmp_path / "d")
    status, _, err = rezone("optimize", folder, "--out", tmp_path / "out", "--config", tmp_path / "c.toml")
    assert status == 2
    assert words in err


def test_check_says_what_there_is_and_what_is_wrong(rezone, tmp_path: Path) -> None:
    folder = TOWN.write(tmp_path / "d")
    status, printed, _ = rezone("check", folder)
    assert status == 0
    for line in (
        "blocks    20 (1 of them without students)",
        "over their seats: x by 5",
        "1 detached piece of zones, 1 block: r0c4",
        "poverty that a group meets         white",
        "own group that it meets            white",
        "neighbouring zones that differ most: x and y by",
    ):
        assert line in printed
    found = json.loads(rezone("check", folder, "--json")[1])
    assert found["over_seats"] == {"x": 5.0}
    assert found["detached_blocks"] == ["r0c4"]
    assert found["minimum_above_seats"] == []
    (folder / "schools.csv").unlink()
    status, printed, err = rezone("check", folder, "--json")
    assert status == 2
    assert json.loads(printed)["faults"][0]["where"] == "schools.csv"
    assert "schools.csv: is not there" in err


def test_evaluate_prints_json_alone_and_takes_invalid_plans(rezone, tmp_path: Path) -> None:
    folder = EXAMPLE.write(tmp_path / "d")
    plan = tmp_path / "p.csv"
    plan.write_text("block_id,school_id\nr0c0,x\nr0c1,y\nr0c2,x\nr0c3,y\n")
    status, printed, _ = rezone("evaluate", folder, plan, "--json", "--draws", 20)
    found = json.loads(printed)
    assert status == 0
    assert found["valid"] is False
    assert {row["limit"] for row in found["broken_limits"]} == {"contiguity"}
    assert found["measures"]["disparity"] == pytest.approx(0.02)
    row = found["intervals"]["disparity"]
    assert 0 <= row["low"] <= row["high"]
    assert row["level"] == 0.9
    assert "Poisson" in found["draws_model"]
    today, change = found["intervals_status_quo"]["disparity"], found["intervals_change"]["disparity"]
    assert row["low"] - today["high"] <= change["low"] <= change["high"] <= row["high"] - today["low"]
    assert found["below_status_quo"]["moved_share"] == 0.0
    shown = rezone("evaluate", folder, plan, "--draws", 20)[1]
    less = round(20 * found["below_status_quo"]["disparity"])
    assert re.search(rf"disparity .* points to .* points .* points to .* points\s+{less} of 20\n", shown)
    assert rezone("evaluate", folder, plan, "--no-contiguity")[1].strip().endswith("The plan is valid.")


def test_evaluate_agrees_with_the_checker_on_validity(rezone, tmp_path: Path) -> None:
    from optimizer.plan import Plan
    from optimizer.rules import DEFAULT_RULES, Moved, breaches, is_valid

    district = TOWN.district(tmp_path)
    raw, random = checker.Folder(tmp_path), np.random.default_rng(4)
    seen = set()
    for _ in range(150):
        school = district.status_quo.copy()
        for b in random.integers(0, district.blocks, random.integers(0, 4)):
            school[b] = random.integers(0, district.schools)
        zones = {b: district.school_ids[j] for b, j in zip(district.block_ids, school, strict=True)}
        wanted = checker.broken(raw, zones, max_moved=0.12)
        rows = breaches(Plan(district, school), (*DEFAULT_RULES, Moved(0.12)))
        assert {(r.limit, r.inherited) for r in rows} == {(limit, inherited) for limit, _, inherited in wanted}
        assert is_valid(rows) == all(inherited for _, _, inherited in wanted)
        seen |= {limit for limit, _, _ in wanted}
    assert seen == {"capacity", "min_students", "max_moved", "contiguity", "travel_increase"}


@pytest.mark.parametrize(("command", "instead"), [("ensemble", "nearest-school"), ("why", "rezone report")])
def test_commands_of_later_versions_say_so_and_what_to_do_until_then(command: str, instead: str, rezone) -> None:
    status, printed, err = rezone(command, "x", "--out", "y")
    assert (status, printed) == (2, "")
    assert err.startswith(f"error: rezone {command}: is not in this version yet. Until then: ")
    assert instead in err
    assert err.count("\n") == 1


def test_every_command_of_the_format_is_there_or_says_that_it_is_not_yet() -> None:
    from scenarios.cli.main import LATER, app

    names = "check demo evaluate optimize bound verify explain frontier sensitivity transition run compare score report"
    names += " publish serve import travel forecast repair why export ensemble generate"
    known = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    assert set(names.split()) <= set(known)
    assert all(known[name].hidden == (name in LATER) for name in known)


def test_kinds_and_objectives_of_later_versions_list_those_that_are_there(rezone, tmp_path: Path) -> None:
    from optimizer.rules import RULES

    folder = EXAMPLE.write(tmp_path / "d")
    status, _, err = rezone("evaluate", folder, "--rule", "redrawn share=0.1")
    assert status == 2
    assert all(f" {kind}" in err for kind in RULES)
    status, _, err = rezone("optimize", folder, "--out", tmp_path / "o", "--objective", "redrawn")
    assert status == 2
    assert all(name in err for name in ("disparity_equal", "gap.<group>", "theil_h.race", "travel_mean", "cut_edges"))


def test_generate_makes_a_folder_that_reads_back(rezone, tmp_path: Path) -> None:
    for ending in ("parquet", "gpkg", "geojson"):
        job = ("generate", "--blocks", 60, "--schools", 4, "--seed", 5, "--format", ending, tmp_path / ending)
        assert rezone(*job)[0] == 0
    one, two, three = (read_district(tmp_path / ending) for ending in ("parquet", "gpkg", "geojson"))
    assert np.array_equal(one.counts, two.counts)
    assert np.array_equal(one.adjacency.index, two.adjacency.index)
    assert np.array_equal(one.status_quo, three.status_quo)
    assert one.name == "Synthetic district of 60 blocks and 4 schools, seed 5"
    assert rezone("generate", "--blocks", 3, "--schools", 4, tmp_path / "x")[0] == 2


def test_help_does_not_import_heavy_libraries() -> None:
    heavy = ("geopandas", "numba", "ortools", "pandas", "scipy", "shapely")
    code = f"import sys; import scenarios.cli; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_today_needs_no_plan_file(rezone, tmp_path: Path) -> None:
    folder = TOWN.but(least={"x": 70}).write(tmp_path / "d")
    found = json.loads(rezone("evaluate", folder, "--json")[1])
    assert found["measures"] == found["measures_status_quo"]
    assert json.loads(rezone("check", folder, "--json")[1])["minimum_above_seats"] == ["x"]
    assert "a minimum above the seats, which no plan can keep: x" in rezone("check", folder)[1]
    assert rezone("report", folder, "--out", tmp_path / "today.html")[0] == 0
    assert "toy" in (tmp_path / "today.html").read_text(encoding="utf-8")
