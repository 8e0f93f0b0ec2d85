"""The runner on this machine: rows, plans, resuming, workers that die, and what goes wrong."""

from __future__ import annotations

import errno
import json
import re
import socket
from pathlib import Path

import checker
import duckdb
import pandas as pd
import pytest
from toys import EXAMPLE, TOWN

from optimizer import InputError, Plan
from scenarios import read_district
from scenarios.answer.summary import summarise_run
from scenarios.asking.options import Settings
from scenarios.plans.file import read_plan
from scenarios.runner import Standing, local, run_study, store, sweep, tasks_of
from scenarios.runner.execute import run_task
from scenarios.runner.local import run_locally
from scenarios.runner.task import failed
from scenarios.scenario_file import read_study
from scenarios.writing.files import OutputError

OPTIONS = '[options]\niterations = 300\nsolver = "search"\n'
MEANT = ("run", "scenario", "district", "option.max_moved", "option.seed", "status", "outcome", "reason", "seconds")


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Path:
    """Two towns, a folder that cannot be read, and plans from outside."""
    base = tmp_path_factory.mktemp("runner")
    TOWN.write(base / "town")
    EXAMPLE.write(base / "row")
    broken = TOWN.write(base / "broken")
    (broken / "schools.csv").write_text("school_id,name\nx,X\n")
    (base / "a.csv").write_text("block_id,school_id\nr0c0,x\nr0c1,y\nr0c2,y\nr0c3,y\n")
    (base / "b.csv").write_text("block_id,school_id\nr0c0,x\nr0c1,y\nr0c2,x\nr0c3,y\n")
    return base


def run(base: Path, text: str, out: Path, **how) -> Standing:
    (base / "study.toml").write_text(text, encoding="utf-8")
    return run_study(read_study(base / "study.toml"), out, **{"jobs": 1, **how})


@pytest.fixture
def here(monkeypatch) -> None:
    """Runs are done in this process: workers take seconds to start."""
    monkeypatch.setattr(sweep, "run_locally", lambda work, jobs, threads: (run_task(task, threads) for task in work))


def table(out: Path) -> pd.DataFrame:
    return pd.read_parquet(out / "results.parquet")


STUDY = f"""
districts = ["row", "broken", "town"]
{OPTIONS}
[[scenario]]
name = "today"
baseline = "status_quo"
[[scenario]]
name = "nearest"
baseline = "nearest_school"
[[scenario]]
name = "<b>=cmd()/../../x"
[[scenario]]
name = "option A"
plan = "a.csv"
[[scenario]]
name = "option B"
plan = "b.csv"
[[scenario]]
name = "nothing fits"
strict = true
rules = [{{ kind = "moved", share = 0.0 }}]
[sweep]
seed = [1, 2]
"""


@pytest.fixture(scope="module")
def out(base: Path) -> Path:
    """A study with everything in it, done by two workers."""
    folder = base / "out"
    standing = run(base, STUDY, folder, jobs=2)
    assert (standing.total, standing.left) == (3 * 8, 0)
    return folder


def test_every_run_is_one_row_with_what_the_format_names(out: Path) -> None:
    rows = table(out)
    assert len(rows) == 24
    assert rows["run"].is_unique
    assert set(MEANT) <= set(rows)
    assert rows.groupby("folder").size().to_dict() == {"row": 8, "broken": 8, "town": 8}
    assert set(rows["scenario"]) == {
        "today",
        "nearest",
        "<b>=cmd()/../../x",
        "option A",
        "option B",
        "nothing fits",
    }
    order = list(dict.fromkeys(rows["folder"]))
    assert order == ["row", "broken", "town"]
    assert rows.loc[rows.status == "done", "repeatable"].all()


def test_measures_are_those_of_the_plan_files_recomputed(base: Path, out: Path) -> None:
    rows = table(out).query("status == 'done' and outcome != 'infeasible'")
    assert len(rows) >= 12
    for row in rows.to_dict("records"):
        folder = base / row["folder"]
        district = read_district(folder)
        plan = read_plan(out / "plans" / f"{row['run']}.csv", district)
        zones = {b: district.school_ids[j] for b, j in zip(district.block_ids, plan.school, strict=True)}
        raw = checker.Folder(folder)
        for name, value in checker.measures(raw, zones).items():
            assert row[name] == pytest.approx(value, nan_ok=True) or (value is None and pd.isna(row[name])), name
        for name, value in checker.measures(raw, raw.zone).items():
            assert row[f"status_quo.{name}"] == pytest.approx(value) or (value is None), name
        valid = all(inherited for _, _, inherited in checker.broken(raw, zones))
        assert valid == (row["outcome"] != "invalid")


def test_plans_from_outside_are_scored_as_they_are(out: Path) -> None:
    rows = table(out).query("folder == 'row'").set_index("scenario")
    assert rows.loc["option A", ["disparity", "outcome"]].tolist() == [pytest.approx(0.06), "invalid"]
    assert rows.loc["option B", ["disparity", "outcome"]].tolist() == [pytest.approx(0.02), "invalid"]
    assert "contiguity" in rows.loc["option B", "reason"]
    assert rows.loc["today", ["disparity", "outcome", "moved_share"]].tolist() == [pytest.approx(0.08), "valid", 0]
    assert pd.isna(rows.loc["today", "option.seed"])


