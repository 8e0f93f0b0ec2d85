"""Work in threads, while the caller reports, looks at the clock and may press Ctrl-C."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from optimizer.deadline import Deadline

Made = TypeVar("Made")
LOOKS = (0.001, 0.01)  # seconds between two looks, in the first second and later


def cores(threads: int | None) -> int:
    """So many threads as asked; all cores of the machine where nobody asked."""
    return (os.cpu_count() or 1) if threads is None else threads


def in_threads(
    jobs: Sequence[Callable[[], Made]],
    threads: int,
    deadline: Deadline,
    *,
    report: Callable[[], None] = lambda: None,
    late: Callable[[], None] = lambda: None,
) -> list[Made]:
    """What the jobs give, in their order; all are waited for, and Ctrl-C asks them to stop. report: called now and
    then. late: likewise once time is up or somebody has asked to stop, to end jobs that do not look by themselves."""
    began = time.monotonic()
    with ThreadPoolExecutor(max(1, min(threads, len(jobs)))) as pool:
        futures = [pool.submit(job) for job in jobs]
        while not all(future.done() for future in futures):
            try:
                report()
                if deadline.late:
                    late()
                time.sleep(LOOKS[time.monotonic() - began > 1])
            except KeyboardInterrupt:
                deadline.stop.set()
        return [future.result() for future in futures]
