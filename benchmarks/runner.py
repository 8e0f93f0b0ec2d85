"""The runner's figures: `python benchmarks/runner.py [overhead] [kill] [rows] [--runs 120] [--whole FOLDER]`.

overhead: `rezone run --jobs 1` against the same runs called directly, one process each, runs of one second (bar: 3 %).
kill: a sweep of a small national study, with local workers and on a Dask cluster, in which the client, a worker or the
scheduler is killed at random times until all is done; at the end every run is there exactly once (bar). With --whole
the study is the whole one, 2,400 runs of 2 s on a scheduler and two workers (about an hour), kept in FOLDER.
rows: a journal of 100,000 runs: to write and to open its table (bar: 3 s to open).
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pandas as pd
import psutil
from machine import ROOT, about
from national.table import in_words, summary

BIN = Path(sys.executable).parent
DEMO = ROOT / "scenarios" / "demo" / "district"
DIRECT = """
import sys
from pathlib import Path
from scenarios.runner.execute import run_task
from scenarios.runner.task import tasks_of
from scenarios.scenario_file import read_study

for task in tasks_of(read_study(Path(sys.argv[1]))):
    assert not run_task(task).failed
"""
PORT = 18_787
SMALL = ("--districts", "5", "--most", "12", "--time-limit", "0.5")


def seconds_of(*words: object) -> float:
    began = time.monotonic()
    subprocess.run([str(word) for word in words], check=True, capture_output=True)
    return time.monotonic() - began


def overhead(runs: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "s.toml"
        seeds = ", ".join(map(str, range(runs)))
        file.write_text(f'district = "{DEMO}"\n[options]\ntime_limit = 1\nthreads = 1\n[sweep]\nseed = [{seeds}]\n')
        direct = seconds_of(sys.executable, "-c", DIRECT, file)
        runner = seconds_of(BIN / "rezone", "run", file, "--out", Path(folder) / "out", "--jobs", 1)
    share = 100 * (runner / direct - 1)
    print(
        f"overhead {runs} runs of 1 s: directly {direct:.1f} s, by the runner {runner:.1f} s: {share:+.1f} % (bar 3 %)"
    )


def kill(whole: Path | None) -> None:
    study = [sys.executable, str(ROOT / "benchmarks" / "national" / "study.py")]
    if whole is not None:
        subprocess.run([*study, str(whole), "--prepare"], check=True)
        _kill(whole / "study.toml", whole / "results", "cluster", (20, 60))
        print(in_words(summary(pd.read_parquet(whole / "results" / "results.parquet"))))
        return
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        subprocess.run([*study, str(out), *SMALL, "--prepare"], check=True)
        for where in ("local", "cluster"):
            _kill(out / "study.toml", out / where, where, (4, 10))


def _kill(file: Path, out: Path, where: str, pause: tuple[float, float]) -> None:
    """Kill after each pause of so many seconds, and start again, until the sweep ends by itself."""
    chance, dead, kept = random.Random(1), Counter[str](), {}
    began = time.monotonic()
    cluster = Cluster() if where == "cluster" else None
    how = ["--jobs", "2"] if cluster is None else ["--cluster", cluster.address]
    try:
        while True:
            words = [str(BIN / "rezone"), "run", str(file), "--out", str(out), *how]
            client = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            while client.poll() is None:
                try:
                    client.wait(chance.uniform(*pause))
                except subprocess.TimeoutExpired:
                    dead[_strike(client, cluster, chance)] += 1
            now = _journal(out)
            assert all(now[run] == row for run, row in kept.items()), "a finished run was done again"
            kept = now
            if client.returncode == 0:
                break
    finally:
        if cluster is not None:
            cluster.end()
    rows = pd.read_parquet(out / "results.parquet")
    again = subprocess.run([*words[:5], "--jobs", "2"], check=True, capture_output=True, text=True).stdout
    assert rows["run"].is_unique
    assert set(rows["status"]) == {"done"}
    assert _journal(out) == kept
    print(
        f"kill     {where}: killed {dict(dead)}; {len(rows)} rows, each run once; {time.monotonic() - began:.0f} s;",
        end=" ",
    )
    print(f"a rerun says: {again.splitlines()[0]}", flush=True)


def _strike(client: subprocess.Popen[bytes], cluster: Cluster | None, chance: random.Random) -> str:
    """Kill something; the cluster's parts are started again at once."""
    what = chance.choice(("client", "worker") if cluster is None else ("client", "worker", "scheduler"))
    if what == "client":
        client.kill()
    elif cluster is not None:
        cluster.strike(what, chance)
    else:
        workers = [p for p in psutil.Process(client.pid).children() if "spawn_main" in " ".join(p.cmdline())]
        if workers:
            chance.choice(workers).kill()
    return what


