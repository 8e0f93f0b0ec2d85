"""Work in threads, while the caller reports and may press Ctrl-C."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Made = TypeVar("Made")
LOOKS = (0.001, 0.01)  # seconds between two looks, in the first second and later


def cores(threads: int | None) -> int:
    """So many threads as asked; all cores of the machine where nobody asked."""
    return (os.cpu_count() or 1) if threads is None else threads


def in_threads(
    jobs: Sequence[Callable[[], Made]],
    threads: int,
    stop: threading.Event,
    report: Callable[[], None] = lambda: None,
) -> tuple[list[Made], bool]:
    """What the jobs give, in their order, and whether somebody pressed Ctrl-C meanwhile: then `stop` is set, and the
    jobs are waited for."""
    stopped, began = False, time.monotonic()
    with ThreadPoolExecutor(max(1, min(threads, len(jobs)))) as pool:
        futures = [pool.submit(job) for job in jobs]
        while not all(future.done() for future in futures):
            try:
                report()
                time.sleep(LOOKS[time.monotonic() - began > 1])
            except KeyboardInterrupt:
                stopped = True
                stop.set()
        return [future.result() for future in futures], stopped
