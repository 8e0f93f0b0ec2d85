"""What a row of results says besides its measures, and what a sweep says at its end."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import checker
import pandas as pd
import pytest
from toys import EXAMPLE, TOWN

from optimizer import InputError
from scenarios import read_district
from scenarios.cli.standing import text as text_of
from scenarios.plans.file import read_plan
from scenarios.runner import Standing, run_study, sweep, tasks_of
from scenarios.runner.execute import run_task
from scenarios.runner.task import Workers, failed
from scenarios.scenario_file import read_study

OPTIONS = "[options]\niterations = 300\n"
FULL = TOWN.but(
    seats={"x": 30, "y": 100, "z": 300}, least={"x": 20, "y": 20, "z": 200}
)  # over its seats at x, and under the least at z
STUDY = f"""
districts = ["full", "plain"]
{OPTIONS}
[[scenario]]
name = "today"
baseline = "status_quo"
[[scenario]]
name = "searched"
[[scenario]]
name = "mixed"
objective = {{ travel_mean = 1, cut_edges = 0.5 }}
[[scenario]]
name = "hard"
strict = true
rules = [{{ kind = "moved", share = 0.0 }}]
"""


@pytest.fixture(autouse=True)
def here(monkeypatch) -> None:
    """Runs are done in this process: workers take seconds to start."""
    monkeypatch.setattr(sweep, "run_locally", lambda work, jobs, threads: (run_task(task, threads) for task in work))


def run(base: Path, text: str = STUDY) -> Standing:
    (base / "study.toml").write_text(text, encoding="utf-8")
    return run_study(read_study(base / "study.toml"), base / "out", jobs=1)


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A town beyond its limits of size, and one of which nobody knows who is poor."""
    FULL.write(tmp_path / "full")
    EXAMPLE.but(groups={}, poverty=None, students="10 10 10 10").write(tmp_path / "plain")
    return tmp_path


def table(base: Path) -> pd.DataFrame:
    return pd.read_parquet(base / "out" / "results.parquet")


def beyond(raw: checker.Folder, zones: dict[str, str]) -> float:
    """Students over seats and under smallest sizes, counted from the raw folder."""
    total = 0.0
    for school in raw.schools:
        load = sum(raw.students[block] for block in zones if zones[block] == school)
        total += max(0.0, load + raw.other[school] - raw.capacity[school]) + max(0.0, raw.least[school] - load)
    return total


def test_a_row_names_the_objective_in_force_its_proof_and_the_students_beyond_limits(base: Path) -> None:
    run(base)
    rows = table(base).set_index(["folder", "scenario"])
    objectives = rows["option.objective"].to_dict()
    assert {objectives["full", name] for name in ("today", "searched", "hard")} == {"disparity"}
    assert {objectives["plain", name] for name in ("today", "searched", "hard")} == {"travel_mean"}
    assert objectives["full", "mixed"] == "travel_mean=1,cut_edges=0.5"
    assert set(rows["travel_unit"]) == {"m"}
    proved = rows[rows["outcome"] == "optimal"]
    assert len(proved)
    assert set(proved["proof"]) <= {"certificate", "solver"}
    assert rows.loc[rows["outcome"] != "optimal", "proof"].isna().all()
    assert pd.isna(rows.loc[("full", "hard"), "excess"])
    district, raw = read_district(base / "full"), checker.Folder(base / "full")
    for name in ("today", "searched", "mixed"):
        plan = read_plan(base / "out" / "plans" / f"{rows.loc[('full', name), 'run']}.csv", district)
        zones = {b: district.school_ids[j] for b, j in zip(district.block_ids, plan.school, strict=True)}
        assert rows.loc[("full", name), "excess"] == pytest.approx(beyond(raw, zones))
    assert rows.loc[("full", "today"), "excess"] > rows.loc[("full", "searched"), "excess"] > 0


def test_the_hash_of_a_district_is_of_its_content_and_changes_no_runs_name(base: Path, tmp_path: Path) -> None:
    EXAMPLE.write(base / "copy" / "full")
    FULL.write(base / "again")
    text = STUDY.replace('"full", "plain"', '"full", "again", "copy/full"')
    (base / "s.toml").write_text(text)
    tasks = list(tasks_of(read_study(base / "s.toml")))
    by = {task.folder.parent.name + "/" + task.folder.name: task.district_hash for task in tasks}
    top = base.name
    assert by[f"{top}/full"] == by[f"{top}/again"] != by["copy/full"]
    assert len({task.run for task in tasks}) == 8
    (base / "again" / "schools.csv").unlink()
    assert next(t for t in tasks_of(read_study(base / "s.toml")) if t.folder.name == "again").district_hash is not None
    (base / "again" / "district.toml").unlink()
    assert next(t for t in tasks_of(read_study(base / "s.toml")) if t.folder.name == "again").district_hash is None


