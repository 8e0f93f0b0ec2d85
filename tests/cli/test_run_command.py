"""`rezone run` as people call it: what it prints, how it ends, and what is left when it is killed."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pandas as pd
import psutil
import pytest
import system
from toys import EXAMPLE, TOWN
from tree import ROOT

from optimizer.rules import RULES
from scenarios.paper.wording import duration
from scenarios.writing.staging import hashes
from scenarios.writing.terminal import printable

OPTIONS = '[options]\niterations = 300\nsolver = "search"\n'
SLOW = '[options]\ntime_limit = 0.5\nsolver = "search"\n[sweep]\nseed = [1, 2, 3, 4, 5, 6, 7, 8]\n'


def write(base: Path, text: str) -> Path:
    EXAMPLE.write(base / "row")
    (base / "s.toml").write_text(text, encoding="utf-8")
    return base / "s.toml"


def table(out: Path) -> pd.DataFrame:
    return pd.read_parquet(out / "results.parquet")


def test_dry_run_lists_the_runs_and_the_time_and_makes_nothing(rezone, tmp_path: Path) -> None:
    text = 'district = "row"\n[options]\ntime_limit = 30\n[[scenario]]\nname = "evil\\u001b[2J"\nmax_moved = 0.1\n'
    file = write(tmp_path, text + '[[scenario]]\nname = "now"\nbaseline = "status_quo"\n[sweep]\nseed = [1, 2, 3, 4]\n')
    status, printed, err = rezone("run", file, "--dry-run", "--jobs", 2)
    lines = printed.splitlines()
    assert (status, err, len(lines)) == (0, "", 6)
    assert "row  evil\ufffd[2J  max_moved = 0.1, seed = 3" in lines[2]
    assert "now  baseline = status_quo" in lines[4]
    assert lines[-1] == "5 runs, 0 of them done already. Expected time: about 66 s with 2 jobs."
    assert sorted(p.name for p in tmp_path.iterdir()) == ["row", "s.toml"]


def test_dry_run_says_what_is_done_and_what_is_the_same(rezone, tmp_path: Path) -> None:
    file = write(tmp_path, f'district = "row"\n{OPTIONS}')
    assert rezone("run", file, "--out", tmp_path / "out", "--jobs", 1)[0] == 0
    write(tmp_path, f'district = "row"\n{OPTIONS}[[scenario]]\nname = "a"\n[[scenario]]\nname = "b"\n')
    lines = rezone("run", file, "--dry-run", "--out", tmp_path / "out")[1].splitlines()
    assert lines[0].endswith("row  a (done)")
    assert lines[1].endswith("row  b (the same run as a) (done)")
    assert lines[2].startswith("1 run, 1 of them done already. Expected time: about 0 s")


def test_it_says_where_it_stands_and_what_failed(rezone, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("block_id,school_id\nr0c0,x\n")
    text = f'district = "row"\n{OPTIONS}[[scenario]]\nname = "a"\n[[scenario]]\nname = "b"\nplan = "p.csv"\n'
    status, printed, err = rezone("run", write(tmp_path, text), "--out", tmp_path / "out", "--jobs", 1)
    assert status == 0
    assert printed.splitlines()[0] == "2 runs: 1 done, 1 failed."
    assert "failed 1x: row: p.csv, column 'block_id': blocks are missing: r0c1, r0c2, r0c3" in printed
    assert err.startswith("0 of 2 runs done, 0 failed, 2 left")


def test_exit_status_1_where_no_run_is_done(rezone, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("block_id,school_id\nr0c0,x\n")
    file = write(tmp_path, 'district = "row"\n[[scenario]]\nname = "b"\nplan = "p.csv"\n')
    status, printed, _ = rezone("run", file, "--out", tmp_path / "out")
    assert (status, printed.splitlines()[0]) == (1, "1 run: 0 done, 1 failed.")
    assert table(tmp_path / "out")["status"].tolist() == ["failed"]


def test_calls_that_are_wrong(rezone, tmp_path: Path) -> None:
    file = write(tmp_path, f'district = "row"\n{OPTIONS}')
    assert "--out: is missing" in rezone("run", file)[2]
    assert "--jobs: does not go with --cluster" in rezone("run", file, "--jobs", 2, "--cluster", "tcp://x:1")[2]
    (tmp_path / "file").write_text("kept")
    status, _, err = rezone("run", file, "--out", tmp_path / "file")
    assert (status, "is a file, not a folder" in err) == (3, True)
    write(tmp_path, 'district = "row"\n[options]\nmax_movd = 1\n')
    status, _, err = rezone("run", file, "--out", tmp_path / "out")
    assert (status, "s.toml, line 3, column 'max_movd'" in err, "'max_moved'?" in err) == (2, True, True)
    assert not (tmp_path / "out").exists()


def test_very_many_runs_ask_for_yes(rezone, tmp_path: Path) -> None:
    values = ", ".join(map(str, range(1, 401)))
    file = write(tmp_path, f'district = "row"\n[sweep]\nseed = [{values}]\niterations = [{values}]\n')
    status, _, err = rezone("run", file, "--out", tmp_path / "out")
    assert (status, (tmp_path / "out").exists()) == (2, False)
    assert (
        "s.toml: stands for 160,000 runs, which is more than 100,000. Take values out of [sweep], or say --yes" in err
    )


def start(file: Path, out: Path) -> subprocess.Popen[str]:
    return system.start("run", file, "--out", out, "--jobs", 2)


def finished(out: Path) -> dict[str, str]:
    """The rows that the journal holds."""
    try:
        with closing(sqlite3.connect(out / "journal.sqlite", timeout=10)) as base:
            return dict(base.execute("SELECT run, row FROM runs"))
    except sqlite3.OperationalError:
        return {}


def wait_for(out: Path, runs: int) -> dict[str, str]:
    end = time.monotonic() + 90
    while time.monotonic() < end:
        if (out / "journal.sqlite").exists() and len(found := finished(out)) >= runs:
            return found
        time.sleep(0.05)
    raise AssertionError("the runs do not end")


def test_after_kill_9_everything_finished_is_there_and_the_rest_is_done(rezone, tmp_path: Path) -> None:
    file, out = write(tmp_path, 'district = "row"\n' + SLOW), tmp_path / "out"
    client = start(file, out)
    wait_for(out, 2)
    workers = psutil.Process(client.pid).children(recursive=True)
    os.kill(client.pid, signal.SIGKILL)
    client.communicate()
    gone, alive = psutil.wait_procs(workers, timeout=20)
    assert (len(gone) >= 2, alive) == (True, [])
    before = finished(out)
    assert 2 <= len(before) < 8
    status, printed, _ = rezone("run", file, "--out", out, "--jobs", 2)
    assert (status, printed.splitlines()[0]) == (0, "8 runs: 8 done, 0 failed.")
    rows = table(out)
    assert (len(rows), rows["run"].is_unique, set(rows["status"])) == (8, True, {"done"})
    after = finished(out)
    assert {run: after[run] for run in before} == before
    assert {path.stem for path in (out / "plans").glob("[0-9a-f]*.csv")} == set(rows["run"])


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_keeps_what_is_finished(how: signal.Signals, tmp_path: Path) -> None:
    file, out = write(tmp_path, 'district = "row"\n' + SLOW), tmp_path / "out"
    client = start(file, out)
    wait_for(out, 1)
    client.send_signal(how)
    printed, _ = client.communicate(timeout=60)
    assert client.returncode == 0
    assert printed.startswith("Stopped. Finished runs are kept: repeat the command to go on.")
    assert 1 <= len(table(out)) == len(finished(out)) < 8


def test_the_example_of_the_repository_runs(rezone, tmp_path: Path) -> None:
    if "close" not in RULES:
        pytest.skip("the rule close is not in this version yet")
    status, printed, _ = rezone("run", ROOT / "examples" / "closing.toml", "--out", tmp_path, "--jobs", 2)
    assert (status, printed.splitlines()[0]) == (0, "8 runs: 8 done, 0 failed.")
    rows = table(tmp_path).set_index("scenario")
    assert rows.loc["today", "outcome"] == "valid"
    assert rows.loc["at most 5 % move", "moved_share"] <= 0.05 + 1e-9
    assert rows.loc["at most 20 % move", "disparity"] < rows.loc["today", "disparity"]


def test_words_for_people() -> None:
    assert [duration(s) for s in (3, 119, 120, 3600, 7200, 40_000, 2e5)] == [
        "3 s", "119 s", "2.0 min", "60 min", "2.0 h", "11 h", "2.3 days",
    ]  # fmt: skip
    assert printable("a\x1b[1m\u202e\nü 学") == "a\ufffd[1m\ufffd\ufffdü 学"


def test_two_districts_with_other_groups_share_a_table(rezone, tmp_path: Path) -> None:
    TOWN.but(groups={"asian": TOWN.groups["white"], "black": TOWN.groups["black"]}).write(tmp_path / "town")
    file = write(tmp_path, f'districts = ["row", "town"]\n{OPTIONS}')
    assert rezone("run", file, "--out", tmp_path / "out", "--jobs", 1)[0] == 0
    rows = table(tmp_path / "out").set_index("folder")
    assert rows["isolation.white"].notna().to_dict() == {"row": True, "town": False}
    assert rows["isolation.asian"].notna().to_dict() == {"row": False, "town": True}
    assert rows["isolation.black"].notna().all()


def test_the_last_lines_name_the_scenarios_without_a_valid_plan_also_after_a_rerun(rezone, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("block_id,school_id\nr0c0,x\nr0c1,y\nr0c2,x\nr0c3,y\n")
    hard = 'strict = true\nrules = [{ kind = "utilisation", high = 0.1 }]\n'
    names = ["evil\\u001b[2J", "b", "c", "d", "e", "f", "g"]
    scenarios = [f'[[scenario]]\nname = "{name}"\nmax_moved = 0.{k}\n{hard}' for k, name in enumerate(names)]
    EXAMPLE.but(seats={"x": 30, "y": 30}).write(tmp_path / "row")
    text = f'district = "row"\n{OPTIONS}[[scenario]]\nname = "given"\nplan = "p.csv"\n' + "".join(scenarios)
    (tmp_path / "s.toml").write_text(text)
    words = ("run", tmp_path / "s.toml", "--out", tmp_path / "out", "--jobs", 1)
    first, again = rezone(*words)[1], rezone(*words)[1]
    assert first == again
    lines = again.splitlines()
    assert lines[0] == "8 runs: 8 done, 0 failed."
    assert lines[1] == "Without a valid plan: evil\ufffd[2J, b, c, d, e, and 2 more."
    assert lines[2].startswith("  The first: there is no valid plan, which is proved: utilisation at ")
    assert lines[3] == "  rezone explain DISTRICT --config FILE --scenario NAME says why."
    assert lines[4] == "Given plans that are not valid: given."
    assert lines[5].startswith("  The first: the plan is not valid: ")
    assert "contiguity at x by " in lines[5]
    (tmp_path / "s.toml").write_text(text.split("[[scenario]]")[0])
    assert rezone(*words)[1].splitlines()[-1] == (
        "The table holds 8 more rows, of other scenario files, or of earlier versions of this one."
    )


def test_the_expected_time_counts_the_start_and_says_when_it_is_a_least(rezone, tmp_path: Path) -> None:
    file = write(tmp_path, f'district = "row"\n{OPTIONS}')
    assert "Expected time: at least 6 s with 1 job." in rezone("run", file, "--dry-run", "--jobs", 1)[1]
    write(tmp_path, 'district = "row"\n[options]\ntime_limit = 60\n')
    assert "Expected time: about 66 s with 1 job." in rezone("run", file, "--dry-run", "--jobs", 1)[1]


def test_what_is_not_known_may_be_of_a_plugin(rezone, tmp_path: Path, monkeypatch) -> None:
    from optimizer.objectives import OBJECTIVES

    file = write(tmp_path, 'district = "row"\n[options]\nobjective = "own"\n[[rules]]\nkind = "mine"\n')
    end = ", or name its file with --plugin\n"
    for text in ('[options]\nobjective = "own"\n', '[[rules]]\nkind = "mine"\n'):
        write(tmp_path, f'district = "row"\n{text}')
        status, _, err = rezone("run", file, "--dry-run")
        assert (status, err[-len(end) :]) == (2, end)
    monkeypatch.setitem(OBJECTIVES, "theirs", type("Theirs", (), {"__module__": "rezone_plugin_theirs"}))
    assert "--plugin" not in rezone("run", file, "--dry-run")[2]


def test_plan_files_that_were_lost_are_made_again(rezone, tmp_path: Path) -> None:
    file, out = write(tmp_path, f'district = "row"\n{OPTIONS}[sweep]\nseed = [1, 2]\n'), tmp_path / "out"
    assert rezone("run", file, "--out", out, "--jobs", 1)[0] == 0
    before, plans = table(out), sorted((out / "plans").iterdir())
    kept = {path: path.read_bytes() for path in plans}
    plans[0].unlink()
    assert f"{plans[0].stem[:12]}  row" in rezone("run", file, "--out", out, "--dry-run")[1].replace(" (done)", "")
    status, printed, _ = rezone("run", file, "--out", out, "--jobs", 1)
    assert (status, printed.splitlines()[0]) == (0, "2 runs: 2 done, 0 failed.")
    assert {path: path.read_bytes() for path in plans} == kept
    assert list(table(out)["plan_sha256"]) == list(before["plan_sha256"])
    record = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["files"]
    there = hashes(out)
    assert {name: there[name] for name in record} == record
    assert set(record) == {"results.parquet", *(f"plans/{path.name}" for path in plans)}
