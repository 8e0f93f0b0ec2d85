"""Where the answer is that there is no valid plan, every command that writes leaves summary.json alone, and says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from toys import EXAMPLE

from scenarios.writing.staging import record_of

QUICK = ("--iterations", 300, "--threads", 1)
NONE, SOME = ("--strict", "--size-tolerance", 0), ("--size-tolerance", 0.5)
COMMANDS = {"optimize": (), "frontier": ("--points", 2), "sensitivity": ()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Where no plan fits the seats, though every block has a school."""
    return EXAMPLE.but(seats={"x": 5, "y": 5}).write(tmp_path_factory.mktemp("none") / "d")


@pytest.fixture(scope="module")
def fitting(tmp_path_factory) -> Path:
    return EXAMPLE.write(tmp_path_factory.mktemp("some") / "d")


def left(out: Path) -> list[str]:
    return sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())


@pytest.mark.parametrize("command", COMMANDS)
def test_summary_json_alone_is_left(command: str, folder: Path, rezone, tmp_path: Path) -> None:
    status, printed, err = rezone(command, folder, "--out", tmp_path, *COMMANDS[command], *QUICK, *NONE)
    assert (status, left(tmp_path)) == (1, ["summary.json"]), err
    assert "no valid plan" in printed
    found = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    assert (found["valid"], found["status"], found["measures"], found["bound"]) == (False, "infeasible", None, None)
    assert found["no_plan"] == "proved"
    assert {row["limit"] for row in found["broken_limits"]} == {"capacity"}
    assert found["files"] == {}
    assert found.get("command", "optimize") == command


@pytest.mark.parametrize("command", COMMANDS)
def test_no_and_yes_take_each_others_place(command: str, folder: Path, fitting: Path, rezone, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("my own")
    words = ("--out", tmp_path, *COMMANDS[command], *QUICK)
    assert rezone(command, fitting, *words, *SOME)[0] == 0
    yes = left(tmp_path)
    assert rezone(command, folder, *words, *NONE)[0] == 1
    assert left(tmp_path) == ["notes.txt", "summary.json"]
    assert rezone(command, fitting, *words, *SOME)[0] == 0
    assert left(tmp_path) == yes


@pytest.mark.parametrize("command", ["frontier", "sensitivity"])
def test_a_no_leaves_what_other_commands_wrote_and_recorded(
    command: str, folder: Path, fitting: Path, rezone, tmp_path: Path
) -> None:
    plan = tmp_path / "plan.csv"
    plan.write_text("block_id,school_id\nr0c0,x\nr0c1,y\nr0c2,y\nr0c3,y\n")
    out = tmp_path / "out"
    assert rezone("optimize", fitting, "--out", out, *QUICK, *SOME)[0] == 0
    assert rezone("transition", fitting, plan, "--out", out, *SOME)[0] == 0
    before, records = left(out), {name: record_of(out, name) for name in ("optimize", "transition")}
    assert rezone(command, folder, "--out", out, *COMMANDS[command], *QUICK, *NONE)[0] == 1
    assert left(out) == before  # the summary is another
    assert {name: record_of(out, name) for name in records} == records
    assert record_of(out, command) == {}
    status, _, err = rezone("report", out, "--out", tmp_path / "page.html")
    assert status == 2, err
    assert "no valid plan" in err
