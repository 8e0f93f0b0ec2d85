"""`--near`, `--max-changed`, `--from` and the objective `changed`: in calls, files, studies, and what they leave."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from toys import TOWN

from optimizer import Disparity, InputError, StudentsChanged, optimize
from optimizer.rules import Changed, Contiguity, Moved, Rule, Size, Travel
from scenarios import certify, read_district, read_study, verify, write_plan
from scenarios.asking.near import objective_for
from scenarios.asking.options import rules_of
from scenarios.asking.settling import settle
from scenarios.plans.file import rows_hash
from scenarios.runner.task import tasks_of

FLAGS = ("--size-tolerance", "0.5", "--travel-increase", "2", "--iterations", "2000")


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """A folder, with a plan beside it that no limit allows: each block at one of the three schools in turn."""
    folder = TOWN.write(tmp_path / "town")
    blocks = read_district(folder).block_ids
    rows = "".join(f"{block},{'xyz'[k % 3]}\n" for k, block in enumerate(blocks))
    (tmp_path / "drawn.csv").write_text("block_id,school_id\n" + rows)
    return folder


def test_near_is_a_rule_that_holds_the_plan(town: Path, tmp_path: Path) -> None:
    settings = settle({"near": str(tmp_path / "drawn.csv"), "max_changed": 0.4})
    (table,) = settings.rules
    assert (table["kind"], table["share"]) == ("changed", 0.4)
    (tmp_path / "drawn.csv").unlink()
    rule = rules_of(settings)[-1]
    assert isinstance(rule, Changed)
    assert dict(rule.plan.zones)["r0c1"] == "y"
    assert objective_for(settings, read_district(town)).name == "disparity"


def test_paths_are_relative_to_what_names_them(town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    away = tmp_path / "away"
    away.mkdir()
    shutil.move(tmp_path / "drawn.csv", away / "p.csv")
    (away / "c.toml").write_text('[options]\nnear = "p.csv"\nfrom = "p.csv"\nmax_changed = 0.2\n')
    found = settle({}, away / "c.toml")
    assert found.rules[0]["share"] == 0.2
    assert found.options.start == str(away / "p.csv")
    shutil.copy(away / "p.csv", town / "p.csv")
    assert settle({}, None, {"near": "p.csv"}, folders=[town]).rules == ({**found.rules[0], "share": 1.0},)
    monkeypatch.chdir(away)
    assert settle({"near": "p.csv", "max_changed": 0.2}).rules == found.rules
    text = "changed plan=p.csv share=0.2"
    assert settle({}, None, rules=[text]).rules == found.rules


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ({"max_changed": 0.1}, "--max-changed: is held against a plan, and none is given. Name the plan"),
        (
            {"objective": "changed"},
            "--objective: 'changed' is held against a plan, and none is given. Name it with --near",
        ),
        ({"objective": "disparity=1,changed=2"}, "--objective: 'changed' is held against a plan"),
        ({"near": "nowhere.csv"}, "nowhere.csv: is not there. Name a plan file"),
        ({"near": "", "max_changed": 0.1}, "--near"),
        ({"near": "drawn.csv", "max_changed": 1.1}, "--max-changed: 1.1 cannot be used"),
        ({"near": "twice.csv"}, "twice.csv, column 'block_id': blocks stand more than once: a. Give every block"),
        ({"near": "else.csv"}, "else.csv, column 'block_id': the column is missing"),
    ],
)
def test_what_cannot_be_near(flags: dict, said: str, town: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("twice.csv").write_text("block_id,school_id\na,x\na,y\n")
    Path("else.csv").write_text("blok,school_id\na,x\n")
    with pytest.raises(InputError) as error:
        settle(flags)
    assert said in str(error.value)


def test_a_plan_of_another_district_is_refused(rezone, town: Path, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("block_id,school_id\nr0c0,x\nelsewhere,y\n")
    for flags in (("--near", str(tmp_path / "other.csv")), ("--rule", f"changed plan={tmp_path}/other.csv share=0.1")):
        status, _, err = rezone("evaluate", str(town), *flags)
        assert status == 2
        assert "is of another district: 1 of its 2 blocks are not here, and it lacks 19 of the 20 that are" in err
    status, _, err = rezone("optimize", str(town), "--out", str(tmp_path / "o"), "--from", str(tmp_path / "other.csv"))
    assert status == 2
    assert not (tmp_path / "o").exists()


def test_a_run_holds_the_plan_and_verifies_without_the_file(rezone, town: Path, tmp_path: Path) -> None:
    drawn, out = tmp_path / "drawn.csv", tmp_path / "out"
    asked = ("--near", str(drawn), "--max-changed", "0.6", "--from", str(drawn), *FLAGS)
    status, _, err = rezone("optimize", str(town), "--out", str(out), *asked)
    assert status == 0, err
    first = (out / "plan.csv").read_bytes()
    summary = json.loads((out / "summary.json").read_text())
    assert summary["rules"][-1]["share"] == 0.6
    assert summary["start"] == {"file": "drawn.csv", "sha256": rows_hash(drawn)}
    assert " --from drawn.csv " in (out / "report.html").read_text()
    assert set(summary["limits"]) == {
        *("travel_increase", "travel_floor", "size_tolerance", "max_moved", "contiguity", "strict", "default_minimum")
    }
    moved = shutil.move(drawn, tmp_path / "elsewhere.csv")
    found = verify(town, out / "plan.csv", out / "certificate.json")
    assert found.verified, found.reasons
    status, _, err = rezone(
        "optimize", str(town), "--out", str(out), *(str(moved) if a == str(drawn) else a for a in asked)
    )
    assert (status, (out / "plan.csv").read_bytes()) == (0, first)
    assert json.loads((out / "summary.json").read_text())["objective_value"] == summary["objective_value"]
    for name in ("report.html", "report.json"):
        assert (out / name).exists()


@pytest.mark.parametrize("spec", ["changed", "disparity=1,changed=0.5"])
def test_the_objective_goes_with_every_search(spec: str, rezone, town: Path, tmp_path: Path) -> None:
    near = ("--near", str(tmp_path / "drawn.csv"), "--objective", spec, *FLAGS)
    for command in (("optimize",), ("frontier", "--points", "2"), ("sensitivity",)):
        status, _, err = rezone(command[0], str(town), "--out", str(tmp_path / command[0]), *command[1:], *near)
        assert status == 0, err
    status, printed, err = rezone("bound", str(town), "--json", *near)
    assert status == 0, err
    assert json.loads(printed)["bound"] >= 0
    run = tmp_path / "optimize"
    assert verify(town, run / "plan.csv", run / "certificate.json").verified


@pytest.mark.parametrize("command", ["evaluate", "explain", "bound", "score", "transition"])
def test_the_limit_goes_with_every_command_that_takes_limits(command: str, rezone, town: Path, tmp_path: Path) -> None:
    drawn = str(tmp_path / "drawn.csv")
    words = {
        "evaluate": ("evaluate", str(town), drawn, "--json"),
        "explain": ("explain", str(town), "--time-limit", "5"),
        "bound": ("bound", str(town)),
        "score": ("score", str(town), drawn, "--out", str(tmp_path / "s")),
        "transition": ("transition", str(town), drawn, "--out", str(tmp_path / "t")),
    }[command]
    effort = ("--iterations", "500") if command in ("bound", "score") else ()
    status, _, err = rezone(*words, "--near", drawn, "--max-changed", "0.9", *effort)
    assert status in (0, 1), err


def test_runs_of_a_study_are_named_by_what_the_plans_hold(town: Path, tmp_path: Path) -> None:
    def names(near: str) -> list[str]:
        text = f'district = "town"\n[options]\niterations = 100\nnear = "{near}"\nfrom = "{near}"\n'
        (tmp_path / "s.toml").write_text(text + "[sweep]\nmax_changed = [0.1, 0.2]\n")
        return [task.run for task in tasks_of(read_study(tmp_path / "s.toml"))]

    first = names("drawn.csv")
    assert len(set(first)) == 2
    shutil.move(tmp_path / "drawn.csv", tmp_path / "moved.csv")
    assert names("moved.csv") == first
    text = (tmp_path / "moved.csv").read_text()
    (tmp_path / "moved.csv").write_text(text.replace("r0c1,y", "r0c1,x"))
    assert not set(names("moved.csv")) & set(first)


def test_a_study_runs_from_and_near_plans(rezone, town: Path, tmp_path: Path) -> None:
    import pandas as pd

    (tmp_path / "s.toml").write_text(
        'district = "town"\n[options]\niterations = 200\nsize_tolerance = 0.5\ntravel_increase = 2.0\n'
        'near = "drawn.csv"\nfrom = "drawn.csv"\nobjective = "changed"\n'
    )
    status, _, err = rezone("run", str(tmp_path / "s.toml"), "--out", str(tmp_path / "runs"), "--jobs", "1")
    assert status == 0, err
    (row,) = pd.read_parquet(tmp_path / "runs" / "results.parquet").to_dict("records")
    assert (row["option.near"], row["option.from"], row["option.objective"]) == ("drawn.csv", "drawn.csv", "changed")
    (rule,) = json.loads(row["rules"])
    assert len(rule["plan"]) == 20
    status, _, err = rezone(
        "report", str(tmp_path / "runs"), "--district", str(town), "--out", str(tmp_path / "r.html")
    )
    assert status == 0, err


def test_from_python_without_any_file(town: Path, tmp_path: Path) -> None:
    district = read_district(town)
    rules: tuple[Rule, ...] = (Travel(increase=2.0), Size(tolerance=0.5), Contiguity(), Moved(0.5))
    near = optimize(district, Disparity(), rules, iterations=500).plan
    for objective in (Disparity(), StudentsChanged(near)):
        further = (Changed(near, 0.3),) if objective.name == "disparity" else ()
        result = optimize(district, objective, (*rules[:3], *further, rules[3]), iterations=500)
        write_plan(tmp_path / "p.csv", result.plan)
        certify(result, town, tmp_path / "p.csv", tmp_path / "c.json")
        assert verify(town, tmp_path / "p.csv", tmp_path / "c.json").verified