def test_several_faults_of_a_run_are_one_line(base: Path) -> None:
    (base / "study.toml").write_text(f'district = "full"\n{OPTIONS}')
    (task,) = tasks_of(read_study(base / "study.toml"))
    assert failed(task, "a.csv: bad. Mend it\nb.csv: worse. Mend it").row.reason == (
        "a.csv: bad. Mend it; b.csv: worse. Mend it"
    )
    (base / "p.csv").write_text("block_id,school_id\nr0c0,x\nnowhere,x\n")
    run(base, f'district = "full"\n{OPTIONS}[[scenario]]\nname = "a"\nplan = "p.csv"\n')
    (reason,) = table(base)["reason"]
    assert reason.count("p.csv, column 'block_id'") == 2
    assert "; p.csv" in reason
    assert "\n" not in reason


def test_the_end_names_what_has_no_valid_plan_also_when_it_was_done_before(base: Path) -> None:
    first, again = run(base), run(base)
    for standing in (first, again):
        assert [(task.folder.name, task.scenario) for task, _ in standing.unfit] == [("full", "hard")]
        reason = (
            "there is no valid plan, which is proved: capacity at x by 35 students, min_students at z by 140 students"
        )
        assert standing.unfit[0][1].reason == reason
        assert standing.others == 0
    assert (first.new, again.new) == (8, 0)
    assert run(base, STUDY.replace("iterations = 300", "iterations = 200")).others == 6


def test_a_standing_says_how_many_workers_are_connected(base: Path, monkeypatch) -> None:
    from scenarios.cli.standing import text

    news = [Workers(0), Workers(0), Workers(1)]

    class Remote:
        workers = 0

        def __init__(self, address: str) -> None: ...

        def run(self, tasks):
            yield from news
            yield from map(run_task, tasks)

        def close(self) -> None: ...

    monkeypatch.setattr(sweep, "Cluster", Remote)
    seen: list[Standing] = []
    (base / "study.toml").write_text(f'district = "full"\n{OPTIONS}')
    run_study(read_study(base / "study.toml"), base / "out", cluster="tcp://x:1", watch=seen.append)
    assert [now.workers for now in seen] == [0, 0, 0, 1, 1]
    assert text(seen[1]) == "0 of 1 runs done, 0 failed, 1 left, 0 workers are connected"
    assert "connected" not in text(seen[3])


def test_a_nearest_school_plan_knows_what_the_scenario_closes(base: Path) -> None:
    rules = 'rules = [{ kind = "close", schools = ["z"] }]'
    run(base, f'district = "full"\n{OPTIONS}[[scenario]]\nname = "near"\nbaseline = "nearest_school"\n{rules}\n')
    (row,) = table(base).itertuples()
    plan = pd.read_csv(base / "out" / "plans" / f"{row.run}.csv")
    assert "z" not in set(plan["school_id"])


def test_a_damaged_row_of_the_journal_is_named(base: Path) -> None:
    text = f'district = "full"\n{OPTIONS}[[scenario]]\nname = "today"\nbaseline = "status_quo"\n'
    run(base, text)
    with closing(sqlite3.connect(base / "out" / "journal.sqlite")) as journal, journal:
        journal.execute("UPDATE runs SET row = '{\"x\": 1}'")
    with pytest.raises(InputError, match=r"journal\.sqlite: holds a damaged row: [0-9a-f]+\. Move the folder away"):
        run(base, text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('district = "full"\n[sweep]\nseed = [1, 2]', True),
        ('districts = ["full", "plain"]', False),
        ('district = "full"\n[sweep]\nobjective = ["disparity", "moved"]', False),
    ],
)
def test_the_best_so_far_is_of_one_question(text: str, shown: bool, base: Path) -> None:
    seen = []
    (base / "s.toml").write_text(text + "\n[options]\niterations = 200\nsize_tolerance = 0.5\n")
    run_study(read_study(base / "s.toml"), base / "out", jobs=1, watch=lambda now: seen.append(text_of(now)))
    assert any("best so far" in line for line in seen) is shown