def test_what_fails_is_a_row_with_its_reason_and_no_path(base: Path, out: Path) -> None:
    rows = table(out)
    lost = rows.query("status == 'failed'")
    assert set(lost["folder"]) == {"broken", "town"}
    assert (lost["folder"] == "broken").sum() == 8
    assert lost.query("folder == 'broken'")["reason"].str.contains("schools.csv").all()
    assert lost.query("folder == 'town'")["reason"].str.contains("blocks are missing").all()
    assert lost["disparity"].isna().all()
    text = rows.to_csv() + (out / "manifest.json").read_text(encoding="utf-8")
    assert str(base) not in text
    assert socket.gethostname() not in text


def test_no_valid_plan_is_an_answer(out: Path) -> None:
    rows = table(out).query("scenario == 'nothing fits' and folder == 'town'")
    assert set(rows["status"]) == {"done"}
    assert set(rows["outcome"]) == {"infeasible"}
    assert rows["reason"].str.contains("capacity at x by 5").all()
    assert rows["disparity"].isna().all()
    assert rows["status_quo.disparity"].notna().all()
    assert not any((out / "plans" / f"{run}.csv").exists() for run in rows["run"])


def test_nothing_is_written_but_in_the_output_folder(base: Path, out: Path) -> None:
    names = {path.name for path in base.iterdir()}
    assert names == {"town", "row", "broken", "a.csv", "b.csv", "study.toml", "out"}
    plans = [path.name for path in (out / "plans").iterdir()]
    assert all(re.fullmatch(r"[0-9a-f]{32}\.csv", name) for name in plans)
    assert {path.name for path in out.iterdir()} == {"plans", "journal.sqlite", "results.parquet", "manifest.json"}


def test_duckdb_reads_the_table_as_it_stands(out: Path) -> None:
    query = f"SELECT folder, count(*), max(\"dissimilarity.race\") FROM '{out / 'results.parquet'}' GROUP BY folder"
    found = {folder: n for folder, n, _ in duckdb.sql(query).fetchall()}
    assert found == {"row": 8, "broken": 8, "town": 8}


def test_the_manifest_counts_and_hashes(base: Path, out: Path) -> None:
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    rows = table(out)
    done = int((rows["status"] == "done").sum())
    assert manifest["runs"] == {"done": done, "failed": 24 - done, "missing": 0}
    assert [(row["file"], row["runs"]) for row in manifest["scenario_files"]] == [("study.toml", 24)]
    assert {row["folder"] for row in manifest["districts"]} == {"row", "broken", "town"}


def test_a_run_gives_what_optimize_gives(here, base: Path, tmp_path: Path) -> None:
    from optimizer.objectives import make_objective
    from scenarios.asking.settling import settle
    from scenarios.asking.solving import solve_with

    run(base, f'district = "town"\n{OPTIONS}seed = 3\nmax_moved = 0.3\n', tmp_path)
    (row,) = table(tmp_path).to_dict("records")
    settings: Settings = settle({"iterations": 300, "solver": "search", "seed": 3, "max_moved": 0.3}, None, {})
    district = read_district(base / "town")
    result = solve_with(settings, district, objective=make_objective(None, district), seconds=None, threads=2)
    summary = summarise_run(result, settings, 0.0)
    for name in ("objective_value", "objective_value_status_quo", "bound", "gap", "seed", "iterations"):
        assert row[name] == pytest.approx(getattr(summary, name)), name
    for name, value in summary.measures.items():
        assert (value is None and pd.isna(row[name])) or row[name] == pytest.approx(value), name
    assert Plan(district, read_plan(tmp_path / "plans" / f"{row['run']}.csv", district).school).moved_share <= 0.3


def test_a_rerun_does_what_is_missing_and_two_sweeps_share(here, base: Path, tmp_path: Path) -> None:
    def seeded(seeds: str, name: str = "a", options: str = OPTIONS) -> Standing:
        return run(
            base, f'district = "row"\n{options}[[scenario]]\nname = "{name}"\n[sweep]\nseed = {seeds}\n', tmp_path
        )

    assert seeded("[1, 2]").new == 2
    before = table(tmp_path)
    assert seeded("[1, 2]").new == 0
    pd.testing.assert_frame_equal(table(tmp_path), before)
    again = seeded("[2, 3]", name="b")
    assert (again.total, again.done, again.new) == (2, 2, 1)
    rows = table(tmp_path)
    assert rows["option.seed"].tolist() == [1, 2, 3]
    assert rows["scenario"].tolist() == ["a", "b", "b"]
    assert rows["also"].fillna("").tolist() == ["", "a", ""]
    limited = OPTIONS.replace("iterations = 300", "time_limit = 0.2")
    assert seeded("[1]", options=limited).new == 1
    assert seeded("[1]", options=limited).new == 0
    assert table(tmp_path)["repeatable"].tolist() == [True, True, True, False]


