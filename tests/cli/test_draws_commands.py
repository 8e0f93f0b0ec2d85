"""`--draws` on every command that has it: the same draws give the same figures wherever a plan is measured."""

from __future__ import annotations

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from toys import TOWN

from scenarios import read_district
from scenarios.folder.draws import DRAWS, write_draws

STUDY = """
district = "town"
[options]
iterations = 200
threads = 1
[[scenario]]
name = "searched"
[[scenario]]
name = "today"
baseline = "status_quo"
[[scenario]]
name = "given"
plan = "given.csv"
"""
SAID = "30 draws: the first of 40 in draws.parquet, of students, students_white, students_poverty;"


@pytest.fixture(scope="module")
def ask() -> Any:
    """As `rezone`, for fixtures of a whole file."""

    def run(*arguments: object) -> tuple[int, str, str]:
        from scenarios.cli import main

        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.setattr(sys, "argv", ["rezone", *map(str, arguments)])
            with pytest.raises(SystemExit) as ended:
                main()
        return int(ended.value.code or 0), out.getvalue(), err.getvalue()

    return run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A town with draws, a plan, and a scenario file."""
    base = tmp_path_factory.mktemp("draws")
    district = read_district(TOWN.write(base / "town"))
    random, at = np.random.default_rng(3), {name: district.column(name) for name in district.columns}
    more = random.poisson(2, (40, district.blocks))
    drawn = {name: at[name] + more for name in ("students", "students_white")}
    drawn["students_poverty"] = np.minimum(at["students_poverty"] + random.binomial(more, 0.3), drawn["students"])
    write_draws(base / "town", district.block_ids, drawn)
    (base / "study.toml").write_text(STUDY)
    return base


@pytest.fixture(scope="module")
def searched(made: Path, ask: Any) -> Path:
    out = made / "best"
    call = ("optimize", made / "town", "--out", out, "--iterations", 200, "--threads", 1, "--draws", 30)
    status, printed, err = ask(*call)
    assert status == 0, err
    assert "in 90 % of 30 draws" in printed
    assert SAID in printed
    (made / "given.csv").write_bytes((out / "plan.csv").read_bytes())
    return out


@pytest.fixture(scope="module")
def wanted(made: Path, searched: Path, ask: Any) -> dict[str, Any]:
    """What evaluate says of the plan."""
    status, printed, err = ask("evaluate", made / "town", searched / "plan.csv", "--draws", 30, "--json")
    assert status == 0, err
    found: dict[str, Any] = json.loads(printed)
    assert found["draws_model"].startswith(SAID)
    assert found["intervals"]["disparity"]["low"] < found["intervals"]["disparity"]["high"]
    return found


KEYS = ("intervals", "intervals_change", "below_status_quo", "draws_model", "draws_sha256")


def test_optimize_leaves_what_evaluate_says(searched: Path, wanted: dict[str, Any]) -> None:
    summary = json.loads((searched / "summary.json").read_text())
    report = json.loads((searched / "report.json").read_text())
    for key in KEYS:
        assert summary[key] == report["uncertainty"][key] == wanted[key], key
    page = (searched / "report.html").read_text()
    assert SAID in page
    assert "90 of 100 draws" in page


def test_a_run_without_draws_says_nothing_of_them(made: Path, searched: Path, ask: Any) -> None:
    out = made / "plain"
    assert ask("optimize", made / "town", "--out", out, "--iterations", 200, "--threads", 1)[0] == 0
    summary = json.loads((out / "summary.json").read_text())
    assert not {key for key in summary if "draws" in key or "interval" in key}
    # Draws decide no plan.
    assert (out / "plan.csv").read_bytes() == (searched / "plan.csv").read_bytes()


def test_report_shows_them(made: Path, searched: Path, ask: Any) -> None:
    call = ("report", searched / "plan.csv", "--district", made / "town", "--out", made / "page.html", "--draws", 30)
    status, _, err = ask(*call)
    assert status == 0, err
    assert SAID in (made / "page.html").read_text()


def test_run_gives_each_row_its_intervals(made: Path, wanted: dict[str, Any], ask: Any) -> None:
    call = ("run", made / "study.toml", "--out", made / "runs", "--jobs", 1)
    status, _, err = ask(*call, "--draws", 30)
    assert status == 0, err
    rows = pd.read_parquet(made / "runs" / "results.parquet").set_index("scenario")
    for name, ends in wanted["intervals"].items():
        assert rows.loc["given", f"low.{name}"] == pytest.approx(ends["low"])
        assert rows.loc["given", f"high.{name}"] == pytest.approx(ends["high"])
        assert rows.loc["given", f"below_status_quo.{name}"] == wanted["below_status_quo"][name]
    assert set(rows["draws"]) == {30}
    assert set(rows["draws_sha256"]) == {wanted["draws_sha256"]}
    assert rows.loc["today", "below_status_quo.disparity"] == 0
    # Done on these draws is done; on others, or on none, it is another run.
    assert "3 of them done already" in ask(*call, "--draws", 30, "--dry-run")[1]
    assert "0 of them done already" in ask(*call, "--draws", 20, "--dry-run")[1]
    assert "0 of them done already" in ask(*call, "--dry-run")[1]


def test_compare_and_score_set_all_plans_on_the_same_draws(
    made: Path, searched: Path, wanted: dict[str, Any], ask: Any
) -> None:
    other = made / "other.csv"
    district = read_district(made / "town")
    school = district.status_quo.copy()
    school[np.flatnonzero(school != school[0])[:2]] = school[0]
    rows = [f"{block},{district.school_ids[j]}" for block, j in zip(district.block_ids, school, strict=True)]
    other.write_text("\n".join(["block_id,school_id", *rows, ""]))
    call = ("score", made / "town", searched / "plan.csv", other, "--out", made / "scored", "--iterations", 50)
    status, printed, err = ask(*call, "--threads", 1, "--draws", 30)
    assert status == 0, err
    found = json.loads((made / "scored" / "score.json").read_text())
    assert found["draws_model"] == wanted["draws_model"]
    for key in KEYS[:3]:
        assert found["plans"][0][key] == wanted[key], key
    assert found["status_quo"]["intervals"] == wanted["intervals_status_quo"]
    better = found["plans"][0]["better_than"]
    assert {"status quo", "other"} <= set(better)
    assert set(better["other"]) == {"disparity", "dissimilarity.race"}  # race beside poverty
    page = (made / "scored" / "score.html").read_text()
    assert "Intervals of 90 %" in page
    assert "Dissimilarity by race" in page
    assert "by race" in printed
    call = ("compare", searched, "--district", made / "town", "--out", made / "compared", "--draws", 30)
    status, printed, err = ask(*call)
    assert status == 0, err
    table = pd.read_csv(made / "compared" / "intervals.csv").set_index(["plan", "measure"])
    for name, ends in wanted["intervals"].items():
        assert table.loc[("best", name), "low"] == pytest.approx(ends["low"])
    assert set(table["source"]) == {DRAWS}
    pairs = pd.read_csv(made / "compared" / "better.csv")
    assert list(pairs["other"].unique()) == ["status quo"]
    assert "Intervals of 90 %" in (made / "compared" / "compare.html").read_text()
    assert "in 90 % of 30 draws" in printed


def test_where_draws_mean_nothing_is_said(made: Path, searched: Path, ask: Any) -> None:
    out = made / "none"
    town = made / "town"
    for call, said in (
        (("compare", searched, "--out", out), "--draws: needs the counts by block, which results do not hold"),
        (("report", searched, "--out", out / "r.html"), "--draws: is for plan files"),
        (("report", searched, "--district", town, "--out", out / "r.html"), "--draws: is for plan files"),
    ):
        status, _, err = ask(*call, "--draws", 5)
        assert status == 2
        assert said in err
    for name in ("optimize", "run", "score", "compare", "evaluate"):
        folder = {"run": made / "study.toml", "compare": searched}.get(name, town)
        call = (name, folder, *([searched / "plan.csv"] if name in ("score", "evaluate") else []))
        call += () if name == "evaluate" else ("--out", out)
        call += ("--district", town) if name == "compare" else ()
        status, _, err = ask(*call, "--draws", 41)
        assert status == 2, name
        assert "holds 40 draws, and 41 are asked for" in err
        assert not out.exists()
