"""Ordered objectives as they are asked, and what a run of them leaves: files, flags, studies, certificates, words."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from toys import TOWN

from optimizer import InputError, optimize
from scenarios import certify, read_district, read_study, verify, write_plan
from scenarios.asking.near import objectives_for
from scenarios.asking.options import rules_of
from scenarios.asking.settling import settle
from scenarios.reading.results import read_report
from scenarios.report.page import render
from scenarios.runner.task import objective_text, tasks_of

FLAGS = ("--size-tolerance", "0.5", "--travel-increase", "2", "--iterations", "2000")
ORDER = ("--objective", "travel_mean,disparity", "--slack", "0.02")


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return TOWN.write(tmp_path / "town")


def test_flags_and_files_say_the_same(tmp_path: Path) -> None:
    """A flag beats the file, and a single objective leaves no slack of the file's list."""
    file = tmp_path / "c.toml"
    file.write_text(
        '[options]\nobjective = ["travel_mean", "moved", "disparity"]\nslack = [0.02, { absolute = 0.05 }]\n'
    )
    asked = settle({"objective": "travel_mean,moved,disparity", "slack": "0.02,absolute=0.05"}).options
    assert settle({}, file).options == asked
    assert (asked.objective, asked.slack) == (["travel_mean", "moved", "disparity"], [0.02, {"absolute": 0.05}])
    assert settle({"objective": "disparity"}, file).options.slack is None
    assert settle({"slack": "0,0"}, file).options.slack == [0.0, 0.0]


@pytest.mark.parametrize(
    ("flags", "problem"),
    [
        ({"objective": "travel_mean,disparity"}, "--slack: has 0 entries for 2 objectives"),
        ({"objective": "travel_mean,disparity", "slack": "0.1,0.1"}, "--slack: has 2 entries for 2 objectives"),
        ({"objective": "travel_mean,disparity", "slack": "-0.1"}, "--slack: -0.1 cannot be used. Give 0 or more"),
        ({"objective": "travel_mean,disparity", "slack": "much"}, "--slack: 'much' is no slack"),
        ({"objective": "disparity,disparity", "slack": "0.1"}, "--objective: 'disparity' stands twice in the list"),
        ({"objective": "disparity,travel", "slack": "0.1"}, "--objective: 'travel' is not known"),
        ({"objective": "disparity", "slack": "0.1"}, "--slack: goes with an ordered list of objectives"),
        ({"slack": "0.1"}, "--slack: goes with an ordered list of objectives"),
        ({"objective": "changed,disparity", "slack": "0.1"}, "--objective: 'changed' is held against a plan"),
    ],
)
def test_what_does_not_fit_is_said(flags: dict[str, str], problem: str) -> None:
    with pytest.raises(InputError) as error:
        settle(flags)
    assert str(error.value).startswith(problem)


def test_a_run_of_an_order_is_verified_and_told(town: Path, tmp_path: Path, rezone: Any) -> None:
    assert rezone("optimize", town, "--out", tmp_path / "o", *FLAGS, *ORDER)[0] == 0
    summary = json.loads((tmp_path / "o" / "summary.json").read_text())
    first, last = summary["objectives"]
    assert (first["name"], first["slack"], last["name"], last["slack"]) == ("travel_mean", 0.02, "disparity", None)
    assert first["limit_value"] == pytest.approx(1.02 * first["value"])
    assert first["bound"] <= first["value"] <= summary["measures"]["travel_mean"] + 1e-9
    assert summary["measures"]["travel_mean"] == pytest.approx(first["plan_value"])
    assert first["plan_value"] <= first["limit_value"] + 1e-6
    assert (summary["objective"], summary["objective_value"]) == ("disparity", last["value"])
    assert (summary["bound"], summary["rules"], last["limit_value"]) == (last["bound"], [], None)
    certificate = tmp_path / "o" / "certificate.json"
    (limit,) = json.loads(certificate.read_text())["rules"]
    assert limit == {"kind": "at_most", "of": "travel_mean", "limit": first["limit_value"]}
    assert rezone("verify", town, "--plan", tmp_path / "o" / "plan.csv", "--certificate", certificate)[0] == 0
    text = (tmp_path / "o" / "report.html").read_text()
    assert shlex.join(ORDER) in text
    assert "Objectives were taken in this order" in text
    doc = read_report(tmp_path / "o" / "report.json")[0]
    for language in ("en", "es", "zh-Hant"):
        told = render(doc, language=language)
        assert re.search(r"\{(names|bound|limit|now)\}", told) is None
        assert told.count(f"{first['plan_value'] / 1000:.2f}") or told.count(f"{first['plan_value']:.0f}")