def test_a_failed_run_is_tried_again(here, base: Path, tmp_path: Path) -> None:
    schools = base / "town" / "schools.csv"
    TOWN.write(base / "later")
    good = schools.read_text()
    (base / "later" / "schools.csv").write_text("school_id,name\n")
    text = f'district = "later"\n{OPTIONS}'
    assert (run(base, text, tmp_path).failed, run(base, text, tmp_path).failed) == (1, 1)
    (base / "later" / "schools.csv").write_text(good)
    assert run(base, text, tmp_path).done == 1
    assert table(tmp_path)["status"].tolist() == ["failed", "done"]


def test_a_district_that_changes_during_a_sweep_is_not_misnamed(base: Path, tmp_path: Path) -> None:
    folder = EXAMPLE.write(tmp_path / "d")
    (tmp_path / "s.toml").write_text(f'district = "d"\n{OPTIONS}')
    (task,) = tasks_of(read_study(tmp_path / "s.toml"))
    (folder / "schools.csv").write_text((folder / "schools.csv").read_text().replace("School X", "School Z"))
    done = run_task(task)
    assert done.failed
    assert "has other files than when its runs were named" in done.row.reason


def tasks(base: Path, text: str) -> list:
    (base / "tasks.toml").write_text(text)
    return list(tasks_of(read_study(base / "tasks.toml")))


def test_a_killed_worker_costs_only_its_run_which_is_tried_again(base: Path, monkeypatch) -> None:
    work = tasks(base, f'district = "row"\n{OPTIONS}[sweep]\nseed = [1, 2, 3, 4]\n')
    killed: list[str] = []
    take = local._Worker.take

    def take_and_kill(worker):
        said = take(worker)
        if said is local.Said.READY and len(killed) < 2:
            killed.append(worker.task.run)
            worker.process.kill()
            worker.process.join()
            return local.Said.DEAD
        return said

    monkeypatch.setattr(local._Worker, "take", take_and_kill)
    # What is killed counts against the run only once its worker was ready.
    monkeypatch.setattr(local, "STILLBORN", 10)
    done = list(run_locally(work, 2, 1))
    assert len(killed) == 2
    assert sorted(d.run for d in done) == sorted(task.run for task in work)
    assert not any(d.failed for d in done)


def test_a_run_that_keeps_killing_its_workers_is_given_up(base: Path, monkeypatch) -> None:
    work = tasks(base, f'district = "row"\n{OPTIONS}[sweep]\nseed = [1, 2]\n')
    bad, deaths, take = work[0].run, [], local._Worker.take

    def take_and_kill(worker):
        said = take(worker)
        if said is local.Said.READY and worker.task.run == bad:
            worker.ready = True
            deaths.append(worker.process.pid)
            worker.process.kill()
            worker.process.join()
            return local.Said.DEAD
        return said

    monkeypatch.setattr(local._Worker, "take", take_and_kill)
    done = {d.run: d for d in run_locally(work, 1, 1)}
    assert len(deaths) == local.DEATHS
    assert done[bad].row.reason.startswith("its worker died 3 times")
    assert not done[work[1].run].failed


def test_workers_that_cannot_start_end_the_sweep(base: Path, monkeypatch) -> None:
    work = tasks(base, f'district = "row"\n{OPTIONS}')
    monkeypatch.setattr(
        local._Worker, "give", lambda worker, task: (setattr(worker, "task", task), worker.process.kill())
    )
    with pytest.raises(InputError, match="5 workers in a row have died before they were ready"):
        list(run_locally(work, 1, 1))


def test_a_full_disk_is_said_and_finished_runs_are_kept(here, base: Path, tmp_path: Path, monkeypatch) -> None:
    text = f'district = "row"\n{OPTIONS}[sweep]\nseed = [1, 2, 3, 4]\n'
    write, written = store.write_text, []

    def fill(path: Path, content: str) -> None:
        if len(written) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(path.stem)
        write(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(store, "write_text", fill)
        with pytest.raises(OutputError, match=r"\(No space left on device\)\. The finished runs are kept"):
            run(base, text, tmp_path)
    assert sorted(table(tmp_path)["run"]) == sorted(written)
    assert run(base, text, tmp_path).new == 2


def test_a_journal_that_is_none(base: Path, tmp_path: Path) -> None:
    (tmp_path / "journal.sqlite").write_bytes(b"not a journal" * 100)
    with pytest.raises(InputError, match=r"journal\.sqlite: cannot be read as a journal"):
        run(base, f'district = "row"\n{OPTIONS}', tmp_path)


def test_reasons_hold_no_paths(base: Path) -> None:
    (task,) = tasks(base, f'district = "row"\n{OPTIONS}')
    reason = failed(task, f"OSError: {base}/row/x.csv and '/tmp/some/where/y.csv' at 3/4 of km / h").row.reason
    assert reason == "OSError: row/x.csv and 'y.csv' at 3/4 of km / h"
