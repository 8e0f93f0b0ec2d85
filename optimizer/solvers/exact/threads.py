"""Work in threads, while the caller looks at the clock and may press Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from optimizer.solvers import threads as plain
from optimizer.solvers.exact.patience import Patience

T = TypeVar("T")


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

    def report() -> None:
        look()
        if patience.late:
            late()

    return plain.in_threads(jobs, threads, patience.stop, report)[0]
