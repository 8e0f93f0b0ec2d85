"""The engine's process: it answers, stops, says what cannot be, and is there again after it has died."""

from __future__ import annotations

import os
import queue
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from toys import TOWN

from scenarios import read_district
from scenarios.asking.settling import settle
from scenarios.table.asks.bench import Ground, Job
from scenarios.table.jobs import Jobs
from scenarios.table.refusals import RefusedError

WARM = 120.0  # seconds, on a machine with much else to do


class Asking:
    """Jobs, and all that windows were told of them."""

    def __init__(self, folder: Path) -> None:
        self.read = read_district(folder)
        self.told: queue.Queue[dict[str, Any]] = queue.Queue()
        self.jobs = Jobs(Ground(self.read, settle()), lambda _, data: self.told.put(data))

    def ask(self, what: str = "improve", seconds: float = 60.0, locked: tuple[int, ...] = (), **keys: Any) -> int:
        school = self.read.status_quo.copy()
        school[list(locked)] = 2
        held = np.isin(np.arange(len(school)), locked)

        def job(number: int) -> Job:
            return Job(number, what, school, held, {}, {"seconds": seconds, **keys})

        return self.jobs.ask(job, 1, 0)

    def until(self, *states: str, value: bool = False) -> dict[str, Any]:
        """The next that was told with such a state."""
        while True:
            told = self.told.get(timeout=WARM)
            if told["state"] in states and (told["value"] is not None or not value):
                return told


@pytest.fixture
def asking(tmp_path: Path) -> Iterator[Asking]:
    found = Asking(TOWN.write(tmp_path / "d"))
    yield found
    found.jobs.close()


def test_it_answers_stops_and_comes_back(asking: Asking) -> None:
    number = asking.ask(seconds=2.0)
    with pytest.raises(RefusedError, match="busy"):
        asking.ask()
    done = asking.until("done")
    assert (done["job"], done["what"], done["error"]) == (number, "improve", None)
    assert done["answer"]["blocks"]
    asking.ask(locked=(0,))  # where no limit lets it go
    failed = asking.until("failed")
    assert failed["error"]["code"] == "input"
    assert "r0c0" in failed["error"]["what"]

    frontier = asking.ask("frontier", points=20, seconds=100.0)
    asking.until("working", value=True)
    began = time.monotonic()
    asking.jobs.stop(frontier)
    assert asking.until("stopped")["answer"]["points"]
    assert time.monotonic() - began < 20

    asking.ask("frontier", points=20, seconds=100.0)
    asking.until("working", value=True)
    before = asking.jobs.engine.process.pid
    os.kill(before, signal.SIGKILL)
    assert asking.until("failed")["error"]["code"] == "engine"
    asking.ask(seconds=2.0)
    assert asking.until("done")["answer"]["blocks"]
    assert asking.jobs.engine.process.pid != before
    process = asking.jobs.engine.process
    asking.jobs.close()
    assert not process.is_alive()
    with pytest.raises(RefusedError, match="no_job"):
        asking.jobs.job(99)