class Cluster:
    """A scheduler and a worker of two processes on the loopback."""

    def __init__(self) -> None:
        self.address = f"tcp://127.0.0.1:{PORT}"
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", str(PORT))
        time.sleep(3)
        self.worker = self._worker()

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        words = (str(BIN / "dask"), *words, "--dashboard-address", "127.0.0.1:0")
        return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _worker(self) -> subprocess.Popen[bytes]:
        return self._start("worker", self.address, "--nworkers", "2", "--nthreads", "1", "--host", "127.0.0.1")

    def strike(self, what: str, chance: random.Random) -> None:
        if what == "worker":  # its nanny starts another
            alive = [p for p in psutil.Process(self.worker.pid).children() if "spawn_main" in " ".join(p.cmdline())]
            if alive:
                chance.choice(alive).kill()
            return
        self.scheduler.kill()
        self.scheduler.wait()
        _end(self.worker)
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", str(PORT))
        time.sleep(3)
        self.worker = self._worker()

    def end(self) -> None:
        _end(self.worker)
        _end(self.scheduler)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        for child in psutil.Process(process.pid).children(recursive=True):
            child.kill()
        process.send_signal(signal.SIGKILL)
    process.wait()


def _journal(out: Path) -> dict[str, str]:
    try:
        with closing(sqlite3.connect(out / "journal.sqlite", timeout=60)) as base:
            return dict(base.execute("SELECT run, row FROM runs WHERE status = 'done'"))
    except sqlite3.OperationalError:  # killed before there was one
        return {}


def rows(count: int = 100_000) -> None:
    import duckdb

    from scenarios.runner.execute import run_task
    from scenarios.runner.journal import Journal
    from scenarios.runner.results import Results
    from scenarios.runner.task import tasks_of
    from scenarios.scenario_file import read_study
    from scenarios.writing.records import table

    with tempfile.TemporaryDirectory() as folder:
        out, chance = Path(folder), random.Random(1)
        file = out / "s.toml"
        file.write_text(f'district = "{DEMO}"\n[options]\niterations = 300\nsolver = "search"\n')
        (task,) = tasks_of(read_study(file))
        done = run_task(task)
        with closing(Journal(out)) as journal:
            journal.begin([task], file.name, "")
            journal.add(done)
            first = table(done.row)
            numbers = [name for name, value in first.items() if isinstance(value, float)]
            with journal.base:  # as many rows, each with figures of its own
                for k in range(count - 1):
                    row = first | {name: first[name] * chance.uniform(0.5, 1) for name in numbers}
                    journal.base.execute("INSERT INTO runs VALUES (?, 'done', 0, 1, ?)", (f"{k:032x}", json.dumps(row)))
                    journal.base.execute("INSERT INTO names VALUES (?, ?, 1, ?)", (f"{k:032x}", f"s{k % 50}", k))
            began = time.monotonic()
            Results(out, journal).write()
            written = time.monotonic() - began
        path = out / "results.parquet"
        began = time.monotonic()
        frame = pd.read_parquet(path)
        opened = time.monotonic() - began
        began = time.monotonic()
        duckdb.sql(
            f"SELECT scenario, median(1 - disparity / \"status_quo.disparity\") FROM '{path}' GROUP BY 1"
        ).fetchall()
        asked = time.monotonic() - began
        size = f"{frame.shape[1]} columns, {path.stat().st_size / 1e6:.0f} MB"
        print(f"rows     {len(frame):,} of {size}: written in {written:.1f} s, opened in {opened:.2f} s (bar 3),")
        print(f"         the median of each scenario by DuckDB in {asked:.2f} s")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("parts", nargs="*", choices=["overhead", "kill", "rows", []], default=[])
    asked.add_argument("--runs", type=int, default=120, help="Of the overhead.")
    asked.add_argument("--whole", type=Path, help="Kill during the whole study, in this folder.")
    given = asked.parse_args()
    print(about())
    for name, part in (("overhead", lambda: overhead(given.runs)), ("kill", lambda: kill(given.whole)), ("rows", rows)):
        if not given.parts or name in given.parts:
            part()


if __name__ == "__main__":
    main()
