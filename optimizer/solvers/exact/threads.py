"""Work in threads, while the caller looks at the clock and may press Ctrl-C."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from optimizer.solvers.exact.patience import Patience

T = TypeVar("T")
LOOKS = (0.001, 0.02)  # seconds between two looks, in the first second and later


def in_threads(
    jobs: Sequence[Callable[[], T]],
    threads: int,
    patience: Patience,
    *,
    look: Callable[[], None] = lambda: None,
    late: Callable[[], None] = lambda: None,
) -> list[T]:
    """Run all jobs and wait for them; Ctrl-C sets patience.stop. look: called now and then. late: called now and then
    once time is up or somebody has asked to stop, to make the jobs end."""
    with ThreadPoolExecutor(max(1, min(threads, len(jobs)))) as pool:
        futures = [pool.submit(job) for job in jobs]
        while not all(future.done() for future in futures):
            try:
                look()
                if patience.late:
                    late()
                time.sleep(LOOKS[patience.spent > 1])
            except KeyboardInterrupt:
                patience.stop.set()
        return [future.result() for future in futures]
