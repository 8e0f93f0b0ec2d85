"""`--config` in all commands that take limits: nothing that a file asks is passed over in silence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from toys import EXAMPLE

from scenarios.cli.main import app

ARGUMENTS = {
    "evaluate": ("d", "plan.csv"),
    "optimize": ("d", "--out", "o"),
    "repair": ("d", "plan.csv", "--out", "o"),
    "bound": ("d",),
    "explain": ("d",),
    "frontier": ("d", "--out", "o"),
    "sensitivity": ("d", "--out", "o"),
    "transition": ("d", "plan.csv", "--out", "o"),
    "bands": ("d", "d", "--out", "o"),
    "score": ("d", "plan.csv", "--out", "o"),
    "report": ("plan.csv", "--district", "d", "--out", "o.html"),
    "serve": ("d", "--no-browser", "--port", "0", "--out", "o"),
}
STUDY = """
district = "d"
[options]
size_tolerance = 0.5
[[rules]]
kind = "travel_mean"
limit = 5000
[[scenario]]
name = "modest"
max_moved = 0.0
[[scenario]]
name = "estates whole"
rules = [{ kind = "keep_together", column = "estate" }]
[[scenario]]
name = "option A"
plan = "plan.csv"
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch) -> Path:
    EXAMPLE.write(tmp_path / "d")
    (tmp_path / "plan.csv").write_text("block_id,school_id\nr0c0,x\nr0c1,y\nr0c2,y\nr0c3,y\n")
    (tmp_path / "study.toml").write_text(STUDY)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_command_with_limits_is_here() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    taking = {name: {flag.name for flag in one.params} for name, one in commands.items()}
    assert {name for name, flags in taking.items() if "max_moved" in flags} == set(ARGUMENTS)
    assert all({"config", "scenario", "rule"} <= taking[name] for name in ARGUMENTS)


@pytest.mark.parametrize("command", ARGUMENTS)
def test_scenarios_are_refused_or_read(command: str, here: Path, rezone) -> None:
    call = (command, *ARGUMENTS[command], "--config", "study.toml")
    status, _, err = rezone(*call)
    assert (status, err) == (2, REFUSED)
    status, _, err = rezone(*call, "--scenario", "estates hole")
    assert status == 2
    assert "has no scenario 'estates hole' (did you mean 'estates whole'?). Its scenarios are: modest, " in err
    # The scenario's own rule is read: it names a column that the district has not.
    status, _, err = rezone(*call, "--scenario", "estates whole")
    assert status == 2
    assert "the blocks have no further column 'estate'" in err


REFUSED = (
    "error: study.toml, column 'scenario': it has scenarios (modest, estates whole, option A), which rezone run reads. "
    "Pick one with --scenario NAME, or give the file to rezone run\n"
)


def test_a_scenario_adds_its_options_and_rules_to_the_files(here: Path, rezone) -> None:
    call = ("evaluate", "d", "plan.csv", "--json", "--config", "study.toml", "--scenario", "modest")
    found = json.loads(rezone(*call)[1])
    assert [(row["limit"], row["limit_value"]) for row in found["broken_limits"]] == [("max_moved", 0.0)]
    assert json.loads(rezone(*call, "--max-moved", 1)[1])["broken_limits"] == []  # a flag beats the file
    rows = json.loads(rezone(*call, "--rule", "travel_mean limit=1")[1])["broken_limits"]
    assert {row["limit"]: row.get("rule") for row in rows} == {"max_moved": None, "travel_mean": 1}


@pytest.mark.parametrize(
    ("text", "scenario", "words"),
    [
        (STUDY, "option A", "is a plan that is given, which rezone run scores. Pick a scenario whose plan is sought"),
        ("[options]\nseed = 1", "modest", "--scenario: study.toml has no [[scenario]]. Leave --scenario out"),
        ("[sweep]\nseed = [1]", None, "column 'sweep': a sweep is read by rezone run alone. Take it out"),
        ('district = "e"', None, "it is about e, not about d. Name that folder, or put this one into"),
        ('districts = ["e*"]', None, "it is about e, not about d. Name that folder, or put this one into"),
        ("[scenarios]", None, "column 'scenarios': the key is not known (did you mean 'scenario'?)"),
        (STUDY + "[sweep]\nsize_tolerance = [0.1, 0.2]", "modest", "2 values of size_tolerance. Choose with --size-t"),
        (STUDY.replace('"d"', '"e"'), "modest", "it is about e, not about d. Name that folder, or put this one into"),
    ],
)
def test_what_no_command_but_run_reads_is_an_error(text: str, scenario, words: str, here: Path, rezone) -> None:
    EXAMPLE.write(here / "e")
    (here / "study.toml").write_text(text)
    named = () if scenario is None else ("--scenario", scenario)
    status, _, err = rezone("evaluate", "d", "plan.csv", "--config", "study.toml", *named)
    assert (status, words in err) == (2, True), err


@pytest.mark.parametrize("of", ['district = "d"', 'districts = ["d", "e"]'])
def test_a_file_that_is_about_the_same_district_is_read(of: str, here: Path, rezone) -> None:
    EXAMPLE.write(here / "e")
    (here / "study.toml").write_text(f"{of}\n[options]\nsize_tolerance = 0.5\n")
    status, out, err = rezone("evaluate", "d", "plan.csv", "--config", "study.toml", "--json")
    assert (status, json.loads(out)["valid"]) == (0, True), err


def test_a_sweep_of_what_is_not_asked_or_given_by_a_flag_is_no_bar(here: Path, rezone) -> None:
    (here / "study.toml").write_text(STUDY + "[sweep]\ntime_limit = [1, 2]\nsize_tolerance = [0.1, 0.2]\n")
    call = ("evaluate", "d", "plan.csv", "--config", "study.toml", "--scenario", "modest", "--size-tolerance", 0.5)
    assert rezone(*call)[0] == 0


def test_a_scenario_of_no_file(here: Path, rezone) -> None:
    status, _, err = rezone("evaluate", "d", "plan.csv", "--scenario", "modest")
    assert (status, err) == (2, "error: --scenario: 'modest' is of no file. Give its file with --config\n")


def test_limits_are_no_question_to_finished_runs(here: Path, rezone) -> None:
    assert rezone("optimize", "d", "--out", "o", "--iterations", 200, "--size-tolerance", 0.5)[0] == 0
    for flags in (("--max-moved", 0.1), ("--rule", "moved share=0.1"), ("--config", "limits.toml")):
        (here / "limits.toml").write_text("[options]\nmax_moved = 0.1\n")
        status, _, err = rezone("report", "o", "--out", "page.html", *flags)
        assert (status, "are for plan files: the page of a finished run is as it was made" in err) == (2, True), err
