"""The runner on a Dask cluster, on this machine's loopback: the same rows as on the cores, and what dies."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pandas as pd
import psutil
import pytest
from toys import EXAMPLE

from optimizer import InputError
from scenarios.runner import Standing, run_study
from scenarios.scenario_file import read_study

DASK = str(Path(sys.executable).parent / "dask")
TEXT = 'district = "row"\n[options]\niterations = 300\nsolver = "search"\n[sweep]\nseed = [1, 2, 3, 4]\n'
SLOW = TEXT.replace("iterations = 300", "time_limit = 0.3").replace("4]", "4, 5, 6, 7, 8]")


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def started(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([DASK, *words, "--dashboard-address", "127.0.0.1:0"], **quiet)
    try:
        yield process
    finally:
        for each in [*psutil.Process(process.pid).children(recursive=True), process] if process.poll() is None else []:
            each.kill()
        process.wait()


@contextmanager
def cluster() -> Iterator[tuple[str, subprocess.Popen[bytes], subprocess.Popen[bytes]]]:
    """A scheduler and a worker of two processes: address, scheduler, worker."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    with started("scheduler", "--host", "127.0.0.1", "--port", str(port)) as scheduler:
        while True:
            with socket.socket() as knock:
                if knock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        workers = ("--nworkers", "2", "--nthreads", "1", "--host", "127.0.0.1")
        with started("worker", address, *workers) as worker:
            yield address, scheduler, worker


@pytest.fixture
def base(tmp_path: Path) -> Path:
    EXAMPLE.write(tmp_path / "row")
    return tmp_path


def run(base: Path, text: str, out: str, **how) -> Standing:
    (base / "s.toml").write_text(text)
    return run_study(read_study(base / "s.toml"), base / out, **how)


def table(out: Path) -> pd.DataFrame:
    return pd.read_parquet(out / "results.parquet")


@pytest.mark.filterwarnings("ignore")  # distributed's own, at import and at the end of a lost connection
def test_a_cluster_gives_the_rows_of_the_cores_and_a_dead_worker_costs_nothing(base: Path) -> None:
    run(base, TEXT, "here", jobs=1)
    with cluster() as (address, _, worker):
        run(base, TEXT, "there", cluster=address)
        apart = ["seconds", "threads"]
        pd.testing.assert_frame_equal(
            table(base / "here").drop(columns=apart), table(base / "there").drop(columns=apart)
        )
        for plan in (base / "here" / "plans").iterdir():
            assert plan.read_bytes() == (base / "there" / "plans" / plan.name).read_bytes()
        killed: list[int] = []

        def kill_one(now: Standing) -> None:
            if now.new == 2 and not killed:
                victim = max(psutil.Process(worker.pid).children(recursive=True), key=lambda p: p.cpu_times().user)
                killed.append(victim.pid)
                victim.kill()

        assert run(base, SLOW, "slow", cluster=address, watch=kill_one).done == 8
        assert killed
    rows = table(base / "slow")
    assert (len(rows), rows["run"].is_unique, set(rows["status"])) == (8, True, {"done"})


@pytest.mark.filterwarnings("ignore")
def test_a_scheduler_that_goes_away_is_said_and_finished_runs_are_kept(base: Path, monkeypatch) -> None:
    monkeypatch.setattr("scenarios.runner.cluster.PATIENCE", 2.0)
    with cluster() as (address, scheduler, _):

        def kill(now: Standing) -> None:
            if now.new == 2:
                scheduler.kill()

        words = r"has gone away\. The finished runs are kept: start it and its workers again, and repeat the command"
        with pytest.raises(InputError, match=words):
            run(base, SLOW, "out", cluster=address, watch=kill)
    kept = len(table(base / "out"))
    assert 2 <= kept < 8
    assert run(base, SLOW, "out", jobs=2).new == 8 - kept
    rows = table(base / "out")
    assert (len(rows), rows["run"].is_unique, set(rows["status"])) == (8, True, {"done"})


@pytest.mark.filterwarnings("ignore")
def test_a_scheduler_that_is_not_there(base: Path, monkeypatch) -> None:
    monkeypatch.setattr("scenarios.runner.cluster.PATIENCE", 0.5)
    with pytest.raises(InputError, match=r"no scheduler answers at 'tcp://127\.0\.0\.1:9'"):
        run(base, TEXT, "out", cluster="tcp://127.0.0.1:9")
    with pytest.raises(InputError, match="no scheduler answers at 'nonsense://x'"):
        run(base, TEXT, "out", cluster="nonsense://x")
    assert not (base / "out").exists()


def test_without_dask_the_command_to_install_it_is_named(base: Path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"pip install distributed"):
        run(base, TEXT, "out", cluster="tcp://127.0.0.1:9")


@pytest.mark.filterwarnings("ignore")
def test_a_scheduler_without_workers_is_said_until_one_is_there(base: Path) -> None:
    from scenarios.cli.standing import text

    port = free_port()
    address, seen, late = f"tcp://127.0.0.1:{port}", [], ExitStack()

    def watch(now: Standing) -> None:
        seen.append(now)
        if now.workers == 0 and len(seen) == 2:
            late.enter_context(started("worker", address, "--nthreads", "1", "--host", "127.0.0.1"))

    with late, started("scheduler", "--host", "127.0.0.1", "--port", str(port)):
        assert run(base, TEXT, "out", cluster=address, watch=watch).done == 4
    assert text(seen[0]) == "0 of 4 runs done, 0 failed, 4 left, 0 workers are connected"
    assert [now.workers for now in seen[:2]] == [0, 0]
    assert seen[-1].workers == 1


def test_an_address_that_is_none_ends_the_command_at_once_and_quietly(base: Path) -> None:
    (base / "s.toml").write_text(TEXT)
    rezone = str(Path(sys.executable).parent / "rezone")
    words = [rezone, "run", str(base / "s.toml"), "--out", str(base / "out"), "--cluster", "foo"]
    ended = subprocess.run(words, capture_output=True, text=True, timeout=15, check=False)  # it waited 20 s
    assert ended.returncode == 2
    assert ended.stderr.removeprefix("reading the data\n") == (
        "error: --cluster: no scheduler answers at 'foo' (missing port number in address 'foo'). "
        "Start one with: dask scheduler; and name its address, such as tcp://HOST:8786\n"
    )