def test_from_python_it_is_certified_likewise(town: Path, tmp_path: Path) -> None:
    """With a curved objective first, whose limit the proof leaves out."""
    district = read_district(town)
    rules = rules_of(settle({"size_tolerance": 0.5, "travel_increase": 2.0, "max_moved": 0.5}))
    result = optimize(district, ["disparity", "travel_mean"], rules, slack=[{"absolute": 0.01}], iterations=2000)
    write_plan(tmp_path / "p.csv", result.plan)
    certify(result, town, tmp_path / "p.csv", tmp_path / "c.json")
    verdict = verify(town, tmp_path / "p.csv", tmp_path / "c.json")
    assert verdict.valid
    data = json.loads((tmp_path / "c.json").read_text())
    assert data["relaxes"] == list(result.bound_relaxes) == ["at_most.disparity"]
    assert data["limits"]["max_moved"] == 0.5
    assert [rule["of"] for rule in data["rules"]] == ["disparity"]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("bound",), "an ordered list is answered by rezone optimize and rezone run"),
        (("frontier", "--out", "x"), "an ordered list is answered by rezone optimize and rezone run"),
        (("sensitivity", "--out", "x"), "an ordered list is answered by rezone optimize and rezone run"),
        (("optimize", "--race-neutral", "--out", "x"), "asks one objective again"),
    ],
)
def test_what_answers_one_objective_says_so(words: Any, problem: str, town: Path, tmp_path: Path, rezone: Any) -> None:
    file = tmp_path / "c.toml"
    file.write_text('[options]\nobjective = ["travel_mean", "disparity"]\nslack = [0.02]\niterations = 100\n')
    command, *rest = (tmp_path / "x" if word == "x" else word for word in words)
    found = rezone(command, town, *rest, "--config", file)
    assert found[0] == 2
    assert problem in found[2]


def test_a_study_has_orders_in_its_scenarios_and_its_sweep(town: Path, tmp_path: Path, rezone: Any) -> None:
    file = tmp_path / "s.toml"
    file.write_text(
        'district = "town"\n[options]\nslack = [0.02]\niterations = 500\nsize_tolerance = 0.5\n'
        '[sweep]\nobjective = [["travel_mean", "disparity"], ["disparity", "travel_mean"], "moved"]\n'
    )
    tasks = list(tasks_of(read_study(file)))
    told = [(objective_text(task.settings.options.objective), task.settings.options.slack) for task in tasks]
    assert told == [("travel_mean,disparity", [0.02]), ("disparity,travel_mean", [0.02]), ("moved", None)]
    names = objectives_for(tasks[0].settings, read_district(town))
    assert isinstance(names, list)
    assert [one.name for one in names] == ["travel_mean", "disparity"]
    assert rezone("run", file, "--out", tmp_path / "out", "--jobs", "1")[0] == 0
    table = pd.read_parquet(tmp_path / "out" / "results.parquet").set_index("option.objective")
    assert table.loc["travel_mean,disparity", "objective_value"] == pytest.approx(
        table.loc["travel_mean,disparity", "disparity"]
    )
    assert list(table["option.slack"].fillna("")) == ["0.02", "0.02", ""]
    told = rezone("report", tmp_path / "out", "--district", town, "--out", tmp_path / "r.html")
    assert told[0] == 0, told
    assert shlex.join(ORDER) in (tmp_path / "r.html").read_text()
