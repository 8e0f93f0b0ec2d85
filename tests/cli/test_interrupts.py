"""Ctrl-C at every instant: one line and 130 before there is a plan; with one in hand it is written, however often."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import pytest
from system import ended, leftovers, start
from toys import EXAMPLE

from scenarios import interrupts
from scenarios.demo import demo_folder

LINE = "stopped before there was a plan\n"


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_before_there_is_a_plan_one_line(how: signal.Signals, tmp_path: Path) -> None:
    child = start("optimize", demo_folder(), "--out", tmp_path / "out", "--time-limit", 30, before=_said)
    assert child.stderr is not None
    assert child.stderr.read(1) == "+"  # the process is there, and Python has not begun
    end, status = time.monotonic() + 60, None
    while status is None and time.monotonic() < end:
        listening = _hears(child.pid, how)
        if listening:
            child.send_signal(how)
            status = child.wait(10)
    assert (status, child.communicate()[1]) == (interrupts.STATUS[how], LINE)
    assert not (tmp_path / "out").exists() or leftovers(tmp_path) == []


def _said() -> None:
    import os

    os.write(2, b"+")


def _hears(pid: int, how: signal.Signals) -> bool:
    """Whether the process has a handler of its own for the signal: the first instant at which it can answer."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        pytest.skip("needs /proc")
    caught = next(line for line in status.read_text().splitlines() if line.startswith("SigCgt:"))
    mine = bool(int(caught.split()[1], 16) >> (how - 1) & 1)
    return mine and bool(int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1)  # Python itself hears Ctrl-C alone


def test_with_a_plan_in_hand_it_is_written_however_often_one_presses(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with start("optimize", demo_folder(), "--out", out, "--time-limit", 100) as child:
        assert child.stderr is not None
        while "disparity" not in child.stderr.readline():  # progress: the search has begun
            assert child.poll() is None
        while child.poll() is None:
            child.send_signal(signal.SIGINT)
            time.sleep(0.02)
        status, printed, err = ended(child)
    assert (status, "Traceback" in err, "Report: " in printed) == (0, False, True)
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert (summary["stopped"], summary["valid"], leftovers(out)) == (True, True, [])
    assert (out / "certificate.json").is_file()


def test_what_is_ignored_stays_ignored(tmp_path: Path) -> None:
    """As in the background of a shell."""
    job = ("optimize", EXAMPLE.write(tmp_path / "d"), "--out", tmp_path / "out", "--iterations", 200)
    with start(*job, "--size-tolerance", 0.5, before=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)) as child:
        for _ in range(3):
            child.send_signal(signal.SIGINT)
            time.sleep(0.3)
        assert ended(child)[0] == 0


def shielded(seen: list[str]) -> None:
    with interrupts.raised():
        with interrupts.shielded():
            interrupts._handle()
            seen.append("whole")
        seen.append("not reached")


def test_a_shield_puts_off_what_is_raised() -> None:
    interrupts.begin()
    seen: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        shielded(seen)
    interrupts._handle()  # the second changes nothing
    assert (seen, interrupts.stop().is_set()) == (["whole"], True)
    interrupts.begin()
    assert not interrupts.stop().is_set()
