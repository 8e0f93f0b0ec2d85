"""The command itself, in a process of its own: where it answers, how it ends, and that `kill -9` loses nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from random import Random
from typing import Any

import pytest
from system import ended, start
from tables_kit import assign
from toys import EXAMPLE, TOWN

from scenarios.cli import serve as command
from scenarios.table.journal import FILE, Journal
from scenarios.table.state import PlanState

KILLS = int(os.environ.get("REZONE_KILLS", "2"))  # 100 of them take some minutes: one start each
HAND = {"X-Rezone": "1", "Content-Type": "application/json"}


@pytest.fixture(scope="module")
def district(tmp_path_factory) -> Path:
    return EXAMPLE.write(tmp_path_factory.mktemp("served") / "district")


SLOW = """
import sys
from pathlib import Path
from scenarios import read_district
from scenarios.asking.settling import settle
from scenarios.table import app
from scenarios.table.opened import laid

table = laid(read_district(sys.argv[1]), settle({}), "en", Path(sys.argv[2]))
table.about().result(), table.plans(), table.state(1)
print([name for name in ("scipy", "numba", "ortools") if name in sys.modules])
"""


@contextmanager
def served(*words: object) -> Iterator[tuple[Any, str]]:
    """(the process, its address), once it answers."""
    child = start("serve", *words, "--port", 0, "--no-browser")
    try:
        assert child.stdout is not None
        yield child, child.stdout.readline().strip()
    finally:
        child.kill()
        child.communicate()


def ask(url: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, HAND), timeout=30) as answer:
        return json.load(answer)


def test_the_first_page_waits_for_no_library_of_the_engine(district: Path, tmp_path: Path) -> None:
    call = [sys.executable, "-c", SLOW, str(district), str(tmp_path)]
    assert subprocess.run(call, check=True, capture_output=True, text=True).stdout == "[]\n"


def test_it_says_where_answers_tells_windows_and_ends_with_nothing_lost(district: Path, tmp_path: Path) -> None:
    with served(district, "--out", tmp_path / "out") as (child, address):
        assert address.startswith("http://127.0.0.1:")
        heard = urllib.request.urlopen(f"{address}api/events", timeout=30)
        assert heard.headers["content-type"].startswith("text/event-stream")
        done = ask(f"{address}api/plans/1/edits", assign(0, [1], [1]))
        lines = (line.decode() for line in heard)
        assert "event: edit\n" in lines
        assert json.loads(next(lines).removeprefix("data: "))["seq"] == done["seq"] == 1
        second = ended(start("serve", district, "--out", tmp_path / "out", "--port", 0, "--no-browser"))
        assert (second[0], second[1]) == (2, "")
        assert f"is served at {address}. Open that address" in second[2]
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=30)
    assert (child.returncode, out) == (0, "")
    assert "plans are kept in" in err
    assert "Traceback" not in err
    assert [path.name for path in (tmp_path / "out").iterdir()] == [FILE]
    assert [entry.seq for entry in Journal(tmp_path / "out" / FILE).entries(1)] == [0, 1]


def test_kill_9_loses_no_edit_that_was_acknowledged(district: Path, tmp_path: Path) -> None:
    """Each server takes the place of the last one, which was killed, and its plan."""
    out, random, done = tmp_path / "out", Random(0), 0
    for _ in range(KILLS):
        with served(district, "--out", out) as (child, address):
            assert ask(f"{address}api/plans/1")["seq"] == done
            acknowledged = until_killed(child, address, done, random.random() / 2)
        entries = list(Journal(out / FILE).entries(1))
        assert [entry.seq for entry in entries] == list(range(len(entries)))
        assert acknowledged == list(range(done + 1, acknowledged[-1] + 1))
        assert len(entries) - 1 >= acknowledged[-1]
        assert PlanState.of(entries[: acknowledged[-1] + 1]).school[1] == acknowledged[-1] % 2
        done = len(entries) - 1
    with served(district, "--out", out) as (_, address):
        assert ask(f"{address}api/plans/1")["seq"] == done


def until_killed(child: Any, address: str, seq: int, wait: float) -> list[int]:
    """Edits one after the other from `seq` on, until the server is killed: those acknowledged."""
    acknowledged: list[int] = []

    def draw() -> None:
        for at in range(seq, seq + 10_000):
            try:
                acknowledged.append(ask(f"{address}api/plans/1/edits", assign(at, [1], [(at + 1) % 2]))["seq"])
            except (OSError, HTTPException):  # also in the middle of an answer
                return

    hand = threading.Thread(target=draw)
    hand.start()
    while not acknowledged and hand.is_alive():
        time.sleep(0.005)
    time.sleep(wait)
    child.kill()
    hand.join()
    return acknowledged


def test_a_district_that_does_not_check_is_told_on_the_page(tmp_path: Path, rezone) -> None:
    blocks = EXAMPLE.blocks()
    blocks.loc[1, "school_id"] = "nowhere"
    folder = EXAMPLE.write(tmp_path / "district", blocks=blocks)
    said = rezone("check", folder)[2]
    with served(folder, "--out", tmp_path / "out") as (_, address):
        page = urllib.request.urlopen(address, timeout=30).read().decode()
    assert "'nowhere'" in said.replace("&#39;", "'") or "nowhere" in said
    assert "nowhere" in page
    assert said.splitlines()[0].removeprefix("error: ")[:30] in page.replace("&#39;", "'")


def test_plans_of_another_district_are_refused_with_what_does_not_fit(tmp_path: Path, rezone, district) -> None:
    with served(district, "--out", tmp_path / "out") as (child, _):
        child.send_signal(signal.SIGINT)
        child.communicate(timeout=30)
    other = TOWN.write(tmp_path / "other")
    status, out, err = rezone("serve", other, "--out", tmp_path / "out", "--port", 0, "--no-browser")
    assert (status, out) == (2, "")
    assert "holds plans of another district: 16 blocks do not fit" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--host", "256.0.0.1"), "--host: '256.0.0.1' is no address of this machine"),
        (("--language", "xx"), "--language: 'xx' is not a language here"),
        (("--max-moved", "2"), "--max-moved: 2"),
        (("--objective", "nothing"), "nothing"),
    ],
)
def test_a_wrong_call_is_told_before_anything_answers(words, said: str, rezone, district: Path, tmp_path: Path) -> None:
    status, out, err = rezone("serve", district, "--out", tmp_path / "out", "--no-browser", "--port", 0, *words)
    assert (status, out, said in err) == (2, "", True), err
    assert not (tmp_path / "out").exists()


def test_without_the_extra_one_command_is_named(rezone, district: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(command, "find_spec", lambda name: None)
    status, _, err = rezone("serve", district, "--out", tmp_path / "out")
    assert (status, "pip install 'rezone[serve]'" in err) == (2, True)
    assert not (tmp_path / "out").exists()
