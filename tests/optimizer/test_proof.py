"""From optimize to verify: what people run to know how good a plan is."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

import pytest
from system import ended, start
from toys import EXAMPLE, TOWN, Toy

from scenarios.cli.main import main
from scenarios.demo import demo_folder


def rezone(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: object) -> tuple[int, str]:
    """Exit status and standard output of one command."""
    monkeypatch.setattr(sys, "argv", ["rezone", *map(str, words)])
    with pytest.raises(SystemExit) as left:
        main()
    return int(left.value.code or 0), capsys.readouterr().out


@pytest.mark.parametrize("objective", ["disparity", "travel_mean", "moved", "disparity=1,travel_mean=0.2"])
@pytest.mark.parametrize("limits", [(), ("--max-moved", 0.1), ("--no-contiguity",)])
def test_what_optimize_claims_verify_proves(objective, limits, tmp_path: Path, capsys, monkeypatch) -> None:
    folder, out = TOWN.write(tmp_path / "d"), tmp_path / "out"
    job = ("optimize", folder, "--out", out, "--iterations", 20_000, "--objective", objective, *limits)
    assert rezone(capsys, monkeypatch, *job)[0] == 0
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert 0 <= summary["bound"] <= summary["objective_value"] + 1e-12
    proof = ("--plan", out / "plan.csv", "--certificate", out / "certificate.json", "--json")
    status, printed = rezone(capsys, monkeypatch, "verify", folder, *proof)
    found = json.loads(printed)
    assert status == 0, found["reasons"]
    assert found["bound"] >= summary["bound"] - 1e-9
    assert found["objective_value"] == pytest.approx(summary["objective_value"], rel=1e-9)
    # Another plan, or another claim, is not what was proved.
    plan = out / "other.csv"
    text = (folder / "status_quo.csv" if (folder / "status_quo.csv").exists() else out / "plan.csv").read_text()
    plan.write_text(text.replace("r0c0,x", "r0c0,y"))
    assert rezone(capsys, monkeypatch, "verify", folder, "--plan", plan, *proof[2:])[0] == 1


def test_small_districts_are_proved_optimal(tmp_path: Path, capsys, monkeypatch) -> None:
    folder, out = EXAMPLE.write(tmp_path / "d"), tmp_path / "out"
    for solver in ("auto", "exact"):
        job = ("optimize", folder, "--out", out, "--size-tolerance", 0.5, "--time-limit", 4, "--solver", solver)
        assert rezone(capsys, monkeypatch, *job)[0] == 0
        summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
        assert (summary["status"], summary["disparity"]) == ("optimal", pytest.approx(0.06, abs=1e-12))
        assert summary["solver_bound"] == pytest.approx(0.06, rel=1e-3)


def test_the_search_alone_is_there_too(tmp_path: Path, capsys, monkeypatch) -> None:
    folder, out = EXAMPLE.write(tmp_path / "d"), tmp_path / "out"
    job = ("optimize", folder, "--out", out, "--size-tolerance", 0.5, "--iterations", 1000, "--solver", "search")
    assert rezone(capsys, monkeypatch, *job)[0] == 0
    assert json.loads((out / "summary.json").read_text(encoding="utf-8"))["solver_bound"] is None


def test_bound_prints_json_alone(tmp_path: Path, capsys, monkeypatch) -> None:
    folder = EXAMPLE.write(tmp_path / "d")
    job = ("bound", folder, "--json", "--size-tolerance", 0.5, "--iterations", 2000)
    status, printed = rezone(capsys, monkeypatch, *job)
    found = json.loads(printed)
    assert status == 0
    assert {"bound", "bound_relaxes", "solver_bound", "seconds", "method"} <= set(found)
    assert 0 < found["bound"] <= 0.06
    assert "no valid plan within these limits" in rezone(capsys, monkeypatch, *job[:2], *job[3:])[1]


def test_where_there_is_no_plan_there_is_no_bound(tmp_path: Path, capsys, monkeypatch) -> None:
    folder = EXAMPLE.but(seats={"x": 5, "y": 5}).write(tmp_path / "d")
    status, printed = rezone(capsys, monkeypatch, "bound", folder, "--strict", "--iterations", 1000, "--json")
    assert (status, json.loads(printed)["bound"]) == (1, None)


def test_ctrl_c_keeps_the_plan_and_what_is_proved(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with start("optimize", demo_folder(), "--out", out, "--time-limit", 60) as child:
        assert child.stderr is not None
        while "disparity" not in child.stderr.readline():  # progress: the search has begun
            assert child.poll() is None
        child.send_signal(signal.SIGINT)
        assert ended(child)[0] == 0
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert (summary["stopped"], summary["valid"]) == (True, True)
    assert (out / "certificate.json").exists()


# School x has seats for none but its own block's children; moving r0c1 away leaves it least over them, and mixes worse.
CROWDED = Toy(
    "X x y Y",
    groups={"white": "9 1 5 5", "black": "1 9 5 5"},
    poverty="0 6 3 3",
    seats={"x": 8, "y": 100},
    least={"x": 0, "y": 0},
)


def test_claims_of_the_exact_solver_name_the_plans_they_are_about(tmp_path: Path, capsys, monkeypatch) -> None:
    folder, out = CROWDED.write(tmp_path / "d"), tmp_path / "out"
    effort = ("--iterations", 1000, "--solver", "exact", "--travel-floor", 1e6)
    status, printed = rezone(capsys, monkeypatch, "optimize", folder, "--out", out, *effort)
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert (status, summary["status"], summary["proof"]) == (0, "feasible", None)
    assert summary["objective_value"] == pytest.approx(0.08)
    assert summary["solver_bound"] == pytest.approx(0.0, abs=1e-9)  # today's zones are even, and two more over
    assert summary["least_excess_bound"] == pytest.approx(0.08, rel=1e-3)
    assert "one that keeps more of today's breaches may be better" in printed
    assert "Of the plans that break limits by no more in all than this one" in (out / "report.html").read_text(
        encoding="utf-8"
    )
    printed = rezone(capsys, monkeypatch, "bound", folder, *effort)[1]
    assert "break limits by no more in all than the plan found, it claims that of 0.07" in printed


def test_nothing_is_claimed_of_least_excess_where_there_is_none(tmp_path: Path, capsys, monkeypatch) -> None:
    folder, out = CROWDED.but(seats={"x": 10, "y": 100}).write(tmp_path / "d"), tmp_path / "out"
    rezone(capsys, monkeypatch, "optimize", folder, "--out", out, "--iterations", 1000, "--travel-floor", 1e6)
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert not summary["broken_limits"]
    assert "least_excess_bound" not in summary
